"""Taking tables out: what the list shows, whole or masked, safe to open, and what comes back changes nothing."""

import csv
import io
import zipfile
from datetime import date

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core import jobs
from core.models import Job, TableExport
from core.tables import exporting
from core.tables.reading import Table
from customers.models import Contact

from tests.customers.tables import checked, counts
from tests.factories.accounts import UserFactory
from tests.factories.customers import (
    ContactFactory,
    CustomerFactory,
    DealerFactory,
    OrderFactory,
    OrderLineFactory,
    PhoneFactory,
    PriceItemFactory,
    ProductFactory,
    ServiceCardFactory,
)

pytestmark = pytest.mark.django_db
TABLES = ["customers", "orders", "cards", "products", "prices"]


@pytest.fixture
def manager(region):
    return UserFactory(role="manager", region=region, name="赵静")


@pytest.fixture
def goods(region):
    """One customer of everything, one of little."""
    dealer = DealerFactory(region=region)
    zhang = CustomerFactory(
        name="张伟",
        region=region,
        dealer=dealer,
        is_member=True,
        note="=HYPERLINK(1)\n第二行",
        quiet_hours="12:00–14:00",
    )
    first, second = (PhoneFactory(customer=zhang, number=number) for number in ("13800138000", "0714-6351234"))
    zhang.preferred_phone = first
    zhang.save()
    ContactFactory(customer=zhang, name="李娟", phone=second)
    ContactFactory(customer=zhang, name="王工", relation=Contact.Relation.DECORATOR)
    li = CustomerFactory(name="李娜", region=region, address="湖北省黄石市下陆区青山1号")
    door = ProductFactory(model_no="M-203")
    order = OrderFactory(customer=zhang, number="HT-1", delivered_on=date(2026, 9, 1), dealer=dealer)
    OrderLineFactory(order=order, product=door, quantity=2, room="主卧")
    OrderLineFactory(order=order, product=door, quantity=1, room="次卧")
    OrderFactory(customer=li, number="HT-2")
    ServiceCardFactory(customer=zhang, order=order, product=door, batch="2608A", opening_direction="left_in")
    ServiceCardFactory(customer=li, product=door, room="+1 室", accepted_on=None)
    PriceItemFactory(code="SK-1")
    return zhang


def take(client, table, form="csv", query=""):
    answer = client.post(reverse("core:table-export", args=[table]) + query, {"form": form})
    assert answer.status_code == 200, answer.status_code
    return b"".join(answer.streaming_content)


def lines_of(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.req("S1-74", "S3-55")
@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("table", TABLES)
def test_what_went_out_changes_nothing_when_it_comes_back(client, manager, goods, table, form):
    client.force_login(manager)
    content = take(client, table, form)
    brought = checked(table, SimpleUploadedFile(f"x.{form}", content), manager)
    rows = {"customers": 2, "orders": 3, "cards": 2, "products": 1, "prices": 1}[table]
    assert brought.check_job.summary["first"] == []
    assert counts(brought.check_job) == (0, 0, rows, 0)


def test_formulas_are_text_in_csv_and_in_workbooks(client, manager, goods):
    client.force_login(manager)
    row = next(line for line in lines_of(take(client, "customers")) if "张伟" in line)
    assert row[-1] == "'=HYPERLINK(1)\n第二行"
    with zipfile.ZipFile(io.BytesIO(take(client, "customers", "xlsx"))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "=HYPERLINK(1)" in sheet
    assert "<f>" not in sheet


def test_days_and_telephone_numbers_keep_their_kind_in_a_workbook(client, manager, goods):
    client.force_login(manager)
    table = Table(io.BytesIO(take(client, "cards", "xlsx")))
    headings, (line, cells) = table.headings, next(table.rows())
    row = dict(zip(headings, cells, strict=False))
    assert (row["电话"], type(row["电话"])) == ("13800138000", str)
    assert (row["安装日期"], line) == ("2026-08-19", 2)


@pytest.mark.req("S1-57")
def test_an_export_holds_what_the_list_shows_and_nothing_else(client, manager, goods, elsewhere):
    CustomerFactory(name="外地人", region=elsewhere)
    client.force_login(manager)
    names = [line[1] for line in lines_of(take(client, "customers"))[1:]]
    assert names == ["张伟", "李娜"]
    assert [line[1] for line in lines_of(take(client, "customers", query="?mark=member"))[1:]] == ["张伟"]
    assert len(lines_of(take(client, "cards", query="?installed_from=2099-01-01"))) == 1
    kept = TableExport.objects.order_by("pk")
    assert [(one.table, one.query, one.rows, one.is_masked, one.by) for one in kept] == [
        ("customers", "", 2, False, manager), ("customers", "mark=member", 1, False, manager),
        ("cards", "installed_from=2099-01-01", 0, False, manager),
    ]  # fmt: skip


@pytest.mark.req("S1-57")
def test_who_may_not_see_a_person_takes_out_what_he_sees_and_it_does_not_come_back(client, region, goods, manager):
    finance = UserFactory(role="finance")
    client.force_login(finance)
    content = take(client, "customers")
    text = content.decode("utf-8-sig")
    for hidden in ("张伟", "13800138000", "6351234", "湖滨大道", "李娟", "青山"):
        assert hidden not in text
    assert "张*" in text
    assert "138 **** 8000" in text
    assert TableExport.objects.get().is_masked
    assert counts(checked("customers", SimpleUploadedFile("x.csv", content), manager).check_job) == (0, 0, 0, 2)


def test_agents_take_nothing_out_and_unknown_forms_and_tables_are_none(client, region, manager):
    client.force_login(UserFactory(role="agent", region=region))
    assert client.post(reverse("core:table-export", args=["customers"]), {"form": "csv"}).status_code == 403
    client.force_login(manager)
    assert client.post(reverse("core:table-export", args=["customers"]), {"form": "exe"}).status_code == 400
    assert client.post(reverse("core:table-export", args=["secrets"]), {"form": "csv"}).status_code == 404
    assert TableExport.objects.count() == 0


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_many_rows_become_a_job_with_a_link_that_expires(client, manager, goods, form, monkeypatch):
    monkeypatch.setattr(exporting, "AT_ONCE", 1)
    client.force_login(manager)
    answer = client.post(reverse("core:table-export", args=["customers"]), {"form": form})
    job = Job.objects.get()
    assert answer.url == job.get_absolute_url()
    jobs.run_waiting()
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("done", 2, 2)
    assert job.expires_at
    assert TableExport.objects.get().rows == 2
    content = default_storage.open(job.result).read()
    assert counts(checked("customers", SimpleUploadedFile(f"x.{form}", content), manager).check_job) == (0, 0, 2, 0)
    client.force_login(UserFactory(role="manager"))
    assert client.get(reverse("core:job-result", args=[job.pk])).status_code == 404


def test_an_export_of_nothing_has_its_headings(client, manager):
    client.force_login(manager)
    assert lines_of(take(client, "customers"))[0][0] == "客户编号"
    assert Table(io.BytesIO(take(client, "customers", "xlsx"))).headings[0] == "客户编号"


def test_an_export_costs_the_same_statements_for_two_and_for_sixty(
    client, manager, goods, region, django_assert_max_num_queries
):
    client.force_login(manager)
    for number in range(60):
        CustomerFactory(name=f"客户{number}", region=region)
    with django_assert_max_num_queries(14):
        assert len(lines_of(take(client, "customers"))) > 60
