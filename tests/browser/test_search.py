"""The search box as people use it: a key, a few letters, arrows, Enter; with an input method; on a phone; without scripts."""

import pytest
from playwright.sync_api import expect

from tests.factories.cases import ComplaintFactory, person
from tests.factories.customers import CustomerFactory, PhoneFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("S0-21", "S3-40")]


@pytest.fixture
def agent():
    return person("agent", name="王敏")


@pytest.fixture
def complaints(agent):
    customer = CustomerFactory(name="曾志强")
    PhoneFactory(customer=customer, number="13971751234")
    customer.index()
    rows = [
        ComplaintFactory(matter__customer=customer, content=words, caller_name="曾志强")
        for words in ("门锁异响", "门套开裂")
    ]
    for row in rows:
        row.reindex()
    return rows


def test_from_the_key_to_the_record_without_a_mouse(open_page, agent, complaints, axe):
    page = open_page("/", user=agent)
    page.keyboard.press("/")
    box = page.get_by_role("combobox", name="搜索")
    expect(box).to_be_focused()
    options = page.locator(".search [role=option]")
    box.press_sequentially("zzq")
    expect(options).to_have_count(1 + 2 + 1)  # the customer, his complaints, everything
    expect(options.first).to_contain_text("曾志强")
    expect(page.locator(".search [aria-selected=true]")).to_have_count(0)
    axe(page)
    box.press("ArrowDown")
    box.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == options.nth(1).get_attribute("id")
    box.press("Escape")
    expect(page.locator(".search [role=listbox]")).to_be_hidden()
    assert box.input_value() == "zzq"
    box.press("Enter")  # nothing chosen: everything that was found
    page.wait_for_url("**/search/?q=zzq")
    expect(page.locator("#results")).to_contain_text(complaints[1].number)
    axe(page)
    page.keyboard.press("/")
    box.fill(complaints[0].number.lower())
    expect(page.locator(".search [data-meant]")).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    page.wait_for_url(f"**{complaints[0].get_absolute_url()}")


def test_what_an_input_method_composes_is_not_searched_for_until_it_is_chosen(open_page, agent, complaints):
    page = open_page("/", user=agent, language="en")
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "suggestions" in request.url else None)
    box = page.get_by_role("combobox", name="Search")
    box.focus()
    typing = page.context.new_cdp_session(page)
    for letters in ("y", "yi", "yi xiang"):
        typing.send(
            "Input.imeSetComposition", {"text": letters, "selectionStart": len(letters), "selectionEnd": len(letters)}
        )
    page.wait_for_timeout(400)
    assert not asked
    typing.send("Input.insertText", {"text": "异响"})
    expect(page.locator(".search [role=option]").first).to_contain_text(complaints[0].number)
    assert len(asked) == 1


def test_a_phone_follows_what_is_typed_and_a_browser_without_scripts_finds_the_same(open_page, agent, complaints, axe):
    page = open_page("/search/", user=agent, size="phone")
    field = page.locator("#search-field")
    expect(field).to_be_focused()
    field.press_sequentially("1234")
    expect(page.locator("#results")).to_contain_text("曾志强")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    axe(page)
    field.fill("没有的")
    expect(page.locator("#results")).to_contain_text("没有找到")
    plain = open_page("/", user=agent, java_script_enabled=False)
    box = plain.locator(".search input[name=q]")
    box.fill("开裂")
    box.press("Enter")
    expect(plain.locator("#results")).to_contain_text(complaints[1].number)
    expect(plain.locator("#results")).not_to_contain_text(complaints[0].number)
