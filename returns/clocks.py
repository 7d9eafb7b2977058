"""Which step of a return starts, meets or ends which clock (requirements, "Deadlines and figures").

How long each may take is a DeadlinePolicy row. ``return_answer`` are the five minutes (S2-64), ``return_tracking`` the
days in which the customer sends the goods, after which the request lapses (S2-108), ``return_refund`` the working days
until the money is back (S2-109 … S2-111, X16), ``transaction`` the ten days by which a transaction is extended (S2-99).
"""

from workflow.clocks import end, meet, start


def waits_for_refund(request):
    return request.status == "refund_due"


def waits_for_exchange(request):
    return request.status == "exchange_due"


def waits_for_parcel(request):
    return request.status == "approved" and request.mode != "on_site"


def is_extended(request):
    return request.extended_until is not None


REFUND = start("return_refund", when=waits_for_refund)
EXCHANGE = start("return_ship", when=waits_for_exchange)

CLOCKS = {
    "submit": [start("return_answer")],
    "answer": [meet("return_answer")],
    "start_review": [meet("return_answer")],
    "approve": [
        start("return_tracking", when=waits_for_parcel),
        start("transaction", due=lambda request: request.extension_due, when=is_extended),
    ],
    "approve_refund_only": [REFUND],
    "approve_unshipped": [start("return_recall")],
    "recalled": [meet("return_recall"), REFUND],
    "recall_failed": [end("return_recall"), start("return_tracking", when=waits_for_parcel)],
    "enter_tracking": [meet("return_tracking")],
    "refuse_parcel": [start("return_tracking", when=waits_for_parcel)],
    "lose": [REFUND, EXCHANGE],
    "confirm_extension": [meet("transaction")],
    "receive": [start("return_inspect")],
    "inspect": [meet("return_tracking"), meet("return_inspect")],
    "inspection_ok": [REFUND, EXCHANGE],
    "resolve_failed": [REFUND],
    "refund": [meet("return_refund")],
    "order_remake": [start("return_ship", due=lambda request: request.promise_due)],
    "ship_exchange": [meet("return_ship")],
    "resend": [start("transaction", due=lambda request: request.extension_due, when=is_extended)],
}
