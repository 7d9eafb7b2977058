"""What must always hold across tables, asked by ``manage.py check_invariants`` (design 4.9).

An app declares its own in ``invariants.py``::

    @invariant("payments stay within what was approved")
    def payments_within_approvals():
        for line in Payment.objects.above_approval():
            yield f"payment {line.pk}: {line.amount} of {line.approved} approved"
"""

from collections.abc import Callable, Iterable
from importlib import import_module

from django.apps import apps
from django.utils.module_loading import module_has_submodule

Check = Callable[[], Iterable[str]]
_checks: dict[str, Check] = {}


def invariant(name: str) -> Callable[[Check], Check]:
    """Register a function that yields one sentence, with ids only, for each row that breaks the rule ``name``."""

    def register(check: Check) -> Check:
        _checks[name] = check
        return check

    return register


def invariants() -> dict[str, Check]:
    """Every declared rule by name, in the order of the apps."""
    import_module("core.file_rules")
    for app in apps.get_app_configs():
        if module_has_submodule(app.module, "invariants"):
            import_module(f"{app.name}.invariants")
    return dict(_checks)
