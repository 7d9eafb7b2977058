"""Which step of a compensation starts, meets or ends which clock.

What was approved is paid within the time refunds have (S2-109); a small settlement is reported at once (S0-12).
"""

from dataclasses import replace

from workflow.clocks import end, meet, start


def is_paid(record):
    return record.status == "paid"


def is_small_and_paid(record):
    return is_paid(record) and record.route == "small"


CLOCKS = {
    "approve_small": [start("payout")],
    "approve_goodwill": [start("payout")],
    "gm_approve": [start("payout")],
    "amend": [end("payout")],
    # A part that is paid leaves the clock running.
    "pay": [replace(meet("payout"), when=is_paid), start("report", when=is_small_and_paid)],
    "report": [meet("report")],
    "reverse": [end("report"), start("payout")],
}
