"""Everything a complaint's page shows, read in a handful of statements however much there is (performance 1)."""

from functools import cached_property

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases import damage
from cases.models import (
    Appraisal,
    Checkpoint,
    Complaint,
    ComplaintClass,
    ComplaintItem,
    Escalation,
    Evaluation,
    PlanOption,
    Sanction,
    Strand,
    Transfer,
    WrittenExplanation,
)
from cases.models.choices import Cause, Severity
from cases.steps import steps_for
from core.clocks import Clock
from core.gather import PreparedGather
from core.prepared import StandIn, numbers_of
from customers.models import Contact, Order, Phone, ServiceCard, WarrantyPlan
from customers.models.warranty import WarrantyCoverage
from knowledge.models import HandlingGuide
from workflow.models import Attachment, Deadline, Event, Matter, Promise
from workflow.photos import photos_of
from workflow.timeline import EVENTS_A_PAGE, Cursor, Names, clock_label, lines_of, page_of_events, want_names

SIMILAR = 3
PHOTOS = 60

# Rows of the page that carry users: part → the columns whose names are needed.
PEOPLE = {
    "options": ("selected_by_id",),
    "strands": ("done_by_id",),
    "appraisals": ("technician_id", "requested_by_id", "countersigned_by_id"),
    "evaluations": ("by_id",),
    "escalations": ("to_id", "raised_by_id", "answered_by_id"),
    "transfers": ("offered_by_id", "answered_by_id"),
    "checkpoints": ("by_id",),
    "explanations": ("by_id",),
    "promises": ("promised_by_id", "kept_by_id"),
    "sanctions": ("person_id", "by_id"),
    "attachments": ("uploaded_by_id",),
    "cards": ("installer_id",),
}
OF_COMPLAINT = {
    "items": ComplaintItem,
    "options": PlanOption,
    "strands": Strand,
    "appraisals": Appraisal,
    "evaluations": Evaluation,
    "escalations": Escalation,
    "transfers": Transfer,
    "checkpoints": Checkpoint,
    "explanations": WrittenExplanation,
}


_PARTS = PreparedGather()


def parts_of(user, complaint, matter, root, klass, before):
    """Name → rows of everything a complaint's page shows a person, by the keys of the complaint, its matter, file and class."""
    family = Complaint.objects.filter(Q(pk=complaint) | Q(merged_into=complaint)).values("matter_id")
    parts = {name: model.objects.filter(complaint=complaint) for name, model in OF_COMPLAINT.items()}
    parts["items"] = parts["items"].annotate(
        model_no=F("product__model_no"), product_name=F("product__name"), has_glass=F("product__has_glass")
    )
    parts["options"] = parts["options"].annotate(plan_name=F("standard_plan__name"))
    if user.has_perm("cases.view_sanctions"):
        parts["sanctions"] = Sanction.objects.filter(complaint=complaint)
    files = Attachment.objects.filter(matter__in=family, withdrawn_at__isnull=True)
    seen = Complaint.objects.visible_to(user)
    parts |= {
        "deadlines": Deadline.objects.filter(matter=matter),
        "promises": Promise.objects.filter(matter__in=family),
        "attachments": files.filter(pk__in=files.order_by("-pk").values("pk")[:PHOTOS]),
        "events": page_of_events(Event.objects.filter(matter__in=family).seen_by(user), before),
        "merged": Complaint.objects.filter(merged_into=complaint).only("number", "matter", "content"),
        "phones": Phone.objects.filter(customer__root=root),
        "contacts": Contact.objects.filter(customer__root=root),
        "earlier": _earlier(seen.filter(matter__customer__root=root).exclude(pk=complaint)),
        "similar": _similar(seen.exclude(pk=complaint), klass),
        "guides": HandlingGuide.objects.filter(
            class_code__in=ComplaintClass.objects.filter(pk=klass).values("code"), active=True
        )
        if klass
        else HandlingGuide.objects.filter(class_code="", active=True),
    }
    return parts | _cards(complaint) | _others_open(complaint, matter)


def _earlier(others):
    """The customer's other complaints, the newest few that this person may see."""
    newest = others.order_by("-received_at", "-pk").values("pk")[:5]
    return Complaint.objects.filter(pk__in=newest).only("number", "status", "received_at", "content", "merged_into")


def _similar(others, klass):
    """Closed cases of the class that left a lesson, for the case library (S1-31)."""
    if klass is None:
        return Complaint.objects.none()
    with_lesson = others.filter(klass=klass, status="closed").exclude(summary="")
    newest = with_lesson.order_by("-received_at", "-pk").values("pk")[:SIMILAR]
    return Complaint.objects.filter(pk__in=newest).only("number", "summary", "content", "closed_at")


