"""What a notice says: short, in the reader's language, and without the customer's name outside the application."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from customers.models import Customer
from workflow.models import Matter, WorkflowModel

NUMBERED = (WorkflowModel, Customer)


def clock_name(kind):
    """The name of a clock as people say it."""
    names = {
        "first_reply": pgettext("clock", "First reply"),
        "contact": pgettext("clock", "Contact with the customer"),
        "question": pgettext("clock", "Answer to the question"),
        "plan": pgettext("clock", "Plan"),
        "resolve": pgettext("clock", "Solution"),
        "serious": pgettext("clock", "Serious: half-hour contact"),
        "check_in": pgettext("clock", "Progress contact"),
        "follow_up": pgettext("clock", "Follow-up"),
        "payout": pgettext("clock", "Payment"),
        "report": pgettext("clock", "Report"),
        "promise": pgettext("clock", "Promise"),
        "handover": pgettext("clock", "Handover item"),
    }
    return names.get(kind, kind)


def step_words(event):
    """What a step of the warning ladder says."""
    clock = clock_name(event.data.get("clock", ""))
    sentences = {
        "half": _("%(clock)s: half of the time is used"),
        "warning": _("%(clock)s: will be late soon"),
        "breach": _("%(clock)s: late"),
        "second_breach": _("%(clock)s: still late"),
    }
    return sentences.get(event.action, "%(clock)s") % {"clock": clock}


def act_words(event):
    """What an act is called: the label of its verb, or of the matter's own acts."""
    own = {
        "register": _("New case"),
        "give": _("Handed over to you"),
        "accept_handover": _("Handover accepted"),
        "decline_handover": _("Handover declined"),
        "finish_handover": _("Handover item done"),
        "reassign": _("Yours from now on"),
        "release": _("Needs a new handler"),
        "pass_on_appraisal": _("The appraisal has another technician"),
        "withdraw_appraisal": _("Needs another technician to appraise it"),
        "move_to": _("Came from another branch"),
        "request": _("Compensation asked for"),
        "sanction": _("Sanction noted"),
        "absorb": _("Another case was merged into this one"),
        "issue_link": _("Customer's link issued"),
        "commend": _("A customer praised a colleague"),
        "report_intention": _("A customer thinks of buying or refitting"),
    }
    if event.action in own:
        return own[event.action]
    if event.kind == "file":
        return _("The customer sent files")
    if event.kind == "note":
        return _("You are mentioned in a note")
    verb = getattr(type(event.subject), event.action, None) if event.subject_id else None
    marked = getattr(verb, "_django_fsm", None)
    return str(next(iter(marked.transitions.values())).custom["label"]) if marked else event.action


def subject_of(event):
    """What the event is about: a record with a number, a customer's file, or the first record of its matter."""
    if isinstance(event.subject, NUMBERED):
        return event.subject
    if hasattr(event, "first_record"):
        return event.first_record
    return next(iter(event.matter.records()), None)


def find_subjects(events):
    """Fetch for all events together what ``subject_of`` would ask the matter of each for."""
    lost = [event for event in events if not isinstance(event.subject, NUMBERED)]
    matters = {event.matter_id for event in lost}
    found = {}
    for model in Matter.record_models() if matters else ():
        for record in model.objects.filter(matter__in=matters).only("number", "matter", "created_at"):
            known = found.setdefault(record.matter_id, record)
            if record.created_at < known.created_at:
                found[record.matter_id] = record
    for event in lost:
        event.first_record = found.get(event.matter_id)


def event_words(event):
    """Title and body of a message about one event."""
    subject = subject_of(event)
    number = subject.number if subject else str(event.matter)
    what = step_words(event) if event.kind == "deadline" else act_words(event)
    who = event.by.name if event.by else (_("Customer") if event.actor == "customer" else _("System"))
    path = subject.get_absolute_url() if subject else reverse("home")
    return f"{number} {what}", f"{who} · {what}\n{settings.SITE_URL}{path}"


def digest_words(notice):
    """Title and body of a morning digest."""
    data = notice.data
    lines = [
        ngettext("%(n)d due today", "%(n)d due today", data["due"]) % {"n": data["due"]},
        ngettext("%(n)d late", "%(n)d late", data["late"]) % {"n": data["late"]},
        ngettext("%(n)d without progress for three days", "%(n)d without progress for three days", data["stuck"])
        % {"n": data["stuck"]},
        ngettext("%(n)d promise due today", "%(n)d promises due today", data["promises"]) % {"n": data["promises"]},
        ngettext("%(n)d plan to be approved", "%(n)d plans to be approved", data["plans"]) % {"n": data["plans"]},
        ngettext("%(n)d decision about money waits", "%(n)d decisions about money wait", data["money"])
        % {"n": data["money"]},
    ]
    return _("This morning"), "\n".join([*lines, settings.SITE_URL + reverse("home")])
