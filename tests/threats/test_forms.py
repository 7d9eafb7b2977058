"""Every form of every page, as a browser shows it, sent with what no browser would send (threats 1, 5, 15–17, 25, 32, 40)."""

import re
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.test import Client

from accounts.models import Region, User
from cases.models import Complaint
from workflow.models import Event

from tests.cases.test_lifecycle import LIFECYCLE
from tests.factories.accounts import RegionFactory, UserFactory
from tests.factories.cases import AppraisalFactory, ComplaintFactory, MatterFactory, PlanOptionFactory
from tests.factories.customers import ContactFactory, CustomerFactory, OrderFactory, PhoneFactory, ServiceCardFactory
from tests.rights.harness import ask
from tests.threats.site import SHOWN, TAKEN, logged_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WRITES = re.compile(r"^(INSERT|UPDATE|DELETE)", re.IGNORECASE)


@contextmanager
def watched(is_wrong):
    """A list of the values that were written and are wrong."""
    found = []

    def look(execute, sql, parameters, many, context):
        if WRITES.match(sql):
            found.extend((sql[:200], value) for value in values(parameters) if is_wrong(value))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(look):
        yield found


def values(parameters):
    """Every single value among a statement's parameters."""
    for value in parameters or ():
        if isinstance(value, list | tuple):
            yield from values(value)
        else:
            yield getattr(value, "obj", value)  # JSON on PostgreSQL comes in a wrapper


# --- 40: what no reader can see ---------------------------------------------------------------------------------------
ODD = {
    "nul": "门\x00裂",
    "signs": "门裂\u202e\u2066\ufeff\u200b𠮷🚪\r\n\u2028",
    "marks": "e" + "\u0301" * 1000,
    "long": "门" * 10_000,
}
UNSEEN = re.compile("[\x00\u202e\u2066\ufeff\u200b\u2028\ud800-\udfff]|\\\\u0000|\u0301{9}")


@pytest.mark.parametrize("row", SHOWN, ids=str)
def test_whatever_is_typed_is_cleaned_or_refused(site, row):
    """NUL, overrides, mark stacks and ten thousand characters in every field for words, the same on both databases."""
    wrong = []
    for form in site.forms(row):
        for name, words in ODD.items():
            with watched(lambda value: UNSEEN.search(str(value))) as found:
                status = ask(site.client(row), form.method, form.url, form.filled(words)).status_code
            if status >= 500 or found:
                wrong.append(f"{name} to {form.url}: {status} {found}")
    assert wrong == []


# --- 5: what the form does not ask for --------------------------------------------------------------------------------
FOREIGN = 987_654_321  # the key of everything of another region
SMUGGLED = {
    "status": "closed", "state": "closed", "version": "1", "is_superuser": "on", "is_staff": "on", "is_vip": "on",
    "password": "chosen-by-a-stranger", "pk": FOREIGN, "id": FOREIGN,
} | dict.fromkeys((
    "owner", "by", "approved_by", "selected_by", "received_by", "judged_by", "closed_by", "registered_by", "user",
    "giver", "receiver", "uploaded_by", "matter", "customer", "complaint", "region", "superior",
), FOREIGN)  # fmt: skip


@pytest.fixture
def abroad(site):
    """One of everything in another region, all with the same key."""
    region = RegionFactory(pk=FOREIGN, code="abroad")
    stranger = UserFactory(pk=FOREIGN, role="agent", region=region, name="龥龥")  # last in every list
    customer = CustomerFactory(pk=FOREIGN, region=region)
    matter = MatterFactory(pk=FOREIGN, customer=customer, owner=stranger)
    complaint = ComplaintFactory(pk=FOREIGN, matter=matter, status="implementing")
    PhoneFactory(pk=FOREIGN, customer=customer)
    ContactFactory(pk=FOREIGN, customer=customer)
    ServiceCardFactory(pk=FOREIGN, customer=customer)
    OrderFactory(pk=FOREIGN, customer=customer)
    PlanOptionFactory(pk=FOREIGN, complaint=complaint)
    AppraisalFactory(pk=FOREIGN, complaint=complaint, technician=stranger, requested_by=stranger)
    return region


@pytest.mark.parametrize("row", SHOWN, ids=str)
def test_what_a_form_does_not_ask_for_is_not_stored(site, abroad, row):
    """A state, an owner, an approver added to a form count for nothing."""
    verb = row.name.removeprefix("cases:complaint-").replace("-", "_")
    target = LIFECYCLE.get(verb, ((), None))[1]
    for form in site.forms(row):
        asked = form.filled()
        sent = {name: value for name, value in SMUGGLED.items() if name not in asked} | asked
        with transaction.atomic(), watched(lambda value: value in (FOREIGN, str(FOREIGN))) as found:
            closed = Complaint.objects.filter(status="closed").count()
            site.client(row).post(form.url, sent)
            assert found == [], form.url
            assert not User.objects.filter(is_superuser=True).exists()
            if target != "closed" and row.name != "cases:call":
                assert Complaint.objects.filter(status="closed").count() == closed, form.url
            transaction.set_rollback(True)


