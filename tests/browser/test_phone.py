"""The technician's phone: a whole job by the thumb, and the same without a line."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Error

from technicians.models import WorkOrder
from workflow.models import Attachment, Event, Operation
from workflow.perform import begin, perform

from tests.factories.cases import ComplaintFactory, person
from tests.factories.customers import PhoneFactory, PriceItemFactory, ServiceCardFactory, WarrantyPlanFactory
from tests.factories.files import picture
from tests.factories.technicians import TechnicianFactory, WorkOrderFactory, send, tomorrow

S = WorkOrder.Status
pytestmark = pytest.mark.django_db(transaction=True)
BEFORE = {"name": "before.jpg", "mimeType": "image/jpeg", "buffer": picture()}
WAITING = "import('/static/js/queue.js').then((queue) => queue.entries()).then((all) => all.length)"
AFTER = {"name": "after.jpg", "mimeType": "image/jpeg", "buffer": picture(colour="tan")}


@pytest.fixture
def technician(transactional_db):
    return TechnicianFactory(user__name="陈师傅")


@pytest.fixture
def order(technician):
    WarrantyPlanFactory()
    order = WorkOrderFactory(status=S.DISPATCHED, bring="锁体一只", window_from=timezone.now())
    PhoneFactory(customer=order.customer, number="13800138000")
    order.card = ServiceCardFactory(customer=order.customer, colour="胡桃木色", measured_size="2050×860×120")
    order.window_until = order.window_from + timezone.timedelta(hours=2)
    order.save_changes()
    send(order, technician)
    return order


class Phone:
    """The technician's hand on the job page."""

    def __init__(self, page, order):
        self.page, self.order = page, order

    def open(self):
        self.page.goto(reverse("technicians:job", args=[self.order.pk]))
        return self

    @property
    def step(self):
        return self.page.locator("[data-step]:not([hidden])")

    def is_at(self, name):
        self.page.locator(f'[data-step="{name}"]:not([hidden])').wait_for()

    def press(self):
        self.step.locator("[data-next-step]").click()

    def tap(self, words):
        self.step.locator("button.chip", has_text=words).first.click()

    def choose(self, name, value):
        self.step.locator(f"[name='{name}'][value='{value}']").check(force=True)

    def photograph(self, name, file):
        self.step.locator(f"input[name='{name}']").set_input_files(file)

    def sign(self):
        pad = self.step.locator("canvas")
        pad.scroll_into_view_if_needed()
        box = pad.bounding_box()
        mouse = self.page.mouse
        mouse.move(box["x"] + 20, box["y"] + 40)
        mouse.down()
        mouse.move(box["x"] + 200, box["y"] + 80, steps=8)
        mouse.up()

    def waits(self):
        """How many acts stand in the outbox."""
        return self.page.evaluate(WAITING)

    def until(self, holds):
        """Wait for what only a script can see; the page's policy lets no text be evaluated inside it."""
        for _try in range(100):
            try:
                if self.page.evaluate(holds):
                    return
            except Error:  # the page was just being shown anew
                pass
            self.page.wait_for_timeout(100)
        raise AssertionError(f"never: {holds}")

    def sent(self):
        self.until(f"{WAITING}.then((left) => !left)")

    def kept(self):
        """Wait until the worker has the job's page, and everything it is made of."""
        path = reverse("technicians:job", args=[self.order.pk])
        self.until("navigator.serviceWorker.controller !== null")
        self.until(f"caches.open('jobs').then((shelf) => shelf.match('{path}')).then(Boolean)")
        self.until("caches.open('looks').then((shelf) => shelf.match('/static/js/queue.js')).then(Boolean)")


def test_the_free_job_by_the_thumb(open_page, technician, order, axe, shot):
    phone = Phone(open_page("/", user=technician.user, size="phone"), order).open()
    phone.is_at("acknowledge")
    assert phone.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    axe(phone.page)
    shot(phone.page, "phone-call")
    phone.tap("时间不变")
    phone.press()
    phone.is_at("arrive")
    phone.press()
    phone.is_at("before")
    phone.photograph("slot-before", BEFORE)
    phone.press()
    phone.is_at("start_free")
    phone.tap("螺丝松动")
    phone.choose("difficulty", "easy")
    phone.choose("human_damage", "no")
    shot(phone.page, "phone-look")
    axe(phone.page)
    phone.press()
    phone.is_at("after")
    phone.photograph("slot-after", AFTER)
    phone.press()
    phone.is_at("complete")
    phone.tap("螺丝松动")
    phone.tap("紧固全部螺丝")
    phone.tap("轻开轻关")
    phone.step.locator("[name=tested]").check()
    phone.step.locator("[name=cleaned]").check()
    shot(phone.page, "phone-finish")
    phone.press()
    phone.is_at("customer_accept")
    for box in phone.step.locator("[name=met]").all():
        box.check(force=True)
    phone.choose("opinion", "satisfied")
    phone.sign()
    shot(phone.page, "phone-accept")
    axe(phone.page)
    phone.press()
    phone.is_at("end")
    order = WorkOrder.objects.get()
    assert (order.status, order.work_done, order.opinion) == (S.CUSTOMER_ACCEPTED, "紧固全部螺丝。", "satisfied")
    assert order.signature is not None


