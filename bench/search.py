"""Search over a million texts: how long a query takes, rare and common, for all and for one branch, and how it grows.

    .venv/bin/python bench/search.py [--rows 1000000] [--server postgres://postgres@127.0.0.1:5432] [--keep]

Makes a scratch database on the PostgreSQL server, fills it by COPY with texts put together from the word lists below,
prints the median of each query in milliseconds and its ratio to the same query at a tenth of the rows, and drops it.
Owed (docs: performance): a query at most 10 ms, a common word at most 50 ms, a rare one at most 1.5 times that of 10,000
rows.
"""

import argparse
import os
import random
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import psycopg

ROOMS = ["主卧", "次卧", "客厅", "厨房", "卫生间", "书房", "阳台", "玄关", "儿童房", "衣帽间", "储物间", "餐厅"]
THINGS = [
    "木门",
    "门套",
    "门锁",
    "合页",
    "衣柜",
    "橱柜",
    "推拉门",
    "入户门",
    "百叶",
    "抽屉",
    "台面",
    "踢脚线",
    "护墙板",
    "吊轨",
    "把手",
    "封边",
]
FAULTS = [
    "开裂",
    "起泡",
    "变形",
    "掉漆",
    "异响",
    "关不严",
    "下垂",
    "受潮",
    "色差",
    "划伤",
    "松动",
    "缺件",
    "尺寸不对",
    "渗水",
    "卡顿",
    "脱胶",
]
TIMES = ["装好三天", "上周", "去年", "不到八个月", "刚入住", "梅雨季", "暖气开后", "昨天", "师傅走后", "半年前"]
WISHES = [
    "要求换新",
    "想尽快上门",
    "希望退款",
    "请给说法",
    "先拍照再谈",
    "要补偿",
    "等电话",
    "催了两次",
    "同意维修",
    "周末才在家",
]
NAMES = [
    "王",
    "李",
    "张",
    "刘",
    "陈",
    "杨",
    "赵",
    "黄",
    "周",
    "吴",
    "徐",
    "孙",
    "胡",
    "朱",
    "高",
    "林",
    "何",
    "郭",
    "马",
    "罗",
]
RARE = "蜂窝芯"  # stands in one text of ten thousand
REGIONS = 40
START = datetime(2020, 1, 1, tzinfo=UTC)

QUERIES = {
    "one rare word": RARE,
    "a word of one text in 16": "异响",
    "two common words": "主卧 开裂",
    "the most common character": "门",
    "a phrase of five characters": "合页关不严",
    "a whole telephone number": None,
    "the last four digits": None,
    "a case number": None,
    "nothing like it": "洗衣机",
}


