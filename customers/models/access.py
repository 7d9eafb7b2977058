from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.visibility import VisibleQuerySet
from customers.models.customer import Customer


class AccessQuerySet(VisibleQuerySet):
    def of_file(self, customer):
        """The lines of a file and of the files merged into it."""
        return self.filter(customer__root=customer.root_id)

    def unmasking(self, user, customer, since):
        """That this person has asked to see this customer in full, since a moment."""
        return self.of_file(customer).filter(user=user, kind=Access.Kind.UNMASKED, at__gte=since)


class Access(models.Model):
    """Who looked at a customer's file, and how: a line nobody changes (design: personal data).

    Written by ``customers.access.note`` alone. ``slot`` is the hour for what is only looked at, so that going to and fro
    between two pages leaves one line, and the microsecond for what counts each time.
    """

    class Kind(models.TextChoices):
        OPENED = "opened", pgettext_lazy("access", "opened")
        UNMASKED = "unmasked", pgettext_lazy("access", "shown in full")
        PRINTED = "printed", pgettext_lazy("access", "printed")
        EXPORTED = "exported", pgettext_lazy("access", "exported")
        HANDED_OUT = "handed_out", pgettext_lazy("access", "handed out to the customer")

    class Occasion(models.TextChoices):
        CALL = "call", pgettext_lazy("occasion", "calling him back")
        MONEY = "money", pgettext_lazy("occasion", "a payment or refund")
        GOODS = "goods", pgettext_lazy("occasion", "inspecting or sending goods")
        LAW = "law", pgettext_lazy("occasion", "an authority or a lawyer asks")
        OTHER = "other", pgettext_lazy("occasion", "something else")

    customer = models.ForeignKey(Customer, models.PROTECT, verbose_name=_("customer"), related_name="accesses")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("who"), related_name="+")
    kind = models.CharField(pgettext_lazy("access", "what"), max_length=12, choices=Kind.choices)
    occasion = models.CharField(
        pgettext_lazy("access", "occasion"), max_length=10, choices=Occasion.choices, blank=True
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    at = models.DateTimeField(pgettext_lazy("access", "when"), default=timezone.now)
    slot = models.BigIntegerField(editable=False)

    objects = AccessQuerySet.as_manager()

    class Meta:
        verbose_name = _("look at a file")
        verbose_name_plural = _("looks at files")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["customer", "user", "kind", "slot"], name="one_look_per_person_and_slot")
        ]
        indexes = [models.Index(fields=["customer", "-at", "-id"], name="looks_at_customer")]

    def __str__(self):
        return f"{self.user_id} {self.kind} {self.customer_id}"
