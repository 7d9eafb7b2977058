"""A customer is forgotten: two people, nothing of him left anywhere, money and statistics whole."""

import json
import uuid
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from callbacks.models import FollowUpCall
from cases.models import Appraisal, Complaint, WrittenExplanation
from core import search
from core.jobs import keep_result
from core.models import Draft, Job, Outbox, SavedFilter, SearchEntry
from core.outbox import Message
from customers import erasing, merging
from customers.erasing import reach, register
from customers.models import Access, Consent, Contact, Customer, Erasure, Phone
from customers.signals import card_registered
from payments.models import Payment, PayOrder
from workflow.models import Attachment, CustomerLink, Event, Handover
from workflow.perform import perform

from tests.factories.accounts import UserFactory
from tests.factories.casefiles import full_complaint
from tests.factories.cases import ComplaintFactory, MatterFactory, person
from tests.factories.customers import CustomerFactory, OrderFactory, ServiceCardFactory
from tests.factories.files import picture, upload

pytestmark = pytest.mark.django_db
Answer = Erasure.Answer

# What nobody else says: found anywhere afterwards, something was forgotten.
NAME, ALIAS, RELATIVE = "欧阳鹌鹑", "欧阳安淳", "慕容蒹葭"
PHONE, LANDLINE, CALLER = "13907239911", "07146239922", "13607239933"
HOME, WORDS = "鸬鹚巷七十七号", "鸸鹋啄坏了门"
CANARIES = [NAME, ALIAS, RELATIVE, PHONE, LANDLINE, CALLER, HOME, WORDS]


def forms_of(canary):
    """Every way it may be stored: plain, in groups, as JSON writes it."""
    escaped = json.dumps(canary)[1:-1]
    grouped = f"{canary[:3]} {canary[3:7]} {canary[7:]}" if canary.isdigit() else canary
    return {canary, escaped, grouped}


def everything_stored():
    """(where, text) of every column of every table, the words of the search index too."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                yield from ((f"{table}.{name}", str(value)) for name, value in zip(columns, row, strict=True) if value)


def found_in_tables():
    sought = {form: canary for canary in CANARIES for form in forms_of(canary)}
    return sorted(
        {(where, canary) for where, text in everything_stored() for form, canary in sought.items() if form in text}
    )


def found_in_files(folder):
    sought = [form.encode() for canary in CANARIES for form in forms_of(canary)]
    files = [path for path in Path(folder).rglob("*") if path.is_file()]
    return [str(path) for path in files if any(form in path.read_bytes() for form in sought)]


@pytest.fixture
def customer(settings, media):
    """A customer with his name, numbers, home and words in every place there is."""
    agent, now = person("agent"), timezone.now()
    customer = Customer.objects.open_file(
        by=agent, op=uuid.uuid4(), phone=PHONE, caller=RELATIVE, relation="family", name=NAME, region=agent.regions.get(),
        address=HOME, note=f"{NAME} 只在晚上接电话", acceptable_settlement=f"{WORDS}，要求换新", quiet_hours="12:00–14:00",
    )  # fmt: skip
    customer.add_phone(LANDLINE, label=RELATIVE)
    twin = CustomerFactory(name=ALIAS, address=HOME, region=customer.region)
    twin.add_phone("13907239944")
    leader = person("supervisor")
    merging.merge(
        customer, twin, chosen=["name"], by=leader, kept_version=customer.version, merged_version=twin.version
    )
    customer.refresh_from_db()
    Consent.objects.note(customer, "calls", given=False, by=agent, channel="phone", words=f"{RELATIVE} 说的")
    order = OrderFactory(customer=customer, service_terms=f"{NAME} 五年保修", voucher=f"{NAME} 收据", note=HOME)
    ServiceCardFactory(customer=customer, order=order, note=WORDS)
    complaint = full_complaint(
        2, by=agent, matter__customer=customer, matter__region=customer.region, region=customer.region,
        content=f"{NAME}：{WORDS}", caller_name=RELATIVE, caller_phone=CALLER, demand_words=WORDS,
        judgement=f"{HOME} 现场", summary=WORDS,
    )  # fmt: skip
    complaint.reindex()
    Appraisal.objects.update(place=HOME, findings=WORDS)
    WrittenExplanation.objects.create(
        complaint=complaint, reason=f"{NAME} {WORDS}", addressee=NAME, by=leader, new_due_at=now
    )
    perform(complaint, "add_note", by=agent, op=uuid.uuid4(), text=f"{NAME} 来电：{WORDS}")
    perform(complaint, "make_promise", by=agent, op=uuid.uuid4(), kind="visit", what=f"周五去{HOME}")
    send_a_photo(complaint)
    Handover.objects.give(
        [(complaint.matter, f"给{NAME}回电 {PHONE}")],
        kind="shift",
        giver=agent,
        receiver=leader,
        now=now,
        note=f"{NAME}",
    )
    Draft.objects.keep(agent, f"call:{customer.pk}", {"content": WORDS}, now)
    Draft.objects.keep(agent, f"call:new:{PHONE}", {"content": "x"}, now)
    Draft.objects.keep(agent, f"note-{complaint.pk}", {"text": WORDS}, now)
    Draft.objects.keep(leader, "handover", {"note": [f"{NAME} 的事"]}, now)
    SavedFilter.objects.create(user=agent, list_key="customers:list", name=NAME, query=f"q={PHONE}")
    Outbox.objects.write([Message("notice", "nobody", "k1", {"words": f"{NAME} {PHONE}"})], now)
    job = Job.objects.start("count", by=agent, now=now, params={"q": NAME, "phone": PHONE}, title=f"{NAME} 的导出")
    keep_result(job, f"{NAME}.csv", ContentFile(f"{NAME},{PHONE},{HOME}".encode()))
    Job.objects.filter(pk=job.pk).update(state="done", result=job.result, result_name=job.result_name, next_at=None)
    Access.objects.create(
        customer=customer, user=agent, kind="unmasked", occasion="other", reason=f"{NAME} 要求", slot=1
    )
    pay(complaint, leader)
    Complaint.objects.filter(matter__customer__root=customer.root_id).update(status="closed", closed_at=now)
    for matter in customer.matters.all():
        matter.settle(now)
    return customer


def send_a_photo(complaint):
    """A photo with its notes, through the customer's own link, under a name of his choice."""
    _link, token = CustomerLink.objects.issue(complaint.matter, by=None)
    exif = Image.Exif()
    exif[0x013B] = NAME.encode()  # the artist
    photo = upload(picture(exif=exif), name=f"{NAME}-{PHONE}.jpg")
    page = f"/s/{token}/complaint/{complaint.pk}/attach-files/"
    answer = Client().post(page, {"slot-whole": photo, "words": f"{WORDS}，{NAME}"})
    assert answer.status_code == 303, answer.status_code


