from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.versions import Submitted, Versioned


class EntryQuerySet(models.QuerySet):
    def active(self):
        return self.filter(active=True)


class Entry(Submitted, Versioned):
    """One line of knowledge that a manager may change, switch off or add.

    ``origin`` is the key of the line in the data that ships with the product: a line is loaded once, and what the
    company made of it stays. A line without one is the company's own.
    """

    origin = models.CharField(max_length=60, unique=True, null=True, editable=False)  # noqa: DJ001 (unique where there is one)
    position = models.PositiveSmallIntegerField(_("place in the list"), default=0)
    active = models.BooleanField(_("in use"), default=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def made_by(cls, op, user):
        """The line that this submission of this user has made, or None."""
        return cls.objects.filter(op=op, changed_by=user).first()

    def save(self, *args, **kwargs):
        """Save with the moment of the change, by which readers notice that what they keep is old."""
        self.changed_at = timezone.now()
        super().save(*args, **kwargs)
