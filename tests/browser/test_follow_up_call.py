"""A caller's morning by keyboard alone: the next call, dialled, walked branch by branch, recorded and handed over."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from callbacks.models import FollowUpCall
from cases.models import Complaint
from core.phones import group
from workflow.models import Deadline, DeadlinePolicy

from tests.factories.callbacks import CallFactory
from tests.factories.cases import ComplaintClassFactory, person
from tests.factories.customers import PhoneFactory, ServiceCardFactory

pytestmark = pytest.mark.django_db(transaction=True)
S = FollowUpCall.Status


@pytest.fixture
def caller(monkeypatch):
    monkeypatch.setattr("callbacks.hours.next_open", lambda customer, rules, at: at)
    call_command("load_knowledge", verbosity=0)
    ComplaintClassFactory(code="installation")
    DeadlinePolicy.objects.create(kind="plan", name="72 小时", value=72, unit="hour", calendar="clock")
    return person("agent", name="王敏")


def due(n):
    card = ServiceCardFactory()
    card.customer.preferred_phone = PhoneFactory(customer=card.customer)
    card.customer.save()
    return CallFactory(customer=card.customer, card=card)


class Keys:
    """Nothing but a keyboard."""

    def __init__(self, page):
        self.page = page

    def go(self, *keys):
        """Keys that each lead to another page."""
        for key in keys:
            with self.page.expect_navigation():
                self.page.keyboard.press(key)
        return self

    def tab_to(self, selector):
        for _press in range(60):
            if self.page.evaluate("chosen => document.activeElement.matches(chosen)", selector):
                return self
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never reaches {selector}")

    def type(self, selector, text):
        self.tab_to(selector).page.keyboard.insert_text(text)
        return self


@pytest.mark.req("S0-43", "S0-44", "S0-46", "S0-50", "S0-57", "S0-60", "S0-67")
def test_a_good_and_a_bad_call_by_keyboard_alone(open_page, caller, axe, shot):
    good, bad = due(1), due(2)
    page = open_page(reverse("callbacks:desk"), user=caller)
    keys = Keys(page)
    keys.go("v", "1", "1")  # the next one; dial; convenient
    axe(page)
    keys.go("1")  # satisfied
    keys.type("[name=suggestion]", "希望早点打电话")
    keys.go("Control+Enter")
    assert FollowUpCall.objects.get(pk=good.pk).words == "希望早点打电话"

    page.goto(reverse("callbacks:desk"))
    keys.go("v", "1", "1", "3")  # dissatisfied: the field for what is wrong has the focus
    page.keyboard.insert_text("门缝大，关上门透光")
    shot(page, "follow-up-listening")
    keys.go("Alt+2")  # work is needed
    keys.type("[name=visit_wish]", "周六上午")
    keys.tab_to("[name=gift]")
    page.keyboard.press("Space")
    axe(page)
    keys.go("Control+Enter")
    call, complaint = FollowUpCall.objects.get(pk=bad.pk), Complaint.objects.get()
    assert (call.status, call.complaint, call.gift) == (S.TRANSFERRED, complaint, "none")
    assert Deadline.objects.of(complaint).running().filter(kind="plan").exists()
    page.goto(complaint.get_absolute_url())
    assert call.number in page.content()


@pytest.mark.req("S0-47", "S0-63", "S0-66", "S0-69")
def test_the_ways_out_of_the_greeting_by_keyboard_alone(open_page, caller):
    calls = [due(n) for n in range(4)]
    page = open_page(reverse("callbacks:desk"), user=caller)
    keys = Keys(page)
    keys.go("v", "1", "5")
    page.keyboard.insert_text("不需要")
    keys.go("Control+Enter")
    page.goto(reverse("callbacks:desk"))
    keys.go("v", "1", "4").tab_to("[name=kind]")
    page.keyboard.press("Space")
    keys.go("Control+Enter")
    page.goto(reverse("callbacks:desk"))
    keys.go("v", "1", "2", "Control+Enter")
    page.goto(reverse("callbacks:desk"))
    keys.go("v", "1", "3")
    page.keyboard.insert_text("0714-6351234")
    keys.go("Control+Enter")
    assert group("07146351234") in page.content()
    stored = [FollowUpCall.objects.get(pk=call.pk) for call in calls]
    assert [call.status for call in stored] == [S.DECLINED, S.UNREACHED, S.RESCHEDULED, S.IN_CALL]
    assert stored[3].attempts.count() == 2
