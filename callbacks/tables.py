"""Raw calls as a table to take out: one row per call, with what was said in it (S0-69)."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from callbacks.models import CallAnswer, FollowUpCall, choices
from callbacks.models.call import VERDICTS
from callbacks.views.lists import CallList
from cases.models.choices import Area
from core.tables.columns import Column
from core.tables.exporting import listed
from core.tables.resource import TableResource, register
from core.tables.widgets import Choice, Code, Count, Day, Flag, Moment, Words
from customers import phones
from customers.tables.block import name_column


def text(attribute, heading, source, longest=2000, **kwargs):
    return Column(attribute, heading, Words(longest, line=False), source=source, shown=True, **kwargs)


def shown(attribute, heading, widget, source):
    return Column(attribute, heading, widget, source=source, shown=True)


class CallTable(TableResource):
    """Calls as the list shows them; names and numbers masked for who may not see them whole."""

    key = "calls"
    label = _("Follow-up calls")
    loads = False
    export_right = "callbacks.export_followupcall"
    order = 60

    number = shown("number", pgettext_lazy("column", "Call number"), Code(20), "number")
    name = name_column(source="customer__name")
    phone = text("phone", pgettext_lazy("column", "Number dialled"), "number_used", 30, personal="phone")
    region = text("region", _("Branch"), "region__name")
    step = text("step", _("Step"), "template__name")
    product = text("product", pgettext_lazy("column", "Product"), "card__product__model_no")
    installed_on = shown("installed_on", pgettext_lazy("column", "Installed on"), Day(), "card__installed_on")
    due_on = shown("due_on", pgettext_lazy("column", "Due on"), Day(), "due_on")
    status = shown("status", _("Status"), Choice(FollowUpCall.Status.choices), "status")
    mode = shown("mode", _("Mode"), Choice(choices.Mode.choices), "mode")
    spoken_at = shown("spoken_at", _("Spoken at"), Moment(), "spoken_at")
    entered_at = shown("entered_at", _("Entered at"), Moment(), "entered_at")
    seconds = shown("seconds", _("length in seconds"), Count(0, 86_400), "seconds")
    tries = shown("tries", _("attempts without an answer"), Count(0, 99), "tries")
    unreached = shown("unreached", _("not reached because"), Choice(choices.Outcome.choices), "unreached_kind")
    verdict = shown("verdict", _("Verdict"), Choice(VERDICTS), "verdict")
    cleared = shown("cleared", _("doubt cleared in the call"), Flag(), "doubt_cleared")
    words = text("words", pgettext_lazy("of a call", "Record"), "words")
    said = Column("said", _("what was said"), Words(10_000, line=False), shown=True)
    complaint = shown("complaint", _("Complaint"), Code(20), "complaint__number")
    caller = text("caller", pgettext_lazy("of follow-up calls", "Caller"), "called_by__name")

    def rows_for(self, user, query=""):
        return listed(CallList, user, query)

    def beside(self, keys):
        """Everything said in the calls of these keys, side by side, in one statement."""
        areas, found = dict(Area.choices), {}
        first, last = min(keys), max(keys)
        # Where the keys lie close together, their bounds say the same as two thousand numbers, in half of the time.
        close = last - first < 4 * len(keys)
        which = {"call__gte": first, "call__lte": last} if close else {"call__in": keys}
        rows = CallAnswer.objects.filter(**which)
        for call, area, words in rows.order_by("pk").values_list("call_id", "area", "text"):
            found.setdefault(call, []).append(f"{areas[area]}：{words}")
        return {"said": {call: "\n".join(lines) for call, lines in found.items()}}

    def sees_whole(self, user):
        return phones.sees_whole(user)

    def masks(self):
        return {"name": phones.mask_name, "phone": phones.mask_phone}


def offer():
    """Called once, when the app is ready."""
    register(CallTable)
