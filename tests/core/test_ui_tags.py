"""What the tags of every page write, and that words from outside stay words (threats 38)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
import time_machine
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone, translation

HOSTILE = '"><script>alert(1)</script>'


def draw(source, **context):
    with translation.override("zh-hans"):
        return Template(source).render(Context(context))


def test_money_and_its_capital_form():
    assert draw("{{ a|money }} {{ a|capital_amount }}{{ none|money }}", a=Decimal("1280"), none=None) == (
        "¥1,280.00 壹仟贰佰捌拾元整"
    )


@time_machine.travel(datetime(2026, 11, 21, 1, 30, tzinfo=UTC), tick=False)
def test_when_is_short_with_the_exact_moment_in_its_title():
    html = draw("{{ at|when }}", at=timezone.now() - timedelta(days=1))
    assert html == (
        '<time datetime="2026-11-20T09:30:00+08:00" title="2026-11-20 09:30:00" data-when>昨天 09:30</time>'
    )


@time_machine.travel(datetime(2026, 11, 21, 1, 30, tzinfo=UTC), tick=False)
def test_remaining_carries_its_due_moment_for_the_browser():
    html = draw("{{ due|remaining }}", due=timezone.now() + timedelta(hours=5, minutes=12))
    assert "剩 5 小时 12 分" in html
    assert f'data-due="{int((timezone.now() + timedelta(hours=5, minutes=12)).timestamp())}"' in html


def test_times_that_are_missing_are_empty():
    assert draw("{{ x|when }}{{ x|exact }}{{ x|day }}{{ x|remaining }}{{ x|phone }}{{ x|span }}", x=None) == ""


def test_phones_in_groups_and_masked():
    assert draw("{{ p|phone }} {{ p|masked_phone }}", p="13800138000") == "138 0013 8000 138 **** 8000"


def test_query_changes_one_parameter_and_keeps_the_others():
    request = RequestFactory().get("/?a=1&a=2&page=3&q=木门")
    html = draw("{% query page=None sort='age' %}", request=request)
    assert html == "?a=1&amp;a=2&amp;q=%E6%9C%A8%E9%97%A8&amp;sort=age"


def test_a_deadline_draws_its_state_words_and_bar():
    now = timezone.now()
    deadline = SimpleNamespace(
        label=HOSTILE,
        started_at=now - timedelta(hours=71),
        due_at=now + timedelta(hours=1, seconds=30),
        met_at=None,
        is_paused=False,
    )
    html = draw("{% clock deadline %}", deadline=deadline)
    assert "is-soon" in html
    assert "剩 1 小时" in html
    assert 'width="98%"' in html
    assert "<script>" not in html


@pytest.mark.parametrize("state", [{"met_at": True}, {"is_paused": True}])
def test_a_clock_that_stands_is_not_counted_on(state):
    now = timezone.now()
    facts = {"label": "x", "started_at": now - timedelta(hours=2), "due_at": now + timedelta(hours=1), "met_at": None}
    facts |= {name: now if name == "met_at" else value for name, value in state.items()}
    assert "data-due" not in draw("{% clock_chip deadline %}", deadline=SimpleNamespace(**facts))


def test_a_move_that_may_not_be_made_is_grey_with_its_reason():
    html = draw("{% move_button move %}", move={"label": "结案", "url": "/x/", "reason": HOSTILE})
    assert 'aria-disabled="true"' in html
    assert "href" not in html
    assert "<script>" not in html


def test_a_move_leads_to_its_form():
    html = draw("{% move_button move primary=True %}", move={"label": "提出方案", "url": "/x/"})
    assert 'href="/x/"' in html
    assert "data-dialog" in html
    assert "button-primary" in html


def test_bars_reach_as_far_as_their_share():
    html = draw("{% bars rows title='t' most=100 %}", rows=[(HOSTILE, 88, "88%"), ("b", 0)])
    assert 'width="88.00%"' in html
    assert 'width="0.00%"' in html
    assert "<script>" not in html


def test_icons_never_speak():
    assert 'aria-hidden="true"' in draw("{% lucide 'phone' %}")
