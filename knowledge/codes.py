"""The codes a complaint is sorted by, shared with the apps above (S1-65, S1-21; reconciliations X6, X7)."""

from django.db import models
from django.utils.translation import pgettext_lazy


class ComplaintClass(models.TextChoices):
    QUALITY = "quality", pgettext_lazy("complaint class", "product quality")
    INSTALLATION = "installation", pgettext_lazy("complaint class", "installation")
    SIZE_MISMATCH = "size_mismatch", pgettext_lazy("complaint class", "size does not fit")
    MISSING_OR_WRONG_PART = "missing_or_wrong_part", pgettext_lazy("complaint class", "missing or wrong part")
    LATE_DELIVERY = "late_delivery", pgettext_lazy("complaint class", "late delivery")
    TRANSPORT_DAMAGE = "transport_damage", pgettext_lazy("complaint class", "transport damage")
    SERVICE_ATTITUDE = "service_attitude", pgettext_lazy("complaint class", "service attitude")
    AFTER_SALES_SERVICE = "after_sales_service", pgettext_lazy("complaint class", "after-sales service")
    SALES = "sales", pgettext_lazy("complaint class", "sales")
    OTHER = "other", pgettext_lazy("complaint class", "other")


class Severity(models.TextChoices):
    """How bad it is (S1-21)."""

    MINOR = "minor", pgettext_lazy("severity", "minor")
    MODERATE = "moderate", pgettext_lazy("severity", "moderate")
    SERIOUS = "serious", pgettext_lazy("severity", "serious")


class Demand(models.TextChoices):
    REPAIR = "repair", pgettext_lazy("demand", "repair")
    REPLACE = "replace", pgettext_lazy("demand", "replacement")
    REFUND = "refund", pgettext_lazy("demand", "refund")
    COMPENSATION = "compensation", pgettext_lazy("demand", "compensation")
    MISSING_PART = "missing_part", pgettext_lazy("demand", "missing part")
    EXPLANATION = "explanation", pgettext_lazy("demand", "explanation")
    APOLOGY = "apology", pgettext_lazy("demand", "apology")
    OTHER = "other", pgettext_lazy("demand", "other")
