"""A deadline as a page shows it: words, a bar, and the one colour that means time."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from core.moments import remaining, span

SOON_SHARE = 0.8  # of its time gone; the last warning before the breach stands at the same place
SOON_WITHOUT_START = timedelta(hours=8)  # a working day, where nothing says when the clock began


class Clock(NamedTuple):
    """What a countdown says: its state (running, soon, late, met, missed, paused), its words, how full its bar is."""

    label: str
    state: str
    text: str
    percent: int
    due: datetime | None = None
    started: datetime | None = None

    @classmethod
    def of(cls, *, label="", due=None, started=None, met=None, paused=False, now=None, words=""):
        """Read a deadline: met beats paused, paused beats late. ``words`` replaces the text of a paused clock."""
        now = now or timezone.now()
        if met:
            took = span(met - started) if started else ""
            late = bool(due and met >= due)
            return cls(label, "missed" if late else "met", took, 100, due, started)
        if paused or due is None:
            return cls(label, "paused", words, _share(due, started, now) if due else 0, None, started)
        percent = _share(due, started, now)
        if now >= due:
            return cls(label, "late", remaining(due, now), 100, due, started)
        near = percent >= SOON_SHARE * 100 if started else due - now <= SOON_WITHOUT_START
        return cls(label, "soon" if near else "running", remaining(due, now), percent, due, started)

    @property
    def is_live(self):
        """Whether the words change while the page is open."""
        return self.state in ("running", "soon", "late")


def _share(due, started, now):
    """How much of the time is gone, in whole per cent."""
    if not started or due <= started:
        return 0
    return max(0, min(100, int((now - started) / (due - started) * 100)))
