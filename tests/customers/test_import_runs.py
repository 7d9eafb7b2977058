"""An import as a whole: its steps on the page, all or nothing, broken off and taken up again, found again."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from core import jobs
from core.models import Job, TableImport
from core.models.job import LEASE
from core.tables.loading import begin_load
from core.tables.reading import Table
from customers.models import Customer, Product, ServiceCard
from customers.tables.cards import CardTable
from workflow.models import Event

from tests.customers.tables import checked, counts, csv_file, loaded, xlsx_file
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory, PhoneFactory, ProductFactory

pytestmark = pytest.mark.django_db
HEADINGS = ["姓名", "电话", "型号", "房间"]


def cards(number):
    return [HEADINGS, *(["张伟", f"138{row:08}", "M-203", "主卧"] for row in range(number))]


@pytest.fixture
def manager(region):
    return UserFactory(role="manager", region=region, name="赵静")


@pytest.fixture(autouse=True)
def _door(db):
    ProductFactory(model_no="M-203")


@pytest.fixture
def desk(client, manager):
    client.force_login(manager)
    return client


def bring(client, upload, table="cards"):
    return client.post(reverse("core:table", args=[table]), {"file": upload})


# --- the page ---------------------------------------------------------------------------------------------------------
def test_a_file_is_checked_chosen_written_and_found_again(desk):
    answer = bring(desk, csv_file([*cards(2), ["李娜", "1.38E+10", "M-203", ""]], name="../../黄石服务卡.csv"))
    brought = TableImport.objects.get()
    assert answer.url == brought.get_absolute_url()
    assert "正在检查" not in desk.get(answer.url).content.decode()  # the job waits until a worker takes it
    jobs.run_waiting()
    page = desk.get(answer.url).content.decode()
    assert "写入 2 行正确的，跳过错误行" in page
    assert "被表格软件缩短" in page
    assert Customer.objects.count() == 0
    taken = desk.post(reverse("core:import-load", args=[brought.pk]), {"rows": "good"})
    again = desk.post(reverse("core:import-load", args=[brought.pk]), {"rows": "good"})
    assert (taken.status_code, again.status_code) == (302, 302)
    jobs.run_waiting()
    brought.refresh_from_db()
    assert counts(brought.load_job) == (2, 0, 0, 1)
    assert Job.objects.filter(kind="core.tables.load").count() == 1
    assert ServiceCard.objects.count() == 2
    page = desk.get(brought.get_absolute_url()).content.decode()
    assert "一并建立：" in page
    assert "客户 2" in page
    listed = desk.get(reverse("core:tables")).content.decode()
    assert "服务卡.csv" in listed
    assert "已写入" in listed
    assert "/" not in brought.file.name.removeprefix("tables/")
    assert "服务卡" not in brought.file.name


def test_wrong_rows_come_as_a_file_that_can_be_mended_and_brought_again(desk, manager):
    rows = [*cards(1), ["李娜", "1.38E+10", "M-203", "=1+1"], ["", "", "", "书房"]]
    brought = checked("cards", csv_file(rows), manager)
    answer = desk.get(reverse("core:job-result", args=[brought.check_job_id]))
    content = b"".join(answer.streaming_content)
    table = Table(SimpleUploadedFile("x.xlsx", content))
    assert table.headings == [*HEADINGS, "未导入原因"]
    wrong = [cells for _line, cells in table.rows()]
    assert [cells[:4] for cells in wrong] == [["李娜", "1.38E+10", "M-203", "=1+1"], ["", "", "", "书房"]]
    assert "电话: “1.38E+10”被表格软件缩短" in wrong[0][4]
    mended = [[*HEADINGS, "未导入原因"], ["李娜", "13900139000", "M-203", "=1+1", wrong[0][4]]]
    assert counts(loaded("cards", xlsx_file(mended), manager).load_job) == (1, 0, 0, 0)
    assert ServiceCard.objects.get().room == "=1+1"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "空"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Excel"),
        ("姓名,电话,型号\r\n".encode(), "标题下面没有数据"),
        (b"a,b\r\n1,2\r\n", "第一行没有这张表的标题"),
        ("姓名,姓名,型号\r\n1,2,3\r\n".encode(), "标题“姓名”出现了两次"),
        ("姓名,星座,型号\r\n1,2,3\r\n".encode(), "不认识这些列：星座"),
        ("姓名,,型号\r\n1,2,3\r\n".encode(), "第 2 列没有标题"),
        ("姓名,电话\r\n1,2\r\n".encode(), "缺少这些列：型号"),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused_at_its_field(desk, content, said):
    answer = bring(desk, SimpleUploadedFile("表.csv", content))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert TableImport.objects.count() == 0


def test_a_file_name_of_two_hundred_characters_is_no_trouble(desk):
    answer = bring(desk, csv_file(cards(1), name="客" * 200 + ".csv"))
    assert answer.status_code == 302
    assert TableImport.objects.get().file_name.endswith("客.csv")


@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize("table", ["customers", "orders", "cards", "products", "prices"])
def test_the_template_of_a_table_is_taken_back(desk, manager, table, form):
    answer = desk.get(reverse("core:table-template", args=[table, form]))
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert bring(desk, SimpleUploadedFile(f"x.{form}", content), table).status_code == 302
    assert "filename" in answer["Content-Disposition"]


def test_basic_tables_are_for_managers_and_administrators(client, region):
    client.force_login(UserFactory(role="specialist", region=region))
    assert [client.get(reverse("core:table", args=[key])).status_code for key in ("cards", "prices", "anything")] == [
        200, 403, 404,
    ]  # fmt: skip
    assert bring(client, csv_file(cards(1)), "products").status_code == 403


def test_the_list_of_imports_costs_the_same_for_one_and_twenty(desk, manager, django_assert_max_num_queries):
    for _ in range(20):
        checked("cards", csv_file(cards(1)), manager)
    with django_assert_max_num_queries(8):
        desk.get(reverse("core:tables"))


# --- everything or nothing --------------------------------------------------------------------------------------------
def test_everything_or_nothing_is_not_offered_while_rows_are_wrong(desk, manager):
    brought = checked("cards", csv_file([*cards(2), ["", "", "", ""], ["李娜", "x", "M-203", ""]]), manager)
    answer = desk.post(reverse("core:import-load", args=[brought.pk]), {"rows": "all"})
    assert answer.status_code == 409
    assert Job.objects.filter(kind="core.tables.load").count() == 0


def test_everything_or_nothing_looks_again_before_it_writes(manager):
    brought = checked("cards", csv_file(cards(3)), manager)
    Product.objects.all().delete()
    begin_load(brought, only_good=False, by=manager, now=timezone.now())
    jobs.run(brought.load_job_id)
    brought.load_job.refresh_from_db()
    assert brought.load_job.state == "failed"
    assert brought.load_job.error == "没有写入任何数据：现在有 3 行不能导入，请重新检查文件。"
    assert (Customer.objects.count(), ServiceCard.objects.count()) == (0, 0)


# --- broken off -------------------------------------------------------------------------------------------------------
class Killed(BaseException):
    pass


def test_a_killed_import_goes_on_behind_its_last_chunk_and_doubles_nothing(manager, monkeypatch, time_machine):
    monkeypatch.setattr(CardTable, "chunk", 5)
    rows = [*cards(20), ["张伟", "13800000003", "M-203", "主卧"]]  # the last repeats one of the first chunk
    brought = checked("cards", csv_file(rows), manager)
    begin_load(brought, only_good=False, by=manager, now=timezone.now())
    write, written = CardTable.write, []

    def kill(table, rows):
        write(table, rows)
        written.append(len(rows))
        if len(written) == 3:
            raise Killed

    monkeypatch.setattr(CardTable, "write", kill)
    with pytest.raises(Killed):
        jobs.run(brought.load_job_id)
    assert ServiceCard.objects.count() == 10
    job = Job.objects.get(pk=brought.load_job_id)
    assert (job.state, job.done, job.total) == ("running", 10, 21)
    time_machine.move_to(timezone.now() + LEASE + timedelta(seconds=1))
    assert jobs.run_waiting() == 1
    job.refresh_from_db()
    assert (job.state, counts(job)) == ("done", (20, 0, 1, 0))
    assert (Customer.objects.count(), ServiceCard.objects.count()) == (20, 20)
    assert job.summary["made"] == {"客户": 20}
    assert Event.objects.filter(action="register_card").count() == 20


def test_a_stopped_import_keeps_what_is_written_and_the_same_file_writes_the_rest(manager, monkeypatch):
    monkeypatch.setattr(CardTable, "chunk", 5)
    brought = checked("cards", csv_file(cards(20)), manager)
    begin_load(brought, only_good=False, by=manager, now=timezone.now())
    write = CardTable.write

    def stopped(table, rows):
        write(table, rows)
        if ServiceCard.objects.count() == 10:
            Job.objects.get(pk=brought.load_job_id).stop(timezone.now())

    monkeypatch.setattr(CardTable, "write", stopped)
    jobs.run(brought.load_job_id)
    monkeypatch.setattr(CardTable, "write", write)
    assert ServiceCard.objects.count() == 5  # the chunk at which it was stopped is undone with it
    assert counts(loaded("cards", csv_file(cards(20)), manager).load_job) == (15, 0, 5, 0)
    assert ServiceCard.objects.count() == 20


def test_a_chunk_costs_the_same_statements_however_many_rows_it_has(manager, django_assert_max_num_queries):
    few = checked("cards", csv_file(cards(2)), manager)
    many = checked(
        "cards", csv_file([HEADINGS, *(["李娜", f"139{n:08}", "M-203", "主卧"] for n in range(40))]), manager
    )
    for brought in (few, many):
        begin_load(brought, only_good=True, by=manager, now=timezone.now())
        with django_assert_max_num_queries(75):
            jobs.run(brought.load_job_id)
    assert ServiceCard.objects.count() == 42


def test_files_are_forgotten_after_a_month(manager, time_machine):
    brought = loaded("cards", csv_file(cards(1)), manager)
    name = brought.file.name
    assert default_storage.exists(name)
    time_machine.move_to(timezone.now() + timedelta(days=31))
    TableImport.objects.forget_old_files(timezone.now())
    assert not default_storage.exists(name)
    brought.refresh_from_db()
    assert not brought.may_load


def test_a_correction_and_a_new_row_in_one_file(manager, region):
    there = CustomerFactory(name="张伟", region=region)
    PhoneFactory(customer=there, number="13800000000")
    rows = [["姓名", "电话", "房间", "型号"], ["张伟", "13800000000", "主卧", "M-203"]]
    loaded("cards", csv_file(rows), manager)
    card = ServiceCard.objects.get()
    assert card.customer == there
    changed = [["卡号", "姓名", "电话", "房间", "型号"], [card.number, "张伟", "13800000000", "书房", "M-203"]]
    assert counts(loaded("cards", csv_file(changed), manager).load_job) == (0, 1, 0, 0)
    card.refresh_from_db()
    assert (card.room, card.version, card.changed_by) == ("书房", 2, manager)