def pay(complaint, by):
    """Money that went to him, into his account."""
    customer, now = complaint.matter.customer, timezone.now()
    order = PayOrder.objects.create(
        number="FK1", matter=complaint.matter, region=complaint.region, customer=customer, subject=complaint,
        giving="money", approved=Decimal("120.50"), paid=Decimal("120.50"), means="transfer", payee_name=NAME,
        payee_account=f"6222{PHONE}", payee_bank="工行", released_at=now,
    )  # fmt: skip
    Payment.objects.create(
        matter=complaint.matter, order=order, amount=order.paid, means="transfer", reference="ZF1", note=f"给{NAME}",
        paid_on=timezone.localdate(), by=by,
    )  # fmt: skip


def ask(customer, by=None):
    return erasing.request(customer, by=by or person("agent"), why="asked", words=f"{NAME} 来电要求删除，{PHONE}")


def forgotten(customer, capture):
    request = ask(customer)
    with capture(execute=True):
        erasing.decide(request, Answer.APPROVED, by=person("manager"), reason=f"{NAME} 本人要求")
    customer.refresh_from_db()
    return customer


# --- the canary -----------------------------------------------------------------------------------------------------
def test_after_erasing_he_is_found_in_no_table_no_file_and_not_by_search(
    customer, django_capture_on_commit_callbacks, media, settings
):
    assert {canary for _where, canary in found_in_tables()} == set(CANARIES)  # the canary sits everywhere first
    assert found_in_files(media)
    customer = forgotten(customer, django_capture_on_commit_callbacks)
    assert found_in_tables() == []
    assert found_in_files(media) == []
    manager = person("manager")
    for word in CANARIES:
        assert search.search(word, manager) == []
    assert not SearchEntry.objects.filter(customer_id=customer.pk).exists()
    assert not Phone.objects.filter(customer__root=customer.root_id).exists()
    assert not Contact.objects.exists()
    assert found_in_files(settings.VAR_DIR) == []


