"""Two people merging the same two files at once, on real connections."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from customers import merging
from customers.models import Customer, Merge
from workflow.models import Event

from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.workflow.test_races import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROUNDS = 8


def presses(files, people, op=uuid.uuid4):
    """One press for each person, the second in the opposite direction."""
    acts = []
    for (kept, merged), by in zip([files, files[::-1]], people, strict=True):
        browser = Client()
        browser.force_login(by)
        sent = {"op": op(), "left_version": kept.version, "right_version": merged.version, "keep": kept.pk}
        url = reverse("customers:merge", args=[kept.pk, merged.pk])
        acts.append(lambda browser=browser, url=url, sent=sent: browser.post(url, sent).status_code)
    return acts


@pytest.mark.req("S1-74")
def test_merging_in_opposite_directions_leaves_one_file_and_one_refusal():
    region = CustomerFactory().region
    people = [UserFactory(role="supervisor", region=region) for _ in range(2)]
    for number in range(1, ROUNDS + 1):
        files = [CustomerFactory(region=region) for _ in range(2)]
        assert sorted(together(*presses(files, people))) == [302, 409]
        assert Customer.objects.live().filter(pk__in=[file.pk for file in files]).count() == 1
        assert Merge.objects.standing().count() == Event.objects.filter(action="merge_file").count() == number


def test_a_double_press_merges_once():
    by = UserFactory(role="supervisor", region=(kept := CustomerFactory()).region)
    for _ in range(ROUNDS // 2):
        merged, op = CustomerFactory(region=kept.region), uuid.uuid4()
        kept.refresh_from_db()
        options = {"chosen": [], "by": by, "op": op, "kept_version": kept.version, "merged_version": 1}
        results = together(*[lambda: merging.merge(kept, merged, **options)] * 4)  # noqa: B023
        assert len(set(results)) == 1, results
        assert Merge.objects.filter(merged=merged).count() == 1


def test_undone_while_the_kept_file_is_merged_on_everybody_stands_where_he_should():
    by = UserFactory(role="supervisor", region=(first := CustomerFactory()).region)
    for _ in range(ROUNDS // 2):
        one, two = (CustomerFactory(region=first.region) for _ in range(2))
        record = merging.merge(one, two, chosen=[], by=by, kept_version=1, merged_version=1)
        first.refresh_from_db()
        options = {"chosen": [], "by": by, "kept_version": first.version, "merged_version": 2}
        together(
            lambda: merging.undo(record, by=by),  # noqa: B023
            lambda: merging.merge(first, one, **options),  # noqa: B023
        )
        for file in Customer.objects.all():
            parent = Merge.objects.standing().filter(merged=file).first()
            assert file.root_id == (parent.kept.root_id if parent else file.pk)
