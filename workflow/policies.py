"""What a deadline policy can be about: each app names its clocks, and by what a policy may be narrowed (design 3.6).

``dimension`` takes the keys that ``record.deadline_scope()`` answers with; ``choices`` is called when a form is shown.
"""

from collections.abc import Callable

_clocks: dict[str, str] = {}
_dimensions: dict[str, tuple[str, Callable]] = {}
_pauses: list[Callable] = []


def clock(kind, label):
    _clocks[kind] = label


def dimension(name, label, choices):
    _dimensions[name] = (label, choices)


def may_pause_in(choices):
    """States in which a clock may stand still, as a function that answers (value, label) pairs."""
    _pauses.append(choices)


def clocks():
    """(kind, label) of every clock there is."""
    return list(_clocks.items())


def dimensions():
    """(name, label, choices) of everything a policy may be narrowed by."""
    return [(name, label, list(choices())) for name, (label, choices) in _dimensions.items()]


def pauses():
    return [pair for choices in _pauses for pair in choices()]


def wording():
    """A function that says what a policy applies to, in the reader's language; "" where it applies to everything."""
    known = {name: (label, {str(code): words for code, words in choices}) for name, label, choices in dimensions()}

    def say(policy):
        return ", ".join(str(known[name][1].get(code, code)) for name, code in policy.scope.items() if name in known)

    return say
