"""A call as it is taken at the keyboard: how many key strokes, what survives, what every caller leads to."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import expect

from cases.models import Complaint
from core.models import Draft
from workflow.models import Event, Promise
from workflow.perform import begin

from tests.browser.conftest import sign_in
from tests.cases.intake import NUMBER, at_work, on_the_line
from tests.factories.cases import person
from tests.factories.customers import ContactFactory, CustomerRegionFactory, PhoneFactory

CONTENT = "[name=content]"
SAID = "主卧门板从锁孔往下裂了一道缝，手指能摸到。平时没磕碰过，要求换一扇新门。"


class Keyboard:
    """Counts what the hands do: one press, one chord, one run of typing are a group each."""

    def __init__(self, page):
        self.page, self.groups = page, 0

    def press(self, keys):
        self.groups += 1
        self.page.keyboard.press(keys)

    def type(self, text):
        self.groups += 1
        self.page.keyboard.type(text)


@pytest.fixture
def agent(transactional_db):
    at_work()
    return person("agent", name="王敏", work_number="12", language="zh-hans")


@pytest.fixture
def customer(agent):
    customer = on_the_line(name="张伟", is_vip=True)
    phone = PhoneFactory(customer=customer, number="13900139000")
    ContactFactory(customer=customer, name="李娟", phone=phone)
    cards = list(customer.cards.all())
    for card in cards:
        card.batch = "2606A"
        card.save()
    return customer


def complaint_of(customer, by, *, content="主卧门锁异响，反锁很费力。", ago=timedelta(days=3), **fields):
    """A complaint registered some days ago, with its clocks."""
    now = timezone.now() - ago
    card = customer.cards.order_by("pk").first()
    items = [{"card": card, "product": card.product, "room": card.room}] if card else []
    return begin(
        Complaint.register, "register", by=by, now=now, customer=customer, content=content, items=items, **fields
    ).record


def submit(page, keys):
    with page.expect_navigation():
        keys.press("Control+Enter")


@pytest.mark.req("S0-57")
def test_a_known_callers_complaint_takes_five_groups_of_keys(open_page, agent, customer, shot):
    page = open_page("/call/done/00000000-0000-4000-8000-000000000000/", user=agent)
    page.goto("/profile/")
    keys = Keyboard(page)
    keys.press("c")
    page.wait_for_url("**/call/")
    keys.type("138 0013 8000")
    with page.expect_navigation():
        keys.press("Enter")
    expect(page.locator(CONTENT)).to_be_focused()
    keys.type(SAID)
    submit(page, keys)
    assert keys.groups <= 6
    complaint = Complaint.objects.get()
    expect(page.locator(".call-bignumber")).to_contain_text(complaint.number)
    assert complaint.content == SAID
    assert complaint.customer == customer
    assert complaint.items.get().room == "主卧"
    assert complaint.klass.code == "quality"
    assert complaint.demand == "replace"
    assert Promise.objects.filter(matter=complaint.matter).exists()


def test_a_screen_pop_takes_two_groups(open_page, agent, customer):
    page = open_page(f"/call/?phone={NUMBER}", user=agent)
    keys = Keyboard(page)
    keys.type(SAID)
    submit(page, keys)
    assert keys.groups == 2
    assert Complaint.objects.get().content == SAID


# --- a chase -----------------------------------------------------------------------------------------------------------
def test_a_chase_takes_four_groups(open_page, agent, customer):
    complaint = complaint_of(customer, agent)
    page = open_page("/call/", user=agent)
    keys = Keyboard(page)
    keys.type(NUMBER)
    with page.expect_navigation():
        keys.press("Enter")
    keys.press("u")
    expect(page.locator("[name=kind][value=chase]")).to_be_checked()
    submit(page, keys)
    assert keys.groups == 4
    assert Complaint.objects.get(pk=complaint.pk).chase_count == 1
    assert Event.objects.filter(action="chase", by=agent).count() == 1
    expect(page.locator(".call-bignumber")).to_contain_text(complaint.number)


def test_u_begins_a_word_when_a_letter_follows_and_stays_one_outside(open_page, agent, customer):
    complaint_of(customer, agent)
    page = open_page(f"/call/?phone={NUMBER}", user=agent)
    page.keyboard.type("upper hinge broken", delay=40)
    expect(page.locator(CONTENT)).to_have_value("upper hinge broken")
    expect(page.locator("[name=kind][value=complaint]")).to_be_checked()
    page.keyboard.press("Alt+u")
    expect(page.locator("[name=kind][value=chase]")).to_be_checked()
    expect(page.locator(CONTENT)).to_have_value("upper hinge broken")


def test_keys_wait_while_a_word_is_being_composed(open_page, agent, customer):
    complaint_of(customer, agent)
    page = open_page(f"/call/?phone={NUMBER}", user=agent)
    page.locator(CONTENT).evaluate(
        """field => field.dispatchEvent(new KeyboardEvent("keydown", { key: "u", bubbles: true, isComposing: true }))"""
    )
    expect(page.locator("[name=kind][value=complaint]")).to_be_checked()


def test_outside_a_field_u_chases_too(open_page, agent, customer):
    complaint_of(customer, agent)
    page = open_page(f"/call/?phone={NUMBER}", user=agent)
    page.keyboard.type("客户很急")
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    expect(page.locator("[name=kind][value=chase]")).to_be_checked()
    expect(page.locator(CONTENT)).to_have_value("客户很急")


def test_the_similar_complaint_takes_the_words_in(open_page, agent, customer):
    complaint = complaint_of(customer, agent)
    page = open_page(f"/call/?phone={NUMBER}", user=agent)
    expect(page.locator(".call-similar")).to_be_hidden()
    page.locator(CONTENT).fill("主卧的锁还是响，没人来。")
    page.locator(".call-similar [data-turn]").click()
    submit(page, Keyboard(page))
    assert Complaint.objects.count() == 1
    assert Event.objects.get(action="chase").note == "主卧的锁还是响，没人来。"
    assert Complaint.objects.get(pk=complaint.pk).chase_count == 1


# --- proposals -----------------------------------------------------------------------------------------------------------
def test_words_propose_and_alt_with_a_digit_mends(open_page, agent, customer):
    page = open_page(f"/call/?phone={NUMBER}", user=agent)
    page.locator(CONTENT).fill("次卧门扇开裂，要求换新门")
    expect(page.locator("[name=klass][data-code=quality]")).to_be_checked()
    expect(page.locator("[name=demand][value=replace]")).to_be_checked()
    page.locator(CONTENT).focus()
    page.keyboard.press("Alt+2")
    page.keyboard.press("Alt+Shift+3")
    page.locator(CONTENT).press_sequentially("，开裂得很厉害")
    page.wait_for_timeout(1000)
    expect(page.locator("[name=klass][data-code=installation]")).to_be_checked()
    expect(page.locator("[name=severity][value=serious]")).to_be_checked()
    submit(page, Keyboard(page))
    complaint = Complaint.objects.get()
    assert (complaint.klass.code, complaint.severity, complaint.demand) == ("installation", "serious", "replace")
    item = complaint.items.get()
    assert (item.room, item.part, item.symptom) == ("次卧", "门扇", "开裂")


def test_chips_write_into_the_content(open_page, agent, customer):
    page = open_page(f"/call/?phone={NUMBER}", user=agent)
    page.keyboard.type("卫生间")
    page.get_by_role("button", name="门套", exact=True).click()
    page.get_by_role("button", name="起泡", exact=True).click()
    expect(page.locator(CONTENT)).to_have_value("卫生间门套起泡")
    expect(page.locator(CONTENT)).to_be_focused()


def test_a_grave_word_is_ticked_and_can_be_unticked(open_page, agent, customer):
    page = open_page(f"/call/?phone={NUMBER}", user=agent)
    page.locator(CONTENT).fill("柜门掉下来砸到孩子")
    expect(page.locator("[name=is_grave]")).to_be_checked()
    page.locator("[name=is_grave]").uncheck()
    submit(page, Keyboard(page))
    assert not Complaint.objects.get().is_grave


# --- nothing typed is lost -----------------------------------------------------------------------------------------------
def saved(page):
    expect(page.locator("[data-draft-state]")).to_have_text(re.compile(r"\d\d:\d\d:\d\d"), timeout=15000)


def test_a_draft_survives_a_closed_tab(open_page, agent, customer):
    page = open_page(f"/call/?phone={NUMBER}", user=agent)
    page.locator(CONTENT).fill(SAID)
    saved(page)
    context = page.context
    page.close()
    page = context.new_page()
    page.goto("/call/")
    page.get_by_role("link", name=re.compile("张伟")).first.click()
    expect(page.locator(CONTENT)).to_have_value(SAID)
    submit(page, Keyboard(page))
    assert Complaint.objects.get().content == SAID
    assert not Draft.objects.filter(user=agent).exists()


def test_an_ended_session_loses_neither_words_nor_operation(open_page, agent, customer):
    page = open_page(f"/call/?phone={NUMBER}", user=agent)
    op = page.locator("[name=op]").input_value()
    page.locator(CONTENT).fill(SAID)
    saved(page)
    page.locator(CONTENT).press_sequentially("再补一句")
    Session.objects.all().delete()
    submit(page, Keyboard(page))
    assert "/login" in page.url
    assert not Complaint.objects.exists()
    sign_in(page.context, agent, page.url.split("/login")[0])
    page.goto(f"/call/?phone={NUMBER}")
    expect(page.locator(CONTENT)).to_have_value(f"{SAID}再补一句")
    assert page.locator("[name=op]").input_value() == op
    submit(page, Keyboard(page))
    assert Complaint.objects.get().content == f"{SAID}再补一句"


def test_a_draft_of_one_caller_never_shows_up_for_another(open_page, agent, customer):
    on_the_line("13700137000", name="李建国")
    page = open_page(f"/call/?phone={NUMBER}", user=agent)
    page.locator(CONTENT).fill(SAID)
    saved(page)
    page.goto("/call/?phone=13700137000")
    page.wait_for_timeout(800)
    expect(page.locator(CONTENT)).to_have_value("")


def test_a_refused_form_comes_back_whole_with_the_focus_on_what_is_wrong(open_page, agent, customer):
    page = open_page(f"/call/?phone={NUMBER}", user=agent)
    page.locator(CONTENT).fill(SAID)
    page.locator(".call-more-fields > summary").click()
    page.locator("[name=received_at]").fill("2999-01-01T10:00")
    submit(page, Keyboard(page))
    expect(page.locator(CONTENT)).to_have_value(SAID)
    expect(page.locator("[name=received_at]")).to_be_focused()
    assert not Complaint.objects.exists()


def test_a_double_press_registers_once(open_page, agent, customer):
    page = open_page(f"/call/?phone={NUMBER}", user=agent)
    page.locator(CONTENT).fill(SAID)
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
        page.keyboard.press("Control+Enter")
    page.wait_for_url("**/call/done/**")
    assert Complaint.objects.count() == 1


# --- every caller leads somewhere ----------------------------------------------------------------------------------------
def test_one_of_several_files_is_picked_by_its_digit(open_page, agent, customer):
    other = on_the_line(name="李建国", rooms=["书房"])
    page = open_page(f"/call/?phone={NUMBER}", user=agent)
    expect(page.locator(".call-pick tbody tr")).to_have_count(2)
    with page.expect_navigation():
        page.keyboard.press("1")
    assert f"customer={other.pk}" in page.url
    expect(page.locator(".call-name")).to_have_text("李建国")
    expect(page.locator(CONTENT)).to_be_focused()


def test_a_number_of_another_branch_is_handed_over(open_page, agent, customer):
    branch = CustomerRegionFactory(code="wuhan", name="武汉分公司")
    theirs = on_the_line("13700137000", name="外地客户", region=branch)
    page = open_page("/call/?phone=13700137000", user=agent)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.locator(CONTENT).fill(SAID)
    submit(page, Keyboard(page))
    complaint = Complaint.objects.get()
    assert (complaint.customer, complaint.region) == (theirs, branch)
    expect(page.locator(".call-bignumber")).to_contain_text(complaint.number)
    assert "外地客户" not in page.content()


def test_somebody_new_is_filed_in_the_same_act(open_page, agent):
    page = open_page("/call/?phone=13712345678", user=agent)
    page.keyboard.type("赵敏")
    page.locator(CONTENT).fill(SAID)
    submit(page, Keyboard(page))
    complaint = Complaint.objects.get()
    assert (complaint.customer.name, complaint.caller_phone) == ("赵敏", "13712345678")


def test_on_a_phone_a_strangers_words_come_before_his_name(open_page, agent):
    page = open_page("/call/?phone=13712345678", user=agent, size="phone")
    words, name, demand = page.locator(CONTENT), page.locator("[name=name]"), page.locator("[name=demand] >> nth=0")
    expect(words).to_be_focused()
    top = words.bounding_box()["y"]
    assert top + words.bounding_box()["height"] < page.locator(".call-foot").bounding_box()["y"]
    assert top < name.bounding_box()["y"] < demand.bounding_box()["y"]
    words.fill(SAID)
    page.locator("[data-submit]").click()
    expect(name).to_be_focused()  # a refusal leads to what is missing
    expect(words).to_have_value(SAID)
    name.fill("赵敏")
    page.locator("[data-submit]").click()
    page.wait_for_url("**/call/done/**")
    assert Complaint.objects.get().customer.name == "赵敏"


def test_it_all_works_without_scripts(open_page, agent, customer):
    complaint = complaint_of(customer, agent)
    page = open_page("/call/", user=agent, java_script_enabled=False)
    page.fill("[name=phone]", NUMBER)
    page.keyboard.press("Enter")
    page.fill(CONTENT, SAID)
    page.check("[name=card] >> nth=0")
    page.click("[data-submit]")
    assert Complaint.objects.count() == 2
    page.goto(f"/call/?phone={NUMBER}")
    page.check("[name=kind][value=chase]", force=True)
    expect(page.locator("[name=klass] >> nth=0")).to_be_hidden()
    page.select_option("[name=into]", str(complaint.pk))
    page.click("[data-submit]")
    assert Complaint.objects.get(pk=complaint.pk).chase_count == 1


# --- looks ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_looks(open_page, agent, customer, axe, shot, size, language):
    complaint_of(customer, agent)
    page = open_page("/call/", user=agent, size=size, language=language)
    shot(page, f"call-start-{size}-{language}")
    axe(page)
    page.goto(f"/call/?phone={NUMBER}")
    page.locator(CONTENT).fill(SAID)
    page.wait_for_timeout(1500)
    shot(page, f"call-{size}-{language}")
    shot(page, f"call-{size}-{language}-fold", full=False)
    axe(page)
    page.goto("/call/?phone=13712345678")
    shot(page, f"call-new-{size}-{language}")
    axe(page)


def test_looks_of_the_rest(open_page, agent, customer, shot, axe):
    on_the_line(name="张丽", rooms=["书房"])
    branch = CustomerRegionFactory(code="wuhan", name="武汉分公司")
    branch.hotline = "027-8888 6666"
    branch.save()
    on_the_line("13700137000", region=branch)
    page = open_page(f"/call/?phone={NUMBER}", user=agent)
    shot(page, "call-pick")
    axe(page)
    page.keyboard.press("1")
    page.goto("/call/?phone=13700137000")
    shot(page, "call-elsewhere")
    axe(page)
    page.locator(".call-elsewhere .button-primary").click()
    shot(page, "call-branch")
    page.locator(CONTENT).fill(SAID)
    submit(page, Keyboard(page))
    shot(page, "call-done-branch")
    axe(page)
    page.goto(f"/call/?customer={customer.pk}&phone={NUMBER}")
    page.locator(CONTENT).fill(SAID)
    submit(page, Keyboard(page))
    shot(page, "call-done")
    page.goto("/call/")
    shot(page, "call-start")


def test_on_a_phone_what_is_written_comes_before_the_file(open_page, agent, customer):
    page = open_page(f"/call/?phone={NUMBER}", user=agent, size="phone")

    def top(selector):
        return page.locator(selector).bounding_box()["y"]

    assert top(".call-who") < top(CONTENT) < 500 < top("#call-file")
    page.locator(".call-who").click()
    expect(page.locator("#call-file .call-name")).to_be_in_viewport()
    desk = open_page(f"/call/?phone={NUMBER}", user=agent)
    expect(desk.locator(".call-who")).to_be_hidden()
    assert desk.locator("#call-file").bounding_box()["x"] < desk.locator(CONTENT).bounding_box()["x"]
