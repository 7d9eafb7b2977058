"""What a step will do, shown before it is done: money, goods, clocks and words as one set of changes."""

from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.amounts import yuan
from core.moments import exact
from returns import refunds
from returns.models import Parcel, ReturnRequest
from returns.models.choices import Fate, Kind, Option, Payer
from returns.news import STEPS
from workflow.models import Deadline
from workflow.timeline import clock_label

S = ReturnRequest.Status
MONEY, GOODS, TIME, WORDS = "banknote", "package", "hourglass", "message-circle"


@dataclass
class ChangeSet:
    """The lines of a preview as (icon, label, text), and where the return stands before and after."""

    before: str
    after: str
    lines: list = field(default_factory=list)

    def add(self, icon, label, text):
        if text:
            self.lines.append((icon, label, text))


def rehearse(act, verb, before):
    """Do ``act`` for real inside a transaction that is taken back, and tell what came of it.

    So a preview shows exactly what confirming it will do, and refuses what confirming it would refuse.
    """
    with transaction.atomic():
        record = act().record
        changes = changes_of(record, verb, before)
        transaction.set_rollback(True)
    return changes


def changes_of(record, verb, before):
    """What ``verb`` has just done to a return that stood at the status ``before``."""
    changes = ChangeSet(str(before), record.get_status_display())
    lines = list(record.full_lines())
    _money(changes, record, verb, lines)
    _goods(changes, record, verb, lines)
    for clock in Deadline.objects.of(record).open().filter(started_at=record.moment, due_at__isnull=False):
        changes.add(TIME, clock_label(clock.kind), exact(clock.due_at))
    changes.add(WORDS, _("The customer reads"), str(STEPS.get(verb, "")))
    return changes


def _money(changes, record, verb, lines):
    due = refunds.refund_of(record)
    if record.status in (S.REFUND_DUE, S.COMPLETED) and (due.goods or due.total):
        changes.add(MONEY, _("Paid back"), yuan(due.total))
        for line in lines if len(lines) > 1 else ():
            changes.add(MONEY, str(line.order_line.product), yuan(line.amount))
        changes.add(MONEY, _("of it postage he advanced"), yuan(due.postage) if due.postage else "")
    if record.kind == Kind.REFUND_ONLY:
        changes.add(MONEY, _("He enters as paid to us"), yuan(record.amount_to_enter))
    changes.add(MONEY, _("Kept back as a fee"), yuan(record.fee) if record.fee else "")
    if verb == "approve":
        changes.add(MONEY, _("Postage"), record.get_postage_payer_display())
        value = sum((line.value for line in lines), refunds.NOTHING)
        if record.kind == Kind.RETURN:
            changes.add(MONEY, _("Paid back after the inspection"), yuan(max(value - record.fee, refunds.NOTHING)))
        changes.add(MONEY, _("Charged as top-up"), yuan(record.top_up) if record.top_up else "")
        if record.postage_payer == Payer.CUSTOMER:
            changes.add(MONEY, _("Charged"), _("postage, by a link of its own; never cash in the parcel"))


def _goods(changes, record, verb, lines):
    if verb == "submit" and record.kind != Kind.REFUND_ONLY:
        changes.add(GOODS, _("Held"), _listed((line, line.quantity) for line in lines))
    if verb == "approve":
        changes.add(GOODS, _("Comes back"), _listed((line, line.approved) for line in lines))
    if verb == "inspection_ok":
        for line in lines:
            fate = dict(Fate.choices).get(line.fate)
            changes.add(GOODS, str(fate or ""), _listed([(line, line.passed)]) if fate else "")
        changes.add(GOODS, _("Goes back to him"), _listed((line, line.received - line.passed) for line in lines))
        if record.option == Option.EXCHANGE:
            changes.add(GOODS, _("To be sent"), _new_goods(lines))
    if verb == "resolve_failed":
        changes.add(GOODS, _("Goes back to him"), _listed((line, line.received - line.passed) for line in lines))
    if verb == "ship_exchange":
        changes.add(GOODS, _("Goes out"), _new_goods(lines))
        changes.add(GOODS, _("Delivery address"), record.address)
        changes.add(GOODS, _("Parcel"), str(record.parcels.filter(direction=Parcel.Direction.OUT).last()))


def _listed(pairs):
    said = [ngettext("%(product)s, %(n)d piece", "%(product)s, %(n)d pieces", n) % {"product": line.order_line.product, "n": n}
            for line, n in pairs if n]  # fmt: skip
    return "; ".join(said)


def _new_goods(lines):
    return "; ".join(
        f"{line.replacement or line.order_line.product} × {line.passed or line.approved}" for line in lines
    )
