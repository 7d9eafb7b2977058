"""Bringing a file in, in a browser: chosen, checked while the page waits, the good rows written, found again."""

import pytest
from django.urls import reverse

from core import jobs
from core.models import TableImport
from customers.models import Customer, ServiceCard

from tests.customers.tables import csv_file
from tests.factories.accounts import RegionFactory, UserFactory
from tests.factories.customers import ProductFactory

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = [
    ["姓名", "电话", "型号", "房间", "安装日期"],
    ["张伟", "13800138000", "M-203", "主卧", "2026-10-10"],
    ["李娜", "1.38E+10", "M-203", "书房", "2026-10-10"],
    ["王强", "13900139000", "M-203", "次卧", "2026/10/11"],
]


@pytest.mark.parametrize(("size", "language"), [("desktop", "zh-hans"), ("phone", "en")])
def test_a_file_is_brought_in_step_by_step(open_page, axe, size, language):
    ProductFactory(model_no="M-203")
    manager = UserFactory(role="manager", region=RegionFactory(name="黄石分公司"), language=language)
    page = open_page(reverse("core:tables"), user=manager, size=size, language=language)
    axe(page)
    page.locator(f"a[href='{reverse('core:table', args=['cards'])}']").click()
    page.wait_for_url("**/tables/cards/")
    axe(page)
    upload = csv_file(ROWS, name="黄石服务卡.csv", encoding="gbk")
    file = {"name": upload.name, "mimeType": "text/csv", "buffer": upload.read()}
    page.locator("input[type=file]").set_input_files(file)
    page.locator("[data-submit]").click()
    page.wait_for_url("**/imports/*/")
    page.locator("progress").wait_for()
    axe(page)
    jobs.run_waiting()
    write = page.locator("button[name=rows][value=good]")
    write.wait_for()  # the page asks by itself how far the check is
    assert page.get_by_text("1.38E+10").is_visible()
    axe(page)
    write.click()
    page.locator("progress").wait_for()
    jobs.run_waiting()
    page.locator(".chip-done").first.wait_for()
    axe(page)
    assert (Customer.objects.count(), ServiceCard.objects.count()) == (2, 2)
    page.goto(page.url.replace(TableImport.objects.get().get_absolute_url(), reverse("core:tables")))
    page.get_by_text("黄石服务卡.csv").click()
    page.locator(".chip-done").first.wait_for()
