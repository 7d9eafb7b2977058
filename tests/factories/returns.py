"""Returns in any state, with goods that were bought and the ledger that knows of them."""

from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from returns.models import Carrier, Ledger, Parcel, ReturnAddress, ReturnLine, ReturnPolicy, ReturnRequest
from workflow.models import Attachment

from tests.factories.cases import MatterFactory
from tests.factories.customers import OrderLineFactory


class CarrierFactory(DjangoModelFactory):
    class Meta:
        model = Carrier
        django_get_or_create = ("name",)

    name = "顺丰"
    collect_on_delivery = True


class ReturnAddressFactory(DjangoModelFactory):
    class Meta:
        model = ReturnAddress
        django_get_or_create = ("region",)

    region = None
    name = "退货组"
    phone = "0714-6512345"
    address = "黄石市下陆区工业园 3 号库"


class ReturnPolicyFactory(DjangoModelFactory):
    class Meta:
        model = ReturnPolicy
        django_get_or_create = ("group",)

    group = None


class ReturnRequestFactory(DjangoModelFactory):
    """A return put straight into a state; nothing around it is made up but its line (``line=False``: not even that)."""

    class Meta:
        model = ReturnRequest
        skip_postgeneration_save = True

    number = factory.Sequence(lambda n: f"TH26112{n:05}")
    matter = factory.SubFactory(MatterFactory)
    region = factory.SelfAttribute("matter.region")
    status = ReturnRequest.Status.SUBMITTED
    kind = "return"
    reason = "quality"
    words = "锁舌卡住，门关不上。"
    liability = "company"
    mode = "courier"
    postage_payer = "company"
    closed_at = factory.LazyAttribute(lambda o: o.matter.opened_at if o.status in ReturnRequest.FINAL else None)

    @factory.post_generation
    def line(self, create, given, **facts):
        if create and given is not False:
            ReturnLineFactory(request=self, **facts)


class ReturnLineFactory(DjangoModelFactory):
    class Meta:
        model = ReturnLine

    request = factory.SubFactory(ReturnRequestFactory, line=False)
    order_line = factory.SubFactory(
        OrderLineFactory, quantity=2, price=Decimal(500), order__customer=factory.SelfAttribute("...request.customer")
    )
    quantity = 2
    unit_price = 500

    @classmethod
    def _create(cls, model_class, *args, **facts):
        bought = facts["order_line"].quantity
        facts = {"taken": facts["quantity"] if facts["request"].kind != "refund_only" else 0} | facts
        ledger, _new = Ledger.objects.get_or_create(
            order_line=facts["order_line"],
            defaults={"bought": bought, "price": facts["unit_price"], "paid": bought * facts["unit_price"]},
        )
        Ledger.objects.filter(pk=ledger.pk).update(taken=ledger.taken + facts["taken"])
        return super()._create(model_class, *args, **facts)


def photo_of(request):
    """A photo in the request's matter, as proof."""
    return Attachment.objects.create(matter=request.matter, customer=request.customer, media="photo", sha256="1" * 64)


def parcel_back(request, number="SF1001"):
    return Parcel.objects.create(
        request=request, region=request.region, direction="back", carrier=CarrierFactory(), number=number
    )
