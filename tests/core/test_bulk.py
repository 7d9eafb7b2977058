"""Many rows as one value, and statements prepared once: the database answers as if each had been asked alone."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.models import F, Value

from accounts.models import User
from core import bulk
from core.prepared import Prepared

from tests.factories.accounts import RegionFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_rows_given_as_one_value_keep_types_and_order():
    at = datetime(2026, 11, 22, 1, 2, 3, 450000, tzinfo=UTC)
    rows = [(7, '门\'s "x"\\', at, {"a": [1, "二"]}), (-1, "", None, {})]
    given, param = bulk.table(rows, pk="integer", to="text", following="moment", data="json")
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT pk, "to", following, data FROM {given}', [param])
        found = cursor.fetchall()
    field = User._meta.get_field("date_joined")
    stored = field.get_db_prep_value(at, connection)
    assert [row[:2] for row in found] == [row[:2] for row in rows]
    assert found[1][2] is None
    assert (found[0][2].astimezone(UTC) if connection.vendor == "postgresql" else found[0][2]) == stored


def test_only_known_kinds_are_given():
    with pytest.raises(TypeError, match="none of the kinds"):
        bulk.table([(object(),)], pk="integer")


def people_of(regions, user):
    shown = User.objects.of_regions(regions).exclude(pk=user)
    return shown.order_by("pk").values_list(Value("person"), F("pk"), "name")


def test_a_prepared_statement_answers_each_call_with_its_own_numbers(django_assert_num_queries):
    here, there = RegionFactory(), RegionFactory()
    anna, ben, cem = (UserFactory(name=name, regions=[region]) for name, region in
                      (("安", here), ("本", there), ("曾", here)))  # fmt: skip
    prepared = Prepared(people_of)
    for _round in range(2):
        assert prepared.rows(regions=[here.pk], user=0) == [("person", anna.pk, "安"), ("person", cem.pk, "曾")]
        assert prepared.rows(regions=[here.pk], user=anna.pk) == [("person", cem.pk, "曾")]
        assert prepared.rows(regions=[there.pk], user=anna.pk) == [("person", ben.pk, "本")]
        assert len(prepared.rows(regions=[here.pk, there.pk], user=0)) == 3
    assert len(prepared._statements) == 2  # one for each number of regions
    with django_assert_num_queries(1):
        prepared.rows(regions=[here.pk], user=0)
