"""Which step of a complaint starts, meets or ends which clock (design 3.6; requirements, "Deadlines and figures").

How long each may take is a DeadlinePolicy row; a clock without a matching policy does not run. The 72 hours are the clock
``plan``: from receipt to a plan proposed, whatever was answered in between (S0-26, X2). Return, decline, revise, reopen
start its next cycle.
"""

from workflow.clocks import end, meet, start


def is_serious(complaint):
    return complaint.severity == "serious"


SERIOUS_CLOCKS = [start("serious", when=is_serious)]

CLOCKS = {
    "register": [
        start("first_reply"),
        start("contact"),
        start("question"),
        start("plan"),
        start("resolve"),
        *SERIOUS_CLOCKS,
    ],
    "answer_on_the_spot": [meet("first_reply"), meet("contact"), meet("question"), meet("plan"), meet("resolve")],
    "start_judging": [meet("first_reply"), meet("contact")],
    "answer_customer": [meet("first_reply"), meet("contact"), meet("plan"), meet("resolve")],
    "propose_plan": [meet("plan")],
    "apply_standard_plan": [meet("first_reply"), meet("contact"), meet("plan"), start("check_in")],
    "return_plan": [start("plan")],
    "decline_plan": [start("plan")],
    "revise_plan": [end("check_in"), start("plan")],
    "accept_plan": [meet("contact"), start("check_in")],
    "finish_implementation": [meet("resolve"), end("check_in"), end("serious"), start("follow_up")],
    "settle_dispute": [start("check_in")],
    "reopen": [end("follow_up"), start("plan"), start("resolve"), *SERIOUS_CLOCKS],
}
