"""How much hangs on each of several files: apps above say what they count, such as complaints.

``tally("complaints", _("Complaints"), function, order=10)``; ``function(roots, user)`` answers root → number.
"""

from django.db.models import Count

from customers.models import Order, ServiceCard

_tallies = {}


def tally(key, label, function, *, order=100):
    """Count this for files that are compared; the same key again replaces it."""
    _tallies[key] = (order, key, label, function)


def tallies_of(roots, user):
    """(label, [number for each root]) in order, one statement each."""
    found = []
    for _order, _key, label, function in sorted(_tallies.values(), key=lambda one: one[:2]):
        numbers = function(roots, user)
        found.append((label, [numbers.get(root, 0) for root in roots]))
    return found


def count_by_root(rows, roots, path="customer__root"):
    """Root → how many of these rows hang on its file."""
    return dict(rows.filter(**{f"{path}__in": roots}).order_by().values_list(path).annotate(Count("pk")))


def register():
    """Called once, when the app is ready."""
    for model, order in ((ServiceCard, 20), (Order, 30)):
        tally(
            model._meta.model_name,
            model._meta.verbose_name_plural,
            lambda roots, user, model=model: count_by_root(model.objects.visible_to(user), roots),
            order=order,
        )
