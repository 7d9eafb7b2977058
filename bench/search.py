"""Search over a million customers and a million complaints: how long a query and a page take, and how they grow.

    .venv/bin/python bench/search.py [--rows 1000000] [--server postgres://postgres@127.0.0.1:5432] [--keep] [--reuse]

Makes two scratch databases on the PostgreSQL server, one of a hundredth of the rows, fills them with INSERT … SELECT and
the search index by COPY, prints for each query what the database says it took, the processor time of the process,
and the medians of the query and of its page on the clock, in milliseconds, and drops them. Whether what is owed is kept is
judged by the first two, which say something on a busy machine too. Half of the records are customers, half complaints, in forty branches; names, places and texts are
put together from the word lists below.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zlib import crc32

import psycopg

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.kernel import NOW, create, drop, environment, insert  # noqa: E402


def words(text):
    return text.split()


ROOMS = words("主卧 次卧 客厅 厨房 卫生间 书房 阳台 玄关 儿童房 衣帽间 储物间 餐厅")
THINGS = words("木门 门套 门锁 合页 衣柜 橱柜 推拉门 入户门 百叶 抽屉 台面 踢脚线 护墙板 吊轨 把手 封边")
FAULTS = words("开裂 起泡 变形 掉漆 异响 关不严 下垂 受潮 色差 划伤 松动 缺件 尺寸不对 渗水 卡顿 脱胶")
TIMES = words("装好三天 上周 去年 不到八个月 刚入住 梅雨季 暖气开后 昨天 师傅走后 半年前")
WISHES = words("要求换新 想尽快上门 希望退款 请给说法 先拍照再谈 要补偿 等电话 催了两次 同意维修 周末才在家")
SURNAMES = words(
    "王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 梁 宋 郑 谢 韩 唐 冯 于 董 萧 程 曹 袁 邓 许 傅 沈 曾 彭 吕 苏 卢"
    " 蒋 蔡 贾 丁 魏 薛 叶 阎 余 潘 杜 戴 夏 钟 汪 田 任 姜 范 方 石 姚 谭 廖 邹 熊 金 陆 郝 孔 白 崔 康 毛 邱 秦 江 史 顾 侯 邵 孟"
    " 龙 万 段 雷 钱 汤 尹 黎 易 常 武 乔 贺 赖 龚 文"
)
GIVEN = words(
    "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀英 霞 平 刚 桂英 建国 志强 晓明 雅婷 子涵 宇轩 浩然 欣怡 国庆 春梅 海燕 小红"
    " 文博 佳慧 俊 鹏 玉兰 斌"
)
ROADS = words("湖滨 中山 人民 解放 建设 和平 新华 文化 长江 黄河 团结 胜利 迎宾 滨江 学府 花园 工农 青年 东风 光明")
RARE = "蜂窝芯"  # stands in one text of ten thousand
BRANCHES, BRANCH, MOST = 40, 7, 11
START = datetime(2020, 1, 1, tzinfo=UTC)

# What is typed, and how long it may take in milliseconds.
QUERIES = {
    "one rare word": (RARE, 10),
    "a rare character": (RARE[0], 10),
    "a word of one text in 16": ("异响", 50),
    "two common words": ("主卧 开裂", 50),
    "the most common character": ("门", 50),
    "a phrase of five characters": ("合页关不严", 10),
    "a whole telephone number": (lambda n: phone_of(n), 10),
    "the last four digits": (lambda n: phone_of(n)[-4:], 10),
    "a case number": (lambda n: complaint_number(n), 10),
    "the end of a case number": (lambda n: complaint_number(n)[-6:], 10),
    "a customer's number": (lambda n: customer_number(n), 10),
    "a name": ("黄志强", 10),
    "a surname": ("黄", 50),
    "a name as it sounds": ("huangzhiqiang", 10),
    "a name in syllables": ("huang wei", 50),
    "initials of three": ("hzq", 10),
    "initials of two": ("hw", 50),
    "initials and a place": ("hw 中山", 50),
    "nothing like it": ("洗衣机", 10),
}
GROWTH = "one rare word"


# --- filling ----------------------------------------------------------------------------------------------------------
def fill(url, size):
    """``size`` customers and as many complaints with their entries, in plain columns."""
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("SET synchronous_commit = off")
        db.execute("SET maintenance_work_mem = '512MB'")
        insert(db, "accounts_region", BRANCHES, code="'r' || i", name="'分公司' || i", active="true")
        region = f"(SELECT min(id) FROM accounts_region WHERE code LIKE 'r%') + i % {BRANCHES}"
        first = db.execute("SELECT min(id) FROM accounts_region WHERE code LIKE 'r%'").fetchone()[0]
        _records(db, size, region)
        _entries(db, size, first)
        db.execute("VACUUM ANALYZE")


def _records(db, size, region):
    moment = f"(timestamptz '{START.isoformat()}' + i * interval '3 minutes')"
    name = f"(ARRAY{SURNAMES})[1 + i % {len(SURNAMES)}] || (ARRAY{GIVEN})[1 + i / {len(SURNAMES)} % {len(GIVEN)}]"
    phone = "'13' || lpad((i::bigint * 7919 % 1000000000)::text, 9, '0')"
    number = f"to_char({moment} AT TIME ZONE 'UTC', 'YYMMDD') || lpad((i % 480 + 1)::text, 4, '0')"
    insert(
        db, "customers_customer", size, id="i", number=f"'KH' || {number}", name=name, region_id=region, root_id="i", created_at=moment
    )  # fmt: skip
    insert(
        db,
        "customers_phone",
        size,
        customer_id="i",
        number=phone,
        base=phone,
        tail=f"right({phone}, 4)",
        kind="'mobile'",
    )
    insert(db, "workflow_matter", size, id="i", customer_id="i", region_id=region, opened_at=moment)
    insert(
        db, "cases_complaint", size, id="i", number=f"'TS' || {number}", matter_id="i", region_id=region, version="1",
        status="CASE WHEN i % 20 = 0 THEN 'investigating' ELSE 'closed' END", content="'门有毛病 ' || i", type="'complaint'",
        channel="'phone'", severity="'minor'", received_at=moment, created_at=NOW,
        closed_at=f"CASE WHEN i % 20 = 0 THEN NULL ELSE {NOW} END",
    )  # fmt: skip


def _entries(db, size, first_region):
    check_against_core(first_region)
    chance = random.Random(1)
    index = db.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'core_searchentry_tokens'").fetchone()[0]
    db.execute("DROP INDEX core_searchentry_tokens")
    columns = "kind, object_id, customer_id, region_id, at, ended, text, personal, tokens, cut"
    with db.cursor() as cursor, cursor.copy(f"COPY core_searchentry ({columns}) FROM STDIN") as copy:
        for n in range(1, size + 1):
            for row in (customer_row(n), complaint_row(n, chance)):
                kind, texts, personal, tokens, ended = row
                text, personal = ("\\n".join(lines) for lines in (texts, personal))
                place = f"{first_region + n % BRANCHES}\t{moment_of(n)}\t{ended}"
                found = ",".join(map(str, tokens | region_tokens(kind, first_region + n % BRANCHES)))
                copy.write(f"{kind}\t{n}\t{n}\t{place}\t{text}\t{personal}\t{{{found}}}\t{cut_version()}\n")
    db.execute(index)


def customer_row(n):
    name, phone, number, road = name_of(n), phone_of(n), customer_number(n), f"{ROADS[n % len(ROADS)]}路{n % 200}号"
    tokens = set().union(
        cut("customer", road),
        cut_name("customer", name),
        cut_number("customer", number),
        ends("customer", phone.encode()),
    )
    return "customer", [number.lower(), name[0], f"~{phone[-4:]}"], [name, road, phone, *sounds(name)], tokens, False


def complaint_row(n, chance):
    parts, name, phone, number = list(parts_of(n, chance)), name_of(n), phone_of(n), complaint_number(n)
    tokens = set().union(
        *(cut("complaint", part) for part in parts),
        cut_name("complaint", name),
        cut_number("complaint", number),
        ends("complaint", phone.encode()),
    )
    texts = [",".join(parts), number.lower(), name[0], f"~{phone[-4:]}"]
    return "complaint", texts, [name, phone, *sounds(name)], tokens, n % 20 != 0


def parts_of(n, chance):
    """The pieces a text is put together from; between them stand signs, so each can be cut by itself."""
    pick = chance.choice
    for _ in range(chance.randint(1, 3)):
        yield f"{pick(TIMES)}{pick(ROOMS)}{pick(THINGS)}{pick(FAULTS)}"
    yield pick(WISHES)
    if n % 10_000 == 5_000:
        yield f"门板是{RARE}的"


def check_against_core(region):
    """The short way gives what the application itself would write."""
    from core.search import entry

    given = {"customer_id": 1, "region_id": region, "at": START}
    for n in range(1, 20):
        name, phone = name_of(n), phone_of(n)
        kind, texts, personal, tokens, _ended = customer_row(n)
        whole = entry(
            kind, n, names=[name], places=[personal[1]], phones=[phone], numbers=[customer_number(n)], **given
        )
        _compare(whole, texts, personal, tokens | region_tokens(kind, region))
        kind, texts, personal, tokens, _ended = complaint_row(n, random.Random(n))
        whole = entry(kind, n, texts=[texts[0]], names=[name], phones=[phone], numbers=[complaint_number(n)], **given)
        _compare(whole, texts, personal, tokens | region_tokens(kind, region))


def _compare(whole, texts, personal, tokens):
    wanted = ("\n".join(texts), "\n".join(personal), sorted(tokens))
    assert (whole.text, whole.personal, whole.tokens) == wanted, (whole.text, whole.personal, wanted)


def pieces_of(kind, part):
    from core.search import cutting

    return {cutting.token(kind, piece) for piece in cutting.pieces(part)}


cut = cache(pieces_of)  # what stands in many rows


@cache
def mask_of(kind):
    from core.search import cutting

    return cutting.token(kind, 0)


def ends(kind, *runs):
    """The tokens of letters or digits that stand in one row alone, cut by the shortest way."""
    found = set()
    for run in runs:
        found.update((run[0], run[-1]))
        found.update([crc32(run[:cut]) for cut in range(2, len(run) + 1)])
        found.update([crc32(run[cut:]) for cut in range(1, len(run) - 1)])
    mask = mask_of(kind)
    return {(piece - (1 << 32) if piece >> 31 else piece) ^ mask for piece in found}


@cache
def cut_name(kind, name):
    from core.search import cutting

    return pieces_of(kind, name) | {cutting.token(kind, piece) for piece in cutting.name_pieces(name)}


def cut_number(kind, number):
    from core.search import cutting

    number = number.lower().encode()
    whole = cutting.token(kind, crc32(b"=" + number))
    return ends(kind, number, number[2:]) | cut(kind, number[:2].decode()) | {whole}


@cache
def region_tokens(kind, region):
    from core.search import cutting

    return {cutting.region_token(kind, region), cutting.record_token(kind)}


@cache
def sounds(name):
    from core.search import cutting

    return tuple(dict.fromkeys(cutting.sounds(name)))


@cache
def cut_version():
    from core.search import CUT

    return CUT


def moment_of(n):
    return START + timedelta(minutes=3 * n)


def complaint_number(n):
    return f"TS{moment_of(n):%y%m%d}{n % 480 + 1:04d}"


def customer_number(n):
    return f"KH{moment_of(n):%y%m%d}{n % 480 + 1:04d}"


def phone_of(n):
    return f"13{n * 7919 % 1_000_000_000:09d}"


def name_of(n):
    return SURNAMES[n % len(SURNAMES)] + GIVEN[n // len(SURNAMES) % len(GIVEN)]


# --- measuring --------------------------------------------------------------------------------------------------------
def measure(rounds):
    """Title → medians of the query and of its page, for somebody who sees all and for one branch, and the lines found."""
    from django.test import Client
    from django.test.utils import setup_test_environment

    from bench.timing import in_turns, statements
    from core.search import search

    setup_test_environment()
    found = {}
    for who, user in people().items():
        client = Client()
        client.force_login(user)
        for title, typed in typed_queries().items():
            acts = {
                "query": lambda u=user, t=typed: search(t, u, MOST),
                "page": lambda c=client, t=typed: c.get("/search/", {"q": t}, HTTP_HX_REQUEST="true"),
            }
            assert acts["page"]().status_code == 200
            took = in_turns(rounds, acts)
            found[f"{title} · {who}"] = {name: spent for name, (spent, _cpu) in took.items()} | {
                "cpu": took["query"][1],
                "database": in_database(acts["query"]),
                "hits": len(acts["query"]()),
                "statements": statements(acts["page"]),
            }
    return found


def in_database(act):
    """Milliseconds that the database itself says it needs for the statements of an act, the least of three."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    spent = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as asked:
            act()
        plans = []
        with connection.cursor() as cursor:
            for query in asked.captured_queries:
                cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + query["sql"])
                plans.append(cursor.fetchone()[0][0])
        spent.append(sum(plan["Planning Time"] + plan["Execution Time"] for plan in plans))
    return min(spent)


