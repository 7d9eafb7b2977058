"""Who may do what on the pages of follow-up calls: see matrix.py for how a row is written."""

from django.utils import timezone

from callbacks.models import Action, MonthSummary, Theme, ThemeWords

from tests.factories.callbacks import CallFactory, MonthSummaryFactory, NumberTaskFactory
from tests.factories.cases import ComplaintFactory
from tests.rights.harness import R, having


def call(world, region):
    return CallFactory(customer__region=region)


def complaint(world, region):
    return ComplaintFactory(matter__customer__region=region)


def number_task(world, region):
    return NumberTaskFactory(call=call(world, region))


def step(world, region):
    return call(world, region).template


def summary(world, region):
    version = MonthSummary.objects.filter(region=region).count() + 1
    return MonthSummaryFactory(region=region, counted_at=timezone.now(), version_no=version)


def theme_words(world, region):
    return ThemeWords.objects.create(name="门缝", kind="complaint", words="门缝 透光")


def theme(world, region):
    return Theme.objects.create(summary=summary(world, region), kind="praise", name="守时", count=3)


def action(world, region):
    about = summary(world, region)
    owner = world.people["manager"]
    made = Action.objects.create(summary=about, region=region, what="验收用塞尺", owner=owner, due_on=about.ends_on)
    return about.pk, made.pk


SEEN = having("callbacks.view_followupcall")
MADE = having("callbacks.make_followupcall")
LED = having("callbacks.hand_out_followupcall")
REVIEWED = having("callbacks.review_followupcall")
RULES_READ = having("callbacks.view_callrules")
RULES_SET = having("callbacks.change_callrules")
MONTHS_READ = having("callbacks.view_monthsummary")
MONTHS_ISSUED = having("callbacks.issue_monthsummary")
UNSEEN = {"technician"}  # belongs to no branch's desk
HELD = {"of": call, "unseen": UNSEEN, "shown": {200, 302, 409}, "why": "refused in this state, to who has the right"}

CALLBACKS = [
    R("callbacks:desk", get=SEEN),
    R("callbacks:forecast", get=LED),
    R("callbacks:coverage", get=REVIEWED),
    R("callbacks:call-list", get=SEEN),
    R("callbacks:call", of=call, get=SEEN, unseen=UNSEEN),
    R("callbacks:of-complaint", of=complaint, get=SEEN, unseen=UNSEEN, shown=302, why="it leads to the call"),
    R("callbacks:call-talk", get=MADE, post=MADE, **HELD),
    R("callbacks:call-paper", of=call, get=MADE, unseen=UNSEEN),
    R("callbacks:followupcall-dial", get=MADE, post=MADE, **HELD),
    R("callbacks:followupcall-release", get=REVIEWED, post=REVIEWED, **HELD),
    R("callbacks:followupcall-pull-forward", get=MADE, post=MADE, **HELD),
    R("callbacks:followupcall-cancel", get=LED, post=LED, **HELD),
    R("callbacks:followupcall-move", get=LED, post=LED, **HELD),
    R("callbacks:followupcall-assign", get=LED, post=LED, **HELD),
    R("callbacks:followupcall-review", get=REVIEWED, post=REVIEWED, **HELD),
    R("callbacks:followupcall-send-back", get=REVIEWED, post=REVIEWED, **HELD),
    R("callbacks:followupcall-resubmit", get=frozenset(), post=frozenset(), of=call, unseen=UNSEEN,
      why="only whoever made the call"),
    R("callbacks:followupcall-add-note", get=having("workflow.add_event"), post=having("workflow.add_event"),
      of=call, unseen=UNSEEN),
    R("callbacks:numbers", get=MADE),
    R("callbacks:number-done", of=number_task, post=MADE, unseen=UNSEEN),
    R("callbacks:commendations", get=SEEN),
    R("callbacks:campaigns", get=LED),
    R("callbacks:campaign-new", get=LED, post=LED),
    R("callbacks:my-week", get=MADE, post=MADE),
    R("callbacks:reviews", get=REVIEWED, post=REVIEWED),
    R("callbacks:rules", get=RULES_READ),
    R("callbacks:rules-edit", get=RULES_SET, post=RULES_SET),
    R("callbacks:step-edit", of=step, shared=True, get=RULES_SET, post=RULES_SET),
    R("callbacks:theme-words", get=RULES_READ),
    R("callbacks:theme-words-new", get=RULES_SET, post=RULES_SET),
    R("callbacks:theme-words-edit", of=theme_words, shared=True, get=RULES_SET, post=RULES_SET),
    R("callbacks:summaries", get=MONTHS_READ, post=MONTHS_ISSUED),
    R("callbacks:summary", of=summary, get=MONTHS_READ, unseen=UNSEEN),
    R("callbacks:summary-paper", of=summary, get=MONTHS_READ, unseen=UNSEEN),
    R("callbacks:summary-workbook", of=summary, get=MONTHS_READ, unseen=UNSEEN),
    R("callbacks:summary-edit", of=summary, get=MONTHS_ISSUED, post=MONTHS_ISSUED, unseen=UNSEEN),
    R("callbacks:summary-recount", of=summary, post=MONTHS_ISSUED, unseen=UNSEEN),
    R("callbacks:summary-issue", of=summary, post=MONTHS_ISSUED, unseen=UNSEEN),
    R("callbacks:theme-edit", of=theme, get=MONTHS_ISSUED, post=MONTHS_ISSUED, unseen=UNSEEN),
    R("callbacks:action-new", of=summary, get=MONTHS_ISSUED, post=MONTHS_ISSUED, unseen=UNSEEN),
    R("callbacks:action-done", of=action, post=MONTHS_ISSUED, unseen=UNSEEN),
]  # fmt: skip
