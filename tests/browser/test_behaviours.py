"""What the scripts do under the fingers: keys, dialogs, files, clocks, drafts, one sending.

Each test walks one behaviour through its cases on one page: emptying the database after a test takes longer than the walk.
"""

from datetime import timedelta

import pytest
from django.utils import timezone, translation
from playwright.sync_api import expect

from core import navigation
from core.models import Draft
from core.moments import remaining
from core.navigation import Entry

from tests.browser.conftest import sign_in
from tests.factories.cases import person

TEXT = "textarea[name=content]"
NOTHING = "document.activeElement === document.body"


@pytest.fixture
def guide(open_page, designer, monkeypatch):
    """The style guide with two keys of the rail, the focus on nothing."""
    monkeypatch.setattr(navigation, "_entries", {})
    navigation.register(Entry("guide", "样式", "core:style-guide", shortcut="g s"))
    navigation.register(Entry("health", "健康", "core:healthz", shortcut="g h", place=navigation.TOP))
    page = open_page("/style-guide/", user=designer)
    page.evaluate("document.activeElement.blur()")
    return page


def focused(page):
    return page.evaluate("document.activeElement.textContent.trim()")


def compose(page, key, code):
    """What an input method sends while a word is being chosen."""
    page.evaluate(
        """([key, code]) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown",
        { key, code, bubbles: true, isComposing: true, ctrlKey: key === "Enter" }))""",
        [key, code],
    )


# --- keys -----------------------------------------------------------------------------------------------------------
def test_keys_walk_tick_and_open_rows(guide):
    guide.keyboard.press("j")
    assert focused(guide) == "TS2611180031"
    guide.keyboard.press("j")
    guide.keyboard.press("x")
    assert guide.locator("input[name=pk][value='2']").is_checked()
    expect(guide.locator("[data-ticked]")).to_have_text("1")
    guide.keyboard.press("k")
    assert focused(guide) == "TS2611180031"
    guide.keyboard.press("Enter")
    guide.wait_for_url("**#1")  # the browser follows a link after the key's own work is done


def test_keys_are_only_text_while_typing_or_composing(guide):
    field = guide.locator(TEXT)
    field.fill("")
    field.press_sequentially("gh?1jx/")
    assert field.input_value() == "gh?1jx/"
    compose(guide, "Enter", "Enter")
    guide.keyboard.press("Alt+Digit3")
    assert guide.locator("input[name=kind][value=size]").is_checked()
    field.focus()
    guide.keyboard.press("Escape")
    assert guide.evaluate(NOTHING)
    guide.keyboard.press("Escape")
    compose(guide, "?", "Slash")
    compose(guide, "j", "KeyJ")
    assert guide.evaluate(NOTHING)
    assert guide.locator("dialog[open], .toast").count() == 0
    assert guide.url.endswith("/style-guide/")


def test_the_sheet_lists_the_keys_and_two_strokes_go_there(guide):
    guide.keyboard.press("?")
    sheet = guide.locator("#keys[open]")
    expect(sheet.locator("[data-keys-for=go]")).to_contain_text("样式")
    expect(sheet.locator("[data-keys-for=page]")).to_contain_text("显示提示")
    guide.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    guide.keyboard.press("g")
    guide.keyboard.press("h")
    guide.wait_for_url("**/healthz")


def test_ctrl_enter_sends_what_is_written_and_a_refusal_comes_back_whole(guide):
    guide.locator(TEXT).fill("门缝大，关上后透光。")
    guide.locator("input[name=phone]").fill("1380013")
    guide.keyboard.press("Control+Enter")
    expect(guide.locator("#id_phone_error")).to_contain_text("11 位")
    assert guide.locator(TEXT).input_value() == "门缝大，关上后透光。"
    assert guide.evaluate("document.activeElement.name") == "phone"
    guide.keyboard.press("Control+A")
    guide.keyboard.insert_text("138 0013 8000")
    guide.keyboard.press("Control+Enter")
    expect(guide.locator(".toast-done")).to_contain_text("样例已通过")


# --- dialogs --------------------------------------------------------------------------------------------------------
def open_dialog(page):
    page.locator(".page-head a[data-dialog]").click()
    dialog = page.locator("#dialog[open]")
    dialog.locator("textarea").first.wait_for()
    return dialog


def test_a_form_opens_above_the_page(guide):
    dialog = open_dialog(guide)
    expect(dialog.locator("#dialog-title")).to_have_text("提出方案")
    assert guide.evaluate("document.activeElement.closest('#dialog') !== null")
    guide.keyboard.press("Escape")  # leaves the field
    expect(dialog).to_have_count(1)
    guide.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    with guide.context.expect_page():  # a link stays a link
        guide.locator(".page-head a[data-dialog]").click(modifiers=["Control"])
    expect(dialog).to_have_count(0)


