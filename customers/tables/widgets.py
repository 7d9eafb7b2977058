"""Cells that name something of this app: a branch, a dealer, a product, a district, a person."""

from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export import widgets

from core.tables.widgets import Choice, Phone, Phones, Words, refuse_masked
from customers import hours, phones
from customers.addresses import known_names, read_place
from customers.forms import regions_of
from customers.models import Contact, Dealer, Product, ProductGroup

FEW = 5  # candidates named in a refusal


class Name(Words):
    """A person's name; a masked one is never taken for a name."""

    def clean(self, value, row=None, **kwargs):
        refuse_masked(value)
        return super().clean(value, row, **kwargs)


class Hours(Words):
    """Times of day as people write them, kept in their one written form (customers.hours)."""

    def clean(self, value, row=None, **kwargs):
        return hours.normalise(super().clean(value, row, **kwargs))


class Number(Phone):
    """A customer's number; a landline said without its area code is completed with the branch's own."""

    normalise = staticmethod(phones.normalise)


class Numbers(Phones):
    """Several numbers of a customer."""

    normalise = staticmethod(phones.normalise)

    def render(self, value, obj=None, **kwargs):
        return "、".join(value)


class District(widgets.Widget):
    """A province, city or district by any of its names; the value is its code."""

    @cached_property
    def known(self):
        return known_names()

    def clean(self, value, row=None, **kwargs):
        places = [place for place in read_place(value, self.known) if not place.rest]
        if not places:
            raise ValueError(_("No such place: write it as 湖北黄石下陆 or 下陆区."))
        if len(places) > 1:
            names = "、".join(place.full_name for place in places[:FEW])
            raise ValueError(_("Which one? %(names)s") % {"names": names})
        return places[0].code


class Named(widgets.Widget):
    """One row of a short table by its name or code; the value is its key. ``choose(user)`` says which may be named."""

    def __init__(self, choose, fields, unknown):
        self.choose, self.fields, self.unknown = choose, fields, unknown
        super().__init__()

    def clean(self, value, row=None, *, by=None, memory=None, **kwargs):
        known = memory.get(self)
        if known is None:
            known = memory[self] = {}
            for pk, *said in self.choose(by).values_list("pk", *self.fields):
                known.update((word.casefold(), pk) for word in said if word)
        pk = known.get(value.casefold())
        if pk is None:
            raise ValueError(self.unknown % {"cell": value[:40]})
        return pk


class People(Phones):
    """Who else calls: “李娟 家属 13800138000；王工 装修公司”, as (name, relation, number)."""

    normalise = staticmethod(phones.normalise)
    relations = Choice(Contact.Relation.choices)

    def clean(self, value, row=None, **kwargs):
        refuse_masked(value)
        said = [self.person(part.split(), kwargs) for part in value.replace(";", "；").split("；") if part.strip()]
        return list(dict.fromkeys(said))

    def person(self, words, context):
        name, relation, number = [], "", ""
        for word in words:
            if word.casefold() in self.relations.known:
                relation = self.relations.known[word.casefold()]
            elif any(character.isdigit() for character in word):
                number = Phone.clean(self, word, None, **context)
            else:
                name.append(word)
        if not relation:
            labels = "、".join(str(label) for _code, label in Contact.Relation.choices)
            raise ValueError(_("Say for each contact who he is: %(words)s.") % {"words": labels})
        return Words(60).clean(" ".join(name)), relation, number

    def render(self, value, obj=None, **kwargs):
        return "；".join(
            " ".join(part for part in (name, self.relations.render(relation), number) if part)
            for name, relation, number in value
        )


def region():
    return Named(regions_of, ["name", "code"], gettext_lazy("“%(cell)s” is no branch in which you may open files."))


def dealer():
    unknown = gettext_lazy("There is no dealer “%(cell)s”. An administrator adds it in the back office.")
    return Named(lambda user: Dealer.objects.all(), ["name"], unknown)


def product():
    unknown = gettext_lazy("There is no product “%(cell)s”. Import the products first.")
    return Named(lambda user: Product.objects.all(), ["model_no"], unknown)


def product_group():
    unknown = gettext_lazy("There is no product group “%(cell)s”.")
    return Named(lambda user: ProductGroup.objects.all(), ["name", "code"], unknown)
