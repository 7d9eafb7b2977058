from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.db.transaction import atomic
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.visibility import VisibleQuerySet
from customers.models import Customer
from workflow.actors import actor_of, user_of
from workflow.files import store, with_files
from workflow.media import Prepared, prepare
from workflow.models.event import Event

MOST_FILES = 50  # of one matter; what was withdrawn does not count


class AttachmentQuerySet(VisibleQuerySet):
    def shown(self):
        """Without those withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def sent_by_customer(self):
        """What came through a customer's link: the only files such a link shows again."""
        return self.filter(link__isnull=False)

    def attach(self, matter, upload, *, by, kind="other", subject=None, now=None):
        """Add one file to a matter, with its line on the timeline; the same bytes again give the one that is there.

        ``upload`` is an uploaded file or what ``workflow.media.prepare`` made of it (better: before a transaction). Raises
        ValidationError, with a sentence and its code, for what cannot be kept; OSError when the disk is full.
        """
        now = now or timezone.now()
        prepared = prepare(upload)
        with with_files(), atomic():
            [attachment] = self.keep(matter, [(kind, prepared)], by=by, subject=subject, now=now)
            if not attachment.was_there:
                Event.objects.write(
                    matter,
                    "attach_files",
                    by=by,
                    at=now,
                    subject=subject,
                    kind=Event.Kind.FILE,
                    data={"attachments": [attachment.pk]},
                )
        return attachment

    def keep(self, matter, files, *, by, subject=None, now):
        """Store pairs of kind and Prepared and return their rows; the timeline is the caller's.

        Must run inside ``with_files()`` and a transaction. Rows that were there before have ``was_there`` set.
        """
        matter = (
            type(matter)
            .objects.select_for_update(of=("self",), no_key=True)
            .select_related("customer")
            .get(pk=matter.pk)
        )
        known = {row.sha256: row for row in self.shown().filter(matter=matter)}
        rows = {}
        for kind, prepared in files:
            if prepared.sha256 in rows:
                continue
            row = known.get(prepared.sha256)
            if row is None:
                if len(known) >= MOST_FILES:
                    raise ValidationError(
                        _("A matter holds at most %(limit)d files; withdraw some that are not needed."),
                        code="too_many",
                        params={"limit": MOST_FILES},
                    )
                row = known[prepared.sha256] = self._create(matter, prepared, kind, by, subject, now)
            else:
                row.was_there = True
            rows[prepared.sha256] = row
        return list(rows.values())

    def _create(self, matter, prepared: Prepared, kind, by, subject, now):
        file, thumbnail = prepared.file, prepared.thumbnail
        size = file.size
        name = store(file, matter.customer, prepared.ending, now)
        return self.create(
            matter=matter,
            customer=matter.customer,
            subject_type=ContentType.objects.get_for_model(type(subject)) if subject is not None else None,
            subject_id=subject.pk if subject is not None else None,
            media=prepared.media,
            kind=kind,
            file=name,
            thumbnail=store(thumbnail, matter.customer, "-small.jpg", now) if thumbnail is not None else "",
            name=prepared.name,
            content_type=prepared.content_type,
            size=size,
            sha256=prepared.sha256,
            taken_at=prepared.taken_at,
            uploaded_by=user_of(by),
            uploaded_at=now,
            link=by if actor_of(by) == "customer" else None,
        )


class Attachment(models.Model):
    """A photo, video, recording or paper that belongs to a matter (S2-79, S2-94, S3-03).

    Stored under a random name that begins with the customer's number; who may fetch it follows the matter.
    """

    was_there = False

    class Media(models.TextChoices):
        PHOTO = "photo", _("photo")
        VIDEO = "video", _("video")
        VOICE = "voice", _("voice")
        PAPER = "paper", _("document")

    class Kind(models.TextChoices):
        """What a photo shows: the set that damage is judged by (S3-135, S3-141), and other evidence."""

        PACKING_SIDE = "packing_side", _("packing, one side")
        PACKING_DAMAGE = "packing_damage", _("packing at the damaged place")
        WHOLE = "whole", _("whole item")
        PART = "part", _("part of the item")
        CLOSE_UP = "close_up", _("close-up of the damage")
        SCALE = "scale", _("damage with a measure beside it")
        WAYBILL = "waybill", _("waybill or receipt")
        CHAT = "chat", _("screenshot of a conversation")
        SIGNED = "signed", _("signed paper")
        BEFORE = "before", _("before the work")
        AFTER = "after", _("after the work")
        OTHER = "other", _("other")

    matter = models.ForeignKey("workflow.Matter", models.PROTECT, related_name="attachments")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="attachments")
    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", null=True, blank=True)
    subject_id = models.PositiveBigIntegerField(null=True, blank=True)
    subject = GenericForeignKey("subject_type", "subject_id")
    media = models.CharField(max_length=10, choices=Media.choices)
    kind = models.CharField(_("shows"), max_length=20, choices=Kind.choices, default=Kind.OTHER)
    file = models.FileField(_("file"), upload_to="", max_length=200)
    thumbnail = models.FileField(max_length=200, blank=True)
    name = models.CharField(_("name"), max_length=120)
    content_type = models.CharField(max_length=60)
    size = models.PositiveBigIntegerField(default=0)
    # Of the bytes that were sent; a photo is kept in another form.
    sha256 = models.CharField(max_length=64)
    taken_at = models.DateTimeField(_("taken at"), null=True, blank=True)
    caption = models.CharField(_("caption"), max_length=200, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    uploaded_at = models.DateTimeField(_("uploaded at"), default=timezone.now)
    # Through which of his links the customer sent it; empty for what staff added.
    link = models.ForeignKey("workflow.CustomerLink", models.PROTECT, related_name="+", null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["matter", "id"], name="attachments_of_matter"),
            models.Index(fields=["customer", "-id"], name="attachments_of_customer"),
            models.Index(fields=["kind", "-id"], name="attachments_by_kind"),
        ]
        permissions = [("withdraw_attachment", _("Can withdraw files"))]

    def __str__(self):
        return self.name
