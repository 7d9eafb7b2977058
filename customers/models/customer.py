from django.apps import apps
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Region
from core import search
from core.models import Area
from customers import hours, phones
from customers.models.dealer import Dealer
from customers.models.record import Record
from customers.querysets import CustomerQuerySet
from customers.signals import customer_changed


class Customer(Record):
    """One customer's file (客户售后服务档案): who he is, how to reach him, what he may expect.

    S0-27, S0-34, S1-73, S1-74, S2-35, S3-40.
    """

    PREFIX = "KH"

    class CreditLevel(models.TextChoices):
        GOOD = "good", pgettext_lazy("credit level", "good")
        NORMAL = "normal", pgettext_lazy("credit level", "normal")
        WATCH = "watch", pgettext_lazy("credit level", "careful")

    class Source(models.TextChoices):
        HOTLINE = "hotline", pgettext_lazy("source", "hotline")
        DEALER = "dealer", pgettext_lazy("source", "dealer")
        ORDER = "order", pgettext_lazy("source", "order")
        SHOP = "shop", _("online shop")
        WECHAT = "wechat", _("WeChat")
        IMPORT = "import", pgettext_lazy("source", "import")
        OTHER = "other", pgettext_lazy("source", "other")

    class Way(models.TextChoices):
        PHONE = "phone", pgettext_lazy("channel", "phone")
        WECHAT = "wechat", _("WeChat")
        SMS = "sms", pgettext_lazy("channel", "text message")

    class Purpose(models.TextChoices):
        """What a customer is asked whether he agrees to; the record of what he said is Consent."""

        CALLS = "calls", _("follow-up and service calls")
        MARKETING = "marketing", _("offers and surveys")
        PHOTOS = "photos", _("his photos shown as an example")

    ALLOWS = {
        Purpose.CALLS: "allows_calls",
        Purpose.MARKETING: "allows_marketing",
        Purpose.PHOTOS: "allows_photos",
    }

    name = models.CharField(pgettext_lazy("person", "name"), max_length=60)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="customers")
    area = models.ForeignKey(
        Area,
        models.PROTECT,
        verbose_name=_("area"),
        related_name="customers",
        null=True,
        blank=True,
    )
    address = models.CharField(_("address"), max_length=200, blank=True)
    dealer = models.ForeignKey(
        Dealer,
        models.PROTECT,
        verbose_name=pgettext_lazy("source", "dealer"),
        related_name="customers",
        null=True,
        blank=True,
    )
    is_vip = models.BooleanField(_("VIP"), default=False)
    is_member = models.BooleanField(_("member"), default=False)
    credit_level = models.CharField(
        _("credit level"),
        max_length=10,
        choices=CreditLevel.choices,
        default=CreditLevel.NORMAL,
    )
    acceptable_settlement = models.CharField(_("settlement he would accept"), max_length=200, blank=True)
    source = models.CharField(_("source"), max_length=10, choices=Source.choices, default=Source.HOTLINE)
    quiet_hours = models.CharField(
        _("quiet hours"),
        max_length=120,
        blank=True,
        help_text=_("When he must not be called, such as 12:00–14:00."),
    )
    best_hours = models.CharField(
        _("best reached"),
        max_length=120,
        blank=True,
        help_text=_("When a call suits him, such as 18:30–20:30 or weekends 10:00–12:00."),
    )
    preferred_way = models.CharField(
        _("prefers to be reached by"),
        max_length=8,
        choices=Way.choices,
        default=Way.PHONE,
    )
    # What he agreed to, as the newest Consent of each purpose says: calls unless he refused, the rest only once he agreed.
    allows_calls = models.BooleanField(default=True, editable=False)
    allows_marketing = models.BooleanField(default=False, editable=False)
    allows_photos = models.BooleanField(default=False, editable=False)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    preferred_phone = models.ForeignKey(
        "Phone",
        models.SET_NULL,
        verbose_name=_("preferred phone"),
        related_name="+",
        null=True,
        blank=True,
    )
    # A live file is its own root; a merged one points to the file that was kept. Empty only between insert and update.
    root = models.ForeignKey("self", models.PROTECT, related_name="merged", null=True, editable=False)
    # Since when nobody can tell whose file this was.
    erased_at = models.DateTimeField(_("erased at"), null=True, editable=False)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        permissions = [
            ("mark_vip", _("Can mark a customer as VIP")),
            ("merge_customer", _("Can merge two files of one person")),
            (
                "view_personal_data",
                _("Can see phone numbers, addresses and full names"),
            ),
            ("hand_out_customer", _("Can hand out to a customer what is kept about him")),
            ("unmask_customer", _("Can see one customer at a time in full, with an occasion")),
        ]
        indexes = [
            models.Index(fields=["region", "-id"], name="customer_region_newest"),
            models.Index(fields=["area", "address"], name="customer_home"),
            models.Index(fields=["name", "area"], name="customer_namesakes"),
            models.Index(fields=["-id"], condition=Q(is_vip=True), name="customer_vip_newest"),
            models.Index(
                fields=["-id"],
                condition=Q(is_member=True),
                name="customer_member_newest",
            ),
            models.Index(fields=["-id"], condition=Q(credit_level="watch"), name="customer_watch_newest"),
            models.Index(fields=["-id"], condition=Q(allows_calls=False), name="customer_silent_newest"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("customers:file", args=[self.pk])

    def save(self, *args, **kwargs):
        with transaction.atomic(savepoint=False):
            super().save(*args, **kwargs)
            if self.root_id is None:
                self.root = self
                Customer.objects.filter(pk=self.pk).update(root=F("pk"))

    @property
    def is_live(self):
        return self.root_id == self.pk

    @property
    def place(self):
        """Where he lives, as it is written on a parcel."""
        return f"{self.area.full_name}{self.address}" if self.area_id else self.address

    @cached_property
    def is_old(self):
        """Whether he has bought on more than one day (S2-35, S2-39). One query, none on rows ``with_buying_days``."""
        if "bought_first" in self.__dict__:
            return self.bought_first != self.bought_last
        cards = apps.get_model("customers", "ServiceCard").objects.filter(customer__root=self.root_id, order=None)
        orders = apps.get_model("customers", "Order").objects.filter(customer__root=self.root_id)
        days = orders.values_list("ordered_on").union(cards.values_list(Coalesce("bought_on", "installed_on")))
        return len([day for (day,) in days[:3] if day]) > 1

    # --- when and whether he may be called (S2-161) ------------------------------------------------------------------
    def allows(self, purpose):
        """Whether he agrees to this, a Customer.Purpose; nobody is asked for anything whose file was erased."""
        return self.erased_at is None and getattr(self, self.ALLOWS[purpose])

    @property
    def rest(self):
        """When he is left alone: at night, and in the hours he named."""
        return [hours.NIGHT, *hours.known(self.quiet_hours)]

    def may_be_called(self, at, purpose=Purpose.CALLS):
        """Whether a call may go to him at this moment: he agrees to it and does not rest. No query.

        Without a purpose only his hours count: who asked for something is answered whatever else he refused.
        """
        return self.next_callable(at, purpose) == at

    def next_callable(self, at, purpose=Purpose.CALLS):
        """The first moment from ``at`` on at which he may be called, ``at`` itself if so; None when never. No query."""
        if self.erased_at or (purpose and not self.allows(purpose)):
            return None
        return hours.next_free(self.rest, at)

    def best_callable(self, at, purpose=Purpose.CALLS):
        """The first moment from ``at`` on in the hours that suit him; as ``next_callable`` where he named none. No query."""
        first = self.next_callable(at, purpose)
        wished = hours.known(self.best_hours)
        return hours.next_inside(wished, first, self.rest) or first if first and wished else first

    def add_phone(self, text, *, label="", by=None):
        """Keep a number with the file and return its row; one that is there already stays as it is."""
        number = phones.normalise(text, self.area_code)
        phone, made = self.phones.get_or_create(number=number, defaults={"label": label})
        if made and self.preferred_phone_id is None:
            self.preferred_phone = phone
            self.save(update_fields=["preferred_phone"])
        if made:
            self.reach_changed("phones", by=by)
        return phone

    def remove_phone(self, phone, *, by=None):
        """Forget a number; whoever it belonged to stays, and another number is called first."""
        was_first = self.preferred_phone_id in (None, phone.pk)
        phone.delete()
        if was_first:
            self.preferred_phone = self.phones.first()
            self.save(update_fields=["preferred_phone"])
        self.reach_changed("phones", by=by)

    def prefer(self, phone, *, by=None):
        """Call this number of the file first."""
        self.preferred_phone = phone
        self.save(update_fields=["preferred_phone"])
        self.reach_changed("preferred_phone", by=by)

    def add_contact(self, *, name="", relation, phone=None, by=None):
        """Keep somebody who calls for this customer; the same person with the same number is kept once."""
        contact, made = self.contacts.get_or_create(name=name, relation=relation, phone=phone)
        if made:
            self.reach_changed("contacts", by=by)
        return contact

    def remove_contact(self, contact, *, by=None):
        """Forget somebody who called for this customer; his number stays."""
        contact.delete()
        self.reach_changed("contacts", by=by)

    def reach_changed(self, field, *, by):
        """Let the file be found by its numbers and names of now, and tell whoever keeps its history."""
        self.index()
        if by is not None:
            customer_changed.send(type(self), customers=[self], fields=[field], by=by)

    @property
    def area_code(self):
        """What completes a landline said without its area code: that of the branch's own hotline."""
        return phones.area_code_of(self.region.hotline)

    def save_edit(self, *, by, fields=()):
        super().save_edit(by=by, fields=fields)
        if "region" in fields:  # a file moves to another branch with what was merged into it and what hangs on it
            Customer.objects.filter(root=self.pk).exclude(pk=self.pk).update(region=self.region)
            for name in ("Order", "ServiceCard"):
                search.refresh(apps.get_model("customers", name), customer__root=self.pk)
        customer_changed.send(Customer, customers=[self], fields=list(fields), by=by)

    def index(self):
        """Let the file be found by its words and numbers, and by those of the files merged into it."""
        search.refresh(Customer, pk__in=Customer.objects.filter(pk=self.pk).values("root"))

    def search_entry(self):
        """What a live file is found by; made quick by ``CustomerQuerySet.to_index``."""
        files = sorted(self.merged.all(), key=lambda file: file.pk)
        return search.entry(
            "customer",
            self.pk,
            customer_id=self.pk,
            region_id=self.region_id,
            at=self.created_at,
            names=[*(file.name for file in files), *(one.name for file in files for one in file.contacts.all())],
            texts=[file.area.full_name for file in files if file.area_id],
            places=[file.place for file in files],
            phones=[phone.number for file in files for phone in file.phones.all()],
            numbers=[file.number for file in files],
        )
