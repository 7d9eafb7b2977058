"""What has been kept long enough: proposed at night, decided by a person, kept with a reason."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from core.calendar import add_months
from customers import erasing, retention
from customers.models import Customer, Due, Erasure, Retention
from customers.tasks import watch_over_data
from workflow.models import Attachment, Event

from tests.factories.cases import MatterFactory, person
from tests.factories.customers import CustomerFactory, OrderFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def periods():
    retention.introduce()
    Retention.objects.exclude(kind="file").update(active=False)


def opened(months, **fields):
    at = add_months(timezone.now(), -months) - timedelta(hours=1)
    return CustomerFactory(created_at=at, **fields)


def photo_of(customer, media="photo", months=40):
    at = add_months(timezone.now(), -months)
    matter = MatterFactory(customer=customer, opened_at=at, closed_at=at)
    name = default_storage.save("2020/01/x.jpg", ContentFile(b"picture"))
    return Attachment.objects.create(
        matter=matter,
        customer=customer,
        media=media,
        name="x.jpg",
        file=name,
        content_type="image/jpeg",
        sha256="0" * 64,
    )


def proposed():
    return list(Due.objects.order_by("customer").values_list("customer", "kind"))


def test_every_kind_has_a_period_that_a_manager_changed_stays():
    assert set(Retention.objects.values_list("kind", flat=True)) == {"file", "photos", "recordings"}
    Retention.objects.filter(kind="file").update(months=7)
    retention.introduce()
    assert Retention.objects.get(kind="file").months == 7


def test_only_whom_nobody_has_heard_of_for_the_period_is_proposed_and_once():
    old, _young = opened(60), opened(59)
    ordered = opened(80)
    OrderFactory(customer=ordered, created_at=add_months(timezone.now(), -10))
    spoke = opened(80)
    Event.objects.create(customer=spoke, action="note_on_file", at=add_months(timezone.now(), -3))
    gone = opened(90)
    Customer.objects.filter(pk=gone.pk).update(erased_at=timezone.now())
    watch_over_data()
    watch_over_data()
    assert proposed() == [(old.pk, "file")]
    assert Due.objects.get().last_heard_at == old.created_at


def test_a_period_that_is_off_proposes_nothing():
    opened(100)
    Retention.objects.update(active=False)
    assert retention.propose(timezone.now()) == 0


def test_nothing_goes_by_itself():
    customer = opened(61, name="欧阳建国")
    retention.propose(timezone.now())
    customer.refresh_from_db()
    assert customer.name == "欧阳建国"


def test_dropping_a_file_erases_the_customer_and_says_who_did():
    opened(61)
    retention.propose(timezone.now())
    manager = person("manager")
    retention.decide(Due.objects.get(), "dropped", by=manager)
    request = Erasure.objects.get()
    assert (request.requested_by, request.decided_by, request.why, request.answer) == (
        None,
        manager,
        "time",
        "approved",
    )
    assert request.customer.erased_at


def test_kept_with_a_reason_it_comes_again_after_its_day():
    customer, now = opened(61), timezone.now()
    retention.propose(now)
    retention.decide(Due.objects.get(), "kept", by=person("manager"), reason="正在诉讼")
    assert retention.propose(now) == 0
    assert retention.propose(now + timedelta(days=364)) == 0
    assert retention.propose(now + timedelta(days=366)) == 1
    assert Due.objects.waiting().get().customer == customer


def test_photos_go_alone_and_leave_their_line(django_capture_on_commit_callbacks):
    Retention.objects.filter(kind="photos").update(active=True)
    customer = opened(50)
    photo, voice = photo_of(customer), photo_of(customer, media="voice")
    retention.propose(timezone.now())
    assert proposed() == [(customer.pk, "photos")]
    with django_capture_on_commit_callbacks(execute=True):
        retention.decide(Due.objects.get(), "dropped", by=person("manager"))
    assert not default_storage.exists(photo.file.name)
    assert default_storage.exists(voice.file.name)
    photo.refresh_from_db()
    assert (photo.file.name, bool(photo.withdrawn_at)) == ("", True)
    assert Event.objects.filter(customer=customer, action="drop_files").exists()


def test_what_is_open_is_not_dropped_and_only_once_decided():
    customer = opened(61)
    retention.propose(timezone.now())
    MatterFactory(customer=customer)
    due = Due.objects.get()
    with pytest.raises(PermissionDenied):
        retention.decide(due, "dropped", by=person("agent"))
    with pytest.raises(erasing.ErasureRefused):
        retention.decide(due, "dropped", by=person("manager"))
    due.refresh_from_db()
    assert due.decided_at is None
    retention.decide(due, "kept", by=person("manager"), reason="未办结")
    with pytest.raises(erasing.ErasureRefused):
        retention.decide(due, "dropped", by=person("manager"))


def test_a_night_proposes_as_many_as_a_day_can_decide():
    for _n in range(5):
        opened(70)
    assert retention.propose(timezone.now(), most=3) == 3
    assert retention.propose(timezone.now(), most=3) == 2


# --- pages ----------------------------------------------------------------------------------------------------------
def test_a_manager_decides_on_the_page(client):
    opened(61)
    retention.propose(timezone.now())
    due = Due.objects.get()
    client.force_login(person("manager"))
    page = client.get(reverse("customers:due-list"), {"answer": "waiting"}).content.decode()
    assert due.customer.number in page
    assert "整份档案" in page
    url = reverse("customers:due", args=[due.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"answer": "kept"}).status_code == 422
    assert client.post(url, {"answer": "kept", "reason": "诉讼", "keep_until": "2020-01-01"}).status_code == 422
    assert client.post(url, {"answer": "kept", "reason": "诉讼"}).status_code == 302
    assert client.post(url, {"answer": "dropped"}).status_code == 409
    assert client.get(url).status_code == 200


def test_a_period_is_changed_by_one_at_a_time(client):
    client.force_login(person("manager"))
    row = Retention.objects.get(kind="file")
    url = reverse("customers:retention", args=[row.pk])
    assert "60" in client.get(reverse("customers:retentions")).content.decode()
    assert client.post(url, {"version": row.version, "months": 0, "active": "on"}).status_code == 422
    assert client.post(url, {"version": row.version, "months": 48, "active": "on"}).status_code == 302
    assert client.post(url, {"version": row.version, "months": 36, "active": "on"}).status_code == 409
    assert Retention.objects.get(kind="file").months == 48


def test_the_list_costs_the_same_for_one_and_for_fifty(client, django_assert_max_num_queries):
    client.force_login(person("manager"))
    counts = []
    for size in (1, 49):
        for _n in range(size):
            Due.objects.create(customer=CustomerFactory(), kind="file", last_heard_at=timezone.now())
        client.get(reverse("customers:due-list"))
        with django_assert_max_num_queries(8) as seen:
            client.get(reverse("customers:due-list"))
        counts.append(len(seen.captured_queries))
    assert counts[0] == counts[1]
