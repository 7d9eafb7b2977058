from datetime import datetime, time, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.transaction import atomic
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.calendar import is_working
from workflow.errors import MoveRefused
from workflow.models.deadline import Deadline
from workflow.models.event import Event
from workflow.models.promise import PROMISE_LADDER


class HandoverQuerySet(models.QuerySet):
    @atomic
    def give(self, items, *, kind, giver, receiver, note="", due_at=None, now):
        """Offer matters to ``receiver`` (None: whoever has the next shift); ``items`` are (matter, what to do) pairs.

        Raises ValidationError when nothing is given, or when it is given to oneself.
        """
        if not items:
            raise ValidationError({"items": _("Choose at least one matter.")})
        if receiver == giver:
            raise ValidationError({"receiver": _("Choose a colleague.")})
        if receiver is None and kind == Handover.Kind.OWNER:
            raise ValidationError({"receiver": _("Choose who takes over.")})
        handover = self.create(kind=kind, giver=giver, receiver=receiver, note=note, given_at=now, due_at=due_at)
        for matter, task in items:
            item = HandoverItem.objects.create(handover=handover, matter=matter, note=task)
            if due_at is not None:
                watch(item, due_at, now)
            data = {"handover": handover.pk, "to": receiver.pk if receiver else None}
            Event.objects.write(matter, "give", by=giver, at=now, note=task or note, data=data)
        return handover

    def concerning(self, user):
        """What this person gave, received, or might take as the next shift of his region; leaders see all of it."""
        if user.sees_everything:
            return self
        mine = Q(giver=user) | Q(receiver=user) | Q(accepted_by=user)
        near = Q(giver__in=get_user_model().objects.of_regions(user.region_ids))
        if user.has_perm("workflow.hand_over_matter"):
            mine |= near & Q(receiver__isnull=True)
        if user.has_perm("workflow.reassign_matter"):
            mine |= near
        return self.filter(mine)

    def waiting_for(self, user):
        """Not answered yet, and for this person by name or for the next shift of one of his regions."""
        near = get_user_model().objects.of_regions(user.region_ids).values("pk")
        for_him = Q(receiver=user) | Q(receiver__isnull=True, giver__in=near)
        return self.filter(for_him, accepted_at__isnull=True, declined_at__isnull=True)


class Handover(models.Model):
    """Matters given, by name, from one agent to another: for good, or for the next shift (S2-36, S2-84).

    The owner changes only when the receiver accepts. Items of an evening handover are due the next working noon.
    """

    class Kind(models.TextChoices):
        OWNER = "owner", _("for good")
        SHIFT = "shift", _("for the next shift")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    giver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="handovers_given", verbose_name=_("from")
    )
    receiver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="handovers_received",
        verbose_name=_("to"),
        null=True,
        blank=True,
    )
    note = models.TextField(_("what to know"), blank=True)
    given_at = models.DateTimeField(_("given at"), default=timezone.now)
    due_at = models.DateTimeField(_("to be done by"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    declined_at = models.DateTimeField(_("declined at"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        indexes = [
            models.Index(
                fields=["receiver"],
                condition=Q(accepted_at__isnull=True, declined_at__isnull=True),
                name="handovers_waiting",
            )
        ]

    def __str__(self):
        return f"{self.giver} → {self.receiver or '…'}"

    @property
    def is_waiting(self):
        return self.accepted_at is None and self.declined_at is None

    @atomic
    def accept(self, *, by, now):
        """The receiver takes the matters; for good, he is their handler from here (S2-36).

        Raises MoveRefused when it was answered before or was meant for somebody else.
        """
        self._answer(by, accepted_at=now, accepted_by=by)
        for item in self.items.select_related("matter"):
            if self.kind == self.Kind.OWNER:
                item.matter.assign(by, by=by, now=now, action="accept_handover", note=self.note, handover=self.pk)
            else:
                data = {"handover": self.pk}
                Event.objects.write(item.matter, "accept_handover", by=by, at=now, note=item.note, data=data)

    @atomic
    def decline(self, *, by, reason, now):
        """The receiver cannot take them; they stay where they were."""
        if not reason.strip():
            raise ValidationError({"reason": _("Say why you cannot take it.")})
        self._answer(by, declined_at=now, reason=reason)
        self._stay_where_they_were(by=by, now=now, reason=reason)

    @atomic
    def give_back(self, *, by, reason, now):
        """Nobody is there any more to answer: as if the receiver had declined."""
        Handover.objects.filter(pk=self.pk).update(declined_at=now, reason=reason)
        self._stay_where_they_were(by=by, now=now, reason=reason)

    def _stay_where_they_were(self, *, by, now, reason):
        for item in self.items.select_related("matter"):
            Event.objects.write(item.matter, "decline_handover", by=by, at=now, note=reason, data={"handover": self.pk})
            Deadline.objects.of(item).open().update(ended_at=now, next_at=None)

    def _answer(self, by, **fields):
        waiting = Handover.objects.waiting_for(by).filter(pk=self.pk).exclude(giver=by)
        if not waiting.update(**fields):
            raise MoveRefused(_("This handover was answered already, or is not for you."), verb="accept")
        self.refresh_from_db()


class HandoverItemQuerySet(models.QuerySet):
    def left_for(self, user):
        """What an earlier shift left this person to do and that is not done: accepted by him or meant for him (S2-84)."""
        return self.filter(
            Q(handover__accepted_by=user) | Q(handover__receiver=user),
            handover__kind=Handover.Kind.SHIFT,
            handover__declined_at__isnull=True,
            done_at__isnull=True,
        ).order_by("handover__due_at", "pk")


class HandoverItem(models.Model):
    """One matter of a handover, and what came of it."""

    handover = models.ForeignKey(Handover, models.CASCADE, related_name="items")
    matter = models.ForeignKey("workflow.Matter", models.PROTECT, related_name="handover_items")
    note = models.CharField(_("to do"), max_length=300, blank=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    result = models.CharField(_("result"), max_length=300, blank=True)

    objects = HandoverItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("handover item")
        verbose_name_plural = _("handover items")
        constraints = [models.UniqueConstraint(fields=["handover", "matter"], name="one_item_per_handover_and_matter")]

    def __str__(self):
        return f"{self.handover_id}/{self.matter_id}"

    @atomic
    def finish(self, *, by, result, now):
        """What the shift before asked for is done; its result goes on the timeline (S2-84)."""
        if not result.strip():
            raise ValidationError({"result": _("Write what came of it.")})
        if not HandoverItem.objects.filter(pk=self.pk, done_at__isnull=True).update(
            done_at=now, done_by=by, result=result
        ):
            raise MoveRefused(_("This item is done already."), verb="finish")
        Deadline.objects.of(self).open().update(met_at=now, next_at=None)
        Event.objects.write(
            self.matter, "finish_handover", by=by, at=now, note=result, data={"handover": self.handover_id}
        )


def watch(item, due_at, now):
    """An item of an evening handover is late when its noon has passed."""
    deadline = Deadline(
        matter=item.matter,
        subject_type=ContentType.objects.get_for_model(HandoverItem),
        subject_id=item.pk,
        kind="handover",
        policy_values={"ladder": PROMISE_LADDER, "pause_in": []},
        started_at=now,
        due_at=due_at,
    )
    deadline.next_at = deadline.step_at(0)
    deadline.save()


def next_noon(now):
    """12:00 of the next working day: when what an evening shift leaves behind must be done (S2-84)."""
    day = timezone.localtime(now).date() + timedelta(days=1)
    while not is_working(day):
        day += timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, time(12)))
