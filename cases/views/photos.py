"""The archive of problem photos (售后问题图片, S2-79): found by the customer's number, by what they show, by day."""

from datetime import datetime, time, timedelta

import django_filters
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import Complaint
from core.forms import DayField, LineField
from core.lists import FilteredListView
from core.text import half_width
from customers.models import Customer
from workflow.models import Attachment
from workflow.photos import with_photos


class Line(django_filters.CharFilter):
    field_class = LineField


class Day(django_filters.DateFilter):
    field_class = DayField


class PhotoFilter(django_filters.FilterSet):
    """Which files the archive shows."""

    customer = Line(label=_("Customer's number"), method="of_customer")
    kind = django_filters.ChoiceFilter(
        label=_("It shows"), choices=Attachment.Kind.choices, empty_label=_("Everything")
    )
    media = django_filters.ChoiceFilter(
        label=_("Kind of file"), choices=Attachment.Media.choices, empty_label=_("All kinds of files")
    )
    since = Day(label=_("Sent from"), method="sent_since")
    until = Day(label=_("Sent until"), method="sent_until")

    class Meta:
        model = Attachment
        fields = []

    def of_customer(self, queryset, name, value):
        """All files of the customer's file, whichever of its merged numbers is asked for."""
        number = half_width(value).strip().upper()
        return queryset.filter(customer__root__in=Customer.objects.filter(number=number).values("root"))

    def sent_since(self, queryset, name, value):
        return queryset.filter(uploaded_at__gte=_midnight(value))

    def sent_until(self, queryset, name, value):
        return queryset.filter(uploaded_at__lt=_midnight(value) + timedelta(days=1))


def _midnight(day):
    return timezone.make_aware(datetime.combine(day, time()))


def _complaint(field):
    return Subquery(Complaint.objects.filter(matter=OuterRef("matter")).order_by("pk").values(field)[:1])


class PhotoArchive(FilteredListView):
    """Every file a person may see, the newest first."""

    queryset = (
        Attachment.objects.shown()
        .select_related("customer", "uploaded_by")
        .annotate(complaint_id=_complaint("pk"), complaint_number=_complaint("number"))
    )
    filterset_class = PhotoFilter
    orders = {"newest": ("-pk",), "oldest": ("pk",)}
    order_labels = {"newest": _("Newest first"), "oldest": _("Oldest first")}
    template_name = "cases/photo_archive.html"
    partial_template_name = "cases/_photo_rows.html"
    permission_required = "cases.view_complaint"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["rows"] = with_photos(context["rows"])
        return context
