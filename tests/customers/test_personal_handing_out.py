"""A customer's data handed out: everything he has with us, other people masked."""

import json
import uuid
import zipfile
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone

from core import jobs
from core.models import Job
from customers.models import Access, Consent, Customer
from workflow.media import prepare
from workflow.models import Attachment
from workflow.perform import perform

from tests.factories.cases import ComplaintFactory, MatterFactory, person
from tests.factories.customers import CustomerFactory, OrderFactory, ServiceCardFactory
from tests.factories.files import upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    agent = person("agent", name="司徒客服")
    customer = CustomerFactory(name="欧阳建国", address="湖滨大道 18 号", note="晚上在家")
    customer.add_phone("13907236677")
    hers = customer.add_phone("13607239933")
    customer.add_contact(name="慕容兰", relation="family", phone=hers)
    Consent.objects.note(customer, "calls", given=False, by=agent, channel="phone")
    order = OrderFactory(customer=customer, service_terms="五年保修")
    ServiceCardFactory(customer=customer, order=order, room="书房")
    complaint = ComplaintFactory(
        matter=MatterFactory(customer=customer, owner=agent), content="门板开裂", caller_name="慕容兰",
        caller_relation="family", caller_phone="13607239933",
    )  # fmt: skip
    perform(complaint, "add_note", by=agent, op=uuid.uuid4(), text="客户很急")
    perform(complaint, "attach_files", by=agent, op=uuid.uuid4(), files=[("whole", prepare(upload()))])
    return customer


def make(client, customer):
    answer = client.post(reverse("customers:hand-out", args=[customer.pk]), {"reason": "本人到店，核对身份证"})
    job = Job.objects.latest("pk")
    assert answer.url == job.get_absolute_url()
    assert jobs.run(job.pk)
    job.refresh_from_db()
    return job


def test_the_archive_holds_everything_and_masks_other_people(client, customer):
    supervisor = person("supervisor")
    client.force_login(supervisor)
    job = make(client, customer)
    answer = client.get(reverse("core:job-result", args=[job.pk]))
    path = BytesIO(b"".join(answer.streaming_content))
    with zipfile.ZipFile(path) as archive:
        page, data = archive.read("index.html").decode(), json.loads(archive.read("data.json"))
        files = [name for name in archive.namelist() if name.startswith("files/")]
        assert len(files) == Attachment.objects.count() == 1
        assert archive.read(files[0])
    for said in (
        "欧阳建国",
        "13907236677",
        "湖滨大道 18 号",
        "晚上在家",
        "五年保修",
        "书房",
        "门板开裂",
        "客户很急",
        "不同意",
    ):
        assert said in page, said
    for other in ("慕容兰", "13607239933", "司徒客服"):
        assert other not in page, other
        assert other not in json.dumps(data, ensure_ascii=False), other
    assert "慕**" in page
    look = Access.objects.get(kind="handed_out")
    assert (look.customer, look.user, look.reason) == (customer, supervisor, "本人到店，核对身份证")


def test_it_needs_a_reason_and_belongs_to_who_asked(client, customer):
    client.force_login(person("supervisor"))
    assert client.post(reverse("customers:hand-out", args=[customer.pk]), {"reason": ""}).status_code == 422
    assert not Job.objects.exists()
    job = make(client, customer)
    client.force_login(person("manager"))
    assert client.get(reverse("core:job-result", args=[job.pk])).status_code == 404


def test_nothing_is_handed_out_of_an_erased_file(client, customer):
    client.force_login(person("supervisor"))
    client.post(reverse("customers:hand-out", args=[customer.pk]), {"reason": "本人"})
    Customer.objects.filter(pk=customer.pk).update(erased_at=timezone.now())
    job = Job.objects.latest("pk")
    assert not jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == ("failed", "")
    assert client.get(reverse("customers:hand-out", args=[customer.pk])).status_code == 403
