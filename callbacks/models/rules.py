"""What the company decides about its calls: the rungs of the ladder, and the rules of the desk. Data a manager edits."""

from datetime import time, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connections, models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from callbacks.models.choices import Script, Trigger
from core.calendar import add_months
from core.versions import Versioned


class TemplateQuerySet(models.QuerySet):
    def active(self):
        return self.filter(active=True)

    def ladder(self):
        """The rungs in use after an installation, the earliest first."""
        return sorted(self.active().filter(trigger=Trigger.CARD), key=lambda rung: (rung.months, rung.days))

    def of(self, trigger):
        """The step in use of a trigger with only one; None where it is switched off."""
        return self.active().filter(trigger=trigger).order_by("position", "pk").first()


class CallTemplate(Versioned):
    """One step that asks for a call: when it falls due after its anchor, and what is said in it (S0-39, X21).

    Steps are counted from the anchor, never from one another, so a month's end stays one (31 January → 30 April).
    """

    trigger = models.CharField(_("occasion"), max_length=10, choices=Trigger.choices)
    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(pgettext_lazy("call step", "name"), max_length=30)
    name_en = models.CharField(_("English name"), max_length=40, blank=True)
    months = models.PositiveSmallIntegerField(_("months after"), default=0, validators=[MaxValueValidator(60)])
    days = models.PositiveSmallIntegerField(_("days after"), default=0, validators=[MaxValueValidator(365)])
    window = models.PositiveSmallIntegerField(
        _("days it may take"), default=3, validators=[MaxValueValidator(60)], help_text=_("Later than that is late.")
    )
    script = models.CharField(_("conversation"), max_length=10, choices=Script.choices, default=Script.PRODUCT)
    position = models.PositiveSmallIntegerField(_("place in the list"), default=0)
    active = models.BooleanField(_("in use"), default=True)

    objects = TemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of the call plan")
        verbose_name_plural = _("steps of the call plan")
        ordering = ["position", "pk"]

    def __str__(self):
        return (self.name_en or self.name) if (get_language() or "").startswith("en") else self.name

    def due_on(self, anchor):
        """The day the call falls due."""
        return add_months(anchor, self.months) + timedelta(days=self.days)


class CallRules(Versioned):
    """The rules of the desk: one row (S2-03, S2-161, S0-69)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    quota = models.PositiveSmallIntegerField(
        _("customers a day for each caller, at least"), default=10, validators=[MinValueValidator(1)]
    )
    most_a_day = models.PositiveSmallIntegerField(
        _("calls a day on one list, at most"), default=40, validators=[MinValueValidator(1), MaxValueValidator(200)],
        help_text=_("What has gathered meanwhile waits for the days after, the oldest first."),
    )  # fmt: skip
    opens = models.TimeField(_("calls from"), default=time(9))
    closes = models.TimeField(_("calls until"), default=time(20))
    quiet_from = models.TimeField(_("quiet from"), default=time(12))
    quiet_until = models.TimeField(_("quiet until"), default=time(14))
    tries = models.PositiveSmallIntegerField(
        _("attempts before a customer counts as not reached"), default=3,
        validators=[MinValueValidator(1), MaxValueValidator(9)],
    )  # fmt: skip
    first_pause = models.PositiveSmallIntegerField(_("hours to the second attempt"), default=4)
    next_pause = models.PositiveSmallIntegerField(_("hours between further attempts"), default=24)
    merge_within = models.PositiveSmallIntegerField(
        _("days within which calls of one customer become one"), default=5, validators=[MaxValueValidator(30)]
    )
    grace = models.PositiveSmallIntegerField(
        _("days a due call is kept after the next step has come"), default=3, validators=[MaxValueValidator(30)]
    )
    hold_for_complaint = models.BooleanField(
        _("no call while a complaint is open"), default=False,
        help_text=_("Otherwise the call begins with how the complaint stands."),
    )  # fmt: skip
    month_begins = models.PositiveSmallIntegerField(
        _("the accounting month begins on"), default=1, validators=[MinValueValidator(1), MaxValueValidator(28)],
        help_text=_("1: calendar months. 26: from the 26th to the 25th."),
    )  # fmt: skip
    planned_on = models.DateField(null=True, editable=False)  # the last day the daily planning was done for

    class Meta:
        verbose_name = _("rules of the calls")
        verbose_name_plural = _("rules of the calls")
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="one_row_of_call_rules"),
            models.CheckConstraint(
                condition=models.Q(opens__lt=models.F("closes")),
                name="calls_open_before_they_close",
                violation_error_message=_("The day begins before it ends."),
            ),
        ]

    def __str__(self):
        return str(self._meta.verbose_name)

    @classmethod
    def current(cls, *, lock=False):
        """The row; with ``lock`` held until the transaction ends, so that nobody plans beside us."""
        rows = cls.objects.select_for_update(no_key=True) if lock else cls.objects
        return rows.filter(pk=1).first() or cls.objects.get_or_create(pk=1)[0]

    def pause(self, tries):
        """How long to wait after so many attempts."""
        return timedelta(hours=self.first_pause if tries < 2 else self.next_pause)


# code, occasion, 中文, English, months, days, window, conversation
STEPS = [
    ("week", Trigger.CARD, "一周", "1 week", 0, 7, 3, Script.PRODUCT),
    ("month", Trigger.CARD, "一个月", "1 month", 1, 0, 3, Script.PRODUCT),
    ("quarter", Trigger.CARD, "三个月", "3 months", 3, 0, 5, Script.PRODUCT),
    ("half", Trigger.CARD, "半年", "6 months", 6, 0, 7, Script.PRODUCT),
    ("year", Trigger.CARD, "一年", "1 year", 12, 0, 7, Script.PRODUCT),
    ("service", Trigger.SERVICE, "服务后三日", "3 days after service", 0, 1, 2, Script.SERVICE),
    ("provider", Trigger.PROVIDER, "网点服务后", "after a provider's job", 0, 1, 2, Script.PROVIDER),
    ("vip", Trigger.VIP, "VIP 每月", "VIP, monthly", 0, 0, 7, Script.PRODUCT),
    ("campaign", Trigger.CAMPAIGN, "专项名单", "list or campaign", 0, 0, 7, Script.PRODUCT),
]


def load_steps(using="default", **kwargs):
    """Write the steps that ship with the product and were never there; a company changes or switches them off."""
    needed = {CallTemplate._meta.db_table, CallRules._meta.db_table}
    if using != "default" or not needed <= set(connections[using].introspection.table_names()):
        return
    known = set(CallTemplate.objects.values_list("code", flat=True))
    CallTemplate.objects.bulk_create(
        CallTemplate(
            code=code, trigger=trigger, name=name, name_en=english, months=months, days=days, window=window,
            script=script, position=position,
        )
        for position, (code, trigger, name, english, months, days, window, script) in enumerate(STEPS)
        if code not in known
    )  # fmt: skip
    CallRules.objects.get_or_create(pk=1)
