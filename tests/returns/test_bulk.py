"""Several parcels marked as arrived at once: each through its own verb, each telling what became of it."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from returns.models import ReturnLine, ReturnRequest

from tests.factories.accounts import RegionFactory
from tests.factories.cases import MatterFactory
from tests.factories.customers import CustomerFactory
from tests.factories.returns import ReturnRequestFactory, parcel_back

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]


def coming(number, **facts):
    request = ReturnRequestFactory(status="in_transit", **facts)
    ReturnLine.objects.filter(request=request).update(approved=2)
    parcel_back(request, number)
    return request


@pytest.mark.req("S1-14")
def test_the_warehouse_marks_several_parcels_as_arrived_and_each_row_tells_what_became_of_it(clerk):
    whole, moved, ended = coming("SF1"), coming("SF2"), ReturnRequestFactory(status="cancelled")
    foreign = coming("SF3", matter=MatterFactory(customer=CustomerFactory(region=RegionFactory())))
    client, url = Client(), reverse("returns:receive-many")
    client.force_login(clerk)
    queue = client.get(reverse("returns:queue", args=["expected"])).text
    assert url in queue
    assert f'value="{whole.pk}"' in queue
    assert url not in client.get(reverse("returns:list")).text
    ticked = [whole.pk, moved.pk, ended.pk, foreign.pk]
    shown = client.get(url, {"pk": ticked})
    assert {one.pk for one in shown.context["complaints"]} == {whole.pk, moved.pk, ended.pk}
    assert ReturnRequest.objects.filter(status="in_transit").count() == 3  # looking changes nothing
    body = {"pk": ticked, f"version-{moved.pk}": "7", "op": str(uuid.uuid4()), "voucher_present": "yes"}
    assert client.post(url, body | {"words": ""}).status_code == 422
    done = client.post(url, body | {"words": "整车到货，外箱完好"})
    told = {one.pk: one.outcome.get("is_done", False) for one in done.context["complaints"]}
    assert told == {whole.pk: True, moved.pk: False, ended.pk: False}
    status = dict(ReturnRequest.objects.values_list("pk", "status"))
    assert [status[pk] for pk in ticked] == ["received", "in_transit", "cancelled", "in_transit"]
    assert ReturnLine.objects.get(request=whole).received == 2
    client.post(url, body | {"words": "整车到货，外箱完好"})  # the same press again
    assert ReturnRequest.objects.get(pk=whole.pk).version == 2
