"""The register of wrong shipments."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from returns.models import WrongShipment
from workflow.perform import perform

from tests.factories.customers import OrderFactory
from tests.factories.returns import ReturnRequestFactory, photo_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]


@pytest.mark.req("S2-102", "S2-66")
def test_a_return_because_of_a_wrong_shipment_enters_it_by_itself(agent):
    request = ReturnRequestFactory(status="reviewing", reason="wrong_shipment", detail="surplus")
    photo_of(request)
    perform(request, "approve", by=agent, words="请寄回", mode="courier", payer="company")
    entry = WrongShipment.objects.get()
    assert (entry.request, entry.kind, entry.created_by, entry.needs_stock) == (request, "surplus", agent, True)
    assert entry.order == request.lines.get().order_line.order


@pytest.mark.req("S2-83", "S2-67", "S2-68", "S2-69")
def test_any_agent_enters_it_another_verifies_it_and_the_warehouse_puts_the_stock_right(agent, supervisor, clerk):
    order = OrderFactory()
    url, verified = reverse("returns:wrong-shipment-new", args=[order.pk]), "returns:wrong-shipment-verify"
    body = {"op": str(uuid.uuid4()), "kind": "wrong", "what": "左开发成右开", "weight": "26.4 kg"}
    browsers = []
    for user in (agent, supervisor, clerk):
        browsers.append(Client())
        browsers[-1].force_login(user)
    mine, leader, store = browsers
    assert mine.post(url, body | {"what": ""}).status_code == 422
    mine.post(url, body)
    mine.post(url, body)
    entry = WrongShipment.objects.get()
    assert mine.post(reverse(verified, args=[entry.pk])).status_code == 403
    leader.post(reverse(verified, args=[entry.pk]))
    store.post(reverse("returns:wrong-shipment-stock", args=[entry.pk]))
    entry = WrongShipment.objects.get()
    assert (entry.verified_by, entry.stock_by, entry.needs_stock) == (supervisor, clerk, False)
    assert "左开发成右开" in leader.get(reverse("returns:wrong-shipments")).text