def main():
    args = arguments()
    name = "bench_search"
    with psycopg.connect(f"{args.server}/postgres", autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
    try:
        measure(f"{args.server}/{name}", args.rows)
    finally:
        if not args.keep:
            with psycopg.connect(f"{args.server}/postgres", autocommit=True) as server:
                server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--server", default="postgres://postgres@127.0.0.1:5432")
    parser.add_argument("--keep", action="store_true", help="leave the scratch database behind")
    return parser.parse_args()


def measure(address, rows):
    os.environ |= {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "aftersales.settings"}
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    import django

    django.setup()
    from core.models import SearchEntry
    from core.search import search

    allow_everything_or_a_region(SearchEntry)
    sizes = sorted({max(rows // 100, 1), max(rows // 10, 1), rows})
    medians = {}
    create(SearchEntry)
    filled = 0
    for size in sizes:
        began = time.perf_counter()
        sample = fill(filled, size)
        filled = size
        print(f"{size:>9,} rows ({time.perf_counter() - began:.0f} s to fill)")
        medians[size] = ask(search, sample)
    report(medians, sizes)


def allow_everything_or_a_region(model):
    from django.db.models import Q

    from core import visibility

    visibility._rules[model] = [lambda user: Q(region_id__in=user.regions) if user.regions else None]


def create(model):
    from django.db import connection

    with connection.schema_editor() as editor:
        editor.create_model(model)


def fill(start, stop):
    """Add texts number ``start`` to ``stop``; return the number and the telephone of one of them."""
    from django.db import connection

    migration = import_module("core.migrations.0002_search_index")
    connection.ensure_connection()
    check_against_core(start)
    chance = random.Random(start)
    with connection.connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute("DROP INDEX IF EXISTS core_searchentry_tokens")
        columns = "kind, object_id, customer_id, region_id, at, text, tokens"
        with cursor.copy(f"COPY core_searchentry ({columns}) FROM STDIN") as copy:
            for n in range(start, stop):
                text, tokens = row_of(n, chance)
                text, tokens = text.replace("\n", "\\n"), ",".join(map(str, tokens))
                copy.write(f"complaint\t{n}\t{n // 3}\t{n % REGIONS}\t{moment_of(n)}\t{text}\t{{{tokens}}}\n")
        cursor.execute(migration.POSTGRESQL)
        # What autovacuum does to a table that grew day by day.
        cursor.execute("VACUUM ANALYZE core_searchentry")
    middle = (start + stop) // 2
    return number_of(middle), phone_of(middle)


def parts_of(n, chance):
    """The pieces a text is put together from; between them stand signs, so each can be cut by itself."""
    pick = chance.choice
    for _ in range(chance.randint(1, 3)):
        yield f"{pick(TIMES)}{pick(ROOMS)}{pick(THINGS)}{pick(FAULTS)}"
    yield f"{pick(NAMES)}先生反映"
    yield pick(WISHES)
    if n % 10_000 == 5_000:
        yield f"门板是{RARE}的"


def row_of(n, chance):
    """Text and tokens of the row core.search would write; what repeats is cut once."""
    parts = list(parts_of(n, chance))
    names = [number_of(n).lower(), phone_of(n)]
    return "\n".join([",".join(parts), *names]), set().union(*map(cut, parts), *map(cut_once, names))


def cut_once(part):
    from core.search import pieces

    return pieces(part)


cut = cache(cut_once)


def check_against_core(start):
    """The short way gives what the application itself would write."""
    from core.search import entry

    for n in range(start, start + 20):
        text, tokens = row_of(n, random.Random(n))
        head, number, phone = text.split("\n")
        whole = entry(
            "complaint", n, customer_id=1, region_id=1, at=START, texts=[head], numbers=[number], phones=[phone]
        )
        assert (whole.text, whole.tokens) == (text, sorted(tokens))


def moment_of(n):
    return START + timedelta(minutes=3 * n)


def number_of(n):
    return f"TS{moment_of(n):%y%m%d}{n % 480 + 1:04d}"


def phone_of(n):
    return f"13{(n // 3) * 7919 % 1_000_000_000:09d}"


def ask(search, sample):
    number, phone = sample
    known = {"a whole telephone number": phone, "the last four digits": phone[-4:], "a case number": number}
    everybody, branch = SimpleNamespace(regions=None), SimpleNamespace(regions=[7])
    medians = {}
    for title, typed in QUERIES.items():
        for who, user in (("all", everybody), ("one branch", branch)):
            medians[title, who] = median(lambda t=typed or known[title], u=user: search(t, u, 100))
    return medians


def median(call, rounds=21):
    call()
    spent = []
    for _ in range(rounds):
        began = time.perf_counter()
        found = call()
        spent.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent), len(found)


def report(medians, sizes):
    print(f"{'p50 in ms':42}" + "".join(f"{size:>12,}" for size in sizes) + f"{'ratio':>9}{'hits':>7}")
    for key in medians[sizes[-1]]:
        spent = [medians[size][key][0] for size in sizes]
        line = "".join(f"{one:12.1f}" for one in spent)
        print(f"{' · '.join(key):42}{line}{spent[-1] / spent[0]:9.1f}{medians[sizes[-1]][key][1]:>7}")


if __name__ == "__main__":
    main()