def people():
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group

    from accounts.models import Region

    users = get_user_model().objects
    everything, _made = users.get_or_create(username="all", defaults={"name": "总"})
    everything.groups.set([Group.objects.get(name="general_manager")])
    agent, _made = users.get_or_create(username="branch", defaults={"name": "分"})
    agent.groups.set([Group.objects.get(name="agent")])
    agent.regions.set(Region.objects.filter(code=f"r{BRANCH + 1}"))
    return {"all": everything, "one branch": agent}


def typed_queries():
    from core.models import SearchEntry

    last = SearchEntry.objects.filter(kind="complaint").order_by("-object_id")[0].object_id
    middle = last // 2 // BRANCHES * BRANCHES + BRANCH  # a record of the branch
    return {title: typed(middle) if callable(typed) else typed for title, (typed, _owed) in QUERIES.items()}


def report(results):
    small, large = (results[size] for size in sorted(results))
    print("\n| query | for | in the database | CPU | query ms | page ms | SQL | hits | owed | |")
    print("|---|---|--:|--:|--:|--:|--:|--:|--:|---|")
    for key, took in large.items():
        title, who = key.split(" · ")
        owed = QUERIES[title][1]
        kept = took["database"] + took["cpu"] <= owed
        print(
            f"| {title} | {who} | {took['database']:.1f} | {took['cpu']:.1f} | {took['query']:.1f} | {took['page']:.1f} | {took['statements']} | {took['hits']} | {owed} "
            f"| {'kept' if kept else 'MISSED'} |"
        )
    for who in ("all", "one branch"):
        few, many = (size[f"{GROWTH} · {who}"] for size in (small, large))
        growth = (many["database"] + many["cpu"]) / (few["database"] + few["cpu"])
        print(f"\n{GROWTH} · {who}: {growth:.2f} times what it takes at a hundredth (owed: 1.5)")
    print(
        f"\nLoad of the machine in the last minute, 5 and 15 minutes: {', '.join(f'{n:.1f}' for n in os.getloadavg())}"
    )


