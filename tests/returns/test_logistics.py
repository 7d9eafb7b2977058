"""What goes wrong on the way: missing goods, parcels that come back, what another carrier costs more, clocks of their own."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.outbox import deliver_waiting
from returns.models import News, Parcel, ReturnRequest, WrongShipment
from workflow.models import Deadline, DeadlinePolicy
from workflow.perform import perform
from workflow.presets import choose_preset

from tests.factories.cases import ComplaintClassFactory, ComplaintFactory
from tests.factories.returns import CarrierFactory, ReturnRequestFactory, photo_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]


def on_its_way(number="SF1", **facts):
    request = ReturnRequestFactory(kind="exchange", status="exchange_shipped", **facts)
    Parcel.objects.create(
        request=request, region=request.region, direction="out", carrier=CarrierFactory(), number=number
    )
    return request


@pytest.mark.req("S2-104")
@pytest.mark.parametrize("detail", ["missed", "short"])
def test_a_missing_item_is_checked_by_list_and_weight(detail, agent):
    request = ReturnRequestFactory(status="submitted", reason="wrong_shipment", detail=detail)
    client = Client()
    client.force_login(agent)
    url = reverse("returns:returnrequest-start-review", args=[request.pk])
    body = {"op": str(uuid.uuid4()), "version": "1", "verified": "核对", "liability": "company", "cause": "human_error"}
    assert "list_checked" in client.get(url).context["form"].fields
    answer = client.post(url, body)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["list_checked"])
    answer = client.post(url, body | {"list_checked": "on"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["weight"])
    assert client.post(url, body | {"list_checked": "on", "weight": "26.4 kg"}).status_code == 302
    request = ReturnRequest.objects.get()
    assert (request.status, request.weight) == ("reviewing", "26.4 kg")
    with pytest.raises(ValidationError):  # and photographed
        perform(request, "approve", by=agent, words="补发", mode="courier", payer="company")
    photo_of(request)
    perform(request, "approve", by=agent, words="补发", mode="courier", payer="company")
    assert WrongShipment.objects.get().weight == "26.4 kg"


def test_other_wrong_shipments_are_not_weighed(agent):
    request = ReturnRequestFactory(status="submitted", reason="wrong_shipment", detail="wrong")
    client = Client()
    client.force_login(agent)
    url = reverse("returns:returnrequest-start-review", args=[request.pk])
    assert not {"list_checked", "weight"} & set(client.get(url).context["form"].fields)
    perform(request, "start_review", by=agent, verified="核对", liability="company", cause="human_error")


@pytest.mark.req("S2-78", "S2-105")
def test_a_parcel_that_cannot_be_delivered_is_sent_anew_and_explained(clerk):
    request, ems = on_its_way(), CarrierFactory(name="EMS")
    client = Client()
    client.force_login(clerk)
    url = reverse("returns:returnrequest-resend", args=[request.pk])
    body = {
        "op": str(uuid.uuid4()), "version": "1", "trouble": "undeliverable", "carrier": ems.pk, "number": "EMS77",
        "words": "快递不到镇上，改发 EMS，向客户致歉",
    }  # fmt: skip
    assert client.post(url, body | {"words": ""}).status_code == 422
    assert client.post(url, body | {"number": "SF1", "carrier": CarrierFactory().pk}).status_code == 422
    assert client.post(url, body).status_code == 302
    old, new = Parcel.objects.order_by("pk")
    assert (old.trouble, old.ended_at is None) == ("undeliverable", False)
    assert (str(new), new.is_on_the_way, new.difference_payer) == ("EMS EMS77", True, "")
    request = ReturnRequest.objects.get()
    until = timezone.localdate() + timezone.timedelta(days=10)
    assert (request.status, request.flag, request.extended_until) == ("exchange_shipped", "blue", until)
    assert timezone.localdate(Deadline.objects.of(request).open().get(kind="transaction").due_at) == until
    deliver_waiting()
    assert News.objects.get().step == "resend"
    page = client.get(request.get_absolute_url())
    assert "快递不到镇上，改发 EMS，向客户致歉" in page.text
    assert "EMS77" in page.text


@pytest.mark.req("S2-106")
def test_what_another_carrier_costs_more_is_ours_the_first_time_and_his_from_then_on(clerk):
    first, details = (
        on_its_way(),
        {"trouble": "undeliverable", "words": "改发 EMS", "carrier": CarrierFactory(name="EMS")},
    )
    perform(first, "resend", by=clerk, number="E1", **details)  # nothing more to pay: does not count
    perform(first, "resend", by=clerk, number="E2", difference=12, **details)
    again = on_its_way("SF2", matter=first.matter)
    perform(again, "resend", by=clerk, number="E3", difference=15, **details)
    stranger = on_its_way("SF3")
    perform(stranger, "resend", by=clerk, number="E4", difference=15, **details)
    payers = dict(Parcel.objects.filter(number__startswith="E").values_list("number", "difference_payer"))
    assert payers == {"E1": "", "E2": "company", "E3": "customer", "E4": "company"}


@pytest.mark.req("S2-77")
def test_logistics_questions_of_a_shop_are_answered_in_five_minutes_and_solved_in_two_days():
    choose_preset("e-commerce")
    late = ComplaintFactory(klass=ComplaintClassFactory(code="late_delivery"))
    other = ComplaintFactory(klass=ComplaintClassFactory(code="quality"))
    kinds = ["first_reply", "resolve"]
    chosen = DeadlinePolicy.objects.choose(kinds, late.deadline_scope())
    assert [(chosen[kind].value, chosen[kind].unit) for kind in kinds] == [(5, "minute"), (48, "hour")]
    usual = DeadlinePolicy.objects.choose(kinds, other.deadline_scope())
    assert all((usual[kind].value, usual[kind].unit) != (chosen[kind].value, chosen[kind].unit) for kind in kinds)
