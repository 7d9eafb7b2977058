"""Which step of a delivery starts, meets or ends which clock.

``delivery`` is the date the customer counts on, ``delivery_check`` the look once or twice a week at orders that are late or
out of stock (S2-61), ``delivery_warn`` the call to a customer whose date is in danger (S3-125), ``dispatch_notice`` the
notice of the day the waybill is known (S3-130).
"""

from workflow.clocks import end, meet, start

REPEATING = frozenset({"delivery_check"})


def has_date(issue):
    return issue.deadline is not None


def risk_rose(issue):
    return issue.risk_rose


def is_safe(issue):
    return not issue.is_at_risk


def is_newly_watched(issue):
    return issue.risk_rose and issue.in_stock is not False


def is_watched(issue):
    return issue.is_watched


def is_not_watched(issue):
    return not issue.is_watched


DATE = start("delivery", due=lambda issue: issue.deadline_due, when=has_date)
CLOCKS = {
    "open": [DATE],
    "set_date": [DATE],
    "check_order": [DATE, start("delivery_check", when=is_watched)],
    "record_progress": [
        meet("delivery_check"),
        end("delivery_check", when=is_not_watched),
        start("delivery_check", when=is_newly_watched),
        end("delivery_warn", when=is_safe),
        start("delivery_warn", when=risk_rose),
    ],
    "move_date": [DATE, meet("delivery_warn"), meet("delivery_check"), end("delivery_check", when=is_not_watched)],
    "tell_customer": [meet("delivery_warn")],
    "ship": [
        end("delivery_check"),
        end("delivery_warn"),
        start("dispatch_notice", due=lambda issue: issue.notice_due),
    ],
    "send_notice": [meet("dispatch_notice")],
    "pick_up": [meet("delivery")],
    "pick_up_damaged": [meet("delivery")],
}