def paid_order(agent, technician):
    """An order of a complaint that is being carried out; the product is out of warranty."""
    complaint = ComplaintFactory(status="implementing", plan_round=1, matter__owner=agent)
    complaint.strands.create(round=1, kind="execute")
    accept = {"complaint": complaint, "kind": "repair", "content": "门锁打不开"}
    order = begin(WorkOrder.accept, "accept", by=agent, now=timezone.now(), **accept).record
    starts_at, ends_at = tomorrow()
    sent = {"technician": technician, "window_from": starts_at, "window_until": ends_at}
    return perform(order, "dispatch", by=person("dispatcher"), **sent).record


def test_the_paid_job_its_rework_and_the_agent_who_closes(open_page, technician, shot):
    agent = person("agent", name="王敏")
    PriceItemFactory(code="lock", name="磁吸锁体", price=85)
    order = paid_order(agent, technician)
    phone = Phone(open_page("/", user=technician.user, size="phone"), order).open()
    phone.tap("时间不变")
    phone.press()
    phone.is_at("arrive")
    phone.press()
    phone.is_at("before")
    phone.photograph("slot-before", BEFORE)
    phone.press()
    phone.is_at("quote")
    with phone.page.expect_navigation():
        phone.press()
    form = phone.page.locator("form[data-main]")
    form.locator("[name=situation]").fill("锁舌断了")
    form.locator("[name=difficulty][value=easy]").check(force=True)
    form.locator("[name=human_damage][value=yes]").check(force=True)
    form.locator("[name=item-0]").select_option(index=1)
    form.locator("[data-submit]").click()
    phone.is_at("confirm_quote")
    assert "¥85.00" in phone.step.inner_text()
    phone.press()  # nobody has signed yet
    phone.step.locator("[data-wrong]").get_by_text("签").first.wait_for()
    phone.sign()
    shot(phone.page, "phone-sign")
    phone.press()
    for _round in ("first", "again"):
        if _round == "first":
            phone.is_at("after")
            phone.photograph("slot-after", AFTER)
            phone.press()
        phone.is_at("complete")
        phone.step.locator("details.form-rows summary").click()
        phone.step.locator("[name=name-0]").fill("木螺丝")
        if _round == "first":
            for words in ("正常磨损", "更换配件", "轻开轻关"):
                phone.tap(words)
        phone.step.locator("[name=tested]").check()
        phone.step.locator("[name=cleaned]").check()
        phone.press()
        phone.is_at("customer_accept")
        if _round == "first":
            found = WorkOrder.objects.get()
            perform(found, "fail_acceptance", by=technician.user, failed=["blends"], reason="补漆处有色差")
            phone.open().is_at("resume")
            phone.tap("重新施工")
            phone.press()
    for box in phone.step.locator("[name=met]").all():
        box.check(force=True)
    phone.choose("opinion", "satisfied")
    phone.sign()
    phone.press()
    phone.is_at("collect_fee")
    phone.press()
    phone.is_at("end")
    desk = open_page(order.get_absolute_url(), user=agent)
    desk.locator("[data-next-step]").click()
    closing = desk.locator("form[data-main]:visible, [role=dialog] form:visible, dialog form:visible").first
    closing.locator("[name=satisfied][value=yes]").check(force=True)
    closing.locator("[name=words]").fill("电话确认满意")
    closing.locator("[data-submit]").click()
    desk.get_by_text("电话确认满意").first.wait_for()
    order = WorkOrder.objects.get()
    assert (order.status, order.rework_count, order.owed) == (S.CLOSED, 1, 0)
    assert order.fees.get().amount == 85
    assert order.live_quote.signature is not None
    assert not order.complaint.strands.filter(done_at=None).exists()


def test_line_cut_three_acts_and_a_photo_line_back_each_once(open_page, technician, order, shot):
    phone = Phone(open_page(reverse("technicians:today"), user=technician.user, size="phone"), order)
    phone.kept()
    context = phone.page.context
    context.set_offline(True)
    phone.open()  # out of what the worker kept, though this page was never asked for
    phone.is_at("acknowledge")
    phone.tap("时间不变")
    phone.press()
    phone.is_at("arrive")
    phone.press()
    phone.is_at("before")
    phone.photograph("slot-before", BEFORE)
    phone.press()
    phone.is_at("start_free")
    phone.open()  # the phone was put away and taken out again
    phone.is_at("start_free")
    phone.tap("螺丝松动")
    phone.choose("difficulty", "easy")
    phone.choose("human_damage", "no")
    phone.press()
    phone.is_at("after")
    assert phone.waits() == 4
    shot(phone.page, "phone-offline")
    assert WorkOrder.objects.get().status == S.DISPATCHED
    context.set_offline(False)
    phone.sent()
    phone.is_at("after")
    done = Operation.objects.filter(by=technician.user).order_by("pk").values_list("verb", flat=True)
    assert list(done) == ["acknowledge", "arrive", "attach_files", "start_free"]
    order = WorkOrder.objects.get()
    assert (order.status, order.visits, order.situation) == (S.IN_PROGRESS, 1, "螺丝松动")
    assert Attachment.objects.filter(kind="before").count() == 1
    verbs = Event.objects.filter(by=technician.user, kind="verb").values_list("action", flat=True)
    assert sorted(verbs) == ["acknowledge", "arrive", "start_free"]


