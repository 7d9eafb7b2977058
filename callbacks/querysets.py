from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q

from core.calendar import midnight
from core.visibility import VisibleQuerySet
from workflow.models import Event

LEFT_AFTER = timedelta(minutes=30)  # a call screen without a result is given up by then
WAITING = ("planned", "due", "rescheduled", "unreached")
SPOKEN = ("recorded", "transferred", "in_review", "sent_back", "reviewed")


class FollowUpCallQuerySet(VisibleQuerySet):
    def waiting(self):
        return self.filter(status__in=WAITING)

    def due(self):
        return self.filter(status="due")

    def to_index(self):
        """Those the search finds, the ones somebody has dialled, with what they say (``search_entry``)."""
        return self.filter(dialled_at__isnull=False).prefetch_related("answers")

    # --- for the sweep: what each verb is due for ---------------------------------------------------------------------
    def stirring(self, now, tries):
        """Those that one of the four verbs below may be due for, and a few more."""
        moving = Q(status__in=["planned", "rescheduled", "unreached"], call_at__lte=now)
        left = Q(status="in_call", dialled_at__lte=now - LEFT_AFTER)
        return self.filter(moving | left | Q(status="unreached", tries__gte=tries))

    def ripe(self, now):
        """Whose day or agreed time has come."""
        return self.filter(status__in=["planned", "rescheduled"], call_at__lte=now)

    def to_retry(self, now, tries):
        return self.filter(status="unreached", call_at__lte=now, tries__lt=tries)

    def left_open(self, now):
        return self.filter(status="in_call", dialled_at__lte=now - LEFT_AFTER)

    def used_up(self, tries):
        """Not reached at the last attempt either."""
        return self.filter(status="unreached", tries__gte=tries)

    def passed(self, today, grace):
        """The next step has come, and this one had its ``grace`` days on the list.

        After a long stop everything falls due at once; it is not given up in the same breath.
        """
        kind = ContentType.objects.get_for_model(self.model)
        fell_due = Event.objects.filter(
            subject_type=kind, subject_id=OuterRef("pk"), action="fall_due",
            at__gte=midnight(today - timedelta(days=grace - 1)),
        )  # fmt: skip
        return self.filter(~Exists(fell_due), status__in=["due", "unreached"], lapses_on__lte=today)

    # --- for the desk ---------------------------------------------------------------------------------------------------
    def on_list_of(self, user):
        """Due, and his own or nobody's in particular."""
        return self.due().filter(Q(caller=user) | Q(caller__isnull=True))

    def spoken_by(self, user, day):
        """What this caller brought to an end on a local day."""
        return self.filter(
            called_by=user, spoken_at__gte=midnight(day), spoken_at__lt=midnight(day + timedelta(days=1))
        )

    def with_customer(self):
        return self.select_related(
            "customer__preferred_phone", "customer__root", "template", "card__product", "caller", "called_by"
        )

    def with_all(self):
        """What the page of one call shows."""
        return self.select_related(
            "matter__customer", "matter__owner", "region", "customer__area", "customer__dealer", "customer__root",
            "customer__preferred_phone", "template", "campaign", "card__product", "card__installer", "caller",
            "called_by", "technician", "complaint", "reviewed_by", "week",
        )  # fmt: skip