def test_money_states_dates_and_goods_stay_whole(customer, django_capture_on_commit_callbacks):
    def figures():
        complaints = Complaint.objects.order_by("pk").values_list(
            "pk", "number", "status", "severity", "klass", "received_at"
        )
        goods = Customer.objects.filter(pk=customer.pk).values_list(
            "cards__number", "cards__batch", "orders__ordered_on"
        )
        payments = Payment.objects.values_list("amount", "reference", "matter__customer")
        events = (
            Event.objects.exclude(action="erase_file").order_by("pk").values_list("pk", "action", "at", "by", "matter")
        )
        return [list(rows) for rows in (complaints, goods, payments, events)]

    before = figures()
    forgotten(customer, django_capture_on_commit_callbacks)
    assert figures() == before


def test_nobody_else_loses_anything(customer, django_capture_on_commit_callbacks):
    other = CustomerFactory(name="王小明", address="杭州路 1 号", region=customer.region, note="请走后门")
    other.add_phone("13500001111")
    other.index()
    complaint = full_complaint(1, matter__customer=other, content="门锁坏了", caller_name="王太太")
    complaint.reindex()
    Draft.objects.keep(person("agent"), "call:new:13500001111", {"content": "锁"}, timezone.now())
    tables = [model for model in apps.get_models() if model is not Customer and reach.paths(model)]

    def rows():
        return {model: list(reach.rows_of(model, [other]).order_by("pk").values()) for model in tables} | {
            Customer: list(Customer.objects.filter(pk=other.pk).values())
        }

    before = rows()
    forgotten(customer, django_capture_on_commit_callbacks)
    assert rows() == before
    assert search.search("门锁坏了", person("manager"))
    assert Draft.objects.filter(key="call:new:13500001111").exists()


def test_his_pages_still_open_and_show_nothing(client, customer, django_capture_on_commit_callbacks):
    customer = forgotten(customer, django_capture_on_commit_callbacks)
    client.force_login(person("manager"))
    complaint = customer.matters.first().complaints.first()
    for url in (
        customer.get_absolute_url(),
        complaint.get_absolute_url(),
        reverse("customers:consents", args=[customer.pk]),
    ):
        answer = client.get(url)
        assert answer.status_code == 200, url
        assert not [canary for canary in CANARIES if canary in answer.content.decode()], url
    assert "清除了客户的个人信息" in client.get(customer.get_absolute_url()).content.decode()
    for name in ("edit", "reach", "card-new", "order-new"):
        assert client.get(reverse(f"customers:{name}", args=[customer.pk])).status_code == 403, name
    assert customer.number not in client.get(reverse("customers:list")).content.decode()
    link = CustomerLink.objects.get(matter__attachments__link__isnull=False, matter__customer=customer)
    assert not link.is_live
    assert Attachment.objects.filter(customer=customer, withdrawn_at=None).count() == 0


def test_log_lines_of_it_name_nobody(customer, django_capture_on_commit_callbacks, caplog):
    caplog.set_level("DEBUG", logger="customers")
    forgotten(customer, django_capture_on_commit_callbacks)
    assert not [canary for canary in CANARIES if canary in caplog.text]


# --- two people -----------------------------------------------------------------------------------------------------
@pytest.fixture
def plain():
    return CustomerFactory(name=NAME, address=HOME)


def test_who_asks_does_not_decide_and_who_decides_has_the_right(plain):
    manager = person("manager")
    own = ask(plain, by=manager)
    with pytest.raises(PermissionDenied):
        erasing.decide(own, Answer.APPROVED, by=manager)
    with pytest.raises(PermissionDenied):
        erasing.decide(own, Answer.APPROVED, by=person("agent"))
    with pytest.raises(PermissionDenied):
        erasing.decide(own, Answer.WITHDRAWN, by=person("agent"))
    with pytest.raises(PermissionDenied):
        erasing.request(plain, by=person("finance"), why="asked")
    plain.refresh_from_db()
    assert (plain.name, plain.erased_at) == (NAME, None)
    erasing.decide(own, Answer.APPROVED, by=person("administrator"))
    plain.refresh_from_db()
    assert plain.erased_at


def test_the_database_refuses_one_person_for_both():
    agent = person("agent")
    with pytest.raises(IntegrityError), transaction.atomic():
        Erasure.objects.create(customer=CustomerFactory(), requested_by=agent, decided_by=agent, answer="approved")


def test_one_request_at_a_time_and_one_decision(plain):
    first = ask(plain)
    with pytest.raises(erasing.ErasureRefused):
        ask(plain)
    erasing.decide(first, Answer.DECLINED, by=person("manager"), reason="还有保修")
    with pytest.raises(erasing.ErasureRefused):
        erasing.decide(first, Answer.APPROVED, by=person("manager"))
    plain.refresh_from_db()
    assert plain.name == NAME
    erasing.decide(ask(plain), Answer.APPROVED, by=person("manager"))
    with pytest.raises(erasing.ErasureRefused):
        ask(plain)


