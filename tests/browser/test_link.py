"""A customer on his phone: he sends a photo, reminds us, agrees to the plan; and what the pages look like."""

import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from cases.models import Complaint
from workflow.models import Attachment, CustomerLink, Event
from workflow.models.link import digest

from tests.factories.cases import ComplaintFactory, PlanOptionFactory, StrandFactory, person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("S3-03", "S2-181", "S2-184")]


@pytest.fixture
def approved():
    complaint = ComplaintFactory(matter__owner=person("agent", name="王敏", work_number="1024"))
    PlanOptionFactory(complaint=complaint, selected=True, steps="师傅上门补胶加压，约两小时。", days=3)
    PlanOptionFactory(complaint=complaint, offered=True, remedy="part", steps="寄一扇门板，师傅上门更换。", days=10)
    StrandFactory(complaint=complaint, round=1, kind="notify")
    Complaint.objects.filter(pk=complaint.pk).update(status="plan_approved", plan_round=1)
    return Complaint.objects.get(pk=complaint.pk)


@pytest.fixture
def page_of(approved):
    _link, token = CustomerLink.objects.issue(approved.matter, by=None)
    return f"/s/{token}/"


def a_photo():
    file = BytesIO()
    Image.new("RGB", (900, 1200), "peru").save(file, "JPEG")
    return {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


def test_a_customer_on_his_phone(open_page, page_of, approved, axe, shot):
    page = open_page(page_of, size="phone")
    axe(page)
    shot(page, "link-phone-zh")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.set_input_files("input[name=slot-close_up]", a_photo())
    page.click("#files button[type=submit]")
    page.wait_for_url("**?done=attach_files")
    expect(page.locator("#files .photo img")).to_have_count(1)
    page.fill("#chase textarea", "等了三天了")
    page.click("#chase button[type=submit]")
    page.wait_for_url("**?done=chase")
    expect(page.locator("#chase form")).to_have_count(0)
    page.check("#plan input[type=radio] >> nth=1")
    page.check("#plan input[name=agree]")
    page.click("#plan button.button-primary")
    page.wait_for_url("**?done=accept_plan")
    expect(page.locator("#plan")).to_have_count(0)
    done = Complaint.objects.get()
    assert (done.status, done.accepted_how, done.chase_count) == ("implementing", "link", 1)
    assert done.options.get(selected=True).remedy == "part"
    assert Attachment.objects.sent_by_customer().get().kind == "close_up"
    assert set(Event.objects.values_list("actor", flat=True)) == {"customer"}


@pytest.mark.parametrize(("size", "language"), [("desktop", "zh-hans"), ("phone", "en"), ("desktop", "en")])
def test_the_page_in_both_languages_and_sizes(open_page, page_of, axe, shot, size, language):
    page = open_page(f"{page_of}?lang={language}", size=size, language=language)
    assert page.locator("html").get_attribute("lang") == language
    axe(page)
    shot(page, f"link-{size}-{language}")


def test_it_works_without_scripts(open_page, page_of):
    page = open_page(page_of, size="phone", java_script_enabled=False)
    page.set_input_files("input[name=slot-whole]", a_photo())
    page.click("#files button[type=submit]")
    page.wait_for_url("**?done=attach_files")
    assert Attachment.objects.sent_by_customer().get().kind == "whole"


REFUSE = (
    "Object.defineProperty(navigator, 'clipboard', {value: {writeText: () => Promise.reject(new Error('refused'))}})"
)


def test_one_press_copies_the_link_and_a_refusal_shows_it(open_page, approved):
    agent, address = approved.matter.owner, approved.get_absolute_url()
    page = open_page(address, user=agent, permissions=["clipboard-read", "clipboard-write"])
    page.keyboard.press("l")
    page.locator(".toast", has_text="链接已复制").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    token = copied.rstrip("/").rsplit("/", 1)[1]
    assert CustomerLink.objects.get().token_hash == digest(token)
    page.evaluate(REFUSE)
    page.keyboard.press("l")
    expect(page.locator("#link-url")).to_have_value(copied)  # the same press, so the same link
    plain = open_page(address, user=agent, java_script_enabled=False)
    plain.locator("form[data-copy-made] button").click()
    expect(plain.locator("#link-url")).to_have_value(re.compile(r"/s/[\w-]{24}/$"))
    assert CustomerLink.objects.count() == 2
