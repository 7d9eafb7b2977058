"""Who is told of what: one table from an act to the people it concerns (S0-12, S0-54, S0-61, S2-36, S2-185).

An addressee is a function of an event that answers user ids; the person who acted is never told of his own act.
"""

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType

from workflow.models import Handover

User = get_user_model()


@dataclass(frozen=True)
class Rule:
    """Whom an act concerns, whether it also goes out by e-mail, and whether the branch's group robot says it."""

    addressees: tuple
    urgent: bool = False
    robot: bool = False


def owner(event):
    return {event.matter.owner_id} if event.matter.owner_id else set()


def _in_role(role):
    def people(event):
        staff = User.objects.filter(is_active=True, groups__name=role)
        return set(staff.filter(regions=event.matter.region_id).values_list("pk", flat=True))

    people.__name__ = role
    return people


supervisor, manager = _in_role("supervisor"), _in_role("manager")
dispatcher, parts_clerk = _in_role("dispatcher"), _in_role("parts_clerk")


quality, parts_clerk = _in_role("quality"), _in_role("parts_clerk")


def answerable(event):
    """Who answers for the fault a return is about: quality for the goods, the warehouse for what it sent and how."""
    people = {"quality": quality, "not_as_described": quality, "wrong_shipment": parts_clerk, "transport": parts_clerk}
    told = people.get(event.data.get("reason"))
    return told(event) if told else set()


def date_approver(event):
    """Who agrees to a delivery date that the lead time does not cover."""
    return supervisor(event) if event.target == "to_approve" else set()


def owner_or_supervisor(event):
    return owner(event) or supervisor(event)


def general_manager(event):
    return set(User.objects.filter(is_active=True, groups__name="general_manager").values_list("pk", flat=True))


def superior(event):
    """The superior of whoever acted; where the system acted, of the handler."""
    person = event.by or event.matter.owner
    return {person.superior_id} if person and person.superior_id else set()


def department(event):
    """The people of the department the event names who work in the matter's region."""
    pk = event.data.get("department")
    if not pk:
        return set()
    staff = User.objects.filter(is_active=True, department=pk, regions=event.matter.region_id)
    return set(staff.values_list("pk", flat=True))


def named(key):
    def person(event):
        value = event.data.get(key)
        return set(value) if isinstance(value, list) else ({value} if value else set())

    person.__name__ = key
    return person


def asker(event):
    """Who asked for the compensation the event is about."""
    pk = getattr(event.subject, "maker_id", None)
    return {pk} if pk else set()


def finance(event):
    return set(User.objects.filter(is_active=True, groups__name="finance").values_list("pk", flat=True))


def giver(event):
    return set(Handover.objects.filter(pk=event.data.get("handover")).values_list("giver_id", flat=True))


def role_of_step(event):
    """Each step of a warning ladder names a role: the handler, the supervisor, the manager, the general manager."""
    role = event.data.get("role", "owner")
    people = {"owner": owner, "supervisor": supervisor, "manager": manager, "general_manager": general_manager}
    told = people.get(role, owner)(event)
    # Whoever is told, the handler knows as well.
    return told | owner(event)


