"""Form fields of this app: what people type is looked up, and a clear sentence says why it was not found."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from core.forms import LineField, PhoneField
from core.models import Area
from customers import hours, phones
from customers.addresses import PROVINCE, read_place
from customers.models import Product

FEW = 5  # candidates named in a refusal


class CallNumberField(PhoneField):
    """A customer's number; a landline said without its area code is completed with the branch's own."""

    area_code = ""

    def to_python(self, value):
        self.normalise = lambda text: phones.normalise(text, self.area_code)
        return super().to_python(value)


class HoursField(LineField):
    """Times of day as people write them, kept in their one written form (customers.hours)."""

    def __init__(self, *, blocks=False, **kwargs):
        self.blocks = blocks  # whether these are hours in which nobody may call
        super().__init__(**kwargs)

    def clean(self, value):
        typed = super().clean(value)
        try:
            windows = hours.read(typed)
        except ValueError as reason:
            raise ValidationError(str(reason), code="invalid") from None
        if self.blocks and windows and hours.next_free([hours.NIGHT, *windows], timezone.now()) is None:
            raise ValidationError(_("That leaves no time to call at all."), code="never")
        return hours.write(windows)

    def prepare_value(self, value):
        return hours.words(value) if isinstance(value, str) and hours.known(value) else value

    def has_changed(self, initial, data):
        try:
            return hours.normalise(initial or "") != hours.normalise(data or "")
        except ValueError:
            return (initial or "") != (data or "")


class LookupInput(forms.TextInput):
    """A line to type a name into; the scripts offer what the server finds under ``url_name``, without them it is plain."""

    def __init__(self, url, attrs=None):
        self.url = url
        super().__init__({"autocomplete": "off", "class": "input", **(attrs or {})})

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["data-combobox-url"] = str(self.url)
        return context


class AreaField(LineField):
    """A province, city or district by any of its names: 湖北黄石下陆, 下陆区."""

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        places = [place for place in read_place(text) if not place.rest]
        if not places:
            raise ValidationError(_("No such place: write it as 湖北黄石下陆 or 下陆区."), code="invalid")
        if len(places) > 1:
            names = "、".join(place.full_name for place in places[:FEW])
            raise ValidationError(_("Which one? %(names)s"), code="ambiguous", params={"names": names})
        return Area.objects.get(pk=places[0].code)

    @staticmethod
    def split(address):
        """The area an address begins with and what follows it; no area when it names none, more than one, or a province."""
        places = read_place(address)
        if len(places) == 1 and len(places[0].code) > PROVINCE:
            return Area.objects.get(pk=places[0].code), places[0].rest
        return None, address

    def prepare_value(self, value):
        if isinstance(value, Area):
            return value.full_name
        # A model form's initial value is the key; six digits are never what a person typed here.
        if isinstance(value, str) and value.isascii() and value.isdigit():
            return Area.objects.filter(pk=value).values_list("full_name", flat=True).first() or value
        return value

    def has_changed(self, initial, data):
        return super().has_changed(self.prepare_value(initial) or "", data)


class ProductField(LineField):
    """A product by its model number, or by a part of it or of its name that only one has."""

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        products = Product.objects.filter(active=True).select_related("group")
        exact = products.filter(model_no__iexact=text).first()
        if exact is not None:
            return exact
        found = products.filter(model_no__icontains=text) | products.filter(name__icontains=text)
        found = list(found[: FEW + 1])
        if not found:
            raise ValidationError(
                _("No such product. Write its model, or “室内门” and the like when the model is not known."),
                code="invalid",
            )
        if len(found) > 1:
            names = "、".join(product.model_no for product in found[:FEW])
            raise ValidationError(_("Which one? %(names)s"), code="ambiguous", params={"names": names})
        return found[0]

    def prepare_value(self, value):
        if isinstance(value, int):
            value = Product.objects.filter(pk=value).first()
        return value.model_no if isinstance(value, Product) else value

    def has_changed(self, initial, data):
        return super().has_changed(self.prepare_value(initial) or "", data)
