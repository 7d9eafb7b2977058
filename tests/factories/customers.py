"""Customers, what they own and what is promised, with valid defaults."""

from datetime import date

import factory
from factory.django import DjangoModelFactory

from accounts.models import Region
from customers.models import (
    Contact,
    Customer,
    Dealer,
    Order,
    OrderLine,
    Phone,
    Price,
    PriceItem,
    Product,
    ProductGroup,
    ServiceCard,
    WarrantyPlan,
)


class CustomerRegionFactory(DjangoModelFactory):
    """The one branch that customers belong to unless a test says otherwise."""

    class Meta:
        model = Region
        django_get_or_create = ("code",)

    code = "huangshi"
    name = "黄石分公司"


class DealerFactory(DjangoModelFactory):
    class Meta:
        model = Dealer

    name = factory.Sequence(lambda n: f"团城山门店{n}")
    region = factory.SubFactory(CustomerRegionFactory)


class CustomerFactory(DjangoModelFactory):
    class Meta:
        model = Customer

    number = factory.Sequence(lambda n: f"KH26112{n:05}")
    name = "张伟"
    region = factory.SubFactory(CustomerRegionFactory)
    address = "湖滨大道 18 号 3 栋 1201"


class PhoneFactory(DjangoModelFactory):
    class Meta:
        model = Phone

    customer = factory.SubFactory(CustomerFactory)
    number = factory.Sequence(lambda n: f"138{n:08}")


class ContactFactory(DjangoModelFactory):
    class Meta:
        model = Contact

    customer = factory.SubFactory(CustomerFactory)
    name = "李娟"
    relation = Contact.Relation.FAMILY


class ProductGroupFactory(DjangoModelFactory):
    class Meta:
        model = ProductGroup
        django_get_or_create = ("code",)

    code = "doors"
    name = "门"


class ProductFactory(DjangoModelFactory):
    class Meta:
        model = Product

    model_no = factory.Sequence(lambda n: f"P-{n + 1000}")
    name = "实木复合门"
    group = factory.SubFactory(ProductGroupFactory)


class WarrantyPlanFactory(DjangoModelFactory):
    class Meta:
        model = WarrantyPlan
        django_get_or_create = ("group", "since")

    name = "验收起三年"
    group = factory.SubFactory(ProductGroupFactory)
    months = 36
    start_event = WarrantyPlan.StartEvent.ACCEPTED
    since = date(2000, 1, 1)


class OrderFactory(DjangoModelFactory):
    class Meta:
        model = Order

    number = factory.Sequence(lambda n: f"DD26112{n:05}")
    customer = factory.SubFactory(CustomerFactory)
    ordered_on = date(2026, 6, 1)


class OrderLineFactory(DjangoModelFactory):
    class Meta:
        model = OrderLine

    order = factory.SubFactory(OrderFactory)
    product = factory.SubFactory(ProductFactory)


class ServiceCardFactory(DjangoModelFactory):
    class Meta:
        model = ServiceCard

    number = factory.Sequence(lambda n: f"FW26112{n:05}")
    customer = factory.SubFactory(CustomerFactory)
    product = factory.SubFactory(ProductFactory)
    room = "主卧"
    installed_on = date(2026, 8, 19)
    accepted_on = date(2026, 8, 20)


class PriceItemFactory(DjangoModelFactory):
    """An item with one price, of 80 yuan from the first of January 2026 on."""

    class Meta:
        model = PriceItem
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"P-{n:04}")
    name = "门锁锁体"
    name_en = "lock case"
    kind = "part"
    unit = "piece"

    @factory.post_generation
    def price(self, create, amount, **kwargs):
        if create:
            Price.objects.create(item=self, amount=amount or 80, valid_from=date(2026, 1, 1))
