"""How what happens to a follow-up call reads on the timeline."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from callbacks.models import FollowUpCall, choices
from callbacks.models.call import VERDICTS
from workflow import timeline
from workflow.timeline import kind

WHY = {
    "reanchored": _("a repair or a corrected date starts the ladder again"),
    "reopened": _("the complaint goes on"),
    "refused": _("the customer does not want to be called"),
    "followed_up": _("the follow-up stands on the complaint already"),
}


tell = partial(timeline.tell, of="callbacks.FollowUpCall")


def register():
    kind("follow_up_call", lambda: FollowUpCall.objects.only("number"))
    tell("plan", _("planned a call: %(trigger)s"), icon="calendar-plus", trigger=choices.Trigger)
    tell("join", _("gave the call a further reason: %(trigger)s"), icon="calendar-plus", trigger=choices.Trigger)
    tell("fall_due", _("the call is due"), icon="bell-ring")
    tell("retry", _("the call is to be tried again"), icon="rotate-ccw")
    tell("pull_forward", _("took the call forward to today"), icon="calendar-arrow-up")
    tell("dial", _("dialled"), icon="phone-outgoing")
    tell("switch_phone", _("went on at another number"), icon="phone-forwarded")
    tell("no_answer", _("not reached: %(kind)s"), icon="phone-missed", kind=choices.Outcome)
    tell("reschedule", _("will call at another time"), icon="calendar-clock")
    tell("decline", _("the customer wants no call"), icon="phone-off")
    tell("record", _("recorded the call: %(verdict)s"), _("recorded the call"), icon="clipboard-check",
         verdict=dict(VERDICTS))  # fmt: skip
    tell("transfer", _("handed over: %(complaint)s"), icon="arrow-right-left", complaint="complaint")
    timeline.tell("come_from_call", _("came from the follow-up call %(call)s"), icon="phone-outgoing",
                  call="follow_up_call")  # fmt: skip
    tell("commend", _("noted praise"), icon="award")
    tell("report_intention", _("reported an intention to buy or refit"), icon="trending-up")
    tell("submit_week", _("submitted the record for review"), icon="send")
    tell("resubmit", _("completed the record"), icon="send")
    tell("review", _("reviewed the record"), icon="badge-check")
    tell("send_back", _("sent the record back"), icon="undo-2")
    tell("lapse", _("the call could not be made"), icon="calendar-x")
    tell("cancel", _("cancelled the call: %(why)s"), _("cancelled the call"), icon="circle-x", why=WHY)
    tell("release", _("left the call without a result"), icon="phone-off")
    tell("move", _("changed the day of the call"), icon="calendar-clock")
    tell("assign", _("put it on the list of %(caller)s"), icon="user-round-check", caller="user")