def main():
    args = arguments()
    if args.child:
        run_child(args)
        return
    places = {size: f"{args.server}/bench_search_{size}" for size in (max(args.rows // 100, 1000), args.rows)}
    try:
        for size, url in places.items():
            if not args.reuse:
                make(args.server, url, size)
        report({size: json.loads(child(url, "measure", args.rounds)) for size, url in places.items()})
    finally:
        if not args.keep:
            for url in places.values():
                drop(args.server, url)


def make(server, url, size):
    began = time.perf_counter()
    create(server, url)
    subprocess.run([sys.executable, ROOT / "manage.py", "migrate", "-v0"], env=environment(url), check=True)
    child(url, "fill", size)
    print(f"{size:,} customers and as many complaints: {time.perf_counter() - began:.0f} s to fill", flush=True)


def child(url, what, number):
    """What one process prints last that works on one database."""
    command = [sys.executable, __file__, "--child", what, "--rows", str(number), "--server", url]
    done = subprocess.run(command, env=environment(url), check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.splitlines()[-1]


def run_child(args):
    os.environ["DJANGO_SETTINGS_MODULE"] = "aftersales.settings"
    import django

    django.setup()
    print(json.dumps(measure(args.rows) if args.child == "measure" else fill(args.server, args.rows)))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000, help="customers, and as many complaints")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--server", default="postgres://postgres@127.0.0.1:5432")
    parser.add_argument("--keep", action="store_true", help="leave the scratch databases")
    parser.add_argument("--reuse", action="store_true", help="measure scratch databases that were kept once more")
    parser.add_argument("--child", choices=["fill", "measure"], help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
