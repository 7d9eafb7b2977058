"""The questions a company answers once, when its own empty site starts for the first time."""

import getpass
import os
import sys

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Region
from aftersales.defaults import load_defaults
from core.models import Installation
from core.terminal import language
from workflow.presets import choose_preset


class Command(BaseCommand):
    help = (
        "Choose the trade's presets, the regions and the first administrator. Each answer comes from an option, the "
        "environment or the keyboard; the password never from an option, where other users could read it."
    )

    def add_arguments(self, parser):
        parser.add_argument("--company", default=os.environ.get("COMPANY"))
        parser.add_argument("--trade", choices=Installation.Trade.values, default=os.environ.get("TRADE"))
        parser.add_argument("--regions", default=os.environ.get("REGIONS"), help="names, separated by commas")
        parser.add_argument("--admin", default=os.environ.get("ADMIN_LOGIN"), help="login of the first administrator")
        parser.add_argument("--admin-name", default=os.environ.get("ADMIN_NAME"))

    def handle(self, **options):
        if get_user_model().objects.exists():
            raise CommandError("This site has people already; what was chosen is changed in the back office.")
        with translation.override(language()):
            chosen = self._ask(Answers(self.stdout, options))
        write(**chosen)
        self.stdout.write(f"{chosen['company']}: {chosen['login']} can log in and add the others.")

    def _ask(self, answers):
        chosen = {
            "company": answers.ask("company", "COMPANY", _("Company name")),
            "trade": answers.choose("trade", "TRADE", _("Trade"), Installation.Trade.choices),
            "regions": answers.ask("regions", "REGIONS", _("Regions or branches, separated by commas")),
            "login": answers.ask("admin", "ADMIN_LOGIN", _("Login of the first administrator")),
            "name": answers.ask("admin_name", "ADMIN_NAME", _("Name of the first administrator")),
        }
        person = get_user_model()(username=chosen["login"], name=chosen["name"])
        chosen["password"] = answers.password(person, "ADMIN_PASSWORD", _("Password of the first administrator"))
        answers.complete()
        return chosen


@transaction.atomic
def write(*, company, trade, regions, login, name, password):
    """The site of ``company``: its regions, the presets of its trade, one administrator, and nothing invented."""
    Installation.objects.start(trade=trade, company=company, now=timezone.now())
    choose_preset(trade)
    for number, region in enumerate(filter(None, map(str.strip, regions.replace("，", ",").split(","))), start=1):
        Region.objects.get_or_create(name=region, defaults={"code": f"r{number}"})
    administrator = get_user_model().objects.create_user(login, password=password, name=name)
    administrator.groups.add(Group.objects.get(name="administrator"))
    call_command("load_catalogue", verbosity=0)
    call_command("load_knowledge", verbosity=0)
    load_defaults(approver=administrator)


class Answers:
    """Where an answer comes from: an option, the environment, or the person at the keyboard if there is one."""

    def __init__(self, out, options):
        self.out, self.options = out, options
        self.interactive = sys.stdin is not None and sys.stdin.isatty()
        self.missing = []

    def ask(self, option, variable, question):
        answer = (self.options.get(option) or "").strip()
        while not answer and self.interactive:
            answer = input(f"{question}: ").strip()
        return answer or self._lacking(variable)

    def choose(self, option, variable, question, choices):
        known = dict(choices)
        if self.interactive and not self.options.get(option):
            for code, label in choices:
                self.out.write(f"  {code:<10} {label}")
        answer = self.ask(option, variable, question)
        while answer and answer not in known:
            if not self.interactive:
                raise CommandError(f"{variable} is one of: {', '.join(known)}")
            answer = input(f"{question}: ").strip()
        return answer

    def password(self, person, variable, question):
        """A password that keeps the rules, typed twice if typed at all. Raises CommandError for a weak given one."""
        while True:
            password = os.environ.get(variable, "") or self._typed(question)
            if not password:
                return self._lacking(variable)
            try:
                validate_password(password, person)
            except ValidationError as weak:
                if not self.interactive or variable in os.environ:
                    raise CommandError(f"{variable}: {' '.join(weak.messages)}") from None
                self.out.write(" ".join(weak.messages))
            else:
                return password

    def _typed(self, question):
        if not self.interactive:
            return ""
        while True:
            typed = getpass.getpass(f"{question}: ")
            if typed == getpass.getpass(_("The same again: ")):
                return typed

    def _lacking(self, variable):
        self.missing.append(variable)
        return ""

    def complete(self):
        if self.missing:
            raise CommandError(f"Nobody is at the keyboard, so please set: {', '.join(self.missing)}")
