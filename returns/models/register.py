"""The register of wrong shipments (发错货文档)."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.visibility import VisibleQuerySet
from customers.models import Order
from customers.models.record import Made
from returns.models import choices

User = settings.AUTH_USER_MODEL
KINDS = choices.DETAILS[choices.Reason.WRONG_SHIPMENT]
# Goods that are with the customer though he did not order them: what the stock says must be put right (S2-68).
OFF_THE_SHELF = frozenset({choices.Detail.WRONG, choices.Detail.SURPLUS, choices.Detail.MISCOPIED})


class WrongShipmentQuerySet(VisibleQuerySet):
    def with_all(self):
        return self.select_related("order__customer", "request", "responsible", "created_by", "verified_by", "stock_by")

    def note(self, request, *, by, now):
        """What a return says of a wrong shipment, entered once for each return (S2-102)."""
        line = request.full_lines().first()
        return self.get_or_create(
            request=request,
            defaults={
                "region": request.region,
                "order": line.order_line.order,
                "kind": request.detail or choices.Detail.WRONG,
                "what": f"{request.number}: {request.words}"[:300],
                "weight": request.weight,
                "created_by": by,
                "created_at": now,
            },
        )[0]


class WrongShipment(Made):
    """Goods that went out wrongly: what kind of error, whose, who checked it, whether the stock was put right (S2-66, S2-83)."""

    region = models.ForeignKey("accounts.Region", models.PROTECT, verbose_name=_("region"), related_name="+")
    order = models.ForeignKey(
        Order, models.PROTECT, verbose_name=pgettext_lazy("goods", "order"), related_name="wrong_shipments"
    )
    request = models.OneToOneField(
        "returns.ReturnRequest", models.PROTECT, verbose_name=_("return"), related_name="+", null=True, blank=True
    )
    kind = models.CharField(_("kind of error"), max_length=20, choices=[(kind.value, kind.label) for kind in KINDS])
    what = models.CharField(_("what went wrong"), max_length=300)
    weight = models.CharField(
        _("weight on the waybill"),
        max_length=40,
        blank=True,
        help_text=_("Compared with the goods before it is accepted."),
    )
    responsible = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("person responsible"), related_name="+", null=True, blank=True
    )
    verified_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True, editable=False)
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True, editable=False)
    stock_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True, editable=False)
    stock_at = models.DateTimeField(_("stock put right at"), null=True, blank=True, editable=False)

    objects = WrongShipmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("wrong shipment")
        verbose_name_plural = _("wrong shipments")
        permissions = [("verify_wrongshipment", _("Can verify entries of wrong shipments"))]
        indexes = [models.Index(fields=["-created_at", "-id"], name="wrong_shipments_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | ~Q(verified_by=models.F("created_by")),
                name="a_wrong_shipment_is_verified_by_another",
            )
        ]

    def __str__(self):
        return f"{self.order} {self.get_kind_display()}"

    @property
    def needs_stock(self):
        return self.kind in OFF_THE_SHELF and self.stock_at is None

    def verify(self, *, by, now):
        """A second person has checked pictures and weight (S2-67, S2-83); PermissionDenied for who entered it."""
        if by.pk == self.created_by_id:
            raise PermissionDenied(_("Somebody else must verify what you entered."))
        mine = type(self).objects.filter(pk=self.pk, verified_at__isnull=True)
        return bool(mine.update(verified_by=by, verified_at=now))

    def put_right(self, *, by, now):
        """The stock was put right: once (S2-68)."""
        return bool(type(self).objects.filter(pk=self.pk, stock_at__isnull=True).update(stock_by=by, stock_at=now))