def test_answers_go_where_they_belong(guide):
    """A refusal stays in the dialog, a success changes the page and closes it, a lost connection is said."""
    answer = {}
    guide.route(
        "**/style-guide/?dialog",
        lambda route: route.fulfill(content_type="text/html", **answer) if answer else route.fallback(),
    )
    dialog = open_dialog(guide)
    aim = """() => { const form = document.querySelector("#dialog form"); form.setAttribute("hx-post", "?dialog");
      form.setAttribute("hx-target", ".clocks"); htmx.process(form); }"""
    for status in (409, 422):
        guide.evaluate(aim)
        answer.update(
            status=status, body=f"<form method=post><p>no {status}</p><button data-submit>send</button></form>"
        )
        dialog.locator("[data-submit]").click()
        expect(dialog.locator("p")).to_contain_text(f"no {status}")
        expect(guide.locator("main .clocks")).to_have_count(1)
    guide.evaluate(aim)
    answer.update(status=200, body="<p id=yes>done</p>")
    dialog.locator("[data-submit]").click()
    expect(guide.locator("main #yes")).to_be_visible()
    expect(dialog).to_have_count(0)
    guide.unroute_all()
    guide.route("**/style-guide/?dialog", lambda route: route.abort())
    guide.locator(".page-head a[data-dialog]").click()
    expect(guide.locator(".toast-error")).to_contain_text("网络不通")


# --- sending once ---------------------------------------------------------------------------------------------------
def test_three_presses_send_one_form_with_one_operation_id(guide):
    sent = []
    guide.route("**/style-guide/", lambda route: (sent.append(route.request.method), route.fulfill(status=204)))
    guide.evaluate(
        """() => { const form = document.querySelector("form[data-main]");
        form.requestSubmit(); form.requestSubmit(); form.requestSubmit(); }"""
    )
    guide.wait_for_timeout(300)
    assert sent == ["POST"]
    assert guide.locator("form[data-main]").get_attribute("aria-busy") == "true"
    assert len(guide.locator("form[data-main] input[name=op]").input_value()) == 36


# --- files ----------------------------------------------------------------------------------------------------------
GIVE = """([selector, kind, names]) => {
  const data = new DataTransfer();
  for (const [name, type, size] of names) data.items.add(new File([new Uint8Array(size)], name, { type }));
  const event = kind === "paste"
    ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
    : new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
  document.querySelector(selector).dispatchEvent(event);
}"""


