from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models.customer import Customer
from customers.signals import consents_changed


class ConsentQuerySet(models.QuerySet):
    def of_file(self, customer):
        """What was said about a file and the files merged into it, newest first."""
        return self.filter(customer__root=customer.root_id).select_related("by").order_by("-at", "-pk")

    @transaction.atomic
    def note(self, customer, purpose, *, given, by, channel, at=None, words="", op=None):
        """Write down what a customer agreed to or took back; the newest word on a purpose holds.

        ``at``: when he said so, now unless told; the same ``op`` answers with what it wrote before.
        """
        if op is not None and (made := self.filter(op=op).first()):
            return made
        root = Customer.objects.select_for_update(of=("self",), no_key=True).get(pk=customer.root_id)
        said = self.create(
            customer=root, purpose=purpose, given=given, by=by, channel=channel, words=words, op=op,
            at=at or timezone.now(),
        )  # fmt: skip
        self.settle(root)
        consents_changed.send(Consent, consents=[said], by=by)
        return said

    def settle(self, root):
        """Bring what a file allows in line with the newest word on each purpose, of the files merged into it too."""
        said = {}
        for purpose, given in self.of_file(root).order_by("at", "pk").values_list("purpose", "given"):
            said[purpose] = given
        allowed = {Customer.ALLOWS[purpose]: given for purpose, given in said.items() if purpose in Customer.ALLOWS}
        for field in set(Customer.ALLOWS.values()) - set(allowed):
            allowed[field] = Customer._meta.get_field(field).default
        Customer.objects.filter(pk=root.pk).update(**allowed)
        for field, value in allowed.items():
            setattr(root, field, value)


class Consent(models.Model):
    """What a customer agreed to, or took back: for which purpose, when, by which way he said so, and who wrote it down."""

    class Channel(models.TextChoices):
        PHONE = "phone", pgettext_lazy("channel", "phone")
        WECHAT = "wechat", _("WeChat")
        SMS = "sms", pgettext_lazy("channel", "text message")
        PAPER = "paper", pgettext_lazy("channel", "on paper")
        IN_PERSON = "in_person", pgettext_lazy("channel", "in person")

    Purpose = Customer.Purpose

    customer = models.ForeignKey(Customer, models.CASCADE, verbose_name=_("customer"), related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=12, choices=Customer.Purpose.choices)
    given = models.BooleanField(pgettext_lazy("consent", "agreed"))
    channel = models.CharField(_("how he said so"), max_length=12, choices=Channel.choices, default=Channel.PHONE)
    words = models.CharField(_("remark"), max_length=200, blank=True)
    at = models.DateTimeField(_("said at"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("noted by"), related_name="+", null=True
    )
    noted_at = models.DateTimeField(default=timezone.now, editable=False)
    op = models.UUIDField(null=True, unique=True, editable=False)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        indexes = [models.Index(fields=["customer", "purpose", "-at"], name="consents_of_customer")]

    def __str__(self):
        return f"{self.purpose} {self.given}"
