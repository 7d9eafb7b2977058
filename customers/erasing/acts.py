"""Asking to have a customer forgotten, deciding about it, and doing it."""

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.erasing import reach, register, scrub
from customers.models import Contact, Customer, Erasure, Merge, Phone
from customers.signals import customer_erasing

REQUEST_RIGHT, APPROVE_RIGHT = "customers.add_erasure", "customers.approve_erasure"
# What is left of the row itself: its number, branch, area and dates, for figures that count customers.
EMPTY = {
    "name": scrub.GONE,
    "address": "",
    "note": "",
    "acceptable_settlement": "",
    "quiet_hours": "",
    "best_hours": "",
    "sent": "",
    "op": None,
    "preferred_phone": None,
    "preferred_way": Customer.Way.PHONE,
    "is_vip": False,
    "is_member": False,
    "credit_level": Customer.CreditLevel.NORMAL,
    "allows_calls": False,
    "allows_marketing": False,
    "allows_photos": False,
}
_obstacles = []


class ErasureRefused(Exception):
    """Why a customer is not erased, in the person's words."""


def obstacle(function):
    """Ask this before anybody is erased: ``function(customer)`` answers a sentence while something is open, or ""."""
    if function not in _obstacles:
        _obstacles.append(function)
    return function


def obstacles(customer):
    """What has to end before this customer can be erased, in sentences."""
    return [said for ask in _obstacles if (said := ask(customer))]


@transaction.atomic
def request(customer, *, by, why, words="", op=None):
    """Ask to have a customer's file and those merged into it erased; the same ``op`` answers with what it asked before.

    ``by`` is None for the timetable. Raises PermissionDenied, or ErasureRefused for a file that is erased or asked for.
    """
    if by is not None and not by.has_perm(REQUEST_RIGHT):
        raise PermissionDenied
    if op and (made := Erasure.objects.filter(op=op, requested_by=by).first()):
        return made
    root = Customer.objects.select_for_update(of=("self",), no_key=True).get(pk=customer.root_id)
    if root.erased_at:
        raise ErasureRefused(_("This file is erased already."))
    if Erasure.objects.waiting().filter(customer=root).exists():
        raise ErasureRefused(_("Somebody has asked for this already; it waits for a decision."))
    try:
        with transaction.atomic():
            return Erasure.objects.create(customer=root, requested_by=by, why=why, words=words, op=op)
    except IntegrityError:
        raise ErasureRefused(_("Somebody has asked for this already; it waits for a decision.")) from None


@transaction.atomic
def decide(erasure, answer, *, by, reason="", now=None):
    """Approve, which erases at once, decline with a reason, or withdraw one's own request.

    Raises PermissionDenied, or ErasureRefused where somebody else has decided or something of the customer is open.
    """
    now = now or timezone.now()
    files = _locked(Erasure.objects.values_list("customer__root", flat=True).get(pk=erasure.pk))
    erasure = Erasure.objects.select_for_update(of=("self",), no_key=True).get(pk=erasure.pk)
    _may_decide(erasure, answer, by)
    if not erasure.is_waiting:
        raise ErasureRefused(_("Somebody else has decided this meanwhile."))
    if answer == Erasure.Answer.APPROVED:
        root = next(file for file in files if file.is_live)
        if open_things := obstacles(root):
            raise ErasureRefused(" ".join(open_things))
    erasure.answer, erasure.decided_by, erasure.decided_at, erasure.reason = answer, by, now, reason
    erasure.save(update_fields=["answer", "decided_by", "decided_at", "reason"])
    if answer == Erasure.Answer.APPROVED:
        _erase(files, by=by, now=now)
    return erasure


def _may_decide(erasure, answer, by):
    """Nobody approves what he has asked for himself, and only he takes it back."""
    own = erasure.requested_by_id is not None and erasure.requested_by_id == by.pk
    if not (own if answer == Erasure.Answer.WITHDRAWN else by.has_perm(APPROVE_RIGHT) and not own):
        raise PermissionDenied


@transaction.atomic
def erase(root, *, by=None, now=None):
    """Erase without asking anybody: for the register after a restore, which repeats what was decided once."""
    _erase(_locked(root), by=by, now=now or timezone.now())


def erase_again():
    """Whom the register calls erased, a restored backup must not bring back."""
    register.again(erase)


def _locked(root):
    """The live file and all merged into it, locked in key order."""
    rows = Customer.objects.filter(root=root).order_by("pk").select_for_update(of=("self",), no_key=True)
    return list(rows)


def _erase(files, *, by, now):
    keys = [file.pk for file in files]
    traces, records = scrub.Traces(files), _records(files)
    customer_erasing.send(Customer, customers=files, by=by, now=now)
    Merge.objects.filter(kept__in=keys).update(taken={})
    for model in (Contact, Phone):
        _remove(model, files)
    reach.forget(files)
    scrub.clean_house(files, traces, records | set(keys))
    Customer.objects.filter(pk__in=keys).update(erased_at=now, **EMPTY)
    numbers = [(file.pk, file.number) for file in files]
    transaction.on_commit(lambda: register.add(numbers, now))


def _records(files):
    """The keys of what has a page of its own: forms about it keep drafts under them."""
    found = set()
    for model in apps.get_models():
        if reach.paths(model) and hasattr(model, "get_absolute_url"):
            found |= set(reach.rows_of(model, files).values_list("pk", flat=True))
    return found


def _remove(model, files):
    """Delete the rows; where something must go on pointing at one, it stays without what it said."""
    for row in model.objects.filter(customer__in=files):
        if model is Phone:
            Phone.objects.filter(pk=row.pk).update(number=f"-{row.pk}", base="", local="", tail="", label="")
        try:
            with transaction.atomic():
                row.delete()
        except ProtectedError:
            continue
