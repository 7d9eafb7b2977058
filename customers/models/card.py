from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import search
from customers.models.customer import Customer
from customers.models.order import Order
from customers.models.product import Product
from customers.models.record import Record
from customers.models.warranty import WarrantyPlan, WarrantyState, add_months
from customers.querysets import ServiceCardQuerySet


class ServiceCard(Record):
    """One installed product in its room (客户售后服务卡): what follow-up calls and warranty go by (S0-38)."""

    PREFIX = "FW"

    class Opening(models.TextChoices):
        LEFT_IN = "left_in", _("left, inwards")
        LEFT_OUT = "left_out", _("left, outwards")
        RIGHT_IN = "right_in", _("right, inwards")
        RIGHT_OUT = "right_out", _("right, outwards")
        SLIDING = "sliding", _("sliding")
        FOLDING = "folding", _("folding")

    ROOMS = [
        pgettext_lazy("room", "main bedroom"),
        pgettext_lazy("room", "second bedroom"),
        pgettext_lazy("room", "children's room"),
        pgettext_lazy("room", "study"),
        pgettext_lazy("room", "living room"),
        pgettext_lazy("room", "dining room"),
        pgettext_lazy("room", "kitchen"),
        pgettext_lazy("room", "bathroom"),
        pgettext_lazy("room", "balcony"),
        pgettext_lazy("room", "entrance"),
        pgettext_lazy("room", "cloakroom"),
        pgettext_lazy("room", "office"),
        pgettext_lazy("room", "meeting room"),
        pgettext_lazy("room", "garden"),
    ]

    customer = models.ForeignKey(Customer, models.PROTECT, verbose_name=_("customer"), related_name="cards")
    order = models.ForeignKey(
        Order,
        models.PROTECT,
        verbose_name=pgettext_lazy("goods", "order"),
        related_name="cards",
        null=True,
        blank=True,
    )
    product = models.ForeignKey(Product, models.PROTECT, verbose_name=_("product"), related_name="cards")
    room = models.CharField(pgettext_lazy("room", "room"), max_length=30, blank=True)
    spec = models.CharField(_("specification"), max_length=100, blank=True)
    batch = models.CharField(_("batch"), max_length=40, blank=True)
    opening_direction = models.CharField(
        pgettext_lazy("door", "opens"), max_length=10, choices=Opening.choices, blank=True
    )
    colour = models.CharField(_("colour"), max_length=40, blank=True)
    measured_size = models.CharField(
        _("measured size"),
        max_length=60,
        blank=True,
        help_text=_("Height × width × wall in millimetres."),
    )
    bought_on = models.DateField(_("bought on"), null=True, blank=True)
    installed_on = models.DateField(_("installed on"), null=True, blank=True)
    accepted_on = models.DateField(_("accepted on"), null=True, blank=True)
    installer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("installer"),
        related_name="+",
        null=True,
        blank=True,
    )
    installed_by = models.CharField(
        _("installed by"),
        max_length=60,
        blank=True,
        help_text=_("The team or person, where it is not one of ours."),
    )
    plan = models.ForeignKey(
        WarrantyPlan,
        models.PROTECT,
        verbose_name=_("warranty plan"),
        related_name="cards",
        null=True,
        blank=True,
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = ServiceCardQuerySet.as_manager()

    class Meta:
        verbose_name = _("service card")
        verbose_name_plural = _("service cards")
        indexes = [
            models.Index(fields=["customer", "-id"], name="card_customer_newest"),
            models.Index(fields=["product", "batch", "-id"], name="card_product_batch"),
            models.Index(fields=["-installed_on", "-id"], name="card_installed_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(accepted_on__isnull=True)
                | models.Q(installed_on__isnull=True)
                | models.Q(accepted_on__gte=models.F("installed_on")),
                name="card_accepted_after_installed",
                violation_error_message=_("The acceptance cannot lie before the installation."),
            )
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("customers:card", args=[self.pk])

    def save(self, *args, **kwargs):
        """Save; a card without a plan is given the one its product group promises from the day the warranty starts."""
        if self.plan_id is None and self.product_id:
            self.plan = WarrantyPlan.objects.promised(self.product.group, on=self.promised_on)
            if "update_fields" in kwargs and kwargs["update_fields"] is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], "plan"}
        super().save(*args, **kwargs)

    def search_entry(self):
        """Number, product, room and batch."""
        return search.entry(
            "card",
            self.pk,
            customer_id=self.customer_id,
            region_id=self.customer.region_id,
            at=self.created_at,
            texts=[self.title, self.spec, self.colour, self.note],
            numbers=[self.number, self.batch],
        )

    @property
    def title(self):
        """What people call it: the room, then the model."""
        return f"{self.room} {self.product}".strip()

    @property
    def promised_on(self):
        """The day whose promise counts: when it was bought, else installed, accepted or registered."""
        order = self.order.ordered_on if self.order_id else None
        return self.bought_on or order or self.installed_on or self.accepted_on or timezone.localdate(self.created_at)

    @property
    def warranty_starts_on(self):
        """The date of the plan's start event, or None while it is not known."""
        if self.plan_id is None:
            return None
        order = self.order if self.order_id else None
        return {
            "accepted": self.accepted_on,
            "installed": self.installed_on,
            "bought": self.bought_on or (order.ordered_on if order else None),
            "delivered": order.delivered_on if order else None,
        }[self.plan.start_event]

    @property
    def warranty_until(self):
        """The last day of the warranty as a whole, or None when it cannot be told."""
        return self.warranty(timezone.localdate()).ends_on

    def warranty(self, on, *, part=""):
        """Whether the card, or one part, fault or charge of it, is in warranty on a day, until when, or why not."""
        if self.plan_id is None:
            return WarrantyState("unknown", reason=_("No warranty plan covers this product group."))
        line = next((line for line in self.plan.coverage.all() if line.name == part), None) if part else None
        if line is not None and not line.covered:
            return WarrantyState("excluded", reason=_("The plan excludes this."))
        start = self.warranty_starts_on
        if start is None:
            event = self.plan.get_start_event_display()
            return WarrantyState(
                "unknown",
                reason=_("The date of %(event)s is missing.") % {"event": event},
            )
        months = self.plan.months if line is None or line.months is None else line.months
        ends_on = add_months(start, months)
        return WarrantyState("in" if on <= ends_on else "out", ends_on)
