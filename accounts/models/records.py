"""What was changed about people, roles and units, by whom and when."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.roles import role_labels

# What stands in ``details`` beside the fields of the subject.
WORDS = {
    "roles": _("Roles"),
    "regions": _("Regions"),
    "rights": _("Rights"),
    "shifts": _("Shifts"),
    "successor": _("Who takes over"),
}


def label_of(model, name):
    """What a field of the record is called, in the reader's language."""
    field = next((field for field in model._meta.fields if field.name == name), None)
    return WORDS.get(name) or (field.verbose_name if field else name)


def in_words(model, name, value):
    """A value of the record as people say it, in the reader's language."""
    if name == "roles":
        return role_labels(value)
    if isinstance(value, list):
        return gettext(", ").join(str(part) for part in value)
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    field = next((field for field in model._meta.fields if field.name == name), None)
    return str(dict(field.flatchoices).get(value, value)) if field else value


class ChangeQuerySet(models.QuerySet):
    def write(self, act, subject, *, by, **details):
        """Add one line; ``details`` are field=[before, after]."""
        return self.create(act=act, subject=subject, by=by, at=timezone.now(), details=details)

    def about(self, subject):
        return self.filter(subject_type=ContentType.objects.get_for_model(subject), subject_id=subject.pk)


class Change(models.Model):
    """One line of the record: who did what to a person, a role or a unit, with the values before and after.

    ``details`` maps a field to ``[before, after]``; passwords and codes never stand in it (S1-57, S1-58).
    """

    class Act(models.TextChoices):
        CREATED = "created", pgettext_lazy("staff record", "created")
        EDITED = "edited", pgettext_lazy("staff record", "changed")
        DEACTIVATED = "deactivated", pgettext_lazy("staff record", "deactivated")
        REACTIVATED = "reactivated", pgettext_lazy("staff record", "reactivated")
        PASSWORD_RESET = "password_reset", pgettext_lazy("staff record", "gave a one-time password")
        PASSWORD_CHANGED = "password_changed", pgettext_lazy("staff record", "changed the password")
        TWO_STEP_ON = "two_step_on", pgettext_lazy("staff record", "turned two-step login on")
        TWO_STEP_OFF = "two_step_off", pgettext_lazy("staff record", "turned two-step login off")
        ROSTERED = "rostered", pgettext_lazy("staff record", "changed the duty roster")
        RIGHTS_CHANGED = "rights_changed", pgettext_lazy("staff record", "changed the rights")

    subject_type = models.ForeignKey(ContentType, models.PROTECT)
    subject_id = models.PositiveBigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    act = models.CharField(pgettext_lazy("staff record", "act"), max_length=30, choices=Act)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=pgettext_lazy("staff record", "by"),
        related_name="+",
        null=True,
        blank=True,
    )
    at = models.DateTimeField(pgettext_lazy("staff record", "at"), db_index=True)
    details = models.JSONField(
        pgettext_lazy("staff record", "details"), default=dict, blank=True, encoder=DjangoJSONEncoder
    )

    objects = ChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["subject_type", "subject_id", "-at"], name="changes_of_a_subject")]
        verbose_name = _("record of a change")
        verbose_name_plural = _("record of changes")

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.by or '–'} {self.act}"

    @property
    def lines(self):
        """What changed, as (label, before, after) in the reader's language."""
        model = self.subject_type.model_class()
        return [
            (label_of(model, name), *(in_words(model, name, value) for value in pair))
            for name, pair in self.details.items()
        ]

    @property
    def in_words(self):
        return "; ".join(f"{label}: {before or '–'} → {after or '–'}" for label, before, after in self.lines)


class Grant(models.Model):
    """A right a release once gave to a role: not given again after the company took it away (S1-58)."""

    role = models.CharField(max_length=150)
    right = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["role", "right"], name="a_right_is_granted_once")]
        verbose_name = _("right given by a release")
        verbose_name_plural = _("rights given by releases")

    def __str__(self):
        return f"{self.role}: {self.right}"