VERBS = {
    "register": Rule((department,)),
    "chase": Rule((owner,), urgent=True),
    "start_judging": Rule((department,)),
    "judge_valid": Rule((department, owner)),
    "judge_invalid": Rule((owner,)),
    "propose_plan": Rule((supervisor,)),
    "return_plan": Rule((owner,)),
    "approve_plan": Rule((owner,)),
    "accept_plan": Rule((owner,)),
    "decline_plan": Rule((owner, supervisor)),
    "request_appraisal": Rule((named("technician"),), urgent=True),
    "pass_on_appraisal": Rule((named("technician"), owner), urgent=True),
    "withdraw_appraisal": Rule((owner_or_supervisor,), urgent=True),
    "record_appraisal": Rule((owner,)),
    "transfer": Rule((department,)),
    "answer_transfer": Rule((owner,)),
    "assign": Rule((named("to"),)),
    "reassign": Rule((named("to"), named("former"))),
    "release": Rule((supervisor,), urgent=True),
    "take_over": Rule((named("from"),)),
    "give": Rule((named("to"),), urgent=True),
    "accept_handover": Rule((giver,)),
    "decline_handover": Rule((giver,), urgent=True),
    "finish_handover": Rule((giver,)),
    "finish_implementation": Rule((supervisor,)),
    "reopen": Rule((owner, supervisor), urgent=True),
    "open_dispute": Rule((supervisor, manager), urgent=True),
    "escalate": Rule((superior,), urgent=True),
    "answer_escalation": Rule((owner,)),
    "flag_grave": Rule((general_manager, manager, supervisor), urgent=True, robot=True),
    "move_to": Rule((supervisor,)),
    "request": Rule((supervisor,)),
    "ask_appraisal": Rule((named("technician"),), urgent=True),
    "appraise": Rule((asker, supervisor)),
    "require_visit": Rule((asker, supervisor), urgent=True),
    "approve_small": Rule((asker, finance)),
    "approve_goodwill": Rule((asker, finance)),
    "reject_small": Rule((asker,), urgent=True),
    "send_back": Rule((asker, supervisor), urgent=True),
    "submit_to_gm": Rule((general_manager,), urgent=True),
    "gm_approve": Rule((asker, supervisor, finance), urgent=True),
    "gm_reject": Rule((asker, supervisor), urgent=True),
    "pay": Rule((asker,)),
    "report": Rule((named("readers"),)),
    "amend": Rule((supervisor,)),
    "reverse": Rule((asker, supervisor), urgent=True),
    "fill_write_off": Rule((finance,)),
    # work orders: whoever is sent, whoever is called back, and the dispatcher when it comes back to him
    "dispatch": Rule((named("to"),), urgent=True),
    "redispatch": Rule((named("to"),), urgent=True),
    "refuse": Rule((dispatcher,), urgent=True),
    "void_quote": Rule((named("to"),), urgent=True),
    "supervisor_decide": Rule((named("to"), owner)),
    "wait_parts": Rule((parts_clerk,), urgent=True),
    "parts_arrived": Rule((named("to"), owner)),
    "complete": Rule((owner,)),
    "fail_acceptance": Rule((owner, dispatcher)),
    "customer_accept": Rule((owner,)),
}
# Records whose verbs share names with others: only what stands here is told of them.
OF_RECORD = {
    # a fault is told to those who answer for it as soon as it is known (S2-103); the rest wakes whose turn it is
    "returnrequest": {
        "submit": Rule((answerable,)),
        "reject": Rule((owner,)),
        "approve_unshipped": Rule((parts_clerk,), urgent=True),
        "recall_failed": Rule((owner,)),
        "enter_tracking": Rule((owner,)),
        "refuse_parcel": Rule((owner,), urgent=True),
        "lose": Rule((owner, supervisor), urgent=True),
        "resend": Rule((owner, parts_clerk)),
        "lapse": Rule((owner,)),
        "receive": Rule((quality, owner)),
        "inspection_ok": Rule((owner,)),
        "inspection_bad": Rule((owner, supervisor), urgent=True),
        "resolve_failed": Rule((owner,)),
        "refund": Rule((owner,)),
        "call_platform": Rule((owner, supervisor), urgent=True),
        "cancel": Rule((owner,)),
        "confirm_exchange": Rule((owner,)),
    },
    # a date beyond the lead time is asked of a superior; fees a customer will not pay are reported to him (S3-120, S3-132)
    "deliveryissue": {
        "open": Rule((date_approver,)),
        "set_date": Rule((date_approver,)),
        "approve_date": Rule((owner,)),
        "refuse_date": Rule((owner,), urgent=True),
        "assign": Rule((named("to"), named("from"))),
        "dispute_fee": Rule((supervisor,), urgent=True),
        "settle_fee": Rule((owner,)),
        "pick_up_damaged": Rule((owner,), urgent=True),
        "cancel": Rule((owner,)),
    },
    "followupcall": {
        "commend": Rule((named("person"), supervisor, manager, general_manager)),
        "report_intention": Rule((manager,), urgent=True),
        "assign": Rule((named("caller"),)),
        "send_back": Rule((named("to"),)),
    },
}
NOTES = Rule((named("mentions"),))
FILES = Rule((owner,))
STEPS = {
    "half": Rule((owner,)),
    "warning": Rule((role_of_step,), urgent=True),
    "breach": Rule((role_of_step,), urgent=True, robot=True),
    "second_breach": Rule((role_of_step,), urgent=True, robot=True),
}


def rule_for(event):
    """The rule for one event, or None when nobody needs to be told."""
    if event.kind == "deadline":
        return STEPS.get(event.action)
    if event.kind == "note":
        return NOTES if event.data.get("mentions") else None
    if event.kind == "file":
        # Colleagues see the photo on the page; what a customer sends in must not be missed.
        return FILES if event.actor == "customer" else None
    if event.kind == "verb":
        of_record = OF_RECORD.get(_record_name(event))
        return of_record.get(event.action) if of_record else _escalated(event) or VERBS.get(event.action)
    return None


def _record_name(event):
    kind = event.subject_type_id and ContentType.objects.get_for_id(event.subject_type_id)
    return kind.model if kind else ""


def _escalated(event):
    """An escalation goes where its level says."""
    if event.action == "escalate" and event.data.get("level") == "general_manager":
        return Rule((general_manager,), urgent=True)
    if event.action == "escalate" and event.data.get("level") == "group":
        return Rule((manager, general_manager), urgent=True)
    if event.action == "register" and event.data.get("grave"):
        return VERBS["flag_grave"]
    return None
