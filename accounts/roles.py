"""What the twelve roles are called. What each may do stands in Django's groups (S0-73, S1-57, X32)."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ROLE_LABELS = {
    "agent": pgettext_lazy("role", "Service agent"),
    "specialist": pgettext_lazy("role", "Service specialist"),
    "supervisor": pgettext_lazy("role", "Service supervisor"),
    "manager": pgettext_lazy("role", "Service manager"),
    "general_manager": pgettext_lazy("role", "General manager"),
    "technician": pgettext_lazy("role", "Technician"),
    "dispatcher": pgettext_lazy("role", "Dispatcher"),
    "parts_clerk": pgettext_lazy("role", "Parts clerk"),
    "finance": pgettext_lazy("role", "Finance"),
    "quality": pgettext_lazy("role", "Quality inspector"),
    "order_follower": pgettext_lazy("role", "Order follower"),
    "administrator": pgettext_lazy("role", "Administrator"),
}
_ORDER = {name: place for place, name in enumerate(ROLE_LABELS)}


def role_label(name):
    """The role's name in the reader's language; a role the company added itself keeps the name it was given."""
    return ROLE_LABELS.get(name, name)


def in_order(names):
    """Role names in the order of the table, a company's own last."""
    return sorted(names, key=lambda name: (_ORDER.get(name, len(_ORDER)), name))


def role_labels(names):
    """The roles as one line of text."""
    return str(_(", ")).join(str(role_label(name)) for name in in_order(names))
