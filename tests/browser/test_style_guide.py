"""The style guide as browsers show it: both sizes, both languages, light and dark.

Few tests with several looks each: after every test of a live site the whole database is emptied, which takes longer
than the looking.
"""

from itertools import product

import pytest
from playwright.sync_api import expect

TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"
WORDS = "[...document.querySelectorAll('main :is(h1, h2, label.label, .button)')].map((one) => one.textContent)"
SMALL = """[...document.querySelectorAll("main .button, .top .button, .rail a, main select, main input")]
  .filter((one) => one.offsetParent && !one.matches("[type=checkbox], [type=radio], [type=file], [type=hidden]"))
  .filter((one) => one.getBoundingClientRect().height < 43.5).map((one) => one.outerHTML.slice(0, 120))"""


def is_chinese(text):
    return any("\u4e00" <= char <= "\u9fff" for char in text)


@pytest.mark.long
def test_every_component_is_readable_everywhere(open_page, shot, axe, designer):
    for size, language, scheme in product(("desktop", "phone"), ("zh-hans", "en"), ("light", "dark")):
        page = open_page("/style-guide/", user=designer, size=size, language=language, scheme=scheme)
        shot(page, f"style-guide-{size}-{language}-{scheme}")
        axe(page)
        assert not page.evaluate(TOO_WIDE)
        if language == "en":
            assert not [text for text in page.evaluate(WORDS) if is_chinese(text)]
        if size == "phone":
            assert not page.evaluate(SMALL)


def test_dialog_and_sheet_are_readable_and_a_phone_has_its_bar(open_page, shot, axe, designer):
    for size in ("desktop", "phone"):
        page = open_page("/style-guide/", user=designer, size=size)
        page.locator(".page-head a[data-dialog]").click()
        page.locator("#dialog[open] textarea").first.wait_for()
        shot(page, f"dialog-{size}", full=False)
        axe(page)
        page.locator("#dialog [data-close]").first.click()
        page.keyboard.press("?")
        page.locator("#keys[open]").wait_for()
        shot(page, f"keys-{size}", full=False)
        axe(page)


def test_nothing_needs_scripts(open_page, designer):
    page = open_page("/style-guide/", user=designer, java_script_enabled=False)
    assert page.locator("input[type=file]").first.is_visible()
    assert page.locator("select[name=town]").is_visible()
    page.locator("form[data-main] [data-submit]").click()
    expect(page.get_by_text("样例已通过")).to_have_count(1)
