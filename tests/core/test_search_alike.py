"""SQLite and PostgreSQL find the same: both find what a patient reader with the whole list before him would."""

import re
from datetime import timedelta

import pytest

from core import search
from core.search import cutting

from tests.core.searching import START, asker, everyone, find

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seen_by_region")]

PLACES, THINGS, FAULTS = ["主卧", "次卧", "客厅"], ["木门", "门锁", "合页", "衣柜"], ["开裂", "异响", "关不严"]
PEOPLE = ["张伟", "张巍", "曾毅", "欧阳娜娜", "单雄信", "王芳", "汪方"]
ASKED = [
    "门", "锁", "门锁", "主卧", "主卧木门", "木门开裂", "开裂", "异响", "关不严", "不严", "卧木", "门木", "裂", "张伟", "张",
    "王芳", "方", "湖滨", "湖滨大道", "zhangwei", "zw", "zhang", "wang", "wangfang", "wf", "zengyi", "ouyang", "nana", "sxx",
    "1380001", "0003", "003", "ts26110", "TS2611010003", "2611010003", "m8", "M8门锁", "8", "13800000003", "3800", "洗衣机",
    "zzz", "主卧 开裂", "开裂 次卧", "合页 不严", "衣柜 异响 客厅", "zhang wei", "zhangwei 0003", "主卧 zw TS", "张 异响",
]  # fmt: skip


def corpus():
    """(key, text, name, phone, number) of some records, the same at every run."""
    for n in range(180):
        thing = "M8门锁" if n % 11 == 0 else THINGS[n % 4]
        text = f"{PLACES[n % 3]}{thing}{FAULTS[n // 4 % 3]}，湖滨大道{n}号"
        yield n + 1, text, PEOPLE[n % 7], f"138000{n % 30:05d}", f"TS261101{n:04d}"


def by_hand(typed):
    """Open before ended, newest first: what holds every word, letters and digits where a number or a sound may begin or end."""
    found = []
    for pk, text, name, phone, number in corpus():
        folded = f"{text} {name} {phone} {number}".lower()
        runs = re.findall("[0-9a-z]+", folded)
        edges = {part for run in runs for part in (run, *re.findall("[0-9]+|[a-z]+", run))}
        heard = list(cutting.sounds(name))
        if all(_stands(word, folded, edges, heard) for word in typed.lower().split()):
            found.append(pk)
    return sorted(found, key=lambda pk: (pk % 5 == 0, -pk))


def _stands(word, folded, edges, heard):
    if word.isascii() and any(sound.startswith(word) for sound in heard):
        return True
    runs = re.findall("[0-9a-z]+", word)
    return word in folded and all(any(edge.startswith(run) or edge.endswith(run) for edge in edges) for run in runs)


def test_what_is_found_is_what_a_patient_reader_finds_in_the_same_order():
    search.index_many(
        search.entry(
            "complaint", pk, customer_id=pk, region_id=pk % 3, at=START + timedelta(hours=pk), texts=[text],
            names=[name], phones=[phone], numbers=[number], ended=pk % 5 == 0,
        )
        for pk, text, name, phone, number in corpus()
    )  # fmt: skip
    whole = {typed: find(typed, limit=200) for typed in ASKED}
    assert whole == {typed: by_hand(typed) for typed in ASKED}
    assert sum(1 for hits in whole.values() if hits) > 40
    for typed, hits in whole.items():
        assert find(typed, asker([1]), limit=200) == [pk for pk in hits if pk % 3 == 1], typed
        assert find(typed, asker([0, 1]), limit=200) == [pk for pk in hits if pk % 3 < 2], typed
        assert find(typed, everyone, limit=7) == hits[:7], typed
