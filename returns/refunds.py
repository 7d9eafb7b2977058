"""Who pays the postage, and what a return comes to: plain sums over its lines, in yuan."""

from dataclasses import dataclass
from decimal import Decimal

from returns.models.choices import Kind, Liability, Payer

NOTHING = Decimal(0)


def usual_payer(liability):
    """Ours or the carrier's fault: we pay both ways; otherwise the customer, for a top-up and presale too (X14, S2-97)."""
    return Payer.COMPANY if liability in (Liability.COMPANY, Liability.CARRIER) else Payer.CUSTOMER


@dataclass(frozen=True)
class Sum:
    """What a refund consists of."""

    goods: Decimal = NOTHING
    postage: Decimal = NOTHING
    fee: Decimal = NOTHING

    @property
    def total(self):
        return max(self.goods + self.postage - self.fee, NOTHING)


def refund_of(request):
    """What the customer gets back, in money or as credit: goods, postage he advanced for us, less the fee (S2-95, S3-79)."""
    goods = sum((line.amount for line in request.lines.all()), NOTHING)
    owed = request.postage_payer == Payer.COMPANY
    return Sum(goods, request.postage_advanced if owed else NOTHING, request.fee)


def top_up_of(lines):
    """What the customer pays for dearer goods in exchange; a cheaper exchange gives nothing back by itself."""
    return max(sum((line.top_up for line in lines), NOTHING), NOTHING)


def spread(amount, lines, room):
    """Give each line its part of ``amount``, as far as ``room(line)`` goes; what is left over is returned."""
    left = amount
    for line in lines:
        line.amount = min(left, room(line), line.unit_price * line.quantity)
        left -= line.amount
    return left


def goods_price(lines):
    """The price of everything asked back."""
    return sum((line.unit_price * line.quantity for line in lines), NOTHING)


def holds_goods(kind):
    """Whether the pieces of a request are taken out of the ledger: not where the customer keeps them."""
    return kind != Kind.REFUND_ONLY
