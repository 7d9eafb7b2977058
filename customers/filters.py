"""What the lists of this app can be narrowed by."""

import django_filters
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.forms import DayField
from customers.forms import regions_of
from customers.models import Access, Customer, Dealer, Due, Erasure, PriceItem, ProductGroup, ServiceCard
from customers.querysets import CustomerQuerySet

MARKS = {
    "vip": (_("VIP"), CustomerQuerySet.vip),
    "member": (_("Member"), CustomerQuerySet.members),
    "old": (_("Old customer"), CustomerQuerySet.old),
    "new": (pgettext_lazy("mark", "New customer"), CustomerQuerySet.new),
    "watch": (_("Handle with care"), CustomerQuerySet.to_watch),
    "silent": (_("no follow-up calls"), CustomerQuerySet.silent),
}

MARK_CHOICES = [(code, label) for code, (label, _of) in MARKS.items()]


def regions(request):
    return regions_of(request.user)


class Day(django_filters.DateFilter):
    field_class = DayField


class CustomerFilter(django_filters.FilterSet):
    """Which customers the list shows."""

    region = django_filters.ModelChoiceFilter(label=_("Region"), queryset=regions, empty_label=_("All regions"))
    mark = django_filters.ChoiceFilter(
        label=_("Mark"),
        choices=MARK_CHOICES,
        empty_label=_("All marks"),
        method="marked",
    )
    dealer = django_filters.ModelChoiceFilter(
        label=_("Dealer"), queryset=Dealer.objects.all(), empty_label=_("All dealers")
    )
    group = django_filters.ModelChoiceFilter(
        label=_("Product group"), queryset=ProductGroup.objects.all(), empty_label=_("All products"), method="owning"
    )

    class Meta:
        model = Customer
        fields = []

    def marked(self, queryset, name, value):
        return MARKS[value][1](queryset)

    def owning(self, queryset, name, value):
        family = ProductGroup.family_of(value.pk)
        cards = ServiceCard.objects.filter(customer__root=OuterRef("pk"), product__group__in=family)
        return queryset.filter(Exists(cards))


class CardFilter(django_filters.FilterSet):
    """Which service cards the list shows."""

    region = django_filters.ModelChoiceFilter(
        label=_("Region"), queryset=regions, field_name="customer__region", empty_label=_("All regions")
    )
    group = django_filters.ModelChoiceFilter(
        label=_("Product group"), queryset=ProductGroup.objects.all(), empty_label=_("All products"), method="of_group"
    )
    installed_from = Day(label=_("Installed from"), field_name="installed_on", lookup_expr="gte")
    installed_to = Day(label=pgettext_lazy("until", "to"), field_name="installed_on", lookup_expr="lte")

    class Meta:
        model = ServiceCard
        fields = []

    def of_group(self, queryset, name, value):
        return queryset.filter(product__group__in=ProductGroup.family_of(value.pk))


class AccessFilter(django_filters.FilterSet):
    """Which looks at a file are shown."""

    kind = django_filters.ChoiceFilter(
        label=pgettext_lazy("access", "What"), choices=Access.Kind.choices, empty_label=_("Everything")
    )

    class Meta:
        model = Access
        fields = []


class ErasureFilter(django_filters.FilterSet):
    """Which requests to erase are shown."""

    answer = django_filters.ChoiceFilter(
        label=pgettext_lazy("erasure", "Answer"), empty_label=_("Everything"), method="answered",
        choices=[("waiting", pgettext_lazy("erasure", "waits")), *Erasure.Answer.choices],
    )  # fmt: skip

    class Meta:
        model = Erasure
        fields = []

    def answered(self, queryset, name, value):
        return queryset.waiting() if value == "waiting" else queryset.filter(answer=value)


class DueFilter(django_filters.FilterSet):
    """Which data kept long enough are shown."""

    answer = django_filters.ChoiceFilter(
        label=pgettext_lazy("retention", "Answer"), empty_label=_("Everything"), method="answered",
        choices=[("waiting", pgettext_lazy("erasure", "waits")), *Due.Answer.choices],
    )  # fmt: skip

    class Meta:
        model = Due
        fields = []

    def answered(self, queryset, name, value):
        return queryset.waiting() if value == "waiting" else queryset.filter(answer=value)


class PriceFilter(django_filters.FilterSet):
    """Which prices the list shows, and of which day."""

    kind = django_filters.ChoiceFilter(
        label=pgettext_lazy("price", "Kind"), choices=PriceItem.Kind.choices, empty_label=_("All kinds")
    )
    group = django_filters.ModelChoiceFilter(
        label=_("Product group"), queryset=ProductGroup.objects.all(), empty_label=_("All products"), method="of_group"
    )
    day = Day(label=_("Prices of"), method="of_day")

    class Meta:
        model = PriceItem
        fields = []

    def of_group(self, queryset, name, value):
        """What is priced for a group, for what it is part of, or for every product."""
        lineage = [group.pk for group in value.lineage()]
        return queryset.filter(Q(group__isnull=True) | Q(group__in=lineage))

    def of_day(self, queryset, name, value):
        return queryset  # the list prices its rows for the day before anything is filtered
