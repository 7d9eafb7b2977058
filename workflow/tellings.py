"""How the verbs every record knows read on the timeline."""

from datetime import datetime

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Region
from customers.models import Contact, Customer, Phone
from workflow.models import Attachment, Promise
from workflow.timeline import kind, name_clock, tell


def register():
    kind("user", lambda: get_user_model().objects.only("name", "username"))
    kind("department", lambda: Department.objects.only("name"))
    kind("region", lambda: Region.objects.only("name"))

    tell("add_note", _("noted, for %(mentions)s"), _("noted"), icon="message-square-text", mentions="user")
    tell("make_promise", _("promised the customer: %(kind)s"), _("promised the customer"), icon="handshake",
         kind=Promise.Kind)  # fmt: skip
    tell("keep_promise", _("kept a promise"), icon="handshake")
    tell("drop_promise", _("dropped a promise, the customer knows why"), icon="handshake")
    tell("assign", pgettext_lazy("timeline", "gave it to %(to)s"), icon="user-round-check", to="user")
    tell("give", _("offered it to %(to)s"), _("left it for the next shift"), icon="arrow-right-left", to="user")
    tell("accept_handover", _("took it over"), icon="arrow-right-left")
    tell("decline_handover", _("did not take it over"), icon="arrow-right-left")
    tell("finish_handover", _("did what the shift before asked for"), icon="arrow-right-left")
    tell("move_to", _("moved it to %(to)s"), icon="building-2", to="region")
    tell("reassign", _("gave it from %(from)s to %(to)s"), pgettext_lazy("timeline", "gave it to %(to)s"),
         icon="user-round-check", to="user", **{"from": "user"})  # fmt: skip
    tell("release", _("took it from %(from)s, who no longer works here"), icon="user-round-x", **{"from": "user"})
    tell("attach_files", _("added files: %(attachments)s"), _("sent files that are here already"), icon="paperclip",
         attachments=_how_many)  # fmt: skip
    tell("describe_file", _("said what a file shows: %(to)s"), icon="paperclip", to=Attachment.Kind)
    tell("withdraw_file", _("withdrew a file"), icon="paperclip")
    tell("issue_link", _("gave the customer a link, valid until %(until)s"), icon="link", until=_day)
    tell("revoke_link", _("took the customer's link back"), icon="unlink")

    tell("open_file", _("opened the customer's file"), icon="folder-plus")
    tell("correct_file", _("corrected the file: %(fields)s"), _("corrected the file"), icon="pencil", fields=_labels)
    tell("drop_files", _("dropped files that were kept long enough"), icon="eraser")
    tell("erase_file", _("erased the customer's personal data"), icon="eraser")
    tell("note_on_file", _("noted about the customer, for %(mentions)s"), _("noted about the customer"),
         icon="message-square-text", mentions="user")  # fmt: skip
    tell(
        "give_consent",
        _("noted that the customer agrees to: %(purpose)s"),
        icon="circle-check",
        purpose=Customer.Purpose,
    )
    tell("withdraw_consent", _("noted that the customer does not agree to: %(purpose)s"), icon="circle-off",
         purpose=Customer.Purpose)  # fmt: skip
    tell("merge_file", _("merged file %(number)s into this one, taking over: %(fields)s"),
         _("merged file %(number)s into this one"), icon="git-merge", number=str, fields=_labels)  # fmt: skip
    tell("merged_into", _("merged this file into %(number)s"), icon="git-merge", number=str)
    tell("part_file", _("parted this file from %(number)s"), icon="git-fork", number=str)
    tell("register_card", _("registered service card %(number)s"), icon="id-card", number=str)

    name_clock("promise", pgettext_lazy("clock", "Promise"))
    name_clock("handover", pgettext_lazy("clock", "Handover"))


def _how_many(ids):
    return str(len(ids))


def _labels(fields):
    """What fields of a customer are called, in the reader's language."""
    known = {field.name: field.verbose_name for field in Customer._meta.fields}
    known |= {"phones": Phone._meta.verbose_name_plural, "contacts": Contact._meta.verbose_name_plural}
    return gettext(", ").join(str(known.get(name, name)) for name in fields)


def _day(moment):
    return f"{timezone.localtime(datetime.fromisoformat(moment)):%Y-%m-%d}"
