"""A job as the technician walks through it on his phone: one step a screen, with chips instead of typing (interface.md)."""

from dataclasses import dataclass, field
from functools import cached_property

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from technicians import forms
from technicians.models import WorkOrder
from technicians.models.choices import Kind
from technicians.models.workorder import shown_before
from technicians.steps import makes_sense
from workflow.file_forms import AttachFilesForm, slot
from workflow.models import Attachment

S = WorkOrder.Status


class BeforeForm(AttachFilesForm):
    """Photos of one kind, straight from the camera."""

    kind = Attachment.Kind.BEFORE

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kept = slot(self.kind)
        self.fields = {name: one for name, one in self.fields.items() if name in (kept, "op", "after")}
        self.fields[kept].required = True


class AfterForm(BeforeForm):
    kind = Attachment.Kind.AFTER


@dataclass(frozen=True)
class StepKind:
    """One kind of step: the verb it sends, its short name on the line of steps, its form and the chips of its fields."""

    verb: str
    label: str
    form: type | None = None
    chips: dict = field(default_factory=dict)


FOUND = (_("A screw has worked loose"), _("Wear"), _("Swollen by damp"), _("Bent by a blow"), _("Badly fitted"))
STEPS = {
    "acknowledge": StepKind("acknowledge", pgettext_lazy("job step", "Time agreed"), forms.WordsForm, {
        "words": (_("Called, the time stands."), _("Called, we come a little later, the customer agrees."),
                  _("The customer will be at home.")),
    }),
    "arrive": StepKind("arrive", pgettext_lazy("job step", "Arrive"), forms.ArriveForm, {
        "words": (_("On site."), _("Shoe covers on, mat laid out."), _("Traffic held me up.")),
    }),
    "before": StepKind("attach_files", pgettext_lazy("job step", "Photos before"), BeforeForm),
    "start_free": StepKind("start_free", pgettext_lazy("job step", "Begin, free"), forms.DiagnosisForm, {
        "situation": FOUND,
    }),
    "quote": StepKind("quote", pgettext_lazy("job step", "Quote")),
    "confirm_quote": StepKind("confirm_quote", pgettext_lazy("job step", "Signature"), forms.ConfirmQuoteForm),
    "resume": StepKind("resume", pgettext_lazy("job step", "Rework"), forms.WordsForm, {
        "words": (_("Begun anew."), _("Brought the right part.")),
    }),
    "after": StepKind("attach_files", pgettext_lazy("job step", "Photos after"), AfterForm),
    "checklist": StepKind("tick_off", pgettext_lazy("job step", "Checklist"), forms.CheckForm, {
        "excuse": (_("Does not apply here."), _("The customer does not want it.")),
    }),
    "complete": StepKind("complete", pgettext_lazy("job step", "Finish"), forms.CompleteForm, {
        "cause": FOUND,
        "work_done": (_("Replaced the part."), _("Adjusted it."), _("Tightened all screws."), _("Touched up the paint.")),
        "advice": (_("Close it gently."), _("Keep the room dry."), _("Check the screws every half year.")),
    }),
    "customer_accept": StepKind("customer_accept", pgettext_lazy("job step", "Acceptance"), forms.CustomerAcceptForm, {
        "words": (_("Punctual and friendly."), _("Well repaired."), _("Cleaned up well.")),
    }),
    "collect_fee": StepKind("collect_fee", pgettext_lazy("job step", "Fee"), forms.CollectFeeForm),
}  # fmt: skip
TO_SITE, TO_END = ("acknowledge", "arrive"), ("after", "checklist", "complete", "customer_accept")
FREE = (*TO_SITE, "before", "start_free", *TO_END)
PAID = (*TO_SITE, "before", "quote", "confirm_quote", *TO_END, "collect_fee")
LOOK = (*TO_SITE, "start_free", *TO_END)
OF_STATUS = {
    S.DISPATCHED: "acknowledge",
    S.ACKNOWLEDGED: "arrive",
    S.REWORK: "resume",
    S.COMPLETED: "customer_accept",
}
# Where the way branches off only with a line: what a quote costs stands in the price list of the day.
NEEDS_A_LINE = frozenset({"quote"})


@dataclass
class Step:
    """One step of one job."""

    name: str
    order: WorkOrder
    user: object
    is_done: bool
    is_current: bool

    @property
    def kind(self):
        return STEPS[self.name]

    @property
    def label(self):
        return self.kind.label

    @property
    def verb(self):
        return self.kind.verb

    @property
    def url(self):
        return reverse(f"technicians:workorder-{self.verb.replace('_', '-')}", args=[self.order.pk])

    @cached_property
    def form(self):
        """Its form, with ids of its own: several stand on one page."""
        make = self.kind.form
        return make(record=self.order, user=self.user, auto_id=f"{self.name}_%s") if make else None

    @property
    def is_signed(self):
        return "drawn" in self.form.fields

    @property
    def lines(self):
        return getattr(self.form, "lines", ())

    @property
    def fields(self):
        """(field, its chips) of everything but rows and the photo of a signature."""
        return [
            (one, self.kind.chips.get(one.name, ()))
            for one in self.form.visible_fields()
            if one.name != "signature" and not one.name.startswith(("part-", "name-", "count-"))
        ]


def current_step(order, kinds):
    """The name of the step that comes next; None where it is not the technician's turn. ``kinds``: photos there are."""
    if order.status in (S.ON_SITE, S.QUOTED) and not shown_before(order):
        return "before"
    match order.status:
        case S.ON_SITE:
            return "start_free" if makes_sense(order, "start_free") else "quote"
        case S.QUOTED:
            return "confirm_quote"
        case S.IN_PROGRESS:
            return _to_finish(order, kinds)
        case S.CUSTOMER_ACCEPTED:
            return "collect_fee" if order.owed else None
    return OF_STATUS.get(order.status)


def _to_finish(order, kinds):
    if not _is_shown_after(order, kinds):
        return "after"
    return "checklist" if order.unchecked else "complete"


def _is_shown_after(order, kinds):
    return bool(kinds) if order.kind == Kind.APPRAISAL else Attachment.Kind.AFTER in kinds


def way_of(order, current):
    """The names of the steps this job goes through, in their order."""
    if order.kind == Kind.APPRAISAL:
        return LOOK
    way = PAID if order.live_quote is not None or not makes_sense(order, "start_free") else FREE
    if current == "resume":
        return ("resume", *TO_END)
    return way if current in way or current is None else FREE


def steps_of(order, user):
    """Every step of the job, the one that comes next marked; none marked where somebody else has the word."""
    kinds = order.photo_kinds()
    current = current_step(order, kinds)
    way = [name for name in way_of(order, current) if name != "checklist" or order.checklists]
    place = way.index(current) if current else len(way)
    if current is None and order.is_final is False and order.status not in (S.COMPLETED, S.CUSTOMER_ACCEPTED):
        place = 0  # waiting for a part, a time or a decision
    return [Step(name, order, user, number < place, name == current) for number, name in enumerate(way)]


def to_show(steps):
    """The steps whose forms stand on the page: the next one, and those after it that can be done without a line."""
    shown, begun = [], False
    for step in steps:
        begun = begun or step.is_current
        if not begun:
            continue
        if step.name in NEEDS_A_LINE and shown:
            break
        shown.append(step)
        if step.name in NEEDS_A_LINE:
            break
    return shown
