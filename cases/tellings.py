"""How what happens to a complaint reads on the timeline, and what its clocks are called."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.models import Appraisal, Checkpoint, Complaint, ComplaintClass, Remedy, choices
from cases.models.parts import Strand
from workflow.models import Promise
from workflow.timeline import kind, listed, name_clock, tell

YES_NO = {True: _("yes"), False: _("no")}
ACCEPTED_HOW = {
    "phone": _("by phone"),
    "signature": _("by signature"),
    "wechat": _("by WeChat"),
    "link": _("by his link"),
}


def register():
    kind("complaint", lambda: Complaint.objects.only("number"))
    kind("class", lambda: ComplaintClass.objects.only("name", "name_en"))
    _intake_and_judgement()
    _plan_and_work()
    _end()
    _acts()
    _clocks()


def _intake_and_judgement():
    tell("register", _("registered it (%(channel)s, %(severity)s)"), _("registered it"), icon="phone-incoming",
         channel=choices.Channel, severity=choices.Severity)  # fmt: skip
    tell("answer_on_the_spot", _("answered it on the spot: customer %(verdict)s"), icon="message-circle-reply",
         verdict=choices.Verdict)  # fmt: skip
    tell("record_contact", _("spoke with the customer (%(channel)s): %(result)s"), icon="phone",
         channel=Promise.Channel, result=choices.ContactResult)  # fmt: skip
    tell("record_remote_help", _("helped from afar: %(result)s"), icon="headset", result=choices.Remote)
    tell("start_judging", _("replied to the customer and gave it to %(department)s to judge"), icon="scale",
         department="department")  # fmt: skip
    tell("judge_valid", _("judged it valid: %(department)s answers for it, %(severity)s"), icon="scale",
         department="department", severity=choices.Severity)  # fmt: skip
    tell("judge_invalid", _("judged it not valid"), icon="scale")
    tell("answer_customer", _("answered the customer (%(channel)s)"), icon="message-circle-reply",
         channel=Promise.Channel)  # fmt: skip
    tell("reconsider", _("opened the judgement again"), icon="scale")
    tell("request_appraisal", _("asked %(technician)s to appraise it"), icon="search-check", technician="user")
    tell("pass_on_appraisal", _("gave the appraisal from %(from)s, who no longer works here, to %(technician)s"),
         icon="search-check", technician="user", **{"from": "user"})  # fmt: skip
    tell("withdraw_appraisal", _("took the appraisal back from %(from)s, who no longer works here"),
         icon="user-round-x", **{"from": "user"})  # fmt: skip
    tell("record_appraisal", _("appraised it: %(verdict)s"), icon="search-check", verdict=Appraisal.Finding)
    tell("countersign_appraisal", _("countersigned the appraisal"), icon="signature")
    tell("record_findings", _("recorded what was found: %(cause)s, borne by %(liability)s"),
         _("recorded what was found: %(cause)s"), _("recorded what was found"), icon="microscope",
         cause=choices.Cause, liability=choices.Liability)  # fmt: skip


def _plan_and_work():
    tell("propose_plan", _("proposed a plan with options: %(options)s"), _("proposed a plan"), icon="clipboard-list",
         options=str)  # fmt: skip
    tell("return_plan", _("sent the plan back"), icon="undo-2")
    tell("approve_plan", _("chose and approved: %(remedy)s"), _("approved the plan"), icon="clipboard-check",
         remedy=Remedy)  # fmt: skip
    tell("apply_standard_plan", _("settled it by a standard plan"), icon="zap")
    tell("accept_plan", _("the customer agreed to the plan %(how)s"), _("the customer agreed to the plan"),
         icon="thumbs-up", how=ACCEPTED_HOW)  # fmt: skip
    tell("decline_plan", _("the customer declined the plan"), icon="thumbs-down")
    tell("revise_plan", _("took the plan back to revise it"), icon="undo-2")
    tell("finish_strand", _("finished: %(strand)s"), icon="check", strand=Strand.Kind)
    tell("pass_checkpoint", _("checkpoint: %(checkpoint)s"), icon="flag", checkpoint=Checkpoint.Kind)
    tell("explain_in_writing", _("explained the delay in writing"), icon="file-pen-line")
    tell("finish_implementation", _("finished the work and told the customer (%(channel)s)"), icon="check-check",
         channel=Promise.Channel)  # fmt: skip


def _end():
    tell("evaluate", _("evaluated it: %(overall)s"), icon="star", overall=choices.Verdict)
    tell("sanction", _("noted a sanction"), icon="shield-alert")
    tell("record_follow_up", _("followed up: %(verdict)s"), icon="phone-outgoing", verdict=choices.Verdict)
    tell("close", _("closed it, with this lesson"), icon="archive")
    tell("reopen", _("opened it again"), icon="rotate-ccw")
    tell("open_dispute", _("opened a dispute: %(stage)s"), icon="gavel", stage=choices.DisputeStage)
    tell("advance_dispute", _("the dispute goes on: %(stage)s"), icon="gavel", stage=choices.DisputeStage)
    tell("settle_dispute", _("settled the dispute; next: %(to)s"), icon="gavel", to=Complaint.Status)
    tell("withdraw", _("the customer took it back"), icon="circle-x")
    tell("merge", _("merged it into %(into)s"), icon="git-merge", into="complaint")
    tell("absorb", _("%(from)s was merged into this"), icon="git-merge", **{"from": "complaint"})


def _acts():
    tell("take_over", _("took it over from %(from)s"), _("took it over"), icon="user-round-check", **{"from": "user"})
    tell("transfer", _("offered it to %(department)s"), icon="arrow-right-left", department="department")
    tell("answer_transfer", _("answered the offer to %(department)s: %(accept)s"),
         _("answered the offer of another department"), icon="arrow-right-left", department="department",
         accept=lambda accepted: YES_NO[accepted])  # fmt: skip
    tell("set_severity", _("changed the severity to %(severity)s"), icon="gauge", severity=choices.Severity)
    tell("flag_grave", _("marked it as a grave incident; the general manager is told"), icon="siren")
    tell("flag_risk", "%(risky)s", icon="triangle-alert",
         risky={True: _("marked a risk"), False: _("took the mark of a risk off")})  # fmt: skip
    tell("chase", _("The customer asked again, time no. %(count)s"), _("The customer asked again"), icon="bell-ring",
         count=str)  # fmt: skip
    tell("escalate", _("put it before: %(level)s"), _("escalated it"), icon="arrow-up-from-line",
         level=choices.EscalationLevel)  # fmt: skip
    tell("answer_escalation", _("answered the escalation"), icon="arrow-down-from-line")
    tell("verify_entry", _("verified the entry"), icon="badge-check")
    tell("correct", _("corrected the record: %(fields)s"), icon="pencil", fields=_field_names)


def _field_names(fields):
    return listed(Complaint._meta.get_field(name).verbose_name for name in fields)


def _clocks():
    name_clock("first_reply", pgettext_lazy("clock", "First reply"))
    name_clock("contact", pgettext_lazy("clock", "First contact"))
    name_clock("question", pgettext_lazy("clock", "Answer"))
    name_clock("plan", pgettext_lazy("clock", "Propose a plan"))
    name_clock("resolve", pgettext_lazy("clock", "Settle"))
    name_clock("serious", pgettext_lazy("clock", "Serious: next contact"))
    name_clock("check_in", pgettext_lazy("clock", "Progress contact"))
    name_clock("follow_up", pgettext_lazy("clock", "Follow-up"))