# --- 6: amounts -------------------------------------------------------------------------------------------------------
NO_AMOUNTS = ("-1", "NaN", "Infinity", "1e9", "1E400", "0.001", "1,000", "١٢", "9" * 31, "壹佰")
AMOUNT = re.compile(r"(.*-)?(cost|compensation|amount|charge|limit|maximum)")


@pytest.mark.parametrize("row", [row for row in SHOWN if row.post is not None], ids=str)
def test_what_is_no_amount_is_refused_at_its_field(site, row):
    """Negative, not a number, endless, scientific, too fine, with signs of other scripts: 422 and nothing is stored."""
    for form in site.forms(row):
        for control in form.controls:
            if not AMOUNT.fullmatch(control.name) or control.kind == "hidden":
                continue
            for amount in NO_AMOUNTS:
                answer = ask(site.client(row), "post", form.url, form.filled() | {control.name: amount})
                assert answer.status_code == 422, f"{control.name}={amount} of {form.url}"


# --- 25: ids of another region in the body ----------------------------------------------------------------------------
IDS = ("select", "radio", "checkbox", "hidden")


@pytest.mark.parametrize("row", SHOWN, ids=str)
def test_an_id_of_another_region_in_the_body_is_refused(site, abroad, row):
    """Whatever a form lets one choose by its key, the key of a foreign one is no choice."""
    for form in site.forms(row):
        for control in form.controls:
            offered = [control.value, *control.options]
            if control.kind not in IDS or not any(value.isdigit() for value in offered) or control.name == "version":
                continue
            if control.name in SHARED:
                continue
            with watched(lambda value: value in (FOREIGN, str(FOREIGN))) as found:
                answer = ask(site.client(row), form.method, form.url, form.filled() | {control.name: FOREIGN})
            assert found == [], f"{control.name} of {form.url}"
            assert answer.status_code in (200, 302, 400, 403, 404, 409, 422)
            assert form.method == "get" or answer.status_code not in (200, 302), f"{control.name} of {form.url}"


# Whom one may name wherever he works, and numbers that are no keys.
SHARED = {"responsible_person", "superior", "manager"} | {"shared", "number", "option-INITIAL_FORMS"}
SHARED |= {f"lines-{name}" for name in ("INITIAL_FORMS", "TOTAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")}
SHARED |= {f"option-{name}" for name in ("TOTAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")}


# --- 1, 15, 16, 17: the same press again ------------------------------------------------------------------------------
@pytest.mark.parametrize("row", [row for row in SHOWN if row.post is not None], ids=str)
def test_the_same_press_twice_has_one_effect(site, row):
    """Back and again, a lost answer and a retry: one history row. Other words, or somebody else, under the same id: 409."""
    for form in site.forms(row):
        sent = form.filled()
        if form.method != "post" or not sent.get("op"):
            continue
        first = site.client(row).post(form.url, sent)
        if first.status_code not in (302, 303):
            continue
        rewind(sent)
        done = Event.objects.exclude(kind="refused").count()
        again = site.client(row).post(form.url, sent)
        assert again.status_code in (302, 303), form.url
        assert again.url.split("?")[0] == first.url.split("?")[0]
        assert Event.objects.exclude(kind="refused").count() == done, form.url
        other = site.client(row).post(form.url, form.filled("另外一句话"))
        rewind(sent)
        assert other.status_code in (200, 302, 303, 404, 409, 422), form.url
        somebody = logged_in(site.world.people["supervisor"]).post(form.url, sent)
        assert somebody.status_code in (302, 303, 403, 404, 409, 422), form.url
        assert Event.objects.exclude(kind="refused").count() == done, form.url


def rewind(sent):
    """Files go a second time too."""
    for value in sent.values():
        for file in value if isinstance(value, list) else [value]:
            if hasattr(file, "seek"):
                file.seek(0)


# --- 32: a form of another site ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("row", TAKEN, ids=str)
def test_no_post_without_the_token_of_its_own_session(site, row):
    """Without token, with that of another session, from another origin: 403, and nothing is written."""
    url = site.url(row)
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    strict.force_login(site.asker(row))
    for headers, data in (
        ({}, {}),
        ({}, {"csrfmiddlewaretoken": "a" * 64}),
        ({"Origin": "https://evil.example"}, {}),
        ({"Referer": "https://evil.example/"}, {}),
    ):
        with watched(lambda value: True) as found:
            assert strict.post(url, data, headers=headers).status_code == 403
        assert found == []


def test_the_regions_are_two(site, abroad):
    """The tests above would prove nothing if the person saw both."""
    assert not site.everybody.sees_everything
    assert Region.objects.count() > 2
