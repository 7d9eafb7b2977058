from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers import phones
from customers.models.customer import Customer
from customers.querysets import PhoneQuerySet


class Phone(models.Model):
    """A number of a file, kept in its normal form with the pieces it is looked up by (S0-65; threats 45).

    ``base`` is the number without extension, ``local`` a landline without its area code, ``tail`` the last four digits.
    """

    class Kind(models.TextChoices):
        MOBILE = "mobile", _("mobile")
        LANDLINE = "landline", _("landline")
        OTHER = "other", pgettext_lazy("phone", "other")

    customer = models.ForeignKey(Customer, models.CASCADE, verbose_name=_("customer"), related_name="phones")
    number = models.CharField(pgettext_lazy("phone", "number"), max_length=30)
    kind = models.CharField(
        _("kind"),
        max_length=8,
        choices=Kind.choices,
        default=Kind.OTHER,
        editable=False,
    )
    base = models.CharField(max_length=20, editable=False)
    local = models.CharField(max_length=20, blank=True, editable=False)
    tail = models.CharField(max_length=4, editable=False)
    label = models.CharField(pgettext_lazy("phone", "label"), max_length=30, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = PhoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("phone")
        verbose_name_plural = _("phones")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["customer", "number"], name="one_phone_per_customer_and_number")]
        indexes = [
            models.Index(fields=["base"], name="phone_base"),
            models.Index(fields=["local"], condition=~models.Q(local=""), name="phone_local"),
            models.Index(fields=["tail", "-id"], name="phone_tail_newest"),
        ]

    def __str__(self):
        return self.number

    def save(self, *args, **kwargs):
        """Save in the written form; ValueError when it is no phone number."""
        self.number, self.kind, self.base, self.local, self.tail = phones.parse(self.number)
        super().save(*args, **kwargs)

    @property
    def dial(self):
        """What a tel: link dials: the extension follows a pause."""
        return self.number.replace("x", ",")


class Contact(models.Model):
    """Somebody who calls about a customer's goods: family, decorator, property manager …; his number is the file's."""

    class Relation(models.TextChoices):
        SELF = "self", _("the customer")
        FAMILY = "family", _("family")
        DECORATOR = "decorator", _("decorator")
        PROPERTY = "property_manager", _("property manager")
        NEIGHBOUR = "neighbour", _("neighbour")
        DEALER = "dealer", _("dealer")
        OTHER = "other", pgettext_lazy("relation", "other")

    customer = models.ForeignKey(Customer, models.CASCADE, verbose_name=_("customer"), related_name="contacts")
    name = models.CharField(pgettext_lazy("person", "name"), max_length=60, blank=True)
    relation = models.CharField(_("relation"), max_length=20, choices=Relation.choices, default=Relation.FAMILY)
    phone = models.ForeignKey(
        Phone,
        models.SET_NULL,
        verbose_name=_("phone"),
        related_name="contacts",
        null=True,
        blank=True,
    )

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["pk"]

    def __str__(self):
        return self.name or self.get_relation_display()
