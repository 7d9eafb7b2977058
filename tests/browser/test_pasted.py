"""A contact pasted in one piece fills its fields, with scripts by itself and without them by a button."""

import re

import pytest
from playwright.sync_api import expect

from customers.models import Customer

from tests.cases.intake import at_work
from tests.factories.cases import person

LINE = "张三 13812345678 广东省深圳市南山区科技园路1号3栋502"
FIELDS = {"name": "张三", "phone": "138 1234 5678", "area": "广东省深圳市南山区", "address": "科技园路1号3栋502"}


@pytest.fixture
def agent(transactional_db):
    at_work()
    return person("agent", name="王敏", language="zh-hans")


def filled(page, fields):
    for name, value in fields.items():
        expect(page.locator(f"[name={name}]")).to_have_value(value)


def test_a_pasted_contact_fills_the_fields_and_loses_nothing(open_page, agent, axe):
    page = open_page("/customers/new/", user=agent)
    pasted = page.locator("[name=pasted]")
    page.locator("[name=name]").fill("李四")
    pasted.evaluate(
        """(area, text) => { area.value = text; area.dispatchEvent(new ClipboardEvent("paste", { bubbles: true })); }""",
        LINE,
    )
    filled(page, FIELDS | {"name": "李四", "address": "科技园路1号3栋502 张三", "pasted": ""})
    expect(page.locator("[data-split-state]")).not_to_be_empty()
    axe(page)
    # Out of reach the words stay where they are.
    page.route("**/look-up/contact/", lambda route: route.abort())
    pasted.fill("王五")
    pasted.press("Tab")
    expect(page.locator("[data-split-state]")).to_have_text(re.compile("网络|连接|断"))
    filled(page, {"pasted": "王五", "name": "李四"})


def test_a_caller_without_a_file_is_pasted_on_the_call_screen(open_page, agent):
    page = open_page("/call/?phone=13812345678", user=agent)
    page.locator("[name=pasted]").fill(LINE)
    page.locator("[name=content]").fill("门锁异响")
    filled(
        page, {"name": "张三", "address": "广东省深圳市南山区科技园路1号3栋502", "content": "门锁异响", "pasted": ""}
    )


def test_without_scripts_a_button_does_it_and_enter_still_sends_the_form(open_page, agent):
    page = open_page("/customers/new/", user=agent, java_script_enabled=False)
    page.locator("[name=pasted]").fill(LINE)
    page.locator("[name=split]").click()
    filled(page, FIELDS | {"pasted": ""})
    page.locator("[name=name]").press("Enter")
    page.wait_for_url(re.compile(r"/customers/\d+/$"))
    assert Customer.objects.get().name == "张三"
