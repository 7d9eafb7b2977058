"""How a complaint stands, in words for the customer: on the page behind his link, and as text to paste into WeChat.

Nothing internal gets here: no notes, no cost, no names but a colleague's surname and work number (S1-72, S3-05).
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cases.models import Checkpoint, Complaint
from core.logs import mask
from core.models import Installation
from core.phones import group
from customers.phones import mask_name
from workflow.models import Attachment, Deadline, Event, Promise

S = Complaint.Status
LINES = 6  # of the text for WeChat: more nobody reads there
DOUBLE_SURNAMES = (
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "司徒",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "夏侯",
    "长孙",
    "宇文",
)

STANDING = {
    S.REGISTERED: gettext_lazy("We have your report and are looking into it."),
    S.JUDGING: gettext_lazy("We are checking what happened and who will take care of it."),
    S.REJECTED: gettext_lazy("We have checked it; our service will explain the result to you."),
    S.INVESTIGATING: gettext_lazy("We are finding the cause and working out a solution."),
    S.PLAN_PROPOSED: gettext_lazy("A solution is worked out and is being confirmed on our side."),
    S.PLAN_APPROVED: gettext_lazy("A solution is ready. Please tell us whether you agree."),
    S.IMPLEMENTING: gettext_lazy("We are carrying out the solution you agreed to."),
    S.EVALUATING: gettext_lazy("The work is done; we are checking it once more on our side."),
    S.AWAITING_FOLLOW_UP: gettext_lazy("The work is done; we will ask you whether all is well."),
    S.IN_DISPUTE: gettext_lazy("We are talking with you about how to settle it."),
    S.CLOSED: gettext_lazy("This matter is finished."),
    S.WITHDRAWN: gettext_lazy("This matter was taken back."),
    S.MERGED: gettext_lazy("This was joined with another report of yours and goes on there."),
}
# The way of a complaint as the customer walks it, and which states lie on each stretch.
WAY = (
    (pgettext_lazy("to the customer", "Received"), (S.REGISTERED,)),
    (gettext_lazy("Looked into"), (S.JUDGING, S.REJECTED, S.INVESTIGATING)),
    (pgettext_lazy("to the customer", "Solution"), (S.PLAN_PROPOSED, S.PLAN_APPROVED, S.IN_DISPUTE)),
    (gettext_lazy("Carried out"), (S.IMPLEMENTING,)),
    (gettext_lazy("Done, asked whether all is well"), (S.EVALUATING, S.AWAITING_FOLLOW_UP, S.CLOSED)),
)
# What of the timeline concerns him. Anything that is not named here stays inside.
NEWS = {
    "register": gettext_lazy("Your report was received"),
    "start_judging": gettext_lazy("We began to look into it"),
    "judge_valid": gettext_lazy("Your report was confirmed"),
    "judge_invalid": gettext_lazy("The check is finished"),
    "request_appraisal": gettext_lazy("A technician was asked to look at it"),
    "record_appraisal": gettext_lazy("A technician has looked at it"),
    "approve_plan": gettext_lazy("A solution is ready"),
    "apply_standard_plan": gettext_lazy("The solution was agreed with you"),
    "accept_plan": gettext_lazy("You agreed to the solution"),
    "decline_plan": gettext_lazy("You did not agree; we are working on another solution"),
    "revise_plan": gettext_lazy("The solution has to be changed"),
    "explain_in_writing": gettext_lazy("It takes longer; we explained why"),
    "finish_implementation": gettext_lazy("The work is done"),
    "reopen": gettext_lazy("We took it up again"),
    "chase": gettext_lazy("You reminded us"),
}


@dataclass(frozen=True)
class Stretch:
    label: str
    state: str  # done, now or empty: still to come


@dataclass(frozen=True)
class News:
    at: datetime
    what: str


@dataclass
class Progress:
    """Where one complaint stands at a moment."""

    complaint: Complaint
    now: datetime

    @property
    def standing(self):
        return str(STANDING[self.complaint.status])

    @property
    def about(self):
        """What it is about, in the customer's own first sentence, without the numbers and the name that lead to him."""
        return self._masked(self.complaint.subject)

    def _masked(self, words):
        name = self.complaint.matter.customer.name
        return mask(words).replace(name, mask_name(name)) if len(name) > 1 else mask(words)

    @property
    def way(self):
        reached = next((i for i, (_label, states) in enumerate(WAY) if self.complaint.status in states), len(WAY) - 1)
        return [
            Stretch(str(label), "done" if i < reached or self.complaint.is_final else "now" if i == reached else "")
            for i, (label, _states) in enumerate(WAY)
        ]

    def news(self, most=20):
        """What happened that concerns him, oldest first."""
        rows = Event.objects.filter(
            matter__in=self.complaint.matter_ids(), kind=Event.Kind.VERB, visibility=Event.Visibility.ALL
        ).filter(action__in=[*NEWS, "pass_checkpoint"])
        newest = list(rows.order_by("-at", "-pk")[:most])
        return [News(event.at, self._told(event)) for event in reversed(newest)]

    def _told(self, event):
        if event.action == "pass_checkpoint":
            return str(dict(Checkpoint.Kind.choices).get(event.data.get("checkpoint"), ""))
        return str(NEWS[event.action])

    def next_time(self):
        """By when he hears or gets something, if that time is still to come."""
        if self.complaint.is_final:
            return ""
        kind, sentence = self._awaited()
        due = Deadline.objects.of(self.complaint).running().filter(kind=kind, due_at__gt=self.now).first()
        return sentence % {"at": when(due.due_at)} if due else ""

    def _awaited(self):
        if self.complaint.status == S.REGISTERED and self.complaint.first_replied_at is None:
            return "first_reply", _("You will hear from us by %(at)s.")
        if self.complaint.status in (S.EVALUATING, S.AWAITING_FOLLOW_UP):
            return "follow_up", _("We will ask you by %(at)s whether all is well.")
        if self.complaint.planned_at is None or self.complaint.status in (S.JUDGING, S.INVESTIGATING):
            return "plan", _("You will get a solution from us by %(at)s.")
        return "resolve", _("It is to be settled by %(at)s.")

    def promises(self):
        """What was promised and is not yet kept: the words, and by when."""
        rows = Promise.objects.open().filter(matter=self.complaint.matter_id).order_by("due_at", "pk")
        return [(self._masked(row.what), row.due_at) for row in rows]

    @property
    def handler(self):
        return short_name(self.complaint.matter.owner)

    @property
    def hotline(self):
        return self.complaint.region.hotline

    def as_text(self):
        """The text for WeChat: number, what, where it stands, what comes next and when, what was promised."""
        company = Installation.objects.current().company
        head = _("[%(company)s after-sales] %(number)s") if company else _("[After-sales] %(number)s")
        lines = [
            head % {"company": company, "number": self.complaint.number},
            _("About: %(about)s") % {"about": self.about},
            _("Now: %(standing)s") % {"standing": self.standing},
            *(f"· {when(news.at)} {news.what}" for news in self.news(LINES)),
        ]
        if next_time := self.next_time():
            lines.append(_("Next: %(next)s") % {"next": next_time})
        for what, due_at in self.promises():
            promised = _("%(what)s (by %(at)s)") % {"what": what, "at": when(due_at)} if due_at else what
            lines.append(_("Promised: %(what)s") % {"what": promised})
        if self.handler:
            lines.append(_("Handled by: %(name)s") % {"name": self.handler})
        if self.hotline:
            lines.append(_("Hotline: %(number)s") % {"number": group(self.hotline)})
        return "\n".join(lines)


def when(moment):
    return f"{timezone.localtime(moment):%m-%d %H:%M}"


def short_name(user):
    """A colleague as a customer knows him: surname and work number; never the whole name."""
    if user is None:
        return ""
    surname = _surname(user.name.strip())
    return (
        _("%(surname)s (no. %(number)s)") % {"surname": surname, "number": user.work_number}
        if user.work_number
        else surname
    )


def _surname(name):
    if name.isascii():
        return name.split()[-1] if name else ""
    return name[:2] if name.startswith(DOUBLE_SURNAMES) else name[:1]


def for_customer(complaint, link, now):
    """What the customer's page shows of a complaint."""
    progress = Progress(complaint, now)
    deciding = complaint.status == S.PLAN_APPROVED
    sent = Attachment.objects.sent_by_customer().shown().filter(matter=link.matter_id)
    return {
        "complaint": complaint,
        "progress": progress,
        "news": progress.news(),
        "next_time": progress.next_time(),
        "promises": progress.promises(),
        "option": complaint.selected_option if deciding else None,
        "choices": list(complaint.current_options().filter(offered=True, selected=False)) if deciding else [],
        "sent": list(sent),
        "may_chase": not complaint.is_final and complaint.chased_by_customer_since(now) is None,
    }
