from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.versions import Versioned
from core.visibility import VisibleQuerySet
from customers.models.customer import Customer


class Retention(Versioned):
    """How long one kind of data is kept, in months after the customer was last heard of: data a manager edits.

    Which kinds there are, and what falling due means, apps say by ``customers.retention.kind``.
    """

    kind = models.SlugField(_("kind of data"), max_length=20, unique=True)
    months = models.PositiveSmallIntegerField(
        _("months"),
        validators=[MinValueValidator(1), MaxValueValidator(600)],
        help_text=_("After he was last heard of."),
    )
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("retention period")
        verbose_name_plural = _("retention periods")
        default_permissions = ("view", "change")

    def __str__(self):
        return self.kind


class DueQuerySet(VisibleQuerySet):
    def waiting(self):
        return self.filter(decided_at=None)

    def with_people(self):
        return self.select_related("customer__region", "decided_by")


class Due(models.Model):
    """That a kind of a customer's data has been kept long enough: proposed by the timetable, decided by a person.

    Kept with a reason, it is proposed again after ``keep_until``.
    """

    class Answer(models.TextChoices):
        DROPPED = "dropped", pgettext_lazy("retention", "dropped")
        KEPT = "kept", pgettext_lazy("retention", "kept")

    customer = models.ForeignKey(Customer, models.PROTECT, verbose_name=_("customer"), related_name="dues")
    kind = models.SlugField(_("kind of data"), max_length=20)
    last_heard_at = models.DateTimeField(pgettext_lazy("retention", "last heard of"))
    proposed_at = models.DateTimeField(_("proposed at"), default=timezone.now)
    answer = models.CharField(_("answer"), max_length=10, choices=Answer.choices, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("decided by"), related_name="+", null=True
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    keep_until = models.DateField(_("kept until"), null=True)

    objects = DueQuerySet.as_manager()

    class Meta:
        verbose_name = _("data kept long enough")
        verbose_name_plural = _("data kept long enough")
        default_permissions = ()
        permissions = [("decide_due", _("Can decide what happens to data kept long enough"))]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind"], condition=Q(decided_at=None), name="one_waiting_due_per_customer_and_kind"
            )
        ]
        indexes = [
            models.Index(fields=["-proposed_at", "-id"], name="dues_newest"),
            models.Index(fields=["-proposed_at", "-id"], condition=Q(decided_at=None), name="dues_waiting"),
        ]

    def __str__(self):
        return f"{self.kind} {self.customer_id}"
