from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.visibility import VisibleQuerySet
from customers.models.customer import Customer


class ErasureQuerySet(VisibleQuerySet):
    def waiting(self):
        """Requests nobody has decided."""
        return self.filter(decided_at=None)

    def with_people(self):
        return self.select_related("customer__region", "requested_by", "decided_by")


class Erasure(models.Model):
    """That somebody asked to have a customer forgotten, and what another person decided.

    Without ``requested_by`` it is the timetable's: the file's time is over (customers.retention). The words to it are
    emptied with the file.
    """

    class Why(models.TextChoices):
        ASKED = "asked", pgettext_lazy("erasure", "the customer asks for it")
        WRONG = "wrong", pgettext_lazy("erasure", "the file should not exist")
        TIME = "time", pgettext_lazy("erasure", "the retention period is over")

    class Answer(models.TextChoices):
        APPROVED = "approved", pgettext_lazy("erasure", "erased")
        DECLINED = "declined", pgettext_lazy("erasure", "declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("erasure", "withdrawn")

    customer = models.ForeignKey(Customer, models.PROTECT, verbose_name=_("customer"), related_name="erasures")
    why = models.CharField(_("why"), max_length=10, choices=Why.choices, default=Why.ASKED)
    words = models.TextField(_("in his words"), max_length=1000, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("requested by"), related_name="+", null=True
    )
    requested_at = models.DateTimeField(_("requested at"), default=timezone.now)
    op = models.UUIDField(null=True, unique=True, editable=False)
    answer = models.CharField(_("answer"), max_length=10, choices=Answer.choices, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("decided by"), related_name="+", null=True
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to erase")
        verbose_name_plural = _("requests to erase")
        default_permissions = ("add", "view")
        permissions = [("approve_erasure", _("Can approve that a customer is erased"))]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(decided_at=None), name="one_waiting_erasure_per_customer"
            ),
            models.CheckConstraint(
                condition=~Q(answer="approved") | Q(requested_by=None) | ~Q(decided_by=F("requested_by")),
                name="erasing_takes_two",
            ),
        ]
        indexes = [
            models.Index(fields=["-requested_at", "-id"], name="erasures_newest"),
            models.Index(fields=["-requested_at", "-id"], condition=Q(decided_at=None), name="erasures_waiting"),
        ]

    def __str__(self):
        return self.customer.number

    @property
    def is_waiting(self):
        return self.decided_at is None
