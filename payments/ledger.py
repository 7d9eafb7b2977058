"""The month's payments as the ledger program takes them in: one line each, with account and summary (S2-186)."""

from django.utils.translation import gettext as _

from core.tables.files import write_xlsx
from payments.models import Giving, Means

# Account of the books by what was given; goods go out of stock, what we owed was a liability.
REFUND, GOODS, SERVICE, MONEY, OWED = (
    "6001 主营业务收入-销售退回", "6601 销售费用-售后实物赔付", "6601 销售费用-售后服务", "6601 销售费用-售后赔偿",
    "2241 其他应付款-应付客户款",
)  # fmt: skip
ACCOUNTS = {
    Giving.REFUND: REFUND,
    Giving.DIFFERENCE: REFUND,
    Giving.DISCOUNT: REFUND,
    Giving.TOUCH_UP: SERVICE,
    Giving.REPAIR: SERVICE,
    Giving.PART: GOODS,
    Giving.REPLACEMENT: GOODS,
    Giving.OTHER_STYLE: GOODS,
    Giving.GIFT: GOODS,
}
BANK = {Means.CASH: "1001 库存现金", Means.KIND: "1405 库存商品", Means.OFFSET: "1122 应收账款",
        Means.CREDIT: "2203 预收账款"}  # fmt: skip


def account_of(order):
    """What the sum is booked under."""
    return OWED if not order.counted else ACCOUNTS.get(order.giving, MONEY)


def summary_of(line):
    """The words of the entry: what it is, for which number; no name of a customer."""
    subject = line.order.subject
    words = [_("Reversal") if line.reverses_id else "", line.order.get_giving_display(), str(subject), line.note]
    return " ".join(word for word in words if word)


def heads():
    return [_("Date"), _("Payment order"), _("Record"), _("Customer"), _("Amount"), _("Means"), _("Reference"),
            _("Account of the books"), _("Paid from"), _("Summary")]  # fmt: skip


def row_of(line):
    order = line.order
    return [
        line.paid_on, order.number, str(order.subject), order.customer.number, float(line.amount), line.get_means_display(),
        line.reference or "", account_of(order), BANK.get(line.means, "1002 银行存款"), summary_of(line),
    ]  # fmt: skip


def write_month(path, lines):
    """Write the lines into a workbook; texts stay texts, whatever they begin with (threats 39)."""
    write_xlsx(path, [str(head) for head in heads()], [[row_of(line) for line in lines]])
