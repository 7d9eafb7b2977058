"""Who may see which rows: one registry that lists, details, search, exports, files and counts all ask.

Each app adds a rule for its models in ``ready()``: ``register(Complaint, rule)`` where ``rule(user)`` gives a Q over
that model, or None for "everything". A user sees what any of the rules lets him see; a model without a rule shows
nothing to anybody, so that forgetting one is noticed and harmless. Filter by subquery in the Q, never by a join that
doubles rows: distinct() forbids locking (design 3.8).
"""

from functools import reduce
from operator import or_

from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404
from django.utils.translation import gettext_lazy as _

NOT_HERE = _("There is nothing here, or it is not yours to see.")
_rules = {}


def register(model, rule):
    """Let everybody see the rows of ``model`` that ``rule(user)`` describes, beside what other rules let them see."""
    rules = _rules.setdefault(model._meta.concrete_model, [])
    if rule not in rules:
        rules.append(rule)


def registered(model):
    """Whether some app has said who sees this model."""
    return model._meta.concrete_model in _rules


def parts(model, user):
    """What each rule of a model lets this user see, as Q; None where one of them lets him see everything."""
    found = []
    for rule in _rules.get(model._meta.concrete_model, []):
        part = rule(user)
        if part is None:
            return None
        if not part:
            raise ValueError(f"{rule!r} gave an empty Q, which would show everything; give None or Q(pk__in=[]).")
        found.append(part)
    return found


def visible(queryset, user):
    """The rows of the queryset that this user may see."""
    seen = parts(queryset.model, user)
    if seen is None:
        return queryset
    return queryset.filter(reduce(or_, seen)) if seen else queryset.none()


class VisibleQuerySet(models.QuerySet):
    """A queryset that knows who may see its rows."""

    def visible_to(self, user):
        return visible(self, user)


def get_visible_or_404(queryset, user, **lookup):
    """The one row the look-up names, if this user may see it; Http404 otherwise, as if it did not exist."""
    try:
        return visible(queryset, user).get(**lookup)
    except (queryset.model.DoesNotExist, ValueError, TypeError, OverflowError, ValidationError):
        raise Http404(NOT_HERE) from None
