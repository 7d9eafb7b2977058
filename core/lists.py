"""Every list: filtered, in one of a few orders, paged by cursor, the same few statements for one row and for fifty."""

from copy import copy
from functools import cached_property, partial

from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django.views.generic import TemplateView

from core.keyset import Ordering, page_of
from core.models import SavedFilter
from core.prepared import PreparedRows, StandIn, numbers_of
from core.visibility import visible

PAGING = ("after", "before", "page")


def capped_count(queryset, cap=99):
    """How many rows there are; anything above ``cap`` answers cap + 1, so a million costs no more than a hundred."""
    return queryset.order_by().values("pk")[: cap + 1].count()


class FilteredListView(TemplateView):
    """A list of what the user may see.

    Declare ``queryset`` (with what its rows show already joined), ``filterset_class``, ``orders`` as name → fields,
    ``template_name`` and ``partial_template_name``, which htmx gets alone. ``order_labels`` name the orders;
    ``permission_required`` guards the page. The context holds rows, page, filter, filter_shape, orders, saved_filters, count.
    """

    queryset = None
    filterset_class = None
    orders = {"newest": ("-pk",)}
    order_labels = {}
    default_order = None
    page_size = 50
    partial_template_name = None
    permission_required = None
    never_empty = ()  # fields of orders that are empty in no row of this list, whatever the table allows
    scoped = True  # False for what everybody who may open the list may see
    prepared = False  # True where ``get_queryset`` knows no moment and asks ``viewer`` only what a StandIn tells
    # Filter → its few values, of a prepared list: those whose statement depends on nothing but the value.
    steady = {}
    list_key = None

    def dispatch(self, request, *args, **kwargs):
        if self.permission_required and not request.user.has_perm(self.permission_required):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def viewer(self):
        """Whose rows these are."""
        return self.request.user

    def get_queryset(self):
        """All rows of the list for its viewer, before filters and order."""
        return visible(self.queryset.all(), self.viewer) if self.scoped else self.queryset.all()

    def get_order(self):
        """The name of the order asked for, the default for any other word."""
        asked = self.request.GET.get("order")
        return asked if asked in self.orders else self.default_order or next(iter(self.orders))

    def get_list_key(self):
        return self.list_key or self.request.resolver_match.view_name

    def get_template_names(self):
        htmx = getattr(self.request, "htmx", None)
        if self.partial_template_name and htmx and not htmx.boosted and not htmx.history_restore_request:
            return [self.partial_template_name]
        return [self.template_name]

    def get_context_data(self, **kwargs):
        queryset = SimpleLazyObject(self.get_queryset)
        filterset = SimpleLazyObject(partial(self._filterset, queryset))
        rows = filterset.qs if self.filterset_class and (self._is_narrowed() or self.chosen) else queryset
        order = self.get_order()
        after, before = self.request.GET.get("after", ""), self.request.GET.get("before", "")
        if self.prepared and not self._is_narrowed():
            ordering = _PreparedOrdering(self, order)
        else:
            ordering = Ordering(rows, self.orders[order], self.never_empty)
        page = page_of(ordering, self.page_size, after, before)
        page.next_url = self._url(after=page.next_cursor) if page.next_cursor else ""
        page.previous_url = self._url(before=page.previous_cursor) if page.previous_cursor else ""
        return super().get_context_data(
            rows=page.rows,
            page=page,
            filter=filterset,
            filter_shape=self._filter_shape(order),
            order=order,
            orders=[self._order(name, order) for name in self.orders],
            count=SimpleLazyObject(lambda: capped_count(rows)),
            list_key=self.get_list_key(),
            list_query=self._query().urlencode(),
            saved_filters=SimpleLazyObject(self._saved_filters),
            **kwargs,
        )

    def render_to_response(self, context, **kwargs):
        response = super().render_to_response(context, **kwargs)
        patch_vary_headers(response, ["HX-Request"])
        return response

    def _query(self):
        """What the address says about filters and order, without the page."""
        return list_query(self.request.GET)

    def _filterset(self, queryset):
        return self.filterset_class and self.filterset_class(self.request.GET, queryset, request=self.request)

    @cached_property
    def chosen(self):
        """Filter → value of the steady filters that are set."""
        given = self.request.GET
        return {name: given[name] for name, values in self.steady.items() if given.get(name) in values}

    def get_steady_queryset(self):
        """The rows of the list under the steady filters that are set."""
        rows = self.get_queryset()
        return self.filterset_class(self.chosen, rows, request=self.request).qs if self.chosen else rows

    def _is_narrowed(self):
        """Whether the address asks for more than a page, an order and steady filters: then the form must be read."""
        return not {*self.request.GET} <= {*PAGING, "order", *self.chosen}

    def _filter_shape(self, order):
        """What the filters show (``settled``) as long as only steady ones are set; None where they must be drawn anew."""
        offers = getattr(self.filterset_class, "offers", None)
        if offers is None or self._is_narrowed():
            return None
        return self.request.path, order, offers(self.request), *self.chosen.items()

    def _url(self, **changes):
        query = self._query()
        for name, value in changes.items():
            query[name] = value
        return f"{self.request.path}?{query.urlencode()}"

    def _order(self, name, current):
        label = self.order_labels.get(name) or name.replace("_", " ").capitalize()
        return {"name": name, "label": label, "url": self._url(order=name), "is_current": name == current}

    def _saved_filters(self):
        here = self._query().urlencode()
        offered = SavedFilter.objects.offered_to(self.request.user, self.get_list_key())
        return [
            {
                "saved": saved,
                "url": f"{self.request.path}?{saved.query}",
                "is_current": saved.query == here,
                "is_own": saved.user_id == self.request.user.pk,
            }
            for saved in offered
        ]


class _PreparedOrdering(Ordering):
    """The order of a list before filters, its statements put together once for all people of the same scope."""

    _rows = PreparedRows()
    _keys = {}

    def __init__(self, view, order):
        self.view, self.order = view, order
        known = type(view), order
        if known not in self._keys:
            self._keys[known] = Ordering(view.get_queryset(), view.orders[order], view.never_empty).keys
        self.keys = self._keys[known]

    def fetch(self, values, backwards, limit):
        user = self.view.viewer
        key = type(self.view), self.order, user.scope, backwards, limit, *self.view.chosen.items()

        def build(position, **numbers):
            view = copy(self.view)
            view.viewer = StandIn(user, **numbers)
            ordering = Ordering(view.get_steady_queryset(), view.orders[self.order], view.never_empty)
            return (ordering.from_row(position, backwards) if position else ordering.sorted())[:limit]

        return self._rows.of(build, key, **numbers_of(user), position=values or [])


def list_query(given):
    """A list's filters and order, as an address or a saved filter names them: no page, nothing empty, always one way."""
    query = QueryDict(mutable=True)
    for name, values in sorted(given.lists()):
        if name not in PAGING and any(values):
            query.setlist(name, [value for value in values if value])
    return query