def test_what_is_open_comes_first(plain):
    ComplaintFactory(matter=MatterFactory(customer=plain))
    request = ask(plain)
    with pytest.raises(erasing.ErasureRefused):
        erasing.decide(request, Answer.APPROVED, by=person("manager"))
    request.refresh_from_db()
    assert request.is_waiting


# --- pages ----------------------------------------------------------------------------------------------------------
def test_an_agent_asks_and_the_manager_erases_by_typing_the_number(client, plain):
    client.force_login(person("agent"))
    url = reverse("customers:erase", args=[plain.pk])
    assert url in client.get(plain.get_absolute_url()).content.decode()
    press = {"op": uuid.uuid4(), "why": "asked", "words": "电话里要求删除"}
    assert client.post(url, press | {"words": ""}).status_code == 422
    page = client.post(url, press)
    assert client.post(url, press).url == page.url  # the same press
    assert Erasure.objects.count() == 1
    assert client.post(url, press | {"op": uuid.uuid4()}).status_code == 409
    assert client.post(page.url, {"answer": "approved", "number": plain.number}).status_code in (403, 422)
    client.force_login(person("manager"))
    listed = client.get(reverse("customers:erasures"), {"answer": "waiting"}).content.decode()
    assert plain.number in listed
    assert client.post(page.url, {"answer": "approved", "number": "KH0"}).status_code == 422
    assert client.post(page.url, {"answer": "declined"}).status_code == 422
    assert client.post(page.url, {"answer": "approved", "number": plain.number}).status_code == 302
    plain.refresh_from_db()
    assert plain.erased_at
    assert client.post(page.url, {"answer": "approved", "number": plain.number}).status_code in (409, 422)


def test_who_asked_takes_it_back(client, plain):
    agent = person("agent")
    client.force_login(agent)
    request = ask(plain, by=agent)
    url = reverse("customers:erasure", args=[request.pk])
    assert client.post(url, {"answer": "withdrawn"}).status_code == 302
    request.refresh_from_db()
    assert request.answer == "withdrawn"


def test_the_list_costs_the_same_for_one_and_for_fifty(client, django_assert_max_num_queries):
    client.force_login(person("manager"))
    counts = []
    for size in (1, 49):
        for _n in range(size):
            ask(CustomerFactory(), by=UserFactory(role="agent", region=CustomerFactory().region))
        client.get(reverse("customers:erasures"))
        with django_assert_max_num_queries(8) as seen:
            client.get(reverse("customers:erasures"))
        counts.append(len(seen.captured_queries))
    assert counts[0] == counts[1]


# --- backups --------------------------------------------------------------------------------------------------------
def test_the_register_erases_again_whom_an_older_backup_brings_back(plain, django_capture_on_commit_callbacks):
    row = Customer.objects.filter(pk=plain.pk).values().get()
    forgotten(plain, django_capture_on_commit_callbacks)
    text = register.path().read_text()
    assert (NAME in text, plain.number in text) == (False, True)
    Customer.objects.filter(pk=plain.pk).update(**row)  # as the backup had him
    register.path().write_text(
        "not json\n" + text + '{"customer": 999999, "number": "KH1", "at": "2026-01-01T00:00:00+00:00"}\n'
    )
    erasing.erase_again()
    plain.refresh_from_db()
    assert (plain.name, plain.address, bool(plain.erased_at)) == ("***", "", True)
    assert register.again(erasing.erase) == 0


def test_another_customer_with_the_same_key_is_left_alone(plain):
    register.add([(plain.pk, "KH9999")], timezone.now() - timedelta(days=1))
    erasing.erase_again()
    plain.refresh_from_db()
    assert plain.name == NAME


def test_a_line_lost_in_a_crash_is_written_again(plain, django_capture_on_commit_callbacks):
    forgotten(plain, django_capture_on_commit_callbacks)
    register.path().unlink()
    register.complete()
    register.complete()
    assert list(register.entries()) == [plain.pk]


def test_calls_nobody_has_begun_are_cancelled_and_hold_nothing_up(plain):
    card = ServiceCardFactory(customer=plain)
    card_registered.send(type(card), cards=[card], by=person("agent"))
    assert FollowUpCall.objects.filter(customer=plain).exists()
    erasing.decide(ask(plain), Answer.APPROVED, by=person("manager"))
    assert not FollowUpCall.objects.waiting().exists()
