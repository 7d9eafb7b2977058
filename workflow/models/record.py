from django.contrib.contenttypes.fields import GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import search, writing
from core.visibility import VisibleQuerySet
from workflow.actors import user_of
from workflow.models.attachment import Attachment
from workflow.models.deadline import Deadline
from workflow.models.event import Event
from workflow.models.link import CustomerLink
from workflow.models.matter import Matter
from workflow.models.promise import Promise
from workflow.transitions import because, declared_moves, transition


@because(_("This has ended; its customer needs no link any more."))
def has_not_ended(record):
    return not record.is_final


class WorkflowModel(models.Model):
    """What every record with a life of its own shares: its number, its matter, its version and its timeline.

    A concrete model declares its own protected ``status``, names its FINAL states and its ``clocks`` (which verb starts,
    meets or ends which deadline), and decorates its verbs with ``transition``. Status moves through
    ``workflow.perform`` alone (design 3.2).
    """

    FINAL = frozenset()
    # States in which a policy may let a clock stand still; only moves into or out of these look at pauses.
    PAUSABLE = frozenset()
    clocks = {}

    number = models.CharField(_("number"), max_length=20, unique=True)
    matter = models.ForeignKey(Matter, models.PROTECT, verbose_name=_("matter"), related_name="%(class)ss")
    # A copy of the matter's region, so that a branch's list is one index (Matter.move_to keeps it true).
    region = models.ForeignKey("accounts.Region", models.PROTECT, verbose_name=_("region"), related_name="+")
    version = models.PositiveIntegerField(_("version"), default=1)
    created_at = models.DateTimeField(_("registered at"), default=timezone.now)

    deadlines = GenericRelation("workflow.Deadline", object_id_field="subject_id", content_type_field="subject_type")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self):
        return self.number

    def save(self, *args, update_fields=None, **kwargs):
        super().save(*args, update_fields=update_fields, **kwargs)
        names = None if update_fields is None else set(update_fields)
        self._as_read = self._read_so_far() | {
            field.attname: self.__dict__.get(field.attname)
            for field in self._meta.concrete_fields
            if names is None or field.name in names or field.attname in names
        }

    # --- what a verb may use ---------------------------------------------------------------------------------------
    @property
    def moment(self):
        """The time of the act under way, one and the same for everything it writes."""
        return getattr(self, "_moment", None) or timezone.now()

    def say(self, words):
        """The verb's own words are the note of its event (S2-58: nobody acts without one)."""
        self._said = (words or "").strip()

    def remember(self, **data):
        """Ids and codes that the event keeps; never names or phones."""
        self._data.update(data)

    def restrict(self, visibility):
        """Only those with the right see this act's event."""
        self._visibility = visibility

    @property
    def is_final(self):
        return self.status in self.FINAL

    @property
    def owner(self):
        return self.matter.owner

    @classmethod
    def from_db(cls, db, field_names, values):
        """What was read stands by, so that an act stores only what it changed (performance 6)."""
        record = super().from_db(db, field_names, values)
        record._as_read = field_names, values  # made a dictionary where somebody asks: most rows are only shown
        return record

    def refresh_from_db(self, *args, **kwargs):
        super().refresh_from_db(*args, **kwargs)
        self._as_read = {}

    def _read_so_far(self):
        """Column → value as the database holds it, as far as this instance knows."""
        read = self.__dict__.get("_as_read", {})
        return read if isinstance(read, dict) else dict(zip(*read, strict=True))

    def save_changes(self):
        """Store the columns that differ from what was read; the row is locked, so nobody else changed the others."""
        read = self._read_so_far()
        changed = [
            field
            for field in self._meta.concrete_fields
            if not field.primary_key
            and (field.attname not in read or read[field.attname] != self.__dict__.get(field.attname))
        ]
        writing.update(self, changed)
        self._as_read = read | {field.attname: self.__dict__.get(field.attname) for field in changed}

    def deadline_scope(self):
        """Dimension → code, matched against the scope of deadline policies (design 3.6)."""
        return {"region": self.region.code}

    def log(self, action, *, by, **fields):
        """Write one line of the timeline about this record."""
        return Event.objects.write(self.matter, action, by=by, at=self.moment, subject=self, **fields)

    def moves_for(self, user):
        """What this person may do now: the allowed moves, and those a guard holds back with its reason."""
        return [move for move in declared_moves(self) if move.offered_to(user)]

    def settle(self, before):
        """After a change of status: a record that ended, or came back to life, may close or reopen its matter."""
        if self.is_final != (before in self.FINAL):
            search.mark_ended(type(self), [self.pk], self.is_final)
            self.matter.settle(self.moment)

    def then(self, verb):
        """What the system does by itself once ``verb`` is done, on the row that is still locked; most records: nothing."""

    @classmethod
    def settle_many(cls, rows, target, now):
        """The same for many rows that were all moved to ``target``."""
        moved = [row for row in rows if (target in cls.FINAL) != (row.status in cls.FINAL)]
        search.mark_ended(cls, [row.pk for row in moved], target in cls.FINAL)
        for row in moved:
            row.matter.settle(now)
        if target in cls.FINAL and moved:
            ids = [row.pk for row in moved]
            kind = ContentType.objects.get_for_model(cls)
            Deadline.objects.open().filter(subject_type=kind, subject_id__in=ids).update(ended_at=now, next_at=None)

    # --- acts every record knows -----------------------------------------------------------------------------------
    @transition("status", source="*", permission="workflow.add_event", label=_("Add note"), stales=False, kind="note")
    def add_note(self, *, by, text, mentions=()):
        """A note all concerned can read (S1-16); colleagues named in it are told."""
        if not text.strip():
            raise ValidationError({"text": _("Write the note first.")})
        self.say(text)
        self.remember(mentions=[user.pk for user in mentions])

    @transition("status", source="*", permission="workflow.make_promise", label=_("Promise something"), stales=False)
    def make_promise(self, *, by, kind, what, due_at=None, channel="phone"):
        """The customer was promised something; it is watched until it is kept or dropped (S2-33, S2-47)."""
        if due_at is not None and due_at <= self.moment:
            raise ValidationError({"due_at": _("Choose a time that is still to come.")})
        promise = Promise.objects.make(self, by=user_of(by), kind=kind, what=what, due_at=due_at, channel=channel)
        self.say(what)
        self.remember(promise=promise.pk, kind=kind)

    @transition("status", source="*", permission="workflow.make_promise", label=_("Promise kept"), stales=False)
    def keep_promise(self, *, by, promise, outcome):
        """What was promised has been done."""
        self._settle_promise(promise, outcome, kept_at=self.moment, kept_by=user_of(by))

    @transition("status", source="*", permission="workflow.make_promise", label=_("Drop promise"), stales=False)
    def drop_promise(self, *, by, promise, outcome):
        """The promise will not be kept, and the customer was told why."""
        self._settle_promise(promise, outcome, dropped_at=self.moment)

    def _settle_promise(self, promise, outcome, **fields):
        if not outcome.strip():
            raise ValidationError({"outcome": _("Write what came of it.")})
        mine = Promise.objects.open().filter(pk=promise.pk, matter_id=self.matter_id)
        if not mine.update(outcome=outcome, **fields):
            raise ValidationError({"promise": _("This promise is settled already.")})
        met = {"met_at": self.moment} if "kept_at" in fields else {"ended_at": self.moment}
        Deadline.objects.of(promise).open().update(next_at=None, **met)
        self.say(outcome)
        self.remember(promise=promise.pk)

    # --- files -----------------------------------------------------------------------------------------------------
    @transition(
        "status",
        source="*",
        permission="workflow.add_attachment",
        label=_("Add files"),
        stales=False,
        customer=True,
        kind="file",
    )
    def attach_files(self, *, by, files, words=""):
        """Photos, videos, recordings and papers join the matter (S2-79, S3-03, S3-135).

        ``files`` are pairs of an Attachment kind and what ``workflow.media.prepare`` made of an upload.
        """
        if not files:
            raise ValidationError({"files": _("Choose at least one file.")})
        rows = Attachment.objects.keep(self.matter, files, by=by, subject=self, now=self.moment)
        self.say(words)
        self.remember(
            attachments=[row.pk for row in rows if not row.was_there],
            again=[row.pk for row in rows if row.was_there],
        )

    @transition(
        "status",
        source="*",
        permission="workflow.add_attachment",
        label=_("Say what a file shows"),
        stales=False,
        kind="file",
    )
    def describe_file(self, *, by, attachment, kind, caption=""):
        """A file is put where it belongs in the set, with a word to it (S3-141)."""
        attachment = self._own_file(attachment)
        self.remember(attachment=attachment.pk, **{"from": attachment.kind, "to": kind})
        self.say(caption)
        attachment.kind, attachment.caption = kind, caption
        attachment.save(update_fields=["kind", "caption"])

    @transition(
        "status",
        source="*",
        permission="workflow.withdraw_attachment",
        label=_("Withdraw a file"),
        stales=False,
        kind="file",
    )
    def withdraw_file(self, *, by, attachment, reason):
        """A file does not belong here: it is shown no more, but kept, and the reason stands on the timeline."""
        if not reason.strip():
            raise ValidationError({"reason": _("This cannot be left empty.")})
        attachment = self._own_file(attachment)
        attachment.withdrawn_at = self.moment
        attachment.save(update_fields=["withdrawn_at"])
        self.say(reason)
        self.remember(attachment=attachment.pk)

    def _own_file(self, attachment):
        mine = Attachment.objects.shown().filter(pk=attachment.pk, matter_id=self.matter_id).first()
        if mine is None:
            raise ValidationError({"attachment": _("This file is not part of this matter, or was withdrawn.")})
        return mine

    # --- the customer's link ------------------------------------------------------------------------------------------
    @transition(
        "status",
        source="*",
        permission="workflow.add_customerlink",
        conditions=[has_not_ended],
        label=_("Give the customer a link"),
        stales=False,
    )
    def issue_link(self, *, by, token_hash):
        """The customer gets a way into his matter without a login; only the hash of its token is kept (threats 26)."""
        link = CustomerLink.objects.put_down(self.matter, token_hash, by=user_of(by), now=self.moment)
        self.remember(link=link.pk, until=link.expires_at.isoformat())

    @transition(
        "status",
        source="*",
        permission="workflow.add_customerlink",
        label=_("Take the customer's link back"),
        stales=False,
    )
    def revoke_link(self, *, by, reason=""):
        """Every link of this matter stops working."""
        revoked = CustomerLink.objects.revoke_for(self.matter, self.moment)
        if not revoked:
            raise ValidationError(_("No link is in use."))
        self.remember(links=revoked)
        self.say(reason)
