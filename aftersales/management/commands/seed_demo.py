import csv
import random
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db.transaction import atomic
from django.utils import timezone

from aftersales.defaults import load_defaults
from aftersales.demo.callbacks import call_customers
from aftersales.demo.compensation import compensate
from aftersales.demo.customers import furnish
from aftersales.demo.deliveries import follow_orders
from aftersales.demo.people import hire
from aftersales.demo.prices import price
from aftersales.demo.privacy import tell_wishes, watch_over
from aftersales.demo.returns import take_back
from aftersales.demo.stories import Teller
from aftersales.demo.technicians import work
from callbacks.receivers import card_registered, heard
from cases.models import Complaint
from core import search
from core.models import Installation
from core.text import clean
from customers.models import Order
from customers.signals import card_registered as registered
from notifications.receivers import tell_who_should_know
from workflow.presets import choose_preset
from workflow.signals import events_recorded
from workflow.sweep import sweep

SEED = 20260318
COMPANY = "安禾门业"


class Command(BaseCommand):
    help = "Fill an empty site with invented people, customers and complaints in every state."

    def add_arguments(self, parser):
        parser.add_argument("--texts", help="a csv with a column 'text': one more complaint for each row")
        parser.add_argument("--customers", type=int, default=300)

    def handle(self, *, texts, customers, **options):
        if settings.PRODUCTION:
            raise CommandError("Demo data has public logins; a production site does not take it.")
        lines = read_texts(texts) if texts else []
        now, rng = timezone.now(), random.Random(SEED)
        if get_user_model().objects.exists():
            if not (lines and Installation.objects.current().is_demo):
                raise CommandError("This site has people already; demo data goes into an empty one.")
            self.add_texts(lines, rng, now)
            return
        # What happened long ago in a story is no news to anybody; the calls it leads to are planned together afterwards.
        listeners = ((events_recorded, tell_who_should_know), (events_recorded, heard), (registered, card_registered))
        for signal, listener in listeners:
            signal.disconnect(listener)
        try:
            with atomic():  # all or nothing: a site half filled would not be filled again
                staff, furnished = self.lay_ground(rng, customers, now)
                total = Teller(staff, furnished, rng, now).tell_all(lines)
                call_customers(staff, rng, now)
                take_back(staff, self.regions, furnished, random.Random(SEED), now)
                follow_orders(staff, furnished, random.Random(SEED), now)
                work(staff, furnished, random.Random(SEED), now)
                compensate(staff, rng, now)
                search.refresh(Order)
                watch_over(furnished, staff, now)
        finally:
            for signal, listener in listeners:
                signal.connect(listener)
        fired = sweep(now)
        self.stdout.write(f"{len(furnished)} customers, {total} complaints, {fired} deadlines fired")

    def lay_ground(self, rng, customers, now):
        Installation.objects.mark_demo(now, COMPANY)
        choose_preset("doors")
        call_command("load_knowledge", verbosity=0)
        self.regions, staff = hire()
        call_command("load_catalogue", verbosity=0)  # some of what follows is for groups of products
        load_defaults(approver=staff["manager"], now=now)
        furnished = furnish(self.regions, staff, rng, customers)
        price(timezone.localdate(now), by=staff["manager"])
        tell_wishes(furnished, staff, now)
        return staff, furnished

    def add_texts(self, lines, rng, now):
        """Texts for a demo site that stands already."""
        staff = {user.username: user for user in get_user_model().objects.all()}
        complaints = Complaint.objects.select_related("matter__customer__region").order_by("pk")[:300]
        customers = {row.matter.customer_id: row.matter.customer for row in complaints}
        furnished = [(customer, list(customer.cards.all())) for customer in customers.values()]
        teller = Teller(staff, furnished, rng, now)
        with atomic():
            for line in lines:
                teller.tell(Complaint.Status.REGISTERED, 0, 30, content=line)
        self.stdout.write(f"{len(lines)} complaints added")


def read_texts(path):
    """The texts of a csv file; CommandError where there is no file or no such column."""
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if "text" not in (rows.fieldnames or ()):
                raise CommandError(f"{path} has no column named text.")
            return [text for row in rows if (text := clean(row["text"] or "").strip())]
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None