def test_pasted_dropped_and_chosen_files_go_together(guide):
    given = "[...document.querySelector('input[name=photos]').files].map((file) => file.name)"
    field = guide.locator("input[name=photos]")
    field.set_input_files([{"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"a"}])
    guide.evaluate(GIVE, [TEXT, "paste", [["image.png", "image/png", 5]]])
    dropped = [["v.mp4", "video/mp4", 7], ["evil.exe", "application/x-msdownload", 9]]
    guide.evaluate(GIVE, ["[data-upload]", "drop", dropped])
    names = guide.evaluate(given)
    assert names[0] == "a.jpg"
    assert names[1].endswith("-1.png")
    assert names[2:] == ["v.mp4"]
    expect(guide.locator(".preview")).to_have_count(3)
    expect(guide.locator(".toast-warn")).to_contain_text("evil.exe")
    guide.locator(".preview button").first.click()
    assert len(guide.evaluate(given)) == 2


# --- choosing by typing ---------------------------------------------------------------------------------------------
def test_a_list_is_searched_by_typing_and_chips_write_at_the_caret(guide):
    box = guide.get_by_role("combobox", name="城市")
    box.click()
    box.press_sequentially("yi")
    expect(guide.get_by_role("option")).to_have_count(1)
    box.press("Enter")
    assert guide.locator("select[name=town]").input_value() == "420500"
    box.fill("nowhere")
    box.press("Tab")
    assert box.input_value() == "宜昌 Yichang"
    field = guide.locator(TEXT)
    field.fill("主卧开裂")
    field.evaluate("(field) => field.setSelectionRange(2, 2)")
    guide.get_by_role("button", name="门扇", exact=True).click()
    assert field.input_value() == "主卧门扇开裂"
    assert guide.evaluate("document.activeElement.name") == "content"


# --- time -----------------------------------------------------------------------------------------------------------
LENGTHS = [30, 60, 119, 3599, 3600, 3660, 7260, 18720, 86399, 86400, 90000, 172799, 172800, 999999, -1, -3600, -100000]


def test_the_browser_tells_time_in_the_words_of_the_server(open_page, designer):
    for language in ("zh-hans", "en"):
        page = open_page("/style-guide/", user=designer, language=language)
        said = page.evaluate(
            "async (lengths) => { const { remaining } = await import('/static/js/clocks.js'); return lengths.map(remaining); }",
            LENGTHS,
        )
        now = timezone.now()
        with translation.override(language):
            assert said == [remaining(now + timedelta(seconds=one), now) for one in LENGTHS]


def test_clocks_run_on_in_the_company_s_time(open_page, designer):
    page = open_page("/style-guide/", user=designer, timezone_id="America/New_York")
    shown = page.locator(".timeline time[data-when]").nth(2)
    title = shown.get_attribute("title")
    expect(shown).to_have_text(f"{title[5:10]} {title[11:16]}")
    late = page.locator(".clock.is-late").count()
    page.locator(".clock.is-soon").first.evaluate("(one) => { one.dataset.due = Math.floor(Date.now() / 1000) - 60; }")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator(".clock.is-late")).to_have_count(late + 1)


# --- saying, copying, looking ---------------------------------------------------------------------------------------
def test_toasts_copies_colours_and_photos(open_page, designer):
    page = open_page("/style-guide/", user=designer, permissions=["clipboard-read", "clipboard-write"])
    page.locator("[data-copy='TS2611180007']").click()
    expect(page.locator(".toast-done")).to_contain_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()") == "TS2611180007"
    detail = "{text: '已转派', tone: 'info', undo: {url: '/style-guide/'}}"
    page.evaluate(f"document.body.dispatchEvent(new CustomEvent('toast', {{bubbles: true, detail: {detail}}}))")
    toast = page.locator(".toast-info", has_text="已转派")
    expect(toast.get_by_role("button", name="撤销")).to_be_visible()
    assert toast.locator("input[name=csrfmiddlewaretoken]").input_value()
    page.locator("a.photo[data-kind=image]").first.click()
    caption = page.locator("#viewer[open] [data-caption]")
    expect(caption).to_contain_text("1 / 3")
    page.keyboard.press("ArrowLeft")
    expect(caption).to_contain_text("3 / 3")
    page.keyboard.press("Escape")
    page.locator("header details.menu > summary").click()
    for theme in ("light", "dark"):
        page.locator("[data-theme-next]").click()
        assert page.evaluate("document.documentElement.dataset.theme") == theme
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


# --- drafts ---------------------------------------------------------------------------------------------------------
def test_a_draft_saves_itself_comes_back_and_can_be_discarded(guide, designer):
    state = guide.locator("form[data-draft] [data-draft-state]")
    guide.locator(TEXT).fill("锁舌卡顿，要用力才关得上。")
    guide.locator("input[name=kind][value=fitting]").check(force=True)
    guide.locator("input[name=name]").fill("李娜")
    guide.keyboard.press("Escape")
    expect(state).to_contain_text("草稿已保存")
    guide.wait_for_timeout(1500)  # longer than a draft waits for more
    kept = Draft.objects.get(user=designer, key="style-guide").data
    assert kept["content"] == ["锁舌卡顿，要用力才关得上。"]
    assert kept["name"] == ["李娜"]
    assert not {"csrfmiddlewaretoken", "op"} & set(kept)
    guide.goto("/style-guide/")
    expect(state).to_contain_text("已恢复")
    assert guide.locator(TEXT).input_value() == "锁舌卡顿，要用力才关得上。"
    assert guide.locator("input[name=kind][value=fitting]").is_checked()
    with guide.expect_response("**/drafts/style-guide/"):
        guide.get_by_role("button", name="放弃草稿").click()
    assert guide.locator(TEXT).input_value().startswith("门板从锁孔")
    assert not Draft.objects.filter(user=designer).exists()


def test_a_draft_stays_in_the_browser_while_the_server_is_away(guide, designer):
    guide.route("**/drafts/style-guide/", lambda route: route.abort())
    state = guide.locator("form[data-draft] [data-draft-state]")
    guide.locator(TEXT).fill("没有网络时写的话")
    expect(state).to_contain_text("已暂存在本浏览器")
    guide.reload()
    expect(guide.locator(TEXT)).to_have_value("没有网络时写的话")
    guide.unroute_all()
    guide.locator(TEXT).press_sequentially("，后来又有了")
    expect(state).to_contain_text("草稿已保存")
    assert Draft.objects.get(user=designer).data["content"] == ["没有网络时写的话，后来又有了"]
    assert guide.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:')).length") == 0


def test_a_draft_outlives_its_session(guide, designer):
    state = guide.locator("form[data-draft] [data-draft-state]")
    guide.context.clear_cookies(name="sessionid")
    guide.locator(TEXT).fill("登录失效以后写的话")
    expect(state).to_contain_text("已暂存在本浏览器")
    guide.keyboard.press("Control+Enter")
    guide.wait_for_url("**/login/**")
    sign_in(guide.context, designer, guide.url.split("/login")[0])
    guide.goto("/style-guide/")
    expect(guide.locator(TEXT)).to_have_value("登录失效以后写的话")


# --- small screens --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("scripts", [True, False])
def test_on_a_phone_the_chosen_tab_is_in_sight_and_a_card_begins_with_its_name(open_page, transactional_db, scripts):
    manager = person("manager")
    page = open_page("/rules/company/", user=manager, size="phone", language="en", java_script_enabled=scripts)
    tabs, chosen = page.locator("main .tabs").bounding_box(), page.locator("main .tabs [aria-current]").bounding_box()
    assert tabs["x"] <= chosen["x"]
    assert chosen["x"] + chosen["width"] <= tabs["x"] + tabs["width"]
    if scripts:
        assert page.evaluate("scrollY") == 0
    page.goto("/rules/guards/")
    name, standing = (page.locator("tbody tr").first.locator("td").nth(place).bounding_box() for place in (0, 1))
    assert name["y"] + name["height"] <= standing["y"]
