from datetime import date

import pytest
from django.core.management import call_command

from customers.models import ProductGroup, WarrantyCoverage, WarrantyPlan
from customers.models.warranty import add_months

from tests.factories.customers import (
    OrderFactory,
    ProductFactory,
    ProductGroupFactory,
    ServiceCardFactory,
    WarrantyPlanFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("day", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 1, 31), 3, date(2026, 4, 30)),
    ],
)
def test_months_are_counted_from_the_anchor_and_clamped(day, months, end):
    assert add_months(day, months) == end


@pytest.mark.req("S3-14")
def test_office_furniture_is_free_for_three_years_from_acceptance():
    office = ProductGroupFactory(code="office", name="办公家具")
    desks = ProductGroupFactory(code="desks", name="办公桌", parent=office)
    WarrantyPlanFactory(group=office, months=36, start_event="accepted")
    card = ServiceCardFactory(
        product=ProductFactory(group=desks), installed_on=date(2023, 5, 1), accepted_on=date(2023, 5, 10)
    )
    assert card.warranty(date(2026, 5, 10)).state == "in"
    assert card.warranty(date(2026, 5, 11)).state == "out"
    assert card.warranty(date(2026, 5, 10)).ends_on == date(2026, 5, 10)


@pytest.mark.req("S3-107")
def test_dining_chairs_are_free_for_a_year_from_purchase():
    home = ProductGroupFactory(code="home", name="家居家具")
    chairs = ProductGroupFactory(code="dining-chairs", name="餐椅", parent=home)
    WarrantyPlanFactory(group=home, months=36)
    WarrantyPlanFactory(group=chairs, months=12, start_event="bought")
    order = OrderFactory(ordered_on=date(2026, 1, 31))
    card = ServiceCardFactory(customer=order.customer, order=order, product=ProductFactory(group=chairs))
    assert card.warranty(date(2026, 11, 22)).ends_on == date(2027, 1, 31)
    card.bought_on = date(2025, 6, 1)
    assert card.warranty(date(2026, 11, 22)).state == "out"


@pytest.mark.req("S3-25", "S3-108")
def test_the_coverage_table_shortens_and_excludes():
    plan = WarrantyPlanFactory(months=36)
    WarrantyCoverage.objects.create(plan=plan, kind="part", name="锁体", months=12)
    WarrantyCoverage.objects.create(plan=plan, kind="fault", name="人为损坏", covered=False)
    card = ServiceCardFactory(accepted_on=date(2025, 1, 1), installed_on=None)
    on = date(2026, 11, 22)
    assert card.warranty(on).is_covered
    assert card.warranty(on, part="面板").is_covered
    assert card.warranty(on, part="锁体").state == "out"
    assert card.warranty(on, part="锁体").ends_on == date(2026, 1, 1)
    assert card.warranty(on, part="人为损坏").state == "excluded"


def test_an_unknown_warranty_says_what_is_missing():
    without_plan = ServiceCardFactory(product=ProductFactory(group=ProductGroupFactory(code="misc", name="其他")))
    assert without_plan.warranty(date(2026, 1, 1)).state == "unknown"
    assert without_plan.warranty(date(2026, 1, 1)).reason
    WarrantyPlanFactory()
    undated = ServiceCardFactory(accepted_on=None)
    assert undated.warranty(date(2026, 1, 1)).state == "unknown"
    assert "验收" in undated.warranty(date(2026, 1, 1)).reason


def test_a_card_keeps_what_was_promised_when_it_was_bought():
    old = WarrantyPlanFactory(months=36)
    new = WarrantyPlanFactory(group=old.group, months=60, since=date(2026, 7, 1))
    assert ServiceCardFactory(bought_on=date(2026, 6, 30)).plan == old
    assert ServiceCardFactory(bought_on=date(2026, 7, 1)).plan == new


def test_correcting_a_plan_leaves_its_history():
    plan = WarrantyPlanFactory(months=36)
    plan.months = 24
    plan.save()
    assert list(WarrantyPlan.history.filter(id=plan.pk).values_list("months", flat=True)) == [24, 36]


def test_a_loop_in_the_tree_ends():
    parent = ProductGroupFactory(code="a", name="甲")
    child = ProductGroupFactory(code="b", name="乙", parent=parent)
    parent.parent = child
    parent.save()
    assert child.lineage() == [child, parent]


@pytest.mark.req("S3-25", "S3-54")
def test_the_catalogue_that_ships_has_groups_plans_and_coverage():
    call_command("load_catalogue", verbosity=0)
    names = {group.name for group, depth in ProductGroup.tree() if depth == 0}
    assert names == {"门", "办公家具", "家居家具", "室外家具"}
    under_home = ProductGroup.family_of(ProductGroup.objects.get(code="home").pk)
    assert set(ProductGroup.objects.filter(pk__in=under_home).values_list("code", flat=True)) == {
        "home", "sofas", "beds", "dining-sets", "dining-chairs", "wardrobes"
    }  # fmt: skip
    plan = WarrantyPlan.objects.get(group__code="office-chairs")
    assert {"脱胶", "开线", "椅壳断裂", "自动回位失灵", "椅脚脱焊断裂"} <= set(
        plan.coverage.values_list("name", flat=True)
    )
    chairs = WarrantyPlan.objects.get(group__code="dining-chairs")
    assert (chairs.months, chairs.start_event) == (12, "bought")
    card = ServiceCardFactory(product=ProductFactory(group=plan.group), accepted_on=date(2026, 8, 20))
    assert card.warranty(date(2026, 11, 22)).ends_on == date(2029, 8, 20)


def test_loading_the_catalogue_again_changes_nothing():
    call_command("load_catalogue", verbosity=0)
    WarrantyPlan.objects.filter(group__code="doors").update(months=60)
    ProductGroup.objects.filter(code="doors").update(name="本公司的门")
    before = WarrantyPlan.objects.count(), ProductGroup.objects.count()
    call_command("load_catalogue", verbosity=0)
    assert (WarrantyPlan.objects.count(), ProductGroup.objects.count()) == before
    assert WarrantyPlan.objects.get(group__code="doors").months == 60
    assert ProductGroup.objects.get(code="doors").name == "本公司的门"
