"""The lists of compensations: all, small ones not yet reported, reports to read."""

from django.utils.translation import gettext_lazy as _

from compensation.filters import CompensationFilter
from compensation.models import Compensation, Reading
from core.lists import FilteredListView


class CompensationList(FilteredListView):
    """Every compensation one may see."""

    queryset = Compensation.objects.select_related("complaint", "matter__customer", "maker")
    filterset_class = CompensationFilter
    orders = {"newest": ("-created_at", "-pk"), "oldest": ("created_at", "pk")}
    order_labels = {"newest": _("newest first"), "oldest": _("oldest first")}
    permission_required = "compensation.view_compensation"
    template_name = "compensation/list.html"
    partial_template_name = "compensation/_rows.html"
    title = _("Compensation")
    empty = _("Compensation is asked for on the page of a complaint.")
    tab = "all"

    def get_context_data(self, **kwargs):
        return super().get_context_data(title=self.title, empty=self.empty, tab=self.tab, **kwargs)


class Unreported(CompensationList):
    """Small settlements carried out and not yet reported to finance and the supervising manager (S0-12)."""

    orders = {"oldest": ("status_since", "pk")}
    title = _("Small settlements not yet reported")
    empty = _("Every small settlement has been reported.")
    tab = "unreported"

    def get_queryset(self):
        return super().get_queryset().unreported()


class ToRead(CompensationList):
    """Reports of small settlements this person has not read yet (S0-12)."""

    orders = {"oldest": ("status_since", "pk")}
    title = _("Reports to read")
    empty = _("You have read every report.")
    tab = "to-read"

    def get_queryset(self):
        mine = Reading.objects.filter(reader=self.request.user, read_at__isnull=True)
        return super().get_queryset().filter(pk__in=mine.values("compensation"), status="reported")