def test_an_answer_lost_on_the_way_doubles_nothing(open_page, technician, order):
    phone = Phone(open_page("/", user=technician.user, size="phone"), order).open()
    phone.is_at("acknowledge")
    cut = []

    def lose_the_first_answer(route):
        if not cut:
            cut.append(route.fetch())  # the server has done it
            route.abort("connectionreset")
        else:
            route.continue_()

    phone.page.context.route("**/acknowledge/", lose_the_first_answer)
    phone.tap("时间不变")
    phone.press()
    phone.is_at("arrive")
    assert cut[0].ok
    assert phone.waits() == 1
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    phone.sent()
    assert Event.objects.filter(kind="verb", action="acknowledge").count() == 1


def test_reassigned_while_the_line_was_cut_both_sides_are_shown_and_nothing_is_lost(
    open_page, technician, order, axe, shot
):
    phone = Phone(open_page(reverse("technicians:today"), user=technician.user, size="phone"), order)
    phone.kept()
    context = phone.page.context
    context.set_offline(True)
    phone.open().is_at("acknowledge")
    phone.tap("时间不变")
    phone.press()
    phone.is_at("arrive")
    phone.press()
    phone.is_at("before")
    phone.photograph("slot-before", BEFORE)
    phone.press()
    phone.is_at("start_free")
    starts_at, ends_at = tomorrow()
    perform(
        order, "reassign", by=person("dispatcher", name="周调度"), technician=TechnicianFactory(), reason="客户换时间",
        window_from=starts_at, window_until=ends_at,
    )  # fmt: skip
    context.set_offline(False)
    phone.page.goto(reverse("technicians:outbox"))
    phone.page.get_by_text("周调度").wait_for()
    axe(phone.page)
    shot(phone.page, "phone-conflict")
    first = phone.page.locator("[data-entry]").first
    assert "已联系客户，时间不变。" in first.inner_text()
    assert first.locator("[data-part=again]").is_hidden()  # it is somebody else's now
    assert phone.waits() == 3
    with phone.page.expect_download() as saved:  # the photo is his to keep
        phone.page.locator("[data-part=files] a").click()
    assert saved.value.suggested_filename == "before.jpg"
    assert not Event.objects.filter(kind="verb", by=technician.user).exists()
    assert WorkOrder.objects.get().status == S.DISPATCHED


def test_what_a_colleague_changed_meanwhile_can_be_sent_all_the_same(open_page, technician, order):
    """The office moved the card, not the job: he sees it and sends his act on the order as it stands."""
    phone = Phone(open_page(reverse("technicians:today"), user=technician.user, size="phone"), order)
    phone.kept()
    phone.page.context.set_offline(True)
    phone.open().is_at("acknowledge")
    phone.tap("时间不变")
    phone.press()
    phone.is_at("arrive")
    phone.press()
    phone.is_at("before")
    WorkOrder.objects.filter(pk=order.pk).update(version=order.version + 1)
    phone.page.context.set_offline(False)
    phone.page.goto(reverse("technicians:outbox"))
    phone.page.locator("[data-part=again]:visible").click()
    phone.sent()
    assert WorkOrder.objects.get().status == S.ON_SITE


def test_another_person_on_this_phone_gets_nothing_and_sends_nothing(open_page, technician, order):
    phone = Phone(open_page(reverse("technicians:today"), user=technician.user, size="phone"), order)
    phone.kept()
    context = phone.page.context
    context.set_offline(True)
    phone.open().is_at("acknowledge")
    phone.tap("时间不变")
    phone.press()
    phone.is_at("arrive")
    context.clear_cookies()
    context.set_offline(False)
    phone.page.goto(reverse("accounts:login"))
    phone.until("caches.has('jobs').then((there) => !there)")
    assert WorkOrder.objects.get().status == S.DISPATCHED
    stored = phone.page.evaluate(
        "new Promise((done) => { const asked = indexedDB.open('aftersales'); asked.onsuccess = () => {"
        " const all = asked.result.transaction('outbox').objectStore('outbox').getAll();"
        " all.onsuccess = () => done(all.result.map((one) => one.user)); }; })"
    )
    assert stored == [str(technician.user_id)]  # his own act waits for him


def test_over_plain_http_it_says_so_and_wechat_is_shown_the_way_out(open_page, technician, order):
    wechat = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 MicroMessenger/8.0.50"
    url = reverse("technicians:today")
    page = open_page(url, user=technician.user, size="phone", user_agent=wechat)
    assert page.locator("[data-needs=browser]").is_visible()
    page = open_page("/", user=technician.user, size="phone")
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', { get: () => false })")
    page.goto(url)
    assert page.locator("[data-needs=https]").is_visible()
    assert page.locator("[data-needs=browser]").is_hidden()
