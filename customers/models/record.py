"""What every file, order and card has in common: a number, a maker, a version."""

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import search
from core.numbers import next_number
from core.versions import Submitted, Versioned


class Made(Submitted):
    """What somebody made by a form, and when."""

    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("created by"),
        null=True,
        editable=False,
        related_name="+",
    )

    class Meta:
        abstract = True

    @classmethod
    def made_by(cls, op, user):
        """What this submission of this user has made, or None."""
        return cls.objects.filter(op=op, created_by=user).first() if op else None


class Record(Made, Versioned):
    """A numbered record that people create and edit by forms."""

    PREFIX = ""

    number = models.CharField(_("number"), max_length=40, unique=True, blank=True)

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        """Save; a record without a number draws the next one of its kind and day."""
        if self.number:
            return super().save(*args, **kwargs)
        with transaction.atomic(savepoint=False):
            self.number = next_number(self.PREFIX, timezone.localdate(self.created_at))
            return super().save(*args, **kwargs)

    def save_edit(self, *, by, fields=()):
        """Save what a person changed, and let it be found by its new words."""
        super().save_edit(by=by, fields=fields)
        self.index()

    def index(self):
        """Bring the record's words into the search index."""
        search.index_many([self.search_entry()])

    def search_entry(self):
        """What the record is found by (core.search.entry)."""
        raise NotImplementedError
