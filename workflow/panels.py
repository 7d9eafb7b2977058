"""What the service file page shows beside its timeline: apps register panels, the page draws them in order.

``panel("open", function, order=10)``; ``function(customer, user, now)`` answers a Panel, or None where it has nothing to
show. What it shows must be cut to what the user may see (``visible_to``).
"""

from dataclasses import dataclass, field

MAIN, SIDE = "main", "side"


@dataclass(frozen=True)
class Panel:
    """One part of the page: its template and what the template needs."""

    template: str
    context: dict = field(default_factory=dict)


_panels = {}


def panel(key, function, *, place=MAIN, order=100):
    """Show a panel on every service file; the same key again replaces it."""
    _panels[key] = (order, key, place, function)


def panels_for(customer, user, now):
    """Place → the panels that have something to show, in order."""
    found = {MAIN: [], SIDE: []}
    for _order, _key, place, function in sorted(_panels.values(), key=lambda one: one[:2]):
        shown = function(customer, user, now)
        if shown is not None:
            found[place].append(shown)
    return found
