"""The first start of a company's own site, and what production refuses."""

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import RequestFactory
from django.utils import timezone

from accounts.models import Region, User
from core.models import Installation
from core.models.installation import refuse_demo_in_production
from customers.models import Customer
from workflow.models import DeadlinePolicy
from workflow.presets import PRESETS

ANSWERS = {
    "COMPANY": "磁湖木门有限公司",
    "TRADE": "furniture",
    "REGIONS": "黄石，大冶, ,鄂州",
    "ADMIN_LOGIN": "lin",
    "ADMIN_NAME": "林静",
    "ADMIN_PASSWORD": "合页与门锁-2026",
}


@pytest.fixture
def answered(monkeypatch):
    """All answers come from the environment."""
    for name, answer in ANSWERS.items():
        monkeypatch.setenv(name, answer)
    return monkeypatch


@pytest.mark.django_db
@pytest.mark.req("S1-57")
def test_a_company_starts_with_its_trade_its_regions_and_one_administrator(answered):
    call_command("first_start")
    site = Installation.objects.current()
    assert (site.company, site.trade, site.is_demo) == ("磁湖木门有限公司", "furniture", False)
    assert set(Region.objects.values_list("name", flat=True)) >= {"黄石", "大冶", "鄂州"}
    assert set(DeadlinePolicy.objects.exclude(preset="").values_list("preset", flat=True)) == {"furniture"}
    assert not Customer.objects.exists()
    administrator = authenticate(RequestFactory().post("/"), username="lin", password=ANSWERS["ADMIN_PASSWORD"])
    assert administrator.role_names == {"administrator"}
    assert not administrator.is_superuser


@pytest.mark.django_db
def test_without_answers_and_without_a_keyboard_it_says_what_is_missing(answered):
    answered.delenv("REGIONS")
    answered.delenv("ADMIN_PASSWORD")
    with pytest.raises(CommandError, match="REGIONS, ADMIN_PASSWORD"):
        call_command("first_start")
    assert not User.objects.exists()


@pytest.mark.django_db
def test_a_weak_password_starts_nothing(answered):
    answered.setenv("ADMIN_PASSWORD", "lin")
    with pytest.raises(CommandError, match="ADMIN_PASSWORD"):
        call_command("first_start")
    assert not User.objects.exists()


@pytest.mark.django_db
def test_an_unknown_trade_starts_nothing(answered):
    answered.setenv("TRADE", "bakery")
    with pytest.raises(CommandError, match="doors"):
        call_command("first_start")


@pytest.mark.django_db
def test_it_happens_once(answered):
    call_command("first_start")
    with pytest.raises(CommandError, match="already"):
        call_command("first_start")


def test_every_trade_has_its_presets():
    assert set(Installation.Trade.values) == set(PRESETS)


@pytest.mark.django_db
def test_demo_logins_and_production_exclude_each_other():
    refuse_demo_in_production(True)
    Installation.objects.mark_demo(timezone.now())
    refuse_demo_in_production(False)
    with pytest.raises(ImproperlyConfigured, match="demo"):
        refuse_demo_in_production(True)


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.once
def test_production_starts_neither_with_the_known_secret_nor_with_demo_logins(sqlite_site):
    strict = {"PRODUCTION": "1", "ALLOWED_HOSTS": "service.example.com", "SITE_URL": "https://service.example.com"}
    known = "embedded-and-known-to-everyone-do-not-use-in-production"
    assert "SECRET_KEY" in sqlite_site.manage("check", SECRET_KEY=known, expect=1, **strict)
    sqlite_site.manage("check", "--deploy", **strict)

    serve = ("-c", "import aftersales.wsgi")
    said, _ = sqlite_site.spawn(*serve, **strict).communicate(timeout=120)
    assert "Traceback" not in said
    sqlite_site.manage(
        "shell", "--no-imports", "--command",
        "from core.models import Installation; from django.utils import timezone;"
        "Installation.objects.mark_demo(timezone.now())",
    )  # fmt: skip
    said, _ = sqlite_site.spawn(*serve, **strict).communicate(timeout=120)
    assert "ImproperlyConfigured: PRODUCTION is set, but this database holds the demo data" in said
