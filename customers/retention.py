"""What has been kept long enough is proposed at night; nothing goes before a person has said so.

Apps name kinds of data in ``ready()``: ``kind("photos", _("photos"), holds=…, drop=…, months=36)``. Time runs from when a
customer was last heard of, the newest moment that any app knows: ``heard(newest)``, ``newest(root)`` giving a subquery of
it. Beat calls ``propose`` at night (customers.tasks).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import connections, transaction
from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from core.calendar import add_months
from customers import erasing
from customers.models import Customer, Due, Erasure, Order, Retention, ServiceCard

RIGHT = "customers.decide_due"
A_NIGHT = 500  # proposals of one night: more than that nobody decides in a day
KEPT_FOR = timedelta(days=365)  # how long "keep" lasts when no day was given


@dataclass(frozen=True)
class Kind:
    """One kind of data.

    ``holds``: a condition on Customer for having some of it; ``drop(customer, by=, now=)`` deletes it, ``months`` is how
    long it is kept where nobody has said otherwise.
    """

    code: str
    label: str
    holds: Callable
    drop: Callable
    months: int


_kinds: dict[str, Kind] = {}
_heard: list[Callable] = []


def kind(code, label, *, holds, drop, months):
    """Propose this kind of data once its time is over; the same code again replaces it."""
    _kinds[code] = Kind(code, label, holds, drop, months)


def kinds():
    return list(_kinds.values())


def label_of(code):
    return _kinds[code].label if code in _kinds else code


def heard(newest):
    """Know when a customer was last heard of: ``newest(root)`` is a subquery's queryset with one column, the moment."""
    if newest not in _heard:
        _heard.append(newest)


def last_heard(customers):
    """These customers with ``last_heard``: the newest moment any app knows, the opening of the file at least."""
    moments = [Coalesce(Subquery(newest(OuterRef("pk"))), F("created_at")) for newest in _heard]
    latest = Greatest("created_at", *moments) if moments else F("created_at")
    return customers.annotate(last_heard=ExpressionWrapper(latest, output_field=DateTimeField()))


@transaction.atomic
def propose(now, most=A_NIGHT):
    """Write down what has been kept long enough, the oldest first; returns how many proposals that were."""
    made = 0
    for rule in Retention.objects.filter(active=True, kind__in=_kinds).order_by("kind"):
        before = add_months(now, -rule.months)
        rows = due(_kinds[rule.kind], before, timezone.localdate(now)).order_by("pk")[: most - made]
        proposals = [Due(customer=row, kind=rule.kind, last_heard_at=row.last_heard, proposed_at=now) for row in rows]
        made += len(Due.objects.bulk_create(proposals, ignore_conflicts=True))
    return made


def due(of_kind, before, today):
    """Customers not heard of since ``before`` who have some of this, and about whom nobody has decided or must."""
    decided = Due.objects.filter(customer=OuterRef("pk"), kind=of_kind.code)
    spared = decided.filter(Q(decided_at=None) | Q(answer=Due.Answer.KEPT, keep_until__gt=today))
    # The file's own date first: it needs no subquery and leaves out whoever is new.
    old = Customer.objects.live().filter(created_at__lt=before).filter(of_kind.holds())
    return last_heard(old.exclude(Exists(spared))).filter(last_heard__lt=before)


@transaction.atomic
def decide(proposal, answer, *, by, reason="", keep_until=None, now=None):
    """Drop the data, or keep them with a reason until a day; the Due as it stands then.

    Raises PermissionDenied, or ErasureRefused where somebody has decided meanwhile or something is open.
    """
    if not by.has_perm(RIGHT):
        raise PermissionDenied
    now = now or timezone.now()
    proposal = Due.objects.select_for_update(of=("self",), no_key=True).select_related("customer").get(pk=proposal.pk)
    if proposal.decided_at:
        raise erasing.ErasureRefused(_("Somebody else has decided this meanwhile."))
    proposal.answer, proposal.decided_by, proposal.decided_at, proposal.reason = answer, by, now, reason
    if answer == Due.Answer.KEPT:
        proposal.keep_until = keep_until or timezone.localdate(now) + KEPT_FOR
    else:
        _kinds[proposal.kind].drop(proposal.customer, by=by, now=now)
    proposal.save(update_fields=["answer", "decided_by", "decided_at", "reason", "keep_until"])
    return proposal


# --- what this app keeps ------------------------------------------------------------------------------------------------
def drop_file(customer, *, by, now):
    """Erase the customer: the timetable has asked, this person approves."""
    request = Erasure.objects.waiting().filter(customer=customer).first()
    request = request or erasing.request(customer, by=None, why=Erasure.Why.TIME)
    erasing.decide(request, Erasure.Answer.APPROVED, by=by, now=now)


def register():
    """Called once, when the app is ready."""
    kind(
        "file", pgettext_lazy("retention", "the whole file"), holds=lambda: Q(erased_at=None), drop=drop_file, months=60
    )
    heard(lambda root: _newest(Order, root, "created_at"))
    heard(lambda root: _newest(ServiceCard, root, "created_at"))


def _newest(model, root, field):
    rows = model.objects.filter(customer__root=root).order_by().values("customer__root")
    return rows.annotate(newest=Max(field)).values("newest")


def introduce(using="default", **kwargs):
    """Give every kind of data its period where nobody has given one; called after migrations."""
    if using != "default" or Retention._meta.db_table not in connections[using].introspection.table_names():
        return
    known = set(Retention.objects.values_list("kind", flat=True))
    Retention.objects.bulk_create(
        Retention(kind=one.code, months=one.months) for one in kinds() if one.code not in known
    )
