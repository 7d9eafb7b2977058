"""What parts, labour and travel cost, each price from a day on (S0-02)."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from customers.models.product import ProductGroup
from customers.models.record import Made

DAY = timedelta(days=1)


class PriceItemQuerySet(models.QuerySet):
    @transaction.atomic
    def introduce(self, *, by, amount, valid_from, op=None, sent="", **fields):
        """Put an item on the list with its first price."""
        item = self.model.made_by(op, by)
        if item is None:
            item = self.create(created_by=by, op=op, sent=sent, **fields)
            Price.objects.create(item=item, amount=amount, valid_from=valid_from, created_by=by)
        return item

    def priced_on(self, day):
        """With the price of a day as ``amount`` and ``since``, and the day of the change after it as ``changes_on``."""
        own = Price.objects.filter(item=OuterRef("pk"))
        now, later = own.on(day).order_by("-valid_from"), own.filter(valid_from__gt=day).order_by("valid_from")
        return self.annotate(
            amount=Subquery(now.values("amount")[:1]),
            since=Subquery(now.values("valid_from")[:1]),
            changes_on=Subquery(later.values("valid_from")[:1]),
        )


class PriceItem(Made):
    """One line of the price list: a part, an hour of work, a drive."""

    class Kind(models.TextChoices):
        PART = "part", pgettext_lazy("price", "part")
        LABOUR = "labour", pgettext_lazy("price", "labour")
        TRAVEL = "travel", pgettext_lazy("price", "travel")

    class Unit(models.TextChoices):
        PIECE = "piece", pgettext_lazy("price", "piece")
        SET = "set", pgettext_lazy("price", "set")
        METRE = "metre", pgettext_lazy("price", "metre")
        SQUARE_METRE = "square_metre", pgettext_lazy("price", "square metre")
        HOUR = "hour", pgettext_lazy("price", "hour")
        VISIT = "visit", pgettext_lazy("price", "visit")
        KILOMETRE = "kilometre", pgettext_lazy("price", "kilometre")

    code = models.CharField(_("code"), max_length=30, unique=True)
    name = models.CharField(pgettext_lazy("price", "name in Chinese"), max_length=60)
    name_en = models.CharField(pgettext_lazy("price", "name in English"), max_length=60)
    kind = models.CharField(pgettext_lazy("price", "kind"), max_length=10, choices=Kind)
    unit = models.CharField(pgettext_lazy("price", "per"), max_length=15, choices=Unit)
    group = models.ForeignKey(
        ProductGroup,
        models.PROTECT,
        verbose_name=_("product group"),
        related_name="price_items",
        null=True,
        blank=True,
    )

    objects = PriceItemQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("price", "price item")
        verbose_name_plural = pgettext_lazy("price", "price items")
        ordering = ["code"]
        permissions = [("set_price", _("set the prices of parts, labour and travel"))]

    def __str__(self):
        return self.name_en if get_language() == "en" else self.name

    def get_absolute_url(self):
        return reverse("customers:price", args=[self.pk])

    def refuse(self, valid_from):
        """ValidationError when no price of this item may begin on that day."""
        last = self.prices.order_by("-valid_from").first()
        if last is None:
            return
        if valid_from < timezone.localdate():
            raise ValidationError(_("What was asked for in the past stays as it was: choose today or a later day."))
        if valid_from <= last.valid_from:
            raise ValidationError(
                _("There is a price from %(day)s on already: the next one begins after it."),
                params={"day": f"{last.valid_from:%Y-%m-%d}"},
            )

    @transaction.atomic
    def change_price(self, amount, *, valid_from, by, op=None, sent=""):
        """Ask for another amount from a day on; the price before it ends on the day earlier (S0-02)."""
        type(self).objects.select_for_update().get(pk=self.pk)
        if made := Price.made_by(op, by):
            return made
        self.refuse(valid_from)
        self.prices.on(valid_from).end(valid_from - DAY)
        return Price.objects.create(item=self, amount=amount, valid_from=valid_from, created_by=by, op=op, sent=sent)


class PriceQuerySet(models.QuerySet):
    def on(self, day):
        """The prices that hold on a day."""
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day), valid_from__lte=day)

    def end(self, day):
        """Close the open ones of these on their last day."""
        return super().update(valid_until=day)

    def update(self, **fields):
        raise TypeError("A price is never changed: see PriceItem.change_price.")

    def delete(self):
        raise TypeError("A price is never deleted.")


class Price(Made):
    """What an item costs from one day to another, both included; no last day: until further notice."""

    item = models.ForeignKey(
        PriceItem, models.PROTECT, verbose_name=pgettext_lazy("price", "price item"), related_name="prices"
    )
    amount = models.DecimalField(pgettext_lazy("price", "price"), max_digits=12, decimal_places=2)
    valid_from = models.DateField(pgettext_lazy("price", "valid from"))
    valid_until = models.DateField(pgettext_lazy("price", "valid until"), null=True, blank=True)

    objects = PriceQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("price", "price")
        verbose_name_plural = pgettext_lazy("price", "prices")
        ordering = ["-valid_from", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "valid_from"], name="one_price_per_item_and_first_day"),
            models.UniqueConstraint(fields=["item"], condition=Q(valid_until=None), name="one_open_price_per_item"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="price_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="price_is_not_negative"),
        ]

    def __str__(self):
        return f"{self.item}: {self.amount}"

    def get_absolute_url(self):
        return self.item.get_absolute_url()

    def save(self, *args, **kwargs):
        """Save a new price; one that stands is never written again, and none may lie over another."""
        if not self._state.adding:
            raise TypeError("A price is never changed: see PriceItem.change_price.")
        others = Price.objects.filter(item_id=self.item_id).filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=self.valid_from)
        )
        if self.valid_until:
            others = others.filter(valid_from__lte=self.valid_until)
        if others.exists():
            raise ValidationError(_("Another price of this item lies in the same time."))
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("A price is never deleted.")


def price_on(item, day):
    """The price of an item on a day, or None where it had none."""
    return Price.objects.on(day).filter(item=item).first()
