"""Who sees which rows: rules add up, silence shows nothing."""

from types import SimpleNamespace

import pytest
from django.db.models import Q
from django.http import Http404

from core import visibility
from core.models import Area
from core.visibility import get_visible_or_404, register, registered, visible

pytestmark = pytest.mark.django_db

nobody, southerner, chief = (SimpleNamespace(name=name) for name in ("nobody", "southerner", "chief"))


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch):
    monkeypatch.setattr(visibility, "_rules", {})


def seen(user):
    return set(visible(Area.objects.provinces(), user).values_list("code", flat=True))


def test_a_model_without_a_rule_shows_nothing():
    assert not registered(Area)
    assert seen(chief) == set()


def test_rules_of_several_apps_add_up_and_none_means_everything():
    register(Area, lambda user: Q(code="44") if user is southerner else Q(pk__in=[]))
    register(Area, lambda user: Q(code__in=["45", "44"]) if user is southerner else Q(pk__in=[]))
    register(Area, lambda user: None if user is chief else Q(pk__in=[]))
    assert registered(Area)
    assert seen(southerner) == {"44", "45"}
    assert seen(nobody) == set()
    assert len(seen(chief)) == 31


def test_an_empty_rule_is_an_error_not_everything():
    register(Area, lambda user: Q())
    with pytest.raises(ValueError):
        seen(nobody)


def test_what_is_out_of_sight_does_not_exist():
    register(Area, lambda user: Q(code="44"))
    assert get_visible_or_404(Area.objects.all(), southerner, pk="44").name == "广东省"
    for pk in ("11", "99", "1' OR '1'='1"):
        with pytest.raises(Http404):
            get_visible_or_404(Area.objects.all(), southerner, pk=pk)


@pytest.mark.parametrize("level", [0, -1, 2**63, 10**40, "1e3", "x", None, [], {}])
def test_a_strange_key_is_not_found_rather_than_an_error(level):
    register(Area, lambda user: None)
    with pytest.raises(Http404):
        get_visible_or_404(Area.objects.all(), chief, level=level, code="11")
