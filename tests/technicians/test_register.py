"""The register of repair sheets: who was where, what it took, and how good it was, each figure from its own orders."""

import io
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from core.calendar import midnight
from technicians.models import WorkOrder
from technicians.register import Period, Register

from tests.factories.accounts import RegionFactory
from tests.factories.cases import MatterFactory, person
from tests.factories.customers import CustomerFactory, ServiceCardFactory
from tests.factories.technicians import TechnicianFactory, WorkOrderFactory, send
from tests.technicians.test_pages import browser

S = WorkOrder.Status
pytestmark = pytest.mark.django_db
WEDNESDAY = date(2026, 11, 18)


def at(day, hour=10):
    return midnight(day) + timedelta(hours=hour)


def finished(technician, day=WEDNESDAY, **fields):
    """An order done on a day, with its visit that morning."""
    fields = {"status": S.CUSTOMER_ACCEPTED, "was_punctual": True, "hours": Decimal("1.5")} | fields
    order = WorkOrderFactory(completed_at=at(day, 11), **fields)
    send(order, technician)
    order.attendances.create(visit=1, user=technician.user, capacity="technician", at=at(day, 9))
    return order


def figures(user, name="day", on=WEDNESDAY):
    return Register(user, Period(name, on))


@pytest.mark.req("S2-142")
def test_the_day_registers_every_sheet_finished_or_visited(dispatcher, technician):
    done = finished(technician)
    finished(technician, WEDNESDAY - timedelta(days=1))
    visited = WorkOrderFactory(status=S.IN_PROGRESS)
    visited.attendances.create(visit=1, user=technician.user, capacity="technician", at=at(WEDNESDAY, 15))
    page = browser(dispatcher).get(reverse("technicians:register"), {"on": "2026-11-18"})
    rows = page.context["sheets"]
    assert {row.pk for row in rows} == {done.pk, visited.pk}
    assert next(row.leader_name for row in rows if row.pk == done.pk) == technician.user.name
    assert page.context["figures"].whole.jobs == 1  # the other is not finished


@pytest.mark.req("S2-119", "S2-120", "S2-143")
def test_figures_are_counted_from_facts_and_each_opens_its_orders(dispatcher, technician):
    other = TechnicianFactory()
    late = finished(technician, was_punctual=False)
    again = finished(technician, WEDNESDAY + timedelta(days=1), rework_count=1)
    reopened = finished(other, kind="adjustment")
    WorkOrderFactory(rework_of=reopened, matter=reopened.matter)
    called_off = finished(other)
    WorkOrderFactory(rework_of=called_off, matter=called_off.matter, status=S.CANCELLED)
    finished(other, WEDNESDAY + timedelta(days=9))  # another week
    week = figures(dispatcher, "week")
    assert (week.whole.jobs, week.whole.timely, week.whole.passed, week.whole.hours) == (4, 75.0, 50.0, Decimal("6.0"))
    assert {row.key: (row.jobs, row.late, row.failed) for row in week.by_technician} == {
        technician.pk: (2, 1, 1), other.pk: (2, 0, 1),
    }  # fmt: skip
    assert {row.key: row.passed for row in week.by_kind} == {"adjustment": 0.0, "repair": 66.7}
    url, asked = reverse("technicians:register"), {"period": "week", "on": "2026-11-18"}
    client = browser(dispatcher)

    def behind(**more):
        return {row.pk for row in client.get(url, asked | more).context["sheets"]}

    assert behind(fact="late") == {late.pk}
    assert behind(fact="failed") == {again.pk, reopened.pk}
    assert behind(technician=technician.pk) == {late.pk, again.pk}
    assert behind(technician=technician.pk, fact="failed") == {again.pk}
    assert behind(kind="adjustment") == {reopened.pk}
    assert figures(dispatcher, "month").whole.jobs == 5


@pytest.mark.req("S2-119", "S2-120")
def test_figures_by_product_group(dispatcher, technician):
    order = finished(technician)
    finished(technician)
    card = ServiceCardFactory(customer=order.customer)
    WorkOrder.objects.filter(pk=order.pk).update(card=card)
    rows = figures(dispatcher).by_category
    assert [(row.key, row.jobs) for row in rows] == [(card.product.group_id, 1)]
    asked = {"on": "2026-11-18", "category": rows[0].key}
    page = browser(dispatcher).get(reverse("technicians:register"), asked)
    assert [row.pk for row in page.context["sheets"]] == [order.pk]


@pytest.mark.req("S2-143")
def test_material_is_summed_over_the_finished_orders(dispatcher, technician):
    for number in (2, 3):
        finished(technician).parts_used.create(name="合页", quantity=number, at=at(WEDNESDAY))
    WorkOrderFactory().parts_used.create(name="合页", quantity=9, at=at(WEDNESDAY))
    assert figures(dispatcher, "week").materials == [{"material": "合页", "quantity": 5, "orders": 2}]


def test_nothing_finished_is_no_figure_and_orders_elsewhere_do_not_count(dispatcher, technician):
    elsewhere = MatterFactory(customer=CustomerFactory(region=RegionFactory(code="elsewhere")))
    finished(technician, matter=elsewhere)
    whole = figures(dispatcher).whole
    assert (whole.jobs, whole.timely, whole.passed, whole.is_late) == (0, None, None, False)


@pytest.mark.req("S2-142", "S2-143")
def test_the_workbook_holds_the_register_and_nobodys_name_but_the_technicians(technician):
    order = finished(technician, symptom="=1+1")
    order.parts_used.create(name="合页", quantity=2, at=at(WEDNESDAY))
    supervisor = person("supervisor")
    url = reverse("technicians:register-file")
    answer = browser(supervisor).get(url, {"period": "month", "on": "2026-11-18"})
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    first, second = list(book.worksheets[0].values)
    assert second[0] == order.number
    assert second[4] == technician.user.name
    assert book.worksheets[0]["D2"].data_type == "s"  # words, never a formula
    assert list(book.worksheets[-1].values)[1] == ("合页", 2, 1)
    text = "".join(str(cell) for sheet in book for row in sheet.values for cell in row)
    assert order.customer.name not in text
    assert browser(person("agent")).get(url).status_code == 403


def test_odd_questions_show_today(dispatcher):
    client, url = browser(dispatcher), reverse("technicians:register")
    for asked in ({"on": "abc"}, {"on": "0001-01-01"}, {"period": "x", "technician": "1e9", "kind": "y", "fact": "z"}):
        page = client.get(url, asked)
        assert (page.status_code, page.context["period"].on) == (200, timezone.localdate())


def test_the_register_costs_the_same_for_one_row_and_for_fifty(dispatcher, technician, django_assert_max_num_queries):
    client, url = browser(dispatcher), f"{reverse('technicians:register')}?on=2026-11-18"
    finished(technician)
    client.get(url)
    for _more in range(2):
        with django_assert_max_num_queries(9):
            assert client.get(url).status_code == 200
        for _row in range(20):
            finished(technician)
