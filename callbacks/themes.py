"""What customers speak of, found in their words: by the company's own list, then by what else comes up again and again."""

from collections import defaultdict
from dataclasses import dataclass, field

import rjieba
from django.db import connections

from callbacks.models import CallAnswer, FollowUpCall, Theme, ThemeWords
from callbacks.models.choices import Tone
from callbacks.models.summary import Kind
from cases.models.choices import Verdict

MOST = 12  # themes of a kind
QUOTES = 4
OFTEN = 3  # customers who must have used a word before it is a theme of its own
LONGEST_QUOTE = 60
SPEAKING = frozenset("nva")  # nouns, verbs, adjectives say what it is about
DENIED = frozenset("不没无未")
# Words too common to say what somebody means.
COMMON = """
客户 师傅 我们 你们 他们 公司 产品 东西 问题 感觉 觉得 时候 地方 有点 一点 一下 比较 非常 希望 建议 没有 可以 就是 还有 已经
现在 打开 使用 安装 服务 售后 门板 木门 大门 房门 满意 不错 很好 挺好 还好 一般 要求 需要 进行 表扬 装好 装门 出来
"""
EMPTY = frozenset(COMMON.split())
UNHAPPY = frozenset({Verdict.AVERAGE, Verdict.DISSATISFIED})


@dataclass
class Found:
    """One theme as it grows: in which calls, in whose words."""

    area: str = ""
    calls: dict = field(default_factory=dict)  # key of the call → its words

    def add(self, call, text, area):
        self.calls.setdefault(call, text)
        self.area = self.area or area


def texts_of(period, region_id=None):
    """(call, text, kind or "", area) of everything customers said in a month."""
    calls = FollowUpCall.objects.filter(due_on__gte=period.begins_on, due_on__lte=period.ends_on)
    if region_id:
        calls = calls.filter(region=region_id)
    rows = CallAnswer.objects.filter(call__in=calls.values("pk")).exclude(tone=Tone.QUESTION).order_by("pk")
    for call, text, tone, area, verdict in rows.values_list(
        "call_id", "text", "tone", "area", "call__verdict"
    ).iterator(2000):
        yield call, text, _kind_of(tone, verdict), area


def _kind_of(tone, verdict):
    """A problem is a shortcoming and praise is praise; an opinion is whatever the list of words says."""
    if tone == Tone.PROBLEM or (tone == Tone.OPINION and verdict in UNHAPPY):
        return Kind.COMPLAINT
    return Kind.PRAISE if tone == Tone.PRAISE else ""


def says(text, word):
    """Whether the text says the word without denying it right before."""
    at = text.find(word)
    while at >= 0:
        if not DENIED & set(text[max(0, at - 2) : at]):  # 没有异味, 不是异响
            return True
        at = text.find(word, at + 1)
    return False


def find(period, region_id=None):
    """Kind → name → Found: themes of the list and those nobody has listed yet."""
    lists = [(row.kind, row.name, row.area, row.words.split()) for row in ThemeWords.objects.filter(active=True)]
    themes = {kind: defaultdict(Found) for kind in Kind.values}
    loose = {kind: defaultdict(Found) for kind in Kind.values}
    for call, text, kind, area in texts_of(period, region_id):
        listed = _listed(themes, lists, call, text, kind, area)
        for word in _words(text, listed) if kind else ():
            loose[kind][word].add(call, text, area)
    for kind, words in loose.items():
        known = {word for of_kind, _name, _area, of_list in lists if of_kind == kind for word in of_list}
        _add_unlisted(themes[kind], words, known)
    return themes


def _listed(themes, lists, call, text, kind, area):
    """Put the text under every theme of the list it speaks of; the words of those themes.

    What a satisfied customer says in passing is praise where it praises anything, and only else a shortcoming.
    """
    found = set()
    for of_kind in (kind,) if kind else (Kind.PRAISE, Kind.COMPLAINT):
        for its_kind, name, of_area, words in lists:
            if its_kind == of_kind and any(says(text, word) for word in words):
                themes[of_kind][name].add(call, text, of_area or area)
                found.update(words)
        if found:
            break
    return found