def _cards(complaint):
    mine = ComplaintItem.objects.filter(complaint=complaint, card__isnull=False)
    plans = WarrantyPlan.objects.filter(pk__in=mine.values("card__plan"))
    return {
        "cards": ServiceCard.objects.filter(pk__in=mine.values("card")).annotate(
            model_no=F("product__model_no"), product_name=F("product__name"), group_id=F("product__group")
        ),
        "plans": plans,
        "coverage": WarrantyCoverage.objects.filter(plan__in=plans.values("pk")),
        "orders": Order.objects.filter(pk__in=mine.values("card__order")),
    }


def _others_open(complaint, matter):
    """What else of this matter is not finished, of every kind of record there is."""
    parts = {}
    for model in Matter.record_models():
        rows = model.objects.filter(matter=matter).exclude(status__in=model.FINAL)
        if model is Complaint:
            rows = rows.exclude(pk=complaint)
        parts[f"open_{model._meta.model_name}"] = rows.only("number", "status", "matter")
    return parts


class CaseFile:
    """One complaint as this person may see it.

    ``before`` shows older lines; what this person has done since ``new_since`` is marked as new.
    """

    def __init__(self, complaint, user, *, now=None, before=None, new_since=None):
        self.complaint, self.user = complaint, user
        self.now, self.before, self.new_since = now or timezone.now(), before, new_since
        self.names = Names()
        for name, rows in self._read().items():
            setattr(self, name, rows)
        self._stitch()
        self._want_names()
        self.names.load()
        self._name_people()

    # --- reading ---------------------------------------------------------------------------------------------------
    sanctions = ()  # of those who may not see them

    def _read(self):
        one, user, before = self.complaint, self.user, self.before
        return _PARTS.of(
            lambda pk_, matter, root, klass, at, event, **person: parts_of(
                StandIn(user, **person), pk_, matter, root, klass, Cursor(at, event) if before else None
            ),
            user.scope,
            **numbers_of(user),
            pk_=one.pk,
            matter=one.matter_id,
            root=one.matter.customer.root_id,
            klass=one.klass_id,
            at=before.at if before else None,
            event=before.pk if before else None,
        )

    # --- joining what was read ---------------------------------------------------------------------------------------
    def _stitch(self):
        complaint = self.complaint
        cache = complaint.__dict__.setdefault("_prefetched_objects_cache", {})
        cache.update({name: getattr(self, name) for name in OF_COMPLAINT})
        complaint.others_open = [
            row for model in Matter.record_models() for row in getattr(self, f"open_{model._meta.model_name}")
        ]
        plans, orders = {row.pk: row for row in self.plans}, {row.pk: row for row in self.orders}
        for plan in self.plans:
            lines = [line for line in self.coverage if line.plan_id == plan.pk]
            plan.__dict__.setdefault("_prefetched_objects_cache", {})["coverage"] = lines
        cards = {}
        for card in self.cards:
            card.plan, card.order = plans.get(card.plan_id), orders.get(card.order_id)
            cards[card.pk] = card
        for item in self.items:
            item.card = cards.get(item.card_id)
            item.title = " ".join(filter(None, (item.room, item.model_no, item.product_name))) or _("item")
            item.cover = item.card.warranty(timezone.localdate(self.now), part=item.part) if item.card else None
        self.more_events = len(self.events) > EVENTS_A_PAGE
        self.events = sorted(self.events, key=lambda one: (one.at, one.pk), reverse=True)[:EVENTS_A_PAGE]

    def _want_names(self):
        want_names(self.events, self.names)
        for part, columns in PEOPLE.items():
            for row in getattr(self, part):
                self.names.want("user", *(getattr(row, column) for column in columns))
        for row in self.transfers:
            self.names.want("department", row.origin_id, row.department_id)
        one = self.complaint
        self.names.want("user", one.received_by_id, one.judged_by_id, one.planned_by_id, one.responsible_person_id,
                        one.verified_by_id)  # fmt: skip
        self.names.want("complaint", one.merged_into_id)

    def _name_people(self):
        for part, columns in PEOPLE.items():
            for row in getattr(self, part):
                for column in columns:
                    setattr(row, column.removesuffix("_id") + "_name", self.names("user", getattr(row, column)))
        for row in self.transfers:
            row.origin_name = self.names("department", row.origin_id)
            row.department_name = self.names("department", row.department_id)

    # --- what the page asks for --------------------------------------------------------------------------------------
    @cached_property
    def steps(self):
        return steps_for(self.complaint, self.user)

    @cached_property
    def lines(self):
        photos = {}
        by_pk = {row.pk: row for row in self.attachments}
        for event in self.events:
            ids = event.data.get("attachments") or [event.data.get("attachment")]
            found = [by_pk[pk] for pk in ids if pk in by_pk]
            if found:
                photos[event.pk] = photos_of(found)
        lines = lines_of(self.events, self.names, photos=photos, is_new=self._is_new)
        of_merged = {row.matter_id: row for row in self.merged}
        for line in lines:
            other = of_merged.get(line.event.matter_id)
            if other is not None:
                line.about, line.about_url = other.number, other.get_absolute_url()
        return lines

    def _is_new(self, event):
        return self.new_since is not None and event.at >= self.new_since and event.by_id == self.user.pk

    @property
    def older(self):
        """The cursor of the lines before those shown, or None."""
        return Cursor(self.events[-1].at, self.events[-1].pk) if self.more_events else None

    @cached_property
    def clocks(self):
        """The clocks of this complaint: open ones by what is due first, then the latest of each that was met."""
        mine = [row for row in self.deadlines if row.kind not in ("promise", "handover")]
        opened = sorted((row for row in mine if row.is_open), key=lambda row: (row.due_at is None, row.due_at))
        running = {row.kind for row in opened}
        latest = {row.kind: row for row in mine if row.met_at and row.kind not in running}
        return [self._clock(row) for row in [*opened, *latest.values()]]

    def _clock(self, row):
        return Clock.of(
            label=clock_name(row),
            due=row.due_at,
            started=row.started_at,
            met=row.met_at,
            paused=row.is_paused,
            now=self.now,
        )

    @cached_property
    def options_by_round(self):
        """The present plan's options, then those of earlier rounds, which are kept (S1-29)."""
        rounds = {}
        for option in self.options:
            rounds.setdefault(option.round, []).append(option)
        return sorted(rounds.items(), reverse=True)

    @property
    def current_options(self):
        return next((rows for number, rows in self.options_by_round if number == self.complaint.plan_round), [])

    @property
    def earlier_rounds(self):
        return [(number, rows) for number, rows in self.options_by_round if number != self.complaint.plan_round]

    @property
    def open_promises(self):
        waiting = [row for row in self.promises if row.is_open]
        return sorted(waiting, key=lambda row: (row.due_at is None, row.due_at, row.pk))

    @property
    def settled_promises(self):
        return [row for row in self.promises if not row.is_open]

    @property
    def current_strands(self):
        return [row for row in self.strands if row.round == self.complaint.plan_round]

    @property
    def shows_checkpoints(self):
        return self.complaint.severity == Severity.SERIOUS or bool(self.checkpoints)

    @property
    def missing_checkpoints(self):
        passed = {row.kind for row in self.checkpoints}
        return [(code, label) for code, label in Checkpoint.Kind.choices if code not in passed]

    @property
    def guide(self):
        return self.guides[0] if self.guides else None

    @cached_property
    def damage(self):
        """The photo list of damage, where the complaint is about damage and the cause is not settled."""
        one = self.complaint
        about = one.is_damaged or one.cause in (Cause.TRANSPORT_DAMAGE, Cause.INSTALLATION_DAMAGE)
        about = about or (one.klass is not None and "damage" in one.klass.code)
        if not about or one.is_final:
            return None
        kinds = [row.kind for row in self.attachments if row.media == Attachment.Media.PHOTO]
        return damage.judge(kinds, has_glass=any(item.has_glass for item in self.items))

    @property
    def open_children(self):
        return self.complaint.others_open

    @cached_property
    def photos(self):
        return photos_of(self.attachments)

    @property
    def subject_names(self):
        """Who judged, planned and so on, by column."""
        one = self.complaint
        columns = ("received_by", "judged_by", "planned_by", "responsible_person", "verified_by")
        return {column: self.names("user", getattr(one, f"{column}_id")) for column in columns}

    @property
    def caller_relation(self):
        return dict(Contact.Relation.choices).get(self.complaint.caller_relation, self.complaint.caller_relation)

    @property
    def yes_no(self):
        return f"{_('yes')},{_('no')},—"

    @property
    def merged_into(self):
        return self.names("complaint", self.complaint.merged_into_id)


def clock_name(deadline):
    """What a clock is called, with its length: “Propose a plan 72 h”."""
    values, label = deadline.policy_values, clock_label(deadline.kind)
    length = length_of(values)
    return f"{label} {length}" if length else label


def length_of(values):
    """The length of a policy in words, such as 72 小时 or 7 个工作日; empty for a time that was named."""
    value, unit, calendar = values.get("value"), values.get("unit"), values.get("calendar")
    if not value:
        return ""
    words = {
        ("hour", "clock"): _("%(n)s h"),
        ("hour", "working"): ngettext("%(n)s service hour", "%(n)s service hours", value),
        ("minute", "clock"): _("%(n)s min"),
        ("minute", "working"): _("%(n)s min"),
        ("day", "working"): ngettext("%(n)s working day", "%(n)s working days", value),
    }.get((unit, calendar), ngettext("%(n)s day", "%(n)s days", value))
    return words % {"n": value}
