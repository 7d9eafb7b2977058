"""Money collected on site on its way to finance (交款): who handed in what, and who counted it."""

from decimal import Decimal

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.transaction import atomic
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.numbers import next_number
from core.visibility import VisibleQuerySet
from customers.models.record import Made
from technicians.models.quote import Fee

NUMBER_PREFIX = "JK"


class HandInQuerySet(VisibleQuerySet):
    def waiting(self):
        """Handed in, not yet counted by finance."""
        return self.filter(received_at__isnull=True)

    @atomic
    def hand_in(self, *, by, now, **press):
        """Put everything this person collected and still holds into one hand-in. ValidationError where he holds nothing."""
        if press.get("op") and (made := self.model.made_by(press["op"], by)):
            return made
        held = list(Fee.objects.held_by(by).select_for_update(of=("self",), no_key=True).order_by("pk"))
        if not held:
            raise ValidationError(_("You hold no fee that is not handed in."))
        number = next_number(NUMBER_PREFIX, timezone.localdate(now))
        total = sum((fee.amount for fee in held), Decimal(0))
        handed = self.create(number=number, amount=total, created_by=by, created_at=now, **press)
        Fee.objects.filter(pk__in=[fee.pk for fee in held]).update(handed_in=handed)
        return handed


class HandIn(Made):
    """One hand-in: its sum is that of its receipts, and somebody else than who handed it in counts it."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    amount = models.DecimalField(pgettext_lazy("hand-in", "amount"), max_digits=12, decimal_places=2)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=pgettext_lazy("hand-in", "received by"),
        related_name="+", null=True, blank=True,
    )  # fmt: skip
    received_at = models.DateTimeField(pgettext_lazy("hand-in", "received at"), null=True, blank=True)

    objects = HandInQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("fee", "hand-in")
        verbose_name_plural = pgettext_lazy("fee", "hand-ins")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="hand_in_is_some"),
            models.CheckConstraint(
                condition=Q(received_by=None) | ~Q(received_by=F("created_by")), name="nobody_counts_his_own_hand_in"
            ),
        ]
        permissions = [
            ("hand_in_fee", _("Can hand in fees collected on site")),
            ("receive_handin", _("Can receive what was handed in")),
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("technicians:hand-in", args=[self.pk])

    def receive(self, *, by, now):
        """Finance has counted it; the second press changes nothing. Answers whether this one did."""
        if by.pk == self.created_by_id:
            raise PermissionDenied(_("Nobody counts what he handed in himself."))
        return bool(HandIn.objects.waiting().filter(pk=self.pk).update(received_by=by, received_at=now))
