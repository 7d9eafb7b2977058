"""How what happens to a work order reads on the timeline, and what its clocks are called."""

from functools import partial

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from technicians.models import WorkOrder, choices
from technicians.models.quote import Fee
from workflow.timeline import kind, listed, name_clock
from workflow.timeline import tell as tell_of_any

tell = partial(tell_of_any, of="technicians.WorkOrder")


def register():
    kind("workorder", lambda: WorkOrder.objects.only("number"))
    _sending()
    _on_site()
    _otherwise()
    _end()
    name_clock("send", pgettext_lazy("clock", "Send somebody"))
    name_clock("on_site", pgettext_lazy("clock", "On site"))
    name_clock("agree", pgettext_lazy("clock", "Agree on a time"))
    name_clock("done", pgettext_lazy("clock", "Finish the work"))


def _sending():
    tell("accept", _("accepted a work order to rework %(rework_of)s"), _("accepted a work order: %(kind)s"),
         icon="wrench", kind=choices.Kind, rework_of="workorder")  # fmt: skip
    tell("dispatch", _("sent %(to)s, slip %(slip)s"), icon="send", to="user", slip=str)
    tell("redispatch", _("sent %(to)s again, slip %(slip)s"), icon="send", to="user", slip=str)
    tell("acknowledge", _("took the job on, the time stands"), icon="calendar-check")
    tell("refuse", _("refused the job"), icon="undo-2")
    tell("reassign", _("sent %(to)s instead of %(former)s"), _("sent %(to)s"), icon="user-round-check", to="user",
         former="user")  # fmt: skip


def _on_site():
    tell("arrive", _("%(punctual)s, together with %(supervisors)s"), "%(punctual)s", icon="map-pin",
         punctual={True: _("arrived in time"), False: _("arrived late")}, supervisors="user")  # fmt: skip
    tell("quote", _("quoted ¥%(total)s: %(attribution)s"), icon="receipt-text", total=str,
         attribution=choices.Attribution)  # fmt: skip
    tell("confirm_quote", _("the customer agreed to ¥%(total)s %(how)s"), icon="thumbs-up", total=str,
         how=choices.Consent)  # fmt: skip
    tell("start_free", _("began, free of charge: %(attribution)s"), icon="hammer", attribution=choices.Attribution)
    tell(
        "tick_off",
        _("went through the checklist, left out: %(left)s"),
        _("went through the checklist, all done"),
        icon="clipboard-check",
        left=lambda lines: "；".join(lines),
    )
    tell("report_incident", _("reported an incident"), icon="siren")
    tell("decline_quote", _("the customer declined the quote"), icon="thumbs-down")
    tell("requote", _("withdrew the quote to make a new one"), icon="undo-2")
    tell("void_quote", _("the attribution has changed: the quote no longer holds"), icon="triangle-alert")
    tell("wait_parts", _("waits for a part"), icon="package-search")
    tell("parts_arrived", _("the part is there, a new time is agreed"), icon="package-check")
    tell("ship_for_self_fit", _("sent the part and the guide, the customer fits it himself"), icon="package")
    tell("confirm_self_fit", _("the customer has fitted it, and it works"), icon="thumbs-up")
    tell("self_fit_failed", _("the customer could not fit it"), icon="thumbs-down")


def _otherwise():
    tell("reschedule", _("moved the appointment: %(why)s"), icon="calendar-clock", why=choices.Delay)
    tell("escalate", _("put it before the supervisor; the customer was told %(until)s"),
         _("put it before the supervisor"), icon="arrow-up-from-line", until=_moment)  # fmt: skip
    tell("explain", _("explained the delay in writing, settled by %(until)s"), icon="file-pen-line", until=_moment)
    tell("supervisor_decide", _("decided: %(to)s goes"), _("decided how it goes on"), icon="gavel", to="user")
    tell("cancel", _("cancelled the work order"), icon="circle-x")


def _end():
    tell("complete", _("finished the work"), icon="check")
    tell("fail_acceptance", _("not accepted: %(failed)s"), icon="circle-alert", failed=_criteria)
    tell("resume", _("began the rework"), icon="rotate-ccw")
    tell("customer_accept", _("the customer accepted the work: %(opinion)s"), icon="signature",
         opinion=choices.Opinion)  # fmt: skip
    tell("close", _("asked the customer and closed the work order"), icon="archive")
    tell("collect_fee", _("collected ¥%(amount)s (%(means)s)"), icon="banknote", amount=str, means=Fee.Means)
    tell("agree_disposal", _("the customer agreed to what becomes of the damaged product %(how)s"), icon="recycle",
         how=choices.Consent)  # fmt: skip


def _criteria(codes):
    labels = dict(choices.Criterion.choices)
    return listed(labels[code] for code in codes if code in labels)


def _moment(text):
    moment = parse_datetime(text) if isinstance(text, str) else None
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""