def _add_unlisted(themes, words, known):
    """The commonest words that belong to no theme yet become themes by themselves."""
    for word, found in sorted(words.items(), key=lambda one: (-len(one[1].calls), one[0])):
        if len(found.calls) < OFTEN or len(themes) >= MOST:
            return
        if not any(word in listed or listed in word for listed in known):
            themes[word] = found


def _words(text, listed):
    """The words of a text that may be a theme by themselves."""
    return {
        word
        for word, kind in rjieba.tag(text)
        if len(word) > 1 and kind[0] in SPEAKING and word not in EMPTY and word not in listed
    }


def find_into(summary, period, region_id=None):
    """Put the month's themes into a draft; what a manager has renamed, merged or dropped in it stays as he left it."""
    now, before = find(period, region_id), find(period.before(), region_id)
    left_alone = {(row.kind, row.name) for row in summary.themes.filter(dropped=True)}
    summary.themes.filter(dropped=False).delete()
    rows = []
    for kind, found in now.items():
        for name, theme in sorted(found.items(), key=lambda one: (-len(one[1].calls), one[0]))[:MOST]:
            if (kind, name) not in left_alone:
                earlier = before[kind].get(name)
                rows.append(_row(summary, kind, name, theme, len(earlier.calls) if earlier else 0))
    Theme.objects.bulk_create(rows)


def _row(summary, kind, name, theme, before):
    return Theme(
        summary=summary, kind=kind, name=name[:40], area=theme.area, count=len(theme.calls), before=before,
        calls=sorted(theme.calls), quotes=quotes_of(theme),
    )  # fmt: skip


def quotes_of(theme):
    """A few different sentences in the customers' own words, the short ones first."""
    chosen = {}
    for call, text in sorted(theme.calls.items(), key=lambda one: (len(one[1]), one[0])):
        if len(text) > 5:
            chosen.setdefault(text[:LONGEST_QUOTE], call)
        if len(chosen) == QUOTES:
            break
    return [{"call": call, "text": text} for text, call in chosen.items()]


# name, kind, area, words — the list a company starts with
LIST = [
    ("门缝大、透光", "complaint", "installation", "门缝 透光 漏风 缝隙 关不严"),
    ("收口毛糙", "complaint", "installation", "收口 毛糙 毛刺 胶打 打胶 密封胶"),
    ("门锁不顺", "complaint", "product", "锁芯 锁舌 锁不上 难锁 门锁"),
    ("异响", "complaint", "product", "异响 吱吱 咯吱 响声"),
    ("下垂、关门费力", "complaint", "product", "下垂 刮地 费力 卡住 关不上"),
    ("掉漆、起泡", "complaint", "product", "掉漆 起泡 划痕 色差 开裂"),
    ("气味", "complaint", "product", "气味 味道 异味 刺鼻"),
    ("迟到、爽约", "complaint", "service", "迟到 爽约 等了 没来 来晚"),
    ("现场没清理", "complaint", "installation", "垃圾 没打扫 灰尘 没清理"),
    ("联系慢", "complaint", "service", "没人接 没回 联系不上 等很久"),
    ("守时、打扫干净", "praise", "installation", "守时 准时 打扫 干净"),
    ("手艺细致", "praise", "installation", "手艺 细致 仔细 认真 工整"),
    ("态度好", "praise", "service", "态度 热情 耐心 客气 礼貌"),
    ("处理及时", "praise", "service", "及时 很快 当天 迅速"),
    ("做工好、隔音", "praise", "product", "做工 隔音 质量好 结实 好看"),
]


def load_list(using="default", **kwargs):
    """Write the themes a company starts with; one that keeps a list of its own is left alone."""
    if using != "default" or ThemeWords._meta.db_table not in connections[using].introspection.table_names():
        return
    if ThemeWords.objects.exists():
        return
    ThemeWords.objects.bulk_create(
        ThemeWords(name=name, kind=kind, area=area, words=words) for name, kind, area, words in LIST
    )
