"""Lists outside the lists of complaints and customers: as many statements for one row as for fifty (performance 1)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.models import Job
from workflow.models import Handover

from tests.factories.accounts import DepartmentFactory, RegionFactory, UserFactory
from tests.factories.cases import ComplaintFactory

pytestmark = pytest.mark.django_db


def one_of_staff(leader, region):
    UserFactory(role="agent", region=region, department=DepartmentFactory(), superior=leader)


def one_unit(leader, region):
    RegionFactory()
    DepartmentFactory(manager=leader)


def one_handover(leader, region):
    complaint = ComplaintFactory(matter__owner=leader, matter__region=region)
    receiver = UserFactory(role="agent", region=region)
    Handover.objects.give(
        [(complaint.matter, "回电")], kind="shift", giver=leader, receiver=receiver, now=timezone.now()
    )


def one_job(leader, region):
    Job.objects.start("count", by=leader, now=timezone.now(), title="数到十")


LISTS = {
    "accounts:staff": one_of_staff,
    "accounts:units": one_unit,
    "cases:handovers": one_handover,
    "core:job-list": one_job,
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_for_one_row_and_for_fifty(client, name):
    region = RegionFactory()
    leader = UserFactory(roles=["manager", "administrator"], region=region)
    client.force_login(leader)

    def statements():
        with CaptureQueriesContext(connection) as seen:
            page = client.get(reverse(name))
        assert page.status_code == 200
        return [one["sql"][:150] for one in seen.captured_queries], len(page.content)

    LISTS[name](leader, region)
    statements()  # caches of the process are filled
    few, short = statements()
    for _again in range(49):
        LISTS[name](leader, region)
    many, long = statements()
    assert len(few) == len(many), "\n".join(many)
    assert long > short + 49 * 50  # the rows are there
