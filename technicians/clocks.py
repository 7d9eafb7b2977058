"""Which step of a work order starts, meets or ends which clock (design 3.6; requirements, "Deadlines and figures").

How long each may take is a DeadlinePolicy row. An agreed appointment takes the place of the on-site clock (X4): then the
end of the window is the time, whatever a policy says. A written explanation with its definite time does the same for the
clock of the day.
"""

from workflow.clocks import end, meet, start


def has_window(order):
    return order.window_until is not None


def end_of_window(order):
    return order.window_until


def definite_time(order):
    return order.explained_until


APPOINTED = [start("on_site", due=end_of_window, when=has_window)]

CLOCKS = {
    "accept": [start("send"), start("on_site"), start("agree"), start("done")],
    "dispatch": [meet("send"), *APPOINTED],
    "redispatch": [meet("send"), *APPOINTED],
    "reassign": [*APPOINTED],
    "refuse": [end("on_site"), start("send"), start("on_site")],
    "acknowledge": [meet("agree"), *APPOINTED],
    "arrive": [meet("on_site"), meet("agree")],
    "reschedule": [end("on_site"), start("send")],
    "wait_parts": [end("on_site")],
    "parts_arrived": [*APPOINTED],
    "escalate": [end("on_site"), start("done", due=definite_time)],
    "explain": [start("done", due=definite_time)],
    "supervisor_decide": [*APPOINTED],
    "ship_for_self_fit": [meet("send"), end("on_site"), meet("agree")],
    "confirm_self_fit": [meet("done")],
    "self_fit_failed": [start("send"), start("on_site")],
    "complete": [meet("done")],
    "fail_acceptance": [start("done")],
}
