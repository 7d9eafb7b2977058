"""What a call comes to. Each is the maker or the verb of one operation, so a form sent twice acts once."""

from django.db.transaction import atomic
from django.utils.translation import gettext as _

from cases.intake.newcomer import open_file
from cases.models import Complaint
from cases.models.choices import Remote
from workflow.files import with_files
from workflow.models import Event, Matter
from workflow.perform import perform


def register(
    *, by, now, customer, fields, items, promise, caller, newcomer, answer, plan, agreed, files=(), branch=None
):
    """Register a call on a customer's file, which is opened if need be, and go on at once where that is possible.

    With an ``answer`` it is closed on the spot; with a standard ``plan`` it goes straight to its execution. ``files`` are
    pairs of what they show and what ``workflow.media.prepare`` made of them; ``branch`` is the customer's own branch when
    the call is handed over to it. Runs inside ``workflow.perform.begin`` and raises what ``Complaint.register`` and the
    verbs raise.
    """
    if customer is None:
        customer = open_file(newcomer, by=by)
    if caller["keep"]:
        keep_caller(customer, caller)
    if answer and fields["type"] not in Complaint.ANSWERABLE:
        fields = fields | {"remote": Remote.SOLVED}
    complaint = Complaint.register(
        by=by,
        now=now,
        customer=customer,
        items=items,
        promise=promise,
        matter=hand_over(customer, branch, by=by, now=now) if branch else None,
        caller_name=caller["name"],
        caller_relation=caller["relation"],
        caller_phone=caller["phone"][: Complaint._meta.get_field("caller_phone").max_length],
        **fields,
    )
    if files:
        perform(complaint, "attach_files", by=by, now=now, files=files)
    if answer:
        return perform(complaint, "answer_on_the_spot", by=by, now=now, answer=answer).record
    if plan:
        return perform(complaint, "apply_standard_plan", by=by, now=now, plan=plan, words=agreed).record
    return complaint


def say_on(complaint, verb, *, by, op, now=None, files=(), **words):
    """Chase an open complaint, or add a note to it, with the files that came along: both or neither."""
    if not files:
        return perform(complaint, verb, by=by, op=op, now=now, **words)
    with with_files(), atomic():
        done = perform(complaint, verb, by=by, op=op, now=now, **words)
        if not done.replayed:
            perform(complaint, "attach_files", by=by, now=now, files=files)
    return done


def keep_caller(customer, caller):
    """Note who called, or from which number, so that the next call is recognised."""
    phone = customer.add_phone(caller["phone"]) if caller["phone"] else None
    if caller["relation"] != "self":
        customer.add_contact(name=caller["name"], relation=caller["relation"], phone=phone)


def hand_over(customer, branch, *, by, now):
    """A matter for another branch to take up: it has no handler yet, and the line that says who took the call."""
    matter = Matter.objects.create(customer=customer, region=branch, opened_at=now)
    words = _("The call was taken here and handed over to %(branch)s.") % {"branch": branch}
    Event.objects.write(matter, "move_to", by=by, at=now, note=words, data={"from": None, "to": branch.pk})
    return matter
