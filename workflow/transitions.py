"""How a record moves from one state to the next: declared once, next to the verb (design 3.2, style 3.7)."""

from dataclasses import dataclass
from functools import cached_property, wraps

from django.core.exceptions import ValidationError
from django.db.transaction import atomic
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import transition as fsm_transition

from workflow.actors import user_of
from workflow.clocks import keep_clocks


def transition(
    status,
    *,
    source,
    target=None,
    permission,
    conditions=(),
    label="",
    stales=True,
    customer=False,
    kind="verb",
    tone="",
):
    """Declare a verb that saves itself and records its event, or does neither.

    ``target`` None leaves the status alone (an act). ``stales``: whether the act raises the record's version, that is,
    makes forms opened before it out of date. ``customer``: whether the customer's own link may do it. ``conditions``
    look at the record alone; give each a ``reason``. ``tone`` is "primary" for the step that leads on, "danger" for
    those that cannot be taken back. Arguments are checked in the body, which raises ValidationError.
    """

    def declare(method):
        custom = {
            "label": label or method.__name__.replace("_", " ").capitalize(),
            "stales": stales,
            "customer": customer,
            "kind": kind,
            "tone": tone,
        }
        change = fsm_transition(
            status, source=source, target=target, permission=permission, conditions=list(conditions), custom=custom
        )(method)

        @wraps(change)  # keeps django-fsm's marks, so its helpers still see the transition
        def move(self, *, by, note="", **details):
            with atomic(savepoint=False):
                before = self.status
                self._said, self._data, self._visibility = (note or "").strip(), {}, "all"
                change(self, by=by, **details)
                moved = self.status != before
                if moved and user_of(by) is not None and not self._said:
                    raise ValidationError({"note": _("Write down what was done or said.")})
                self.save_changes()
                if moved:
                    self.settle(before)
                version = self.version if stales else None
                self.log(
                    method.__name__,
                    by=by,
                    kind=kind,
                    source=before if moved else "",
                    target=self.status if moved else "",
                    note=self._said,
                    data=self._data,
                    visibility=self._visibility,
                    version=version,
                )
                keep_clocks(self, method.__name__, before)
                self.then(method.__name__)

        return move

    return declare


def because(reason):
    """Give a condition the sentence that tells a person why it holds a move back."""

    def mark(condition):
        condition.reason = reason
        return condition

    return mark


@dataclass(frozen=True)
class Handlers:
    """A right that counts for the matter's handler, and for those who may stand in for any handler (``lead``)."""

    permission: str
    lead: str

    def __call__(self, record, user):
        if not user.has_perm(self.permission):
            return False
        return record.matter.owner_id in (None, user.pk) or user.has_perm(self.lead)


@dataclass
class Move:
    """One verb as a person meets it on the page: its label, where its form is, and why it may be held back."""

    record: object
    verb: str
    meta: object

    @property
    def label(self):
        return self.meta.custom["label"]

    @property
    def tone(self):
        return self.meta.custom["tone"]

    @property
    def changes_status(self):
        return self.meta.target is not None

    @cached_property
    def reason(self):
        """Why a guard holds it back just now; empty when nothing does."""
        for condition in self.meta.conditions:
            if not condition(self.record):
                return getattr(condition, "reason", _("This is not possible yet."))
        return ""

    @property
    def url(self):
        """The address of its form; empty for verbs that have no page of their own."""
        namespace = f"{self.record._meta.app_label}:{self.record._meta.model_name}"
        try:
            return reverse(f"{namespace}-{self.verb.replace('_', '-')}", args=[self.record.pk])
        except NoReverseMatch:
            return ""

    def offered_to(self, user):
        return bool(self.url) and self.meta.has_perm(self.record, user)


def declaration(record, verb):
    """What django-fsm knows of this verb in the record's present state, or None."""
    marked, status = getattr(getattr(type(record), verb, None), "_django_fsm", None), record.status
    return marked.get_transition(status) if marked and marked.has_transition(status) else None


def declared_moves(record):
    """The verbs that exist in the record's present state, in the order the model declares them."""
    moves = []
    for owner in reversed(type(record).__mro__):
        for verb in vars(owner):
            meta = declaration(record, verb)
            if meta is not None:
                moves.append(Move(record, verb, meta))
    return moves
