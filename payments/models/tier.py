"""Who may decide how much, and who stands in for whom (S0-11, S2-48, X9)."""

from decimal import Decimal

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# The row of this name says where small ends and large begins: what the department settles by itself (S0-10, S0-11).
DEPARTMENT = "department"


class Giving(models.TextChoices):
    """What a customer may be given, mildest first (S0-09, S2-23, S2-73, S3-145)."""

    TOUCH_UP = "touch_up", _("touch-up")
    REPAIR = "repair", pgettext_lazy("remedy", "repair visit")
    OWN_REPAIR = "own_repair", _("share of the customer's own repair")
    PART = "part", _("part resent")
    REPLACEMENT = "replacement", _("whole item replaced")
    OTHER_STYLE = "other_style", _("another style instead")
    GIFT = "gift", _("gift")
    COUPON = "coupon", _("coupon")
    MEMBERSHIP = "membership", _("membership upgrade")
    DISCOUNT = "discount", _("discount")
    DIFFERENCE = "difference", _("price difference")
    REFUND = "refund", pgettext_lazy("remedy", "refund")
    CREDIT = "credit", _("credit for the next order")
    CASH = "cash", _("compensation in money")


class TierQuerySet(models.QuerySet):
    def limit_of(self, user, on=None, giving=""):
        """The most this person may decide in one matter, in yuan; None means without limit, 0 not at all.

        A row for the kind of ``giving`` counts before the general one of the same role. Whoever stands in for somebody
        absent has that person's roles for it.
        """
        on = on or timezone.localdate()
        return self.limit_of_roles(user.role_names | Delegation.objects.roles_lent_to(user, on), on, giving)

    def limit_of_roles(self, roles, on, giving=""):
        """The same for a set of roles."""
        latest = {}
        for tier in self.filter(role__in=roles, since__lte=on, giving__in={"", giving}).order_by("role", "-since"):
            latest.setdefault((tier.role, tier.giving), tier.limit)
        own = [latest.get((role, giving), latest.get((role, ""), Decimal(0))) for role in roles]
        return None if None in own else max(own, default=Decimal(0))

    def allows(self, user, matter, amount, giving="", on=None):
        """Whether the person may decide ``amount`` on top of what the matter was given so far (threats 8)."""
        limit = self.limit_of(user, on, giving)
        return limit is None or committed(matter) + amount <= limit

    def reaches(self, person, matter, amount, giving="", on=None):
        """The same by the person's own roles alone, whoever he stands in for."""
        limit = self.limit_of_roles(person.role_names, on or timezone.localdate(), giving)
        return limit is None or committed(matter) + amount <= limit

    def is_small(self, matter, amount, giving="", on=None):
        """Whether the department may settle ``amount`` by itself, on top of what the matter was given (S0-10, S0-11)."""
        limit = self.limit_of_roles({DEPARTMENT}, on or timezone.localdate(), giving)
        return limit is None or committed(matter) + amount <= limit


def committed(matter):
    """What was promised or paid in this matter so far, in yuan."""
    rows = matter.pay_orders.filter(counted=True)
    return rows.aggregate(sum=models.Sum("approved"))["sum"] or Decimal(0)


class Tier(models.Model):
    """Up to which sum a role decides by itself, from a day on; older rows stay as the record (S0-11, X9).

    ``giving`` narrows it to one kind of remedy; ``role`` may be DEPARTMENT, which is nobody's role.
    """

    role = models.SlugField(_("role"), max_length=30)
    giving = models.CharField(_("kind of remedy"), max_length=20, choices=Giving.choices, blank=True)
    limit = models.DecimalField(_("limit"), max_digits=12, decimal_places=2, null=True, blank=True)
    since = models.DateField(_("since"), default=timezone.localdate)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)

    objects = TierQuerySet.as_manager()

    class Meta:
        verbose_name = _("approval limit")
        verbose_name_plural = _("approval limits")
        constraints = [
            models.UniqueConstraint(fields=["role", "giving", "since"], name="one_limit_per_role_kind_and_day"),
            models.CheckConstraint(condition=Q(limit__isnull=True) | Q(limit__gte=0), name="limit_not_negative"),
        ]

    def __str__(self):
        return f"{self.role} ≤ {self.limit if self.limit is not None else '∞'}"


class DelegationQuerySet(models.QuerySet):
    def in_force(self, on):
        """Those that hold on this day, of people who still work here."""
        return self.filter(since__lte=on, until__gte=on, ended_at__isnull=True, absent__is_active=True)

    def of_deputy(self, user, on):
        return self.in_force(on).filter(deputy=user)

    def roles_lent_to(self, user, on):
        """The roles of everybody this person stands in for."""
        lenders = self.of_deputy(user, on).values("absent")
        return frozenset(Group.objects.filter(user__in=lenders).values_list("name", flat=True))

    def lenders_of(self, user, permission, on):
        """The absent people this one stands in for who hold ``permission``."""
        lenders = get_user_model().objects.filter(pk__in=self.of_deputy(user, on).values("absent")).order_by("pk")
        return [lender for lender in lenders if lender.has_perm(permission)]


class Delegation(models.Model):
    """One person decides about money in another's absence, from one day to another, for all to see."""

    absent = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("absent"), related_name="delegations"
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("deputy"), related_name="deputyships"
    )
    since = models.DateField(_("from"))
    until = models.DateField(pgettext_lazy("day", "until"))
    reason = models.CharField(_("reason"), max_length=200)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        indexes = [
            models.Index(fields=["deputy", "until"], condition=Q(ended_at__isnull=True), name="deputyships_open")
        ]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=models.F("since")), name="delegation_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(absent=models.F("deputy")), name="nobody_is_his_own_deputy"),
        ]

    def __str__(self):
        return f"{self.absent} → {self.deputy}"


class Approver:
    """A right to decide that counts for its holder, and for whoever stands in for a holder who is absent."""

    def __init__(self, permission):
        self.permission = permission

    def __call__(self, record, user):
        if user.has_perm(self.permission):
            return True
        kept = user.__dict__.setdefault("_deputy_for", {})
        if self.permission not in kept:
            kept[self.permission] = bool(Delegation.objects.lenders_of(user, self.permission, timezone.localdate()))
        return kept[self.permission]
