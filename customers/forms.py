"""Forms of customers, their phones, goods and cards: they parse; what happens is in the models."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import router
from django.db.models import ProtectedError
from django.db.models.deletion import Collector
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Region
from core.forms import Combobox, DayField, Form, LineField, ModelForm, MomentField, MoneyField, Segments, TextField
from customers import merging, phones
from customers.fields import AreaField, CallNumberField, HoursField, LookupInput, ProductField
from customers.models import (
    Access,
    Consent,
    Contact,
    Customer,
    Dealer,
    Erasure,
    Order,
    OrderLine,
    Phone,
    PriceItem,
    Retention,
    ServiceCard,
)
from customers.pasted import spread

AREAS = reverse_lazy("customers:areas")
PRODUCTS = reverse_lazy("customers:products")
SPLIT = reverse_lazy("customers:contact")


def regions_of(user):
    """The branches in which this user may open files."""
    regions = Region.objects.filter(active=True)
    return regions if user.sees_everything else regions.filter(pk__in=user.region_ids)


def not_in_the_future(form, *names):
    """Refuse dates after today at their fields."""
    for name in names:
        day = form.cleaned_data.get(name)
        if day and day > timezone.localdate():
            form.add_error(name, _("This date lies in the future."))


def not_before(form, name, earlier, message):
    """Refuse a date that lies before the one it follows."""
    first, then = form.cleaned_data.get(earlier), form.cleaned_data.get(name)
    if first and then and then < first:
        form.add_error(name, message)


class Pastable(Form):
    """A form whose name, phone, area and address may be pasted in one piece: ``customers.pasted`` spreads the words."""

    pasted = TextField(
        label=_("Paste everything here"),
        max_length=20_000,
        rows=2,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "data-split": SPLIT, "autocomplete": "off"}),
        help_text=_("Name, number and address in any order; they are put into the fields below."),
    )

    @staticmethod
    def is_asked_to_split(data):
        """Whether there is something to spread before anything is done with the form."""
        return "split" in data or bool(data.get("pasted", "").strip())

    def split(self, data):
        """Show what was sent with the pasted words in their fields, unjudged as yet."""
        data = spread(data)
        self.initial |= {
            name: data.get(name, "") for name, field in self.fields.items() if not isinstance(field, forms.FileField)
        }


class NewCustomerForm(Pastable):
    """The few facts a call leaves time for; the rest is added to the file later."""

    phone = CallNumberField(label=_("Phone"))
    name = LineField(label=_("Name"), max_length=60)
    relation = forms.ChoiceField(
        label=_("Who is calling"), choices=Contact.Relation.choices, widget=Segments, initial=Contact.Relation.SELF
    )
    caller = LineField(label=_("Caller's name"), max_length=60, required=False)
    area = AreaField(label=_("Area"), required=False, widget=LookupInput(AREAS))
    address = LineField(label=_("Address"), required=False, help_text=_("A whole address may be pasted here."))
    region = forms.ModelChoiceField(label=_("Region"), queryset=Region.objects.none(), empty_label=None)
    dealer = forms.ModelChoiceField(
        label=_("Dealer"), queryset=Dealer.objects.none(), required=False, widget=Combobox, empty_label=""
    )
    source = forms.ChoiceField(label=_("Source"), choices=Customer.Source.choices, initial=Customer.Source.HOTLINE)
    another_person = forms.BooleanField(label=_("Not one of these: open a new file"), required=False)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.twins = None
        regions = regions_of(user)
        self.fields["region"].queryset = regions
        self.fields["region"].initial = regions.first()
        self.fields["dealer"].queryset = Dealer.objects.filter(active=True)
        if region := self._region():
            self.fields["phone"].area_code = phones.area_code_of(region.hotline)

    def _region(self):
        """The branch whose area code completes a local number: the chosen one, else the first."""
        regions = {str(region.pk): region for region in self.fields["region"].queryset}
        return regions.get(self.data.get("region", "")) or next(iter(regions.values()), None)

    def clean(self):
        data = super().clean()
        self._read_area()
        if phone := data.get("phone"):
            self.twins = Customer.objects.by_phone(phone, self.user)
            if any(self.twins) and not data.get("another_person"):
                self.add_error("phone", _("This number is filed already: see above."))
        return data

    def _read_area(self):
        """An address that begins with its district gives the district, unless one was given."""
        data = self.cleaned_data
        if data.get("area") is None and data.get("address") and "area" not in self.errors:
            data["area"], data["address"] = AreaField.split(data["address"])


class CustomerForm(ModelForm):
    """What is known about a customer. Who may not mark a VIP, or move a file to another branch, does not get the field."""

    area = AreaField(label=_("Area"), required=False, widget=LookupInput(AREAS))
    quiet_hours = HoursField(
        label=_("Quiet hours"), max_length=120, required=False, blocks=True,
        help_text=_("When he must not be called, such as 12:00–14:00."),
    )  # fmt: skip

    class Meta:
        model = Customer
        fields = [
            "name", "region", "area", "address", "dealer", "is_vip", "is_member", "preferred_phone", "preferred_way",
            "best_hours", "quiet_hours", "credit_level", "acceptable_settlement", "source", "note",
        ]  # fmt: skip
        field_classes = {"name": LineField, "address": LineField, "note": TextField, "best_hours": HoursField}
        widgets = {"dealer": Combobox, "credit_level": Segments, "preferred_way": Segments}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        if not user.has_perm("customers.mark_vip"):
            del self.fields["is_vip"]
        self.fields["region"].queryset = regions_of(user) | Region.objects.filter(pk=self.instance.region_id)
        self.fields["region"].empty_label = None
        self.fields["dealer"].queryset = Dealer.objects.filter(active=True) | Dealer.objects.filter(
            pk=self.instance.dealer_id
        )
        self.fields["preferred_phone"].queryset = Phone.objects.filter(customer__root=self.instance.root_id)


class ConsentForm(Form):
    """What the customer agrees to, or no longer."""

    purpose = forms.ChoiceField(label=_("What for"), choices=Consent.Purpose.choices, widget=Segments)
    given = forms.TypedChoiceField(
        label=_("He says"), coerce=lambda word: word == "yes", widget=Segments,
        choices=[("yes", _("I agree")), ("no", _("I do not agree (any more)"))],
    )  # fmt: skip
    channel = forms.ChoiceField(
        label=_("How he said so"), choices=Consent.Channel.choices, widget=Segments, initial=Consent.Channel.PHONE
    )
    at = MomentField(label=_("Said at"), required=False, help_text=_("Empty: just now."))
    words = LineField(label=_("Remark"), required=False)

    def clean_at(self):
        at = self.cleaned_data["at"]
        if at and at > timezone.now():
            raise ValidationError(_("This time lies in the future."))
        return at


class UnmaskForm(Form):
    """Why one customer is to be seen in full."""

    occasion = forms.ChoiceField(
        label=pgettext_lazy("access", "Occasion"), choices=Access.Occasion.choices, widget=Segments
    )
    reason = LineField(label=_("Reason"), required=False, help_text=_("Such as the number of the matter."))

    def clean(self):
        data = super().clean()
        if data.get("occasion") == Access.Occasion.OTHER and not data.get("reason"):
            self.add_error("reason", _("Say why, please."))
        return data


class EraseForm(Form):
    """Why a customer is to be forgotten."""

    why = forms.ChoiceField(
        label=_("Why"), widget=Segments, initial=Erasure.Why.ASKED,
        choices=[(why.value, why.label) for why in (Erasure.Why.ASKED, Erasure.Why.WRONG)],
    )  # fmt: skip
    words = TextField(label=_("In his words"), max_length=1000, help_text=_("What he said, when and by which way."))


class DecideErasureForm(Form):
    """Yes, with the number of the file typed so that no press erases by mistake; no, with a reason."""

    answer = forms.ChoiceField(
        label=pgettext_lazy("erasure", "Answer"), widget=Segments,
        choices=[("approved", pgettext_lazy("erasure", "Erase")), ("declined", pgettext_lazy("erasure", "Decline"))],
    )  # fmt: skip
    number = LineField(label=_("Number of the file"), max_length=40, required=False)
    reason = LineField(label=_("Reason"), required=False)

    def __init__(self, *args, number, own, **kwargs):
        super().__init__(*args, **kwargs)
        self.number, self.own = number, own
        self.fields["number"].help_text = _("To erase, type %(number)s.") % {"number": number}
        if own:
            self.fields["answer"].choices = [("withdrawn", pgettext_lazy("erasure", "Take the request back"))]
            self.fields["answer"].initial = "withdrawn"
            del self.fields["number"]

    @property
    def decision(self):
        return self.cleaned_data["answer"]

    def clean(self):
        data = super().clean()
        if data.get("answer") == "approved" and data.get("number") != self.number:
            self.add_error("number", _("This is not the number of the file."))
        if data.get("answer") == "declined" and not data.get("reason"):
            self.add_error("reason", _("Say why, please."))
        return data


class DecideDueForm(Form):
    """What happens to data kept long enough."""

    answer = forms.ChoiceField(
        label=pgettext_lazy("retention", "Answer"), widget=Segments,
        choices=[("dropped", pgettext_lazy("retention", "Drop it")), ("kept", pgettext_lazy("retention", "Keep it"))],
    )  # fmt: skip
    reason = LineField(label=_("Reason"), required=False, help_text=_("Why it is kept, such as a lawsuit."))
    keep_until = DayField(label=_("Keep until"), required=False, help_text=_("Empty: a year from today."))

    def clean(self):
        data = super().clean()
        if data.get("answer") == "kept" and not data.get("reason"):
            self.add_error("reason", _("Say why, please."))
        if data.get("keep_until") and data["keep_until"] <= timezone.localdate():
            self.add_error("keep_until", _("Choose a day that is still to come."))
        return data


class RetentionForm(ModelForm):
    """How many months one kind of data is kept."""

    class Meta:
        model = Retention
        fields = ["months", "active"]


class HandOutForm(Form):
    """Why a customer's data are handed out."""

    reason = LineField(label=_("Reason"), help_text=_("How he asked for it, and how it was made sure that it is he."))


