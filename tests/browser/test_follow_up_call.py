"""A caller's morning by keyboard alone: the next call, dialled, walked branch by branch, recorded and handed over."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from callbacks.models import CallAnswer, FollowUpCall
from callbacks.tree import START, Walk
from cases.models import Complaint
from core.phones import group
from workflow.models import Deadline, DeadlinePolicy, Promise

from tests.factories.callbacks import CallFactory
from tests.factories.cases import ComplaintClassFactory, ComplaintFactory, MatterFactory, person
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


def due(*, complains=False, **fields):
    """A call whose day has come, of a customer who may have an open complaint."""
    card = ServiceCardFactory()
    card.customer.preferred_phone = PhoneFactory(customer=card.customer)
    card.customer.save()
    if complains:
        ComplaintFactory(matter=MatterFactory(customer=card.customer))
    return CallFactory(customer=card.customer, card=card, **fields)


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

    def tick(self, selector):
        self.tab_to(selector).page.keyboard.press("Space")
        return self

    def back(self):
        self.page.keyboard.press("Escape")  # out of the field, where letters are words
        return self.go("b")

    def type(self, selector, text):
        self.tab_to(selector).page.keyboard.insert_text(text)
        return self


@pytest.mark.req("S0-43", "S0-44", "S0-46", "S0-50", "S0-57", "S0-60", "S0-67")
def test_a_good_and_a_bad_call_by_keyboard_alone(open_page, caller, axe, shot):
    good, bad = due(), due()
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
    keys.tick("[name=gift]")
    axe(page)
    keys.go("Control+Enter")
    call, complaint = FollowUpCall.objects.get(pk=bad.pk), Complaint.objects.get()
    assert (call.status, call.complaint, call.gift) == (S.TRANSFERRED, complaint, "none")
    assert Deadline.objects.of(complaint).running().filter(kind="plan").exists()
    page.goto(complaint.get_absolute_url())
    assert call.number in page.content()


@pytest.mark.req("S0-47", "S0-63", "S0-66", "S0-69")
def test_the_ways_out_of_the_greeting_by_keyboard_alone(open_page, caller):
    calls = [due() for _ in range(4)]
    page = open_page(reverse("callbacks:desk"), user=caller)
    keys = Keys(page)
    keys.go("v", "1", "5")
    page.keyboard.insert_text("不需要")
    keys.go("Control+Enter")
    page.goto(reverse("callbacks:desk"))
    keys.go("v", "1", "4").tick("[name=kind]").go("Control+Enter")
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


@pytest.mark.req("S0-43", "S0-68", "S2-167", "S3-157", "S2-04")
@pytest.mark.parametrize(
    ("script", "complains"),
    [("product", False), ("product", True), ("service", False), ("provider", False), ("equipment", False)],
)
def test_every_branch_of_the_tree_by_keyboard_alone(open_page, caller, script, complains):
    """Each answer leads where the tree says, and back again; the answers of a place are those the tree has there."""
    call = due(script=script, complains=complains)
    page = open_page(reverse("callbacks:desk"), user=caller)
    keys = Keys(page).go("v", "1")
    call = FollowUpCall.objects.get(pk=call.pk)
    walked, places = set(), set()

    def stands_at(walk):
        return page.locator("form[data-main] h2").inner_text() == str(walk.place.title)

    def walk_from(walk):
        places.add(walk.name)
        labels = ["".join(text.split("\n")) for text in page.locator("button[name=go]").all_inner_texts()]
        assert labels == [f"{n}{answer.label}" for n, answer in enumerate(walk.answers, 1)]
        for n, answer in enumerate(walk.answers, 1):
            onward = Walk(call, answer.to)
            walked.add((walk.name, onward.name))
            keys.go(f"Alt+{n}")
            assert stands_at(onward)
            if onward.name not in places:
                walk_from(onward)
            keys.back()
            assert stands_at(walk)

    walk_from(Walk(call, START))
    assert {to for _place, to in walked} | {START} == places
    assert {"satisfied", "praise", "question", "intention", "unhappy", "cleared", "work", "when", "decline"} <= places
    assert ("progress" in places) == complains


DOUBT_CLEARED = ["1", "2", ("[name=problem]", "有味道"), ("[name=explained]", "通风一周会散"), "Alt+1"]
ENDINGS = {
    "doubt cleared": ({}, [*DOUBT_CLEARED, "Control+Enter"], {"verdict": "average", "doubt_cleared": True}),
    "cleared, then praise": (
        {},
        [*DOUBT_CLEARED, "1", ("[name=praised_name]", "小陈"), "Control+Enter"],
        {"verdict": "average", "praise": "小陈"},
    ),
    "question answered": (
        {},
        ["1", "4", ("[name=question]", "怎么擦灰"), ("[name=reply]", "软布"), "Alt+1",
         ("[name=verdict_good]", None), "Control+Enter"],
        {"verdict": "completely", "said": "怎么擦灰"},
    ),
    "question not settled, grave": (
        {},
        ["1", "4", ("[name=question]", "门倒下正常吗"), "Alt+2",
         ("[name=verdict_bad]", None), ("[name=problem]", "门倒下砸到人"), "Alt+2",
         ("[name=is_grave]", None), ("[name=visit_wish]", "马上"), ("[name=gift]", None), "Control+Enter"],
        {"status": "transferred", "grave": True},
    ),
    "praise": (
        {},
        ["1", "1", "1", ("[name=praised_name]", "小陈"), ("[name=praise_words]", "守时"), "Control+Enter"],
        {"verdict": "satisfied", "praise": "小陈"},
    ),
    "thinks of buying": (
        {"script": "equipment"},
        ["1", ("[name=frequency]", None), "Alt+6", ("[name=wants_refit]", None), ("[name=intention]", "想升级"), "Alt+1",
         ("[name=verdict_good]", None), "Control+Enter"],
        {"verdict": "completely", "intention": "想升级"},
    ),
    "the fitter": ({"script": "provider"}, ["1", ("[name=time_agreed]", None), ("[name=on_time]", None), "Alt+2",
                                             "Control+Enter"], {"verdict": "basically"}),
    "told how it stands, asked another time": (
        {"complains": True},
        ["1", "2", ("[name=note]", "下周"), "Control+Enter"],
        {"status": "rescheduled"},
    ),
}  # fmt: skip


@pytest.mark.req("S0-42", "S0-45", "S0-53", "S0-55", "S0-56", "S0-61", "S2-06")
@pytest.mark.parametrize("ending", ENDINGS)
def test_every_end_of_the_tree_by_keyboard_alone(open_page, caller, ending):
    fields, presses, expected = ENDINGS[ending]
    call = due(**fields)
    keys = Keys(open_page(reverse("callbacks:desk"), user=caller)).go("v", "1")
    for press in presses:
        if isinstance(press, str):
            keys.go(press)
        elif press[1] is None:
            keys.tick(press[0])
        else:
            keys.type(*press)
    call = FollowUpCall.objects.get(pk=call.pk)
    found = {
        "praise": getattr(call.commendations.first(), "name", None),
        "said": getattr(call.answers.first(), "text", None),
        "grave": bool(call.complaint and call.complaint.is_grave),
    }
    status = expected.get("status", "recorded")
    assert (call.status, {name: found.get(name, getattr(call, name, None)) for name in expected}) == (status, expected)


@pytest.mark.req("S0-46", "S0-57", "S0-58")
def test_a_hand_over_that_breaks_half_way_leaves_nothing_and_is_done_whole_afterwards(open_page, caller, monkeypatch):
    call = due()
    page = open_page(reverse("callbacks:desk"), user=caller)
    keys = Keys(page).go("v", "1", "1", "3")
    page.keyboard.insert_text("门缝大，关上门透光")
    keys.go("Alt+2").type("[name=visit_wish]", "周六上午").tick("[name=gift]")

    def power_fails(call, *args, **kwargs):
        assert Complaint.objects.count() == 1  # it stood there already
        raise OSError("the power fails")

    with monkeypatch.context() as broken:
        broken.setattr(FollowUpCall, "remember", power_fails)
        keys.go("Control+Enter")
    assert FollowUpCall.objects.get(pk=call.pk).status == S.IN_CALL
    assert not Complaint.objects.exists()
    assert not Deadline.objects.filter(kind="plan").exists()
    assert not Promise.objects.exists()
    assert not CallAnswer.objects.exists()

    page.reload()  # which sends the same once more
    call, complaint = FollowUpCall.objects.get(pk=call.pk), Complaint.objects.get()
    assert (call.status, call.complaint) == (S.TRANSFERRED, complaint)
    assert Deadline.objects.of(complaint).running().filter(kind="plan").count() == 1
    # The two lead to one another.
    page.goto(call.get_absolute_url())
    page.get_by_role("link", name=complaint.number).first.click()
    page.wait_for_url(f"**{complaint.get_absolute_url()}")
    page.locator(f"a[href='{reverse('callbacks:of-complaint', args=[complaint.pk])}']").first.click()
    page.wait_for_url(f"**{call.get_absolute_url()}")
