"""The closed lists of a compensation."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from payments.models import Giving


class Basis(models.TextChoices):
    """What it is given for (S0-05, S2-23, S2-48, S2-75, S2-123)."""

    PRODUCT_FAULT = "product_fault", _("fault of the product")
    TRANSPORT_DAMAGE = "transport_damage", _("damage in transport")
    TECHNICIAN_DAMAGE = "technician_damage", _("damage done by our technician")
    LATE_CLAIM = "late_claim", _("fault found late, or after use")
    DELAY = "delay", _("delay")
    ATTITUDE = "attitude", _("our manner")
    OUT_OF_STOCK = "out_of_stock", _("out of stock")
    PRICE = "price", pgettext_lazy("basis", "price")
    GOODWILL = "goodwill", _("goodwill")


# Somebody of the trade looks at these first; the others are given without an appraisal (S0-05, S0-60).
DAMAGE = (Basis.PRODUCT_FAULT, Basis.TRANSPORT_DAMAGE, Basis.TECHNICIAN_DAMAGE, Basis.LATE_CLAIM)
# Money is spoken of by the customer first (S3-146); goods and gifts may be offered (X10).
MONEY = frozenset(
    {Giving.OWN_REPAIR, Giving.DISCOUNT, Giving.DIFFERENCE, Giving.REFUND, Giving.CREDIT, Giving.CASH, Giving.COUPON}
)
IN_KIND = frozenset(set(Giving) - MONEY)


class Route(models.TextChoices):
    SMALL = "small", _("small: the department")
    LARGE = "large", _("large: the general manager")


class Disposal(models.TextChoices):
    """What becomes of the product (S0-04, S0-16)."""

    KEPT = "kept", _("the customer keeps it")
    TAKEN_BACK = "taken_back", _("we take it back")
    DESTROYED = "destroyed", _("destroyed")


class Material(models.TextChoices):
    """What of the customer's belongs to the claim's file (S0-17)."""

    CONTRACT = "contract", _("contract or order")
    CARD = "card", _("service card")
    PHOTOS = "photos", _("photos of the damage")
    APPRAISAL = "appraisal", _("appraisal record")
    AGREEMENT = "agreement", _("signed agreement")


class CostCategory(models.TextChoices):
    """Where the cost of a written-off product is booked (S0-18)."""

    QUALITY = "quality", _("quality")
    INSTALLATION = "installation", pgettext_lazy("cost", "installation")
    TRANSPORT = "transport", _("transport")
    SERVICE = "service", pgettext_lazy("cost", "service")


class Status(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("compensation", "drafted")
    APPRAISED = "appraised", pgettext_lazy("compensation", "appraised")
    DEPARTMENT_APPROVED = "department_approved", pgettext_lazy("compensation", "approved by the department")
    VISIT_PENDING = "visit_pending", pgettext_lazy("compensation", "joint visit to come")
    AGREED = "agreed", pgettext_lazy("compensation", "agreed with the customer")
    GM_REVIEW = "gm_review", pgettext_lazy("compensation", "before the general manager")
    APPROVED = "approved", pgettext_lazy("compensation", "approved")
    PAID = "paid", pgettext_lazy("compensation", "paid")
    REPORTED = "reported", pgettext_lazy("compensation", "reported")
    WRITE_OFF_PENDING = "write_off_pending", pgettext_lazy("compensation", "to be written off")
    WRITTEN_OFF = "written_off", pgettext_lazy("compensation", "written off")
    REJECTED = "rejected", pgettext_lazy("compensation", "not approved")
    CANCELLED = "cancelled", pgettext_lazy("compensation", "cancelled")