class ReachForm(Form):
    """A number of the customer and whose it is, or somebody without a number."""

    number = CallNumberField(label=_("Phone"), required=False)
    relation = forms.ChoiceField(
        label=_("Whose"), choices=Contact.Relation.choices, widget=Segments, initial=Contact.Relation.SELF
    )
    name = LineField(label=_("Name"), max_length=60, required=False)
    label = LineField(label=_("Remark"), max_length=30, required=False, help_text=_("Such as “after 18:00 only”."))

    def __init__(self, *args, customer, **kwargs):
        super().__init__(*args, **kwargs)
        self.customer = customer
        self.fields["number"].area_code = customer.area_code

    def clean(self):
        data = super().clean()
        if not data.get("number") and not data.get("name") and "number" not in self.errors:
            self.add_error("number", _("Enter a number or a name."))
        return data

    def keep(self, *, by):
        """Keep the number and the person with the file."""
        facts, phone = self.cleaned_data, None
        if facts["number"]:
            phone = self.customer.add_phone(facts["number"], label=facts["label"], by=by)
        if facts["name"] or facts["relation"] != Contact.Relation.SELF:
            self.customer.add_contact(name=facts["name"], relation=facts["relation"], phone=phone, by=by)


class MergeForm(Form):
    """Of two files which stays, and of each field at which they differ whose value; a value is named by its file's key."""

    def __init__(self, *args, pair, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.pair, self.user = pair, user
        numbers = [(file.pk, file.number) for file in pair]
        self.fields["keep"] = self._choice(_("Which file stays"), numbers, pair[0].pk)
        for name in merging.differing(*pair):
            if name != "is_vip" or user.has_perm("customers.mark_vip"):
                values = [(file.pk, self._words(file, name)) for file in pair]
                said = next((key for key, value in values if value), pair[0].pk)
                self.fields[name] = self._choice(self._label(name), values, said)

    def _choice(self, label, choices, initial):
        return forms.ChoiceField(label=label, choices=choices, initial=initial, widget=forms.RadioSelect)

    @property
    def compared(self):
        """The fields at which the two differ."""
        return [self[name] for name in self.fields if name != "keep"]

    @property
    def agreed(self):
        """(label, value) of what stands in both files alike."""
        same = [name for name in merging.CHOICES if name not in merging.differing(*self.pair)]
        return [(self._label(name), words) for name in same if (words := self._words(self.pair[0], name))]

    def keeps(self, file):
        return self.cleaned_data["keep"] == str(file.pk)

    @property
    def chosen(self):
        """The fields whose value is taken from the file that does not stay."""
        kept = self.cleaned_data["keep"]
        return [name for name, key in self.cleaned_data.items() if key != kept]

    def _label(self, name):
        return _("Address") if name == "place" else Customer._meta.get_field(name).verbose_name

    def _words(self, file, name):
        """What stands in a file, as this person sees it."""
        if name == "name":
            return phones.name_for(self.user, file.name)
        if name == "place":
            return phones.place_for(self.user, file)
        if name == "preferred_phone":
            return phones.number_for(self.user, file.preferred_phone)
        if name in ("is_vip", "is_member"):
            return _("yes") if getattr(file, name) else ""
        shown = getattr(file, f"get_{name}_display", None)
        return str(shown() if shown else getattr(file, name) or "")


class CardForm(ModelForm):
    """One installed product with its room."""

    product = ProductField(label=_("Product"), widget=LookupInput(PRODUCTS))
    room = LineField(label=_("Room"), max_length=30, required=False)
    bought_on = DayField(label=_("Bought on"), required=False)
    installed_on = DayField(label=_("Installed on"), required=False)
    accepted_on = DayField(label=_("Accepted on"), required=False)

    class Meta:
        model = ServiceCard
        fields = [
            "product", "room", "installed_on", "accepted_on", "bought_on", "order", "installer", "installed_by", "spec",
            "batch", "opening_direction", "colour", "measured_size", "note",
        ]  # fmt: skip
        field_classes = dict.fromkeys(("installed_by", "spec", "batch", "colour", "measured_size", "note"), LineField)
        widgets = {"installer": Combobox}

    def __init__(self, *args, customer, technicians, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["order"].queryset = Order.objects.of_file(customer)
        self.fields["installer"].queryset = technicians
        self.fields["room"].widget.attrs["list"] = "rooms"

    def clean(self):
        data = super().clean()
        not_in_the_future(self, "bought_on", "installed_on", "accepted_on")
        not_before(self, "accepted_on", "installed_on", _("The acceptance cannot lie before the installation."))
        return data


class OrderLineForm(ModelForm):
    """One product of an order."""

    product = ProductField(label=_("Product"), widget=LookupInput(PRODUCTS))
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=999, initial=1)
    price = MoneyField(label=_("Price of one"), required=False, allow_zero=True)
    room = LineField(label=_("Room"), max_length=30, required=False)
    spec = LineField(label=_("Specification"), max_length=100, required=False)

    class Meta:
        model = OrderLine
        fields = ["product", "quantity", "price", "room", "spec"]

    @property
    def facts(self):
        """What the line says, or nothing when it was left empty or struck out."""
        if not self.has_changed() or self.cleaned_data.get("DELETE"):
            return {}
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class KeptLines(forms.BaseInlineFormSet):
    """The lines of an order; one that something else is about, such as a return, cannot be struck out."""

    def clean(self):
        super().clean()
        for form in self.deleted_forms:
            if form.instance.pk is None:  # somebody struck it out before: the order itself is found to be stale
                continue
            try:
                Collector(using=router.db_for_write(OrderLine)).collect([form.instance])
            except ProtectedError:
                raise ValidationError(
                    _("“%(line)s” cannot be struck out: a return or something else is about it."),
                    params={"line": form.instance},
                ) from None


OrderLineFormSet = forms.inlineformset_factory(
    Order,
    OrderLine,
    form=OrderLineForm,
    formset=KeptLines,
    extra=2,
    max_num=50,
    absolute_max=60,
    validate_max=True,
    can_delete=True,
)


class OrderForm(ModelForm):
    """An order with its lines, as far as service needs it; without a number it draws one."""

    number = LineField(label=_("Number"), max_length=40, required=False, help_text=_("Empty: the next number."))
    ordered_on = DayField(label=_("Ordered on"), required=False)
    delivered_on = DayField(label=_("Delivered on"), required=False)
    service_terms = TextField(
        label=_("Promised service"),
        max_length=2000,
        required=False,
        help_text=_("What was promised beyond the usual terms."),
    )

    class Meta:
        model = Order
        fields = ["number", "ordered_on", "delivered_on", "state", "dealer", "voucher", "service_terms", "note"]
        field_classes = {"voucher": LineField, "note": LineField}
        widgets = {"dealer": Combobox, "state": Segments}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.lines = OrderLineFormSet(self.data if self.is_bound else None, instance=self.instance, prefix="lines")
        self.fields["dealer"].queryset = Dealer.objects.filter(active=True) | Dealer.objects.filter(
            pk=self.instance.dealer_id
        )

    def clean_number(self):
        number = self.cleaned_data["number"] or self.instance.number
        if number and Order.objects.filter(number=number).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("There is an order with this number already."))
        return number

    def clean(self):
        data = super().clean()
        not_in_the_future(self, "ordered_on")
        not_before(self, "delivered_on", "ordered_on", _("The delivery cannot lie before the order."))
        return data

    def is_valid(self):
        return super().is_valid() & self.lines.is_valid()

    @property
    def changed_data(self):
        return [*super().changed_data, *(["lines"] if self.lines.has_changed() else [])]

    def new_lines(self):
        """The filled lines of a new order, unsaved."""
        return [OrderLine(**form.facts) for form in self.lines if form.facts]


class PriceItemForm(ModelForm):
    """A new line of the price list with its first price."""

    amount = MoneyField(label=pgettext_lazy("price", "Price"), allow_zero=True, help_text=_("In yuan."))
    valid_from = DayField(label=_("Valid from"), initial=timezone.localdate)

    class Meta:
        model = PriceItem
        fields = ["code", "name", "name_en", "kind", "unit", "group"]
        field_classes = dict.fromkeys(("code", "name", "name_en"), LineField)
        widgets = {"kind": Segments}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = PriceItem.Kind.choices
        self.fields["group"].empty_label = pgettext_lazy("price", "every product")


class NewPriceForm(Form):
    """Another amount from a day on."""

    amount = MoneyField(label=pgettext_lazy("price", "Price"), allow_zero=True, help_text=_("In yuan."))
    valid_from = DayField(label=_("Valid from"), initial=timezone.localdate)

    def __init__(self, *args, item, **kwargs):
        super().__init__(*args, **kwargs)
        self.item = item

    def clean_valid_from(self):
        self.item.refuse(self.cleaned_data["valid_from"])
        return self.cleaned_data["valid_from"]
