"""The change-over: running cases with their own numbers and times, the people who handle them, and the day it began."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import Change, User
from cases.models import Complaint
from core.models import Installation, SearchEntry
from workflow.models import Deadline, Event

from tests.customers.tables import checked, counts, csv_file, loaded, reasons
from tests.factories.accounts import DepartmentFactory, RegionFactory, UserFactory

pytestmark = pytest.mark.django_db
CASES = ["投诉编号", "客户姓名", "电话", "受理时间", "投诉内容", "严重程度", "处理人"]
STAFF = ["登录名", "员工姓名", "角色", "所属分公司", "部门", "上级", "员工电话"]


@pytest.fixture
def region(db):
    return RegionFactory(code="huangshi", name="黄石分公司", hotline="0714-6288888")


@pytest.fixture
def manager(region):
    return UserFactory(role="manager", region=region, name="赵静")


@pytest.fixture
def agent(region):
    return UserFactory(role="agent", region=region, username="wangmin", name="王敏")


def received(days):
    return f"{timezone.localtime() - timedelta(days=days):%Y-%m-%d} 14:02"


@pytest.mark.req("S3-05", "S0-30")
def test_a_running_case_keeps_its_number_its_time_and_its_handler(manager, agent, region):
    rows = [
        CASES,
        ["TS-0815", "张伟", "13800138000", received(2), "主卧木门关不严", "中度", "wangmin"],
        ["TS-0816", "张伟", "13800138000", received(1), "门锁异响", "", ""],
    ]
    brought = loaded("complaints", csv_file(rows), manager)
    assert reasons(brought) == []
    assert counts(brought.load_job) == (2, 0, 0, 0)
    first, second = Complaint.objects.order_by("pk")
    assert (first.number, first.status, first.matter.owner, first.region) == ("TS-0815", "registered", agent, region)
    assert f"{timezone.localtime(first.received_at):%Y-%m-%d %H:%M}" == received(2)
    assert first.matter.customer == second.matter.customer
    assert Event.objects.filter(action="register", subject_id=first.pk).count() == 1
    for clock in Deadline.objects.filter(matter=first.matter):
        assert clock.started_at == first.received_at
    assert SearchEntry.objects.filter(kind="complaint").count() == 2
    assert counts(checked("complaints", csv_file(rows), manager).check_job) == (0, 0, 2, 0)


def test_cases_that_cannot_be_taken_say_why(manager, region):
    rows = [
        CASES,
        ["TS-1", "张伟", "13800138000", received(-2), "x", "", ""],
        ["TS-2", "张伟", "13800138000", "昨天", "x", "", "nobody"],
        ["", "张伟", "13800138000", received(1), "", "", ""],
    ]
    found = reasons(checked("complaints", csv_file(rows), manager))
    assert [(line, column) for line, column, _reason in found] == [
        (2, "受理时间"), (3, "受理时间"), (3, "处理人"), (4, "投诉编号"), (4, "内容"),
    ]  # fmt: skip


def test_what_the_list_of_complaints_shows_goes_out_and_comes_back_unchanged(client, manager, agent):
    loaded(
        "complaints", csv_file([CASES, ["TS-1", "张伟", "13800138000", received(1), "=1+1", "", "wangmin"]]), manager
    )
    client.force_login(manager)
    assert "/tables/complaints/export/" in client.get(reverse("cases:complaint-list")).content.decode()
    answer = client.post(reverse("core:table-export", args=["complaints"]), {"form": "csv"})
    content = b"".join(answer.streaming_content)
    assert "'=1+1" in content.decode("utf-8-sig")
    assert counts(checked("complaints", SimpleUploadedFile("x.csv", content), manager).check_job) == (0, 0, 1, 0)
    closed = client.post(reverse("core:table-export", args=["complaints"]) + "?status=closed", {"form": "csv"})
    assert len(b"".join(closed.streaming_content).splitlines()) == 1


@pytest.mark.req("S2-01")
def test_staff_and_technicians_come_with_roles_and_superiors_and_without_a_password(manager, region):
    DepartmentFactory(name="售后部", code="service")
    rows = [
        STAFF,
        ["wugong", "吴刚", "维修师傅", "黄石分公司", "售后部", "chenzg", "13800138000"],
        ["chenzg", "陈主管", "客服主管、客服", "huangshi", "", manager.username, ""],
    ]
    brought = loaded("staff", csv_file(rows), manager)
    assert reasons(brought) == []
    assert counts(brought.load_job) == (2, 0, 0, 0)
    fitter, head = User.objects.get(username="wugong"), User.objects.get(username="chenzg")
    assert (fitter.superior, fitter.department.name, fitter.phone) == (head, "售后部", "13800138000")
    assert set(fitter.role_names) == {"technician"}
    assert set(head.role_names) == {"supervisor", "agent"}
    assert not fitter.has_usable_password()
    assert Change.objects.about(fitter).get().by == manager
    assert counts(checked("staff", csv_file(rows), manager).check_job) == (0, 0, 2, 0)


def test_nobody_employs_above_himself_by_a_file(manager, region, client):
    rows = [
        STAFF,
        ["boss", "老总", "总经理", "", "", "", ""],
        ["li", "李", "客服", "黄石分公司", "", "nobody", ""],
        ["wang", "王", "客服", "", "", manager.username, ""],
        ["x y", "谢", "客服", "黄石分公司", "", manager.username, ""],
    ]
    found = reasons(checked("staff", csv_file(rows), manager))
    assert {line for line, _column, _reason in found} == {2, 3, 4, 5}
    assert (3, "上级", "没有登录名为“nobody”的人员。") in found
    client.force_login(UserFactory(role="specialist", region=region))
    assert client.get(reverse("core:table", args=["staff"])).status_code == 403
    assert Group.objects.get(name="general_manager").user_set.count() == 0


def test_staff_goes_out_and_comes_back_unchanged(client, manager, agent):
    client.force_login(manager)
    answer = client.post(reverse("core:table-export", args=["staff"]), {"form": "xlsx"})
    content = b"".join(answer.streaming_content)
    assert counts(checked("staff", SimpleUploadedFile("x.xlsx", content), manager).check_job) == (0, 0, 2, 0)


def test_the_manager_says_since_when_the_company_works_here(client, manager):
    Installation.objects.start(trade="doors", company="安居门业", now=timezone.now())
    client.force_login(manager)
    url = reverse("cases:rules-company")
    seen = client.get(url).context["form"].initial["seen"]
    answer = client.post(url, {"company": "安居门业", "went_live_on": "2026-11-01", "seen": seen})
    assert answer.status_code == 302
    assert Installation.objects.current().went_live_on == date(2026, 11, 1)
