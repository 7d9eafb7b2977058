"""Who looked at a customer, and one customer in full for those who usually see none."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core import writing
from core.gather import gather
from customers import access
from customers.models import Access

from tests.factories.accounts import UserFactory
from tests.factories.cases import ComplaintFactory, MatterFactory, person
from tests.factories.customers import ContactFactory, CustomerFactory, PhoneFactory

pytestmark = pytest.mark.django_db
WHOLE = ["欧阳建国", "139 0723 6677", "湖滨大道 18 号"]


@pytest.fixture
def customer():
    customer = CustomerFactory(name="欧阳建国", address="湖滨大道 18 号")
    customer.add_phone("13907236677")
    return customer


@pytest.fixture
def finance(client):
    finance = person("finance")
    client.force_login(finance)
    return finance


def unmask(client, customer, **words):
    return client.post(reverse("customers:unmask", args=[customer.pk]), {"occasion": "money", "reason": "退款"} | words)


def looks(customer):
    return list(Access.objects.filter(customer=customer).order_by("pk").values_list("user__username", "kind"))


# --- one customer in full -------------------------------------------------------------------------------------------
def test_a_press_with_its_occasion_shows_one_customer_in_full_for_half_an_hour(client, finance, customer):
    complaint = ComplaintFactory(matter=MatterFactory(customer=customer))
    pages = [customer.get_absolute_url(), complaint.get_absolute_url()]
    for url in pages:
        page = client.get(url).content.decode()
        assert not [word for word in WHOLE if word in page], url
    assert unmask(client, customer).status_code == 302
    for url in pages:
        page = client.get(url).content.decode()
        assert [word for word in WHOLE if word in page] == WHOLE, url
    line = Access.objects.get(kind="unmasked")
    assert (line.customer, line.user, line.occasion, line.reason) == (customer, finance, "money", "退款")
    Access.objects.filter(pk=line.pk).update(at=timezone.now() - timedelta(minutes=31))
    for url in pages:
        page = client.get(url).content.decode()
        assert not [word for word in WHOLE if word in page], url


def test_it_shows_nobody_else_and_nobody_else_to_him(client, finance, customer):
    other = CustomerFactory(name="司马光明", address="湖滨大道 18 号", region=customer.region)  # the same household
    unmask(client, customer)
    page = client.get(customer.get_absolute_url()).content.decode()
    assert "欧阳建国" in page
    assert "司马光明" not in page
    assert "司马光明" not in client.get(other.get_absolute_url()).content.decode()
    assert "欧阳建国" not in client.get(reverse("customers:list")).content.decode()
    client.force_login(UserFactory(role="quality", region=customer.region))
    assert "欧阳建国" not in client.get(customer.get_absolute_url()).content.decode()


def test_every_press_is_on_record_and_other_needs_its_reason(client, finance, customer):
    assert unmask(client, customer, occasion="other", reason="").status_code == 422
    assert unmask(client, customer, occasion="").status_code == 422
    assert not Access.objects.exists()
    for _press in range(2):
        unmask(client, customer)
    assert looks(customer) == [(finance.username, "unmasked")] * 2


def test_it_leads_back_to_the_page_of_the_press_and_to_no_other_site(client, finance, customer):
    assert unmask(client, customer, next="/complaints/7/").url == "/complaints/7/"
    assert unmask(client, customer, next="https://evil.example/").url == customer.get_absolute_url()


def test_who_sees_everybody_is_not_asked(client, customer):
    client.force_login(person("agent"))
    page = client.get(customer.get_absolute_url()).content.decode()
    assert reverse("customers:unmask", args=[customer.pk]) not in page


# --- who looked -----------------------------------------------------------------------------------------------------
def test_opening_a_file_or_its_matter_leaves_one_line_an_hour(client, customer):
    agent = person("agent")
    client.force_login(agent)
    complaint = ComplaintFactory(matter=MatterFactory(customer=customer))
    for url in (customer.get_absolute_url(), complaint.get_absolute_url(), customer.get_absolute_url()):
        client.get(url)
    client.get(reverse("cases:call"), {"customer": customer.pk})
    assert looks(customer) == [(agent.username, "opened")]
    client.get(reverse("cases:complaint-paper", args=[complaint.pk]))
    client.get(reverse("cases:complaint-paper", args=[complaint.pk]))
    client.get(reverse("cases:dossier-file", args=[complaint.pk]))
    assert looks(customer) == [(agent.username, kind) for kind in ("opened", "printed", "exported")]


def test_the_next_hour_is_a_line_of_its_own(customer):
    now, agent = timezone.now().replace(minute=59), person("agent")
    for moment in (now, now + timedelta(seconds=30), now + timedelta(minutes=1)):
        access.note(customer, agent, access.Kind.OPENED, moment)
    assert len(looks(customer)) == 2


def test_lists_and_foreign_files_leave_no_line(client, customer):
    client.force_login(person("agent"))
    client.get(reverse("customers:list"))
    client.get(reverse("core:search"), {"q": "欧阳"})
    client.force_login(UserFactory(role="agent"))
    assert client.get(customer.get_absolute_url()).status_code == 404
    assert not Access.objects.exists()


def test_looking_costs_one_statement(client, customer):
    client.force_login(person("agent"))
    gather({"warm": ContentType.objects.none()})
    client.get(customer.get_absolute_url())
    with CaptureQueriesContext(connection) as seen:
        client.get(customer.get_absolute_url())
    assert len([one for one in seen.captured_queries if "customers_access" in one["sql"]]) == 1


def test_a_full_disk_keeps_nobody_from_reading(customer, monkeypatch, caplog):
    def full(*args):
        raise OperationalError("database or disk is full")

    agent = person("agent")
    monkeypatch.setattr(writing, "insert", full)
    monkeypatch.setattr(access, "connection", SimpleNamespace(in_atomic_block=False))
    access.note(customer, agent, access.Kind.OPENED, timezone.now())
    assert "was not written down" in caplog.text
    monkeypatch.setattr(access, "connection", SimpleNamespace(in_atomic_block=True))
    with pytest.raises(OperationalError):
        access.note(customer, agent, access.Kind.OPENED, timezone.now())


def test_the_log_is_shown_to_leaders_page_by_page_and_filtered(client, customer):
    agent, now = person("agent"), timezone.now()
    for hours in range(60):
        access.note(customer, agent, access.Kind.OPENED, now - timedelta(hours=hours))
    access.note(customer, person("finance"), access.Kind.UNMASKED, now, occasion="money", reason="退款 TK1")
    url = reverse("customers:access", args=[customer.pk])
    client.force_login(agent)
    assert client.get(url).status_code == 403
    assert url not in client.get(customer.get_absolute_url()).content.decode()
    client.force_login(person("supervisor"))
    assert url in client.get(customer.get_absolute_url()).content.decode()
    first = client.get(url)
    assert len(first.context["rows"]) == 50
    assert "退款 TK1" in first.content.decode()
    assert len(client.get(first.context["page"].next_url).context["rows"]) == 12  # and the leader's own look
    only = client.get(url, {"kind": "unmasked"})
    assert [row.reason for row in only.context["rows"]] == ["退款 TK1"]


def test_the_log_costs_the_same_for_one_line_and_for_fifty(client, customer):
    client.force_login(person("supervisor"))
    now, url, counts = timezone.now(), reverse("customers:access", args=[customer.pk]), []
    for size in (1, 50):
        for n in range(size):
            access.note(
                customer,
                UserFactory(role="agent", region=customer.region),
                access.Kind.OPENED,
                now - timedelta(hours=n),
            )
        client.get(url)
        with CaptureQueriesContext(connection) as seen:
            client.get(url)
        counts.append(len(seen.captured_queries))
    assert counts[0] == counts[1] <= 8


# --- masked everywhere -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ["finance", "quality", "administrator"])
def test_lists_pages_and_search_mask_whom_a_role_may_not_see(client, role):
    customer = CustomerFactory(name="欧阳建国", address="湖滨大道 18 号")
    phone = PhoneFactory(customer=customer, number="13907236677")
    customer.preferred_phone = phone
    customer.save()
    customer.index()
    ContactFactory(customer=customer, name="诸葛小妹", phone=phone)
    complaint = ComplaintFactory(
        matter=MatterFactory(customer=customer), caller_name="诸葛小妹", caller_phone="13907236677"
    )
    client.force_login(person(role))
    names = ["customers:list", "customers:card-list", "cases:complaint-list", "core:search", "cases:progress", "home"]
    urls = [reverse(name) for name in names] + [customer.get_absolute_url(), complaint.get_absolute_url()]
    for url in urls:
        page = client.get(url, {"q": customer.number}, follow=True).content.decode()
        found = [
            word for word in ("欧阳建国", "诸葛小妹", "13907236677", "139 0723 6677", "湖滨大道 18 号") if word in page
        ]
        assert not found, (url, found)
