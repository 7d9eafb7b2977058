"""Several tables in one statement give the same instances as one query each."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import F
from django.utils import timezone

from cases.models import Complaint, ComplaintItem, PlanOption
from core.gather import gather
from workflow.models import Deadline, Event

from tests.factories.cases import ComplaintFactory, PlanOptionFactory
from tests.factories.customers import ProductFactory

pytestmark = pytest.mark.django_db


def values(record):
    return {field.attname: getattr(record, field.attname) for field in record._meta.concrete_fields}


def test_rows_come_back_as_the_database_has_them(django_assert_num_queries):
    complaint = ComplaintFactory()
    product = ProductFactory()
    options = [PlanOptionFactory(complaint=complaint, cost=Decimal("80.10")), PlanOptionFactory(complaint=complaint)]
    item = ComplaintItem.objects.create(complaint=complaint, product=product, room="主卧", symptom='"裂" 𠮷 \\ <b>')
    event = Event.objects.write(
        complaint.matter, "note", by=None, at=timezone.now(), note="一\n二", data={"to": [1, "二"]}
    )
    now = timezone.now()
    deadline = Deadline(
        matter=complaint.matter, subject=complaint, kind="plan", started_at=now, due_at=now + timedelta(1)
    )
    deadline.policy_values = {"ladder": [{"at": 0.5}], "repeats": True}
    deadline.save()
    gather({"options": PlanOption.objects.filter(complaint=complaint)})  # SQLite is asked once whether it knows JSON
    with django_assert_num_queries(1):
        found = gather(
            {
                "options": PlanOption.objects.filter(complaint=complaint),
                "items": complaint.items.annotate(model_no=F("product__model_no")),
                "events": Event.objects.filter(matter=complaint.matter),
                "clocks": Deadline.objects.filter(matter=complaint.matter),
                "none": Complaint.objects.none().only("number"),
            }
        )
    assert [values(row) for row in found["options"]] == [values(PlanOption.objects.get(pk=o.pk)) for o in options]
    assert [values(row) for row in found["items"]] == [values(ComplaintItem.objects.get(pk=item.pk))]
    assert found["items"][0].model_no == product.model_no
    assert [values(row) for row in found["events"]] == [values(Event.objects.get(pk=event.pk))]
    assert [values(row) for row in found["clocks"]] == [values(Deadline.objects.get(pk=deadline.pk))]
    assert found["none"] == []


def test_only_what_is_asked_for_is_read():
    complaint = ComplaintFactory()
    found = gather({"one": Complaint.objects.filter(pk=complaint.pk).only("number", "status")})["one"][0]
    assert found.number == complaint.number
    assert found.status == "registered"
    assert "content" in found.get_deferred_fields()
