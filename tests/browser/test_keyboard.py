"""A complaint without a mouse: the sheet names every key of the page, menus and dialogs open, work and close by keys."""

import pytest
from playwright.sync_api import expect

from workflow.models import Event

from tests.factories.casefiles import full_complaint
from tests.factories.cases import person

pytestmark = pytest.mark.django_db(transaction=True)
KEYS = """[...document.querySelectorAll("[data-key]")]
  .filter((one) => !one.closest("dialog, [hidden]")).map((one) => one.dataset.key)"""
IN_ITS_OWN_WORDS = {"/", "[", "]"}


@pytest.fixture
def agent():
    return person("agent", name="王敏")


@pytest.fixture
def complaint(agent):
    return full_complaint(1, by=agent)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_sheet_names_every_key_in_the_language_of_the_page(open_page, agent, complaint, language):
    page = open_page(complaint.get_absolute_url(), user=agent, language=language)
    keys = set(page.evaluate(KEYS)) - IN_ITS_OWN_WORDS
    assert {"n", "c", "m", "w", "l", "g h"} <= keys
    page.keyboard.press("?")
    rows = page.locator("#keys[open] [data-keys-for] dt")
    named = rows.all_inner_texts()
    assert len(named) == len(keys)
    assert all(named)
    if language == "en":
        assert not [words for words in named if any("\u4e00" <= character <= "\u9fff" for character in words)]
    page.keyboard.press("Escape")
    expect(page.locator("#keys[open]")).to_have_count(0)


def test_a_menu_and_its_dialog_by_keys_alone(open_page, agent, complaint):
    page = open_page(complaint.get_absolute_url(), user=agent)
    menu = page.locator(".page-head details.menu")
    page.keyboard.press("m")
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()
    page.keyboard.press("m")
    item = menu.locator("a.menu-item[data-dialog]", has_text="催办").first
    for _step in range(60):
        page.keyboard.press("Tab")
        if item.evaluate("(one) => one === document.activeElement"):
            break
    page.keyboard.press("Enter")
    field = page.locator("#dialog[open] textarea").first
    expect(field).to_be_focused()
    page.keyboard.type("客户又来电")
    page.keyboard.press("Escape")  # leaves the field, then the dialog; the page stays
    page.keyboard.press("Escape")
    expect(page.locator("#dialog[open]")).to_have_count(0)
    page.keyboard.press("m")
    item.focus()
    page.keyboard.press("Enter")
    expect(field).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#dialog[open]")).to_have_count(0)
    assert Event.objects.filter(action="chase").count() == 1
