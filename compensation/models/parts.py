"""What a compensation gathers on its way: agreement, material, readers of its report, write-off declaration."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from compensation.models.choices import CostCategory, Disposal, Material

User = settings.AUTH_USER_MODEL


class Agreement(models.Model):
    """What both sides agreed to after the joint visit, and their signatures (赔偿协议; S0-13, S0-14). Old ones stay, void."""

    class How(models.TextChoices):
        SCREEN = "screen", _("signed on the screen")
        SCAN = "scan", _("signed on paper, scanned")

    compensation = models.ForeignKey("compensation.Compensation", models.PROTECT, related_name="agreements")
    number = models.CharField(_("number"), max_length=20, unique=True)
    terms = models.TextField(_("terms"))
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    disposal = models.CharField(_("what becomes of the product"), max_length=12, choices=Disposal.choices)
    visit = models.CharField(_("joint visit"), max_length=20)
    how = models.CharField(_("signed how"), max_length=10, choices=How.choices)
    # One scan holds both signatures; on the screen each is a picture of its own.
    signed = models.ForeignKey("workflow.Attachment", models.PROTECT, related_name="+")
    countersigned = models.ForeignKey("workflow.Attachment", models.PROTECT, related_name="+", null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("signed at"), default=timezone.now)
    void_at = models.DateTimeField(_("void since"), null=True, blank=True)

    class Meta:
        verbose_name = _("settlement agreement")
        verbose_name_plural = _("settlement agreements")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["compensation"], condition=Q(void_at__isnull=True), name="one_agreement_counts"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="agreement_above_zero"),
        ]

    def __str__(self):
        return self.number


class CollectedMaterial(models.Model):
    """One paper of the customer's that is in the claim's file (S0-17)."""

    compensation = models.ForeignKey("compensation.Compensation", models.CASCADE, related_name="collected")
    kind = models.CharField(_("material"), max_length=10, choices=Material.choices)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("collected material")
        verbose_name_plural = _("collected material")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["compensation", "kind"], name="material_collected_once")]

    def __str__(self):
        return self.get_kind_display()


class Reading(models.Model):
    """Somebody a small settlement was reported to, and when he read it (S0-12)."""

    compensation = models.ForeignKey("compensation.Compensation", models.CASCADE, related_name="readings")
    reader = models.ForeignKey(User, models.PROTECT, related_name="+")
    told_at = models.DateTimeField(_("reported at"), default=timezone.now)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    class Meta:
        verbose_name = _("reader of a report")
        verbose_name_plural = _("readers of a report")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["compensation", "reader"], name="one_reading_a_reader")]
        indexes = [models.Index(fields=["reader", "-id"], condition=Q(read_at__isnull=True), name="reports_to_read")]

    def __str__(self):
        return str(self.reader)


class WriteOff(models.Model):
    """《产品质量处理核销申报表》: filled by the supervisor, booked by finance, the last step of a large claim (S0-18)."""

    compensation = models.OneToOneField("compensation.Compensation", models.PROTECT, related_name="write_off")
    number = models.CharField(_("number"), max_length=20, unique=True)
    fault = models.TextField(_("fault"))
    category = models.CharField(_("cost category"), max_length=12, choices=CostCategory.choices)
    words = models.TextField(_("remarks"), blank=True)
    filled_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    filled_at = models.DateTimeField(_("filled in at"), default=timezone.now)
    entry = models.CharField(_("entry in the books"), max_length=40, unique=True, null=True, blank=True)
    booked_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    booked_at = models.DateTimeField(pgettext_lazy("books", "booked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("write-off declaration")
        verbose_name_plural = _("write-off declarations")

    def __str__(self):
        return self.number
