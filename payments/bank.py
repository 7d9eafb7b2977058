"""The file a bank takes transfers from: one line each."""

from django.utils.translation import gettext as _

from core.tables.cells import neutral
from core.tables.files import csv_lines


def batch_lines(batch):
    """The batch as the bytes of a csv file: number, payee, account, bank, sum, what for; harmless to open (threats 39)."""
    headings = [_("No."), _("Payee"), _("Account"), _("Bank"), _("Amount"), _("Purpose")]
    rows = [
        # An account as text: a spreadsheet would round nineteen digits.
        [number, neutral(order.payee_name), f"\t{order.payee_account}", neutral(order.payee_bank), f"{order.pending:.2f}",
         order.number]
        for number, order in enumerate(batch.orders.order_by("pk"), start=1)
    ]  # fmt: skip
    return csv_lines(headings, [rows])
