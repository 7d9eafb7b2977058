"""The timeline in human sentences: who did what, in whose words, with which photos.

Each app tells what its verbs mean: ``tell("assign", _("handed it to %(to)s"), to="user")``. Values named there are read
from the event's data: a kind (``user``, ``department`` …) is an id whose name is looked up, all of them in one statement
for the whole page; a set of choices or a function turns a code into words. Of several sentences the first whose
values are all known is said. A verb nobody tells of is called by the label of its transition.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.gather import PreparedGather
from core.prepared import padded
from workflow.models import Event

CUSTOMER, SYSTEM = gettext_lazy("The customer"), ""


@dataclass(frozen=True)
class Telling:
    """How one verb is told: its sentences, the values they name, its icon."""

    sentences: tuple = ()
    values: dict = field(default_factory=dict)
    icon: str = ""


@dataclass
class Line:
    """One line as the page shows it."""

    event: Event
    at: datetime
    who: str
    what: str
    said: str = ""
    icon: str = ""
    photos: list = field(default_factory=list)
    quiet: bool = False
    restricted: str = ""
    is_new: bool = False
    about: str = ""
    about_url: str = ""


_tellings: dict[tuple[str, str], Telling] = {}
_kinds: dict = {}


def tell(action, *sentences, icon="", of="", **values):
    """Say what the verb ``action`` reads as on the timeline; what was said of it before is replaced.

    ``of`` names the model it is said of ("technicians.WorkOrder"), where other records have a verb of the same name.
    """
    _tellings[of.lower(), action] = Telling(sentences, values, icon)


def _telling_of(event):
    """What was told of this record's verb, else of the verb whoever's it is; None where nothing was."""
    model = ContentType.objects.get_for_id(event.subject_type_id).model_class() if event.subject_type_id else None
    own = _tellings.get((model._meta.label_lower, event.action)) if model else None
    return own or _tellings.get(("", event.action))


def kind(name, rows):
    """``rows()`` gives the queryset whose ``str()`` names an id of this kind."""
    _kinds[name] = rows


_NAMED = PreparedGather()


class Names:
    """Ids and what they are called; everything wanted is looked up together, once."""

    def __init__(self):
        self.wanted = defaultdict(set)
        self.known = defaultdict(dict)

    def want(self, name, *ids):
        self.wanted[name].update(pk for pk in ids if isinstance(pk, int) and pk not in self.known[name])

    def load(self):
        asked = {name: padded(ids) for name, ids in self.wanted.items() if ids}
        self.wanted.clear()
        if not asked:
            return
        found = _NAMED.of(lambda **ids: {name: _kinds[name]().filter(pk__in=ids[name]) for name in ids}, **asked)
        for name, rows in found.items():
            self.known[name].update({row.pk: str(row) for row in rows})

    def __call__(self, name, pk):
        """What this id is called; empty when there is no such row (any more)."""
        return self.known[name].get(pk, "")


def want_names(events, names):
    """Note every id that the lines of these events will name."""
    for event in events:
        names.want("user", event.by_id)
        telling = _telling_of(event)
        if telling is None or event.kind in (Event.Kind.REFUSED, Event.Kind.DEADLINE):
            continue
        for key, meaning in telling.values.items():
            if isinstance(meaning, str):
                value = event.data.get(key)
                names.want(meaning, *(value if isinstance(value, list) else [value]))


def lines_of(events, names, *, photos=None, is_new=None):
    """The lines of these events, in their order. ``photos``: event pk → what was attached; ``names`` is loaded."""
    photos = photos or {}
    return [_line(event, names, photos.get(event.pk, []), is_new) for event in events]


def _line(event, names, photos, is_new):
    told = {
        Event.Kind.REFUSED: _refused,
        Event.Kind.DEADLINE: _deadline,
    }.get(event.kind, _done)
    icon, what = told(event, names)
    return Line(
        event=event,
        at=event.at,
        who=_actor(event, names),
        what=what,
        said=event.note,
        icon=icon,
        photos=photos,
        quiet=event.kind in (Event.Kind.REFUSED, Event.Kind.DEADLINE),
        restricted=event.get_visibility_display() if event.visibility != Event.Visibility.ALL else "",
        is_new=is_new is not None and is_new(event),
    )


def _actor(event, names):
    if event.actor == Event.Actor.CUSTOMER:
        return str(CUSTOMER)
    return names("user", event.by_id) if event.by_id else SYSTEM


def _done(event, names):
    telling = _telling_of(event) or Telling()
    values = {key: _word(meaning, event.data.get(key), names) for key, meaning in telling.values.items()}
    known = {key: value for key, value in values.items() if value}
    for sentence in telling.sentences:
        try:
            return telling.icon, str(sentence) % known
        except KeyError:
            continue
    return telling.icon, label_of(event)


def _word(meaning, value, names):
    if value in (None, "", []):
        return ""
    if isinstance(meaning, str):
        ids = value if isinstance(value, list) else [value]
        return listed(filter(None, (names(meaning, pk) for pk in ids)))
    if callable(meaning) and not hasattr(meaning, "choices"):
        return str(meaning(value))
    return str(dict(meaning.choices).get(value, value)) if hasattr(meaning, "choices") else str(meaning.get(value, ""))


def listed(words):
    """Several words in a row, as the language writes them."""
    return pgettext("between words of a list", ", ").join(str(word) for word in words)


def _refused(event, names):
    why = {
        "state": _("not possible in that state"),
        "stale": _("somebody else had changed it meanwhile"),
        "operation": _("the form had been used before"),
        "right": _("no right to do so"),
    }.get(event.data.get("code"), "")
    sentence = _("tried “%(what)s” and was refused: %(why)s") if why else _("tried “%(what)s” and was refused")
    return "ban", sentence % {"what": label_of(event), "why": why}


def _deadline(event, names):
    step = {
        "half": _("%(clock)s: half of the time is gone"),
        "warning": _("%(clock)s: the time is nearly up"),
        "breach": _("%(clock)s: the time is up"),
        "second_breach": _("%(clock)s: still not done"),
    }.get(event.action, "%(clock)s")
    icon = "clock-alert" if "breach" in event.action else "hourglass"
    return icon, step % {"clock": clock_label(event.data.get("clock", ""))}


def label_of(event):
    """The label of the verb an event is about, as its button has it."""
    model = ContentType.objects.get_for_id(event.subject_type_id).model_class() if event.subject_type_id else None
    return label_of_verb(model, event.action)


def label_of_verb(model, verb):
    """The label of a model's verb in the reader's language."""
    marked = getattr(getattr(model, verb, None), "_django_fsm", None)
    if marked is None:
        return verb.replace("_", " ")
    return str(next(iter(marked.transitions.values())).custom["label"])


# --- page by page -----------------------------------------------------------------------------------------------------
EVENTS_A_PAGE = 50


@dataclass(frozen=True)
class Cursor:
    """A place in the timeline: what comes after it is older."""

    at: datetime
    pk: int

    @classmethod
    def read(cls, text):
        """The place a query parameter names; None for none or for nonsense."""
        at, _sep, pk = (text or "").rpartition("_")
        try:
            moment = parse_datetime(at)
            return cls(moment, int(pk)) if moment and moment.tzinfo and 0 < int(pk) < 2**63 else None
        except (ValueError, OverflowError):
            return None

    def __str__(self):
        return f"{self.at.isoformat()}_{self.pk}"


def page_of_events(events, cursor=None, limit=EVENTS_A_PAGE):
    """The newest events of a queryset, or those older than the cursor; one more than shown tells that there are more."""
    if cursor is not None:
        events = events.filter(Q(at__lt=cursor.at) | Q(at=cursor.at, pk__lt=cursor.pk))
    return Event.objects.filter(pk__in=events.newest_first().values("pk")[: limit + 1])


# --- clocks --------------------------------------------------------------------------------------------------------
_clock_labels: dict = {}


def name_clock(code, label):
    """What a clock is called on pages."""
    _clock_labels[code] = label


def clock_label(code):
    return str(_clock_labels.get(code, code))
