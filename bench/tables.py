"""Import and export of 100,000 service cards with their customers and orders, beside bare references (performance 7, 8).

    .venv/bin/python bench/tables.py [--rows 100000] [--sample 2000] [--server postgres://…] [--folder DIR]

Makes one csv and one xlsx of cards from the areas and name lists, and a scratch site per side (SQLite, or databases on
the server). Every step runs in a process of its own and says how long it took, how much processor time, and how far its
memory rose above what it had before. Sides of a ratio do the same rows; django-import-export does a sample, scaled.
"""

import argparse
import csv
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉玲建国华红梅志玉婷雪琳宇浩然子涵欣怡梓轩晨曦嘉诚"
STREETS = ["湖滨大道", "人民路", "团城山", "杭州西路", "磁湖路", "桂林南路", "发展大道", "迎宾大道"]
ROOMS = ["主卧", "次卧", "书房", "客厅", "厨房", "卫生间", "阳台", "入户门", "儿童房", "衣帽间"]
HEADINGS = [
    "服务卡编号", "客户姓名", "电话", "分公司", "省市区", "地址", "订单编号", "下单日期", "送货日期", "型号", "房间",
    "规格", "批次", "颜色", "安装日期", "验收日期", "安装人员",
]  # fmt: skip
MODELS = 60


def cards(number):
    """Rows of cards, two or three to a customer, the same at every run."""
    dice = random.Random(2026)
    areas = [line["full_name"] for line in areas_of_districts()]
    customer = None
    for card in range(number):
        if customer is None or dice.random() < 0.45:
            name = dice.choice(SURNAMES) + "".join(dice.choices(GIVEN, k=dice.choice((1, 2, 2))))
            ordered = date(2024, 1, 1) + timedelta(days=dice.randrange(900))
            customer = [
                name, f"1{dice.choice('3578')}{card:09}", f"第{dice.randrange(12)}分公司", dice.choice(areas),
                f"{dice.choice(STREETS)}{dice.randrange(1, 300)}号{dice.randrange(1, 30)}栋{dice.randrange(101, 3300)}",
                f"HT{card:08}", ordered,
            ]  # fmt: skip
        name, phone, branch, area, address, order, ordered = customer
        delivered = ordered + timedelta(days=40)
        yield [
            f"LS{card:08}", name, phone, branch, area, address, order, ordered, delivered, f"M-{dice.randrange(MODELS):03}",
            dice.choice(ROOMS), f"{dice.randrange(1900, 2400)}×{dice.randrange(700, 1000)}×240", f"{ordered:%y%m}A", "胡桃木",
            delivered + timedelta(days=2), delivered + timedelta(days=4), f"安装{dice.randrange(40)}队",
        ]  # fmt: skip


def areas_of_districts():
    from core.models.area import read_facts

    return [{"code": code, "full_name": names[1]} for code, names in read_facts().items() if len(code) == 6]


@contextmanager
def measured():
    """What the body costs: seconds, seconds of processor, megabytes above what the process held before."""
    cost = {}
    before, began, worked = resident(), time.perf_counter(), time.process_time()
    yield cost
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    cost |= {
        "s": time.perf_counter() - began,
        "cpu": time.process_time() - worked,
        "mb": max(0.0, peak - before),
    }


def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024


# --- steps, each in a process of its own ------------------------------------------------------------------------------
def prepare(args):
    """An empty site with branches, products and a manager."""
    from django.contrib.auth.models import Group
    from django.core.management import call_command

    from accounts.models import Region, User
    from customers.models import Product, ProductGroup, WarrantyPlan

    call_command("migrate", verbosity=0)
    regions = [Region.objects.create(code=f"r{n}", name=f"第{n}分公司") for n in range(12)]
    boss = User.objects.create(username="bench", name="赵静")
    boss.groups.add(Group.objects.get(name="manager"), Group.objects.get(name="administrator"))
    boss.regions.add(*regions)
    group = ProductGroup.objects.create(code="doors-bench", name="测试门")
    WarrantyPlan.objects.create(name="三年", group=group, months=36)
    Product.objects.bulk_create(Product(model_no=f"M-{n:03}", name="木门", group=group) for n in range(MODELS))


def make(args):
    from core.tables.files import write_xlsx

    with open(args.folder / "cards.csv", "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(cards(args.rows))
    write_xlsx(str(args.folder / "cards.xlsx"), HEADINGS, [cards(args.rows)])


def bring(args, name, check=True):
    """Check a file, then write it, as the pages have it done."""
    from django.core.files import File
    from django.utils import timezone

    from accounts.models import User
    from core import jobs
    from core.models import TableImport
    from core.tables import loading
    from core.tables.resource import resource_of

    boss = User.objects.get(username="bench")
    with open(args.folder / name, "rb") as file:
        upload = File(file, name=name)
        brought = loading.bring(resource=resource_of("cards"), upload=upload, read_as="", by=boss, now=timezone.now())
    with measured() as checking:
        assert jobs.run(brought.check_job_id)
    brought = TableImport.objects.get(pk=brought.pk)
    loading.begin_load(brought, only_good=True, by=boss, now=timezone.now())
    with measured() as writing:
        jobs.run(brought.load_job_id)
    brought.load_job.refresh_from_db()
    counts = brought.load_job.summary["counts"]
    return {"check": checking, "write": writing, "counts": counts, "error": brought.load_job.error}


def import_csv(args):
    return bring(args, "cards.csv")


def import_xlsx(args):
    return bring(args, "cards.xlsx")


def reference_import(args, index=False):
    """The same rows into the same tables by clean_fields and bulk_create, without events, numbers or look-ups."""
    from accounts.models import Region
    from core import search
    from core.models import Area
    from customers import phones
    from customers.models import Customer, Order, Phone, Product, ServiceCard

    areas = {area.full_name: area for area in Area.objects.all()}
    products = {product.model_no: product for product in Product.objects.select_related("group")}
    regions = {region.name: region for region in Region.objects.all()}
    known, orders = {}, {}
    with measured() as cost:
        fresh = {"customers": [], "phones": [], "orders": [], "cards": []}
        with open(args.folder / "cards.csv", encoding="utf-8-sig", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), 1):
                if row["电话"] not in known:
                    customer = Customer(
                        number=f"KH{number:09}", name=row["客户姓名"], region=regions[row["分公司"]],
                        area=areas[row["省市区"]], address=row["地址"],
                    )  # fmt: skip
                    customer.clean_fields(exclude=["root", "region", "area"])
                    known[row["电话"]] = customer
                    fresh["customers"].append(customer)
                    given, kind, base, local, tail = phones.parse(row["电话"])
                    fresh["phones"].append(
                        (customer, Phone(number=given, kind=kind, base=base, local=local, tail=tail))
                    )
                if row["订单编号"] not in orders:
                    order = Order(
                        number=row["订单编号"],
                        ordered_on=row["下单日期"],
                        delivered_on=row["送货日期"],
                        state="delivered",
                    )
                    order.clean_fields(exclude=["customer"])
                    orders[row["订单编号"]] = order
                    fresh["orders"].append((known[row["电话"]], order))
                card = ServiceCard(
                    number=row["服务卡编号"], product=products[row["型号"]], room=row["房间"], spec=row["规格"],
                    batch=row["批次"], colour=row["颜色"], installed_on=row["安装日期"], accepted_on=row["验收日期"],
                    installed_by=row["安装人员"],
                )  # fmt: skip
                card.clean_fields(exclude=["customer", "product", "order"])
                fresh["cards"].append((known[row["电话"]], orders[row["订单编号"]], card))
                if number % 2000 == 0:
                    _store(fresh, index, search)
        _store(fresh, index, search)
    return {"write": cost, "counts": {"new": ServiceCard.objects.count()}}


def _store(fresh, index, search):
    from django.db import transaction
    from django.db.models import F

    from customers.models import Customer, Order, Phone, ServiceCard
    from customers.tables.files import index_files
    from customers.tables.orders import index_orders

    with transaction.atomic():
        Customer.objects.bulk_create(fresh["customers"])
        pks = [customer.pk for customer in fresh["customers"]]
        Customer.objects.filter(pk__in=pks).update(root=F("pk"))
        for customer, phone in fresh["phones"]:
            phone.customer = customer
        Phone.objects.bulk_create(phone for _customer, phone in fresh["phones"])
        for customer, order in fresh["orders"]:
            order.customer = customer
        Order.objects.bulk_create(order for _customer, order in fresh["orders"])
        for customer, order, card in fresh["cards"]:
            card.customer, card.order = customer, order
        ServiceCard.objects.bulk_create(card for _customer, _order, card in fresh["cards"])
        if index:
            index_files(pks)
            index_orders([order.pk for _customer, order in fresh["orders"]])
            search.index_many([card.search_entry() for _customer, _order, card in fresh["cards"]])
    for rows in fresh.values():
        rows.clear()


def reference_import_with_search(args):
    return reference_import(args, index=True)


def peer_import(args):
    """django-import-export as its admin does it: a dry run with differences, then the import, row by row; cards alone."""
    import tablib
    from import_export import fields, resources, widgets

    from accounts.models import Region
    from customers.models import Customer, Product, ServiceCard

    class Cards(resources.ModelResource):
        product = fields.Field("product", "型号", widgets.ForeignKeyWidget(Product, "model_no"))
        number = fields.Field("number", "服务卡编号")
        customer = fields.Field("customer", "客户", widgets.ForeignKeyWidget(Customer, "number"))
        room = fields.Field("room", "房间")
        batch = fields.Field("batch", "批次")
        installed_on = fields.Field("installed_on", "安装日期", widgets.DateWidget())
        accepted_on = fields.Field("accepted_on", "验收日期", widgets.DateWidget())

        class Meta:
            model = ServiceCard
            import_id_fields = ["number"]
            fields = ["number", "customer", "product", "room", "batch", "installed_on", "accepted_on"]
            skip_unchanged = True
            report_skipped = True

    Customer.objects.create(number="KH-PEER", name="张伟", region=Region.objects.first())
    table = tablib.Dataset(headers=["服务卡编号", "客户", "型号", "房间", "批次", "安装日期", "验收日期"])
    for row in cards(args.sample):
        table.append([f"P{row[0]}", "KH-PEER", row[9], row[10], row[12], row[14].isoformat(), row[15].isoformat()])
    with measured() as cost:
        for dry_run in (True, False):
            result = Cards().import_data(table, dry_run=dry_run, raise_errors=True, use_transactions=True)
            assert not result.has_errors()
    return {"write": cost, "counts": {"new": args.sample}}


def _rows():
    from customers.models import ServiceCard

    return ServiceCard.objects.order_by("pk")


def export_ours(args, form):
    from accounts.models import User
    from core.tables.exporting import Writer, write_file
    from core.tables.resource import resource_of

    boss = User.objects.get(username="bench")
    with measured() as cost, tempfile.NamedTemporaryFile(dir=args.folder, suffix=f".{form}") as file:
        writer = Writer(resource_of("cards"), boss, form)
        rows = writer.resource.rows_for(boss, "")
        write_file(file, writer, writer.resource.in_order(rows))
    return {"write": cost}


def export_csv(args):
    return export_ours(args, "csv")


def export_xlsx(args):
    return export_ours(args, "xlsx")


def bare_csv(args):
    """values_list, iterator and csv.writer over the same columns."""
    from core.tables.resource import resource_of

    sources = [column.source for column in resource_of("cards").columns()]
    with measured() as cost, tempfile.NamedTemporaryFile("w", dir=args.folder, encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(_rows().values_list(*sources).iterator())
    return {"write": cost}


def peer_xlsx(args):
    """django-import-export over the same columns, its own engine, on a sample ten times that of imports."""
    from import_export import fields, resources

    from core.tables.resource import resource_of
    from customers.models import ServiceCard

    columns = {
        column.attribute: fields.Field(column.source, column.heading) for column in resource_of("cards").columns()
    }
    peer = type(
        "Peer",
        (resources.ModelResource,),
        columns | {"Meta": type("Meta", (), {"model": ServiceCard, "fields": list(columns)})},
    )
    rows = _rows().select_related("customer__root__region", "customer__root__area", "order", "product", "plan")
    rows = rows.select_related(
        "customer__root__preferred_phone", "customer__root__region", "customer__root__area", "order", "product", "plan"
    )
    with measured() as cost:
        content = peer().export(rows[: args.sample * 5]).export("xlsx")
        (args.folder / "peer.xlsx").write_bytes(content)
    return {"write": cost, "rows": args.sample * 5}


STEPS = [prepare, make, import_csv, import_xlsx, reference_import, reference_import_with_search, peer_import,
         export_csv, export_xlsx, bare_csv, peer_xlsx]  # fmt: skip


# --- the run ----------------------------------------------------------------------------------------------------------
def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--sample", type=int, default=2_000)
    parser.add_argument("--server", default="", help="a PostgreSQL server for scratch databases, instead of SQLite")
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--step", help=argparse.SUPPRESS)
    return parser.parse_args()


def run_step(args, name, site):
    """Do one step in a process of its own, on the scratch site named."""
    environment = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL")}
    environment |= {"VAR_DIR": str(args.folder / site), "LOG_LEVEL": "ERROR"}
    if args.server:
        environment["DATABASE_URL"] = f"{args.server}/bench_tables_{site}"
    command = [sys.executable, __file__, "--step", name, "--rows", str(args.rows), "--sample", str(args.sample)]
    done = subprocess.run([*command, "--folder", str(args.folder)], env=environment, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def main():
    args = arguments()
    if args.step:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersales.settings")
        import django

        django.setup()
        print(json.dumps(globals()[args.step](args)))
        return
    args.folder = Path(tempfile.mkdtemp(prefix="bench-tables-")) if args.folder is None else args.folder
    try:
        found = measure(args)
    finally:
        drop_databases(args)
        shutil.rmtree(args.folder, ignore_errors=True)
    report(args, found)


SITES = {
    "csv": ["import_csv", "export_csv", "bare_csv", "export_xlsx", "peer_xlsx"],
    "xlsx": ["import_xlsx"],
    "bare": ["reference_import"],
    "search": ["reference_import_with_search"],
    "peer": ["peer_import"],
}


def measure(args):
    found = {}
    for site, steps in SITES.items():
        (args.folder / site).mkdir(parents=True)
        if args.server:
            psql(args, f"CREATE DATABASE bench_tables_{site}")
        run_step(args, "prepare", site)
        if site == "csv":
            run_step(args, "make", site)
        for step in steps:
            found[step] = run_step(args, step, site)
            print(f"{step}: {json.dumps(found[step], ensure_ascii=False)}", file=sys.stderr, flush=True)
    return found


def psql(args, statement):
    import psycopg

    with psycopg.connect(f"{args.server}/postgres", autocommit=True) as connection:
        connection.execute(statement)


def drop_databases(args):
    for site in SITES if args.server else ():
        psql(args, f"DROP DATABASE IF EXISTS bench_tables_{site}")


def report(args, found):
    rows = args.rows
    scale = {"peer_import": args.sample, "peer_xlsx": found["peer_xlsx"]["rows"]}
    print(f"{rows:,} cards, {'PostgreSQL' if args.server else 'SQLite'}\n")
    print("| | rows a second | a second of processor | memory + MB |\n|---|--:|--:|--:|")
    speed = {}
    for name, step in found.items():
        for part in ("check", "write"):
            if part in step:
                label = f"{name}, {part}" if "check" in step else name
                count, cost = scale.get(name, rows), step[part]
                speed[label] = count / cost["cpu"] if not args.server else count / cost["s"]
                print(f"| {label} | {count / cost['s']:,.0f} | {count / cost['cpu']:,.0f} | {cost['mb']:.0f} |")
    owed = [
        ("write from csv / clean_fields + bulk_create", "import_csv, write", "reference_import", 0.5, "≥"),
        (
            "write from csv / the same with search entries",
            "import_csv, write",
            "reference_import_with_search",
            0.5,
            "≥",
        ),
        ("write from xlsx / clean_fields + bulk_create", "import_xlsx, write", "reference_import", 0.5, "≥"),
        ("write from csv / django-import-export", "import_csv, write", "peer_import", 10, "≥"),
        ("bare csv / csv", "bare_csv", "export_csv", 1.5, "≤"),
        ("xlsx / django-import-export", "export_xlsx", "peer_xlsx", 8, "≥"),
    ]
    print("\n| owed | limit | measured | |\n|---|--:|--:|---|")
    for label, ours, theirs, limit, sign in owed:
        ratio = speed[ours] / speed[theirs]
        kept = ratio >= limit if sign == "≥" else ratio <= limit
        print(f"| {label} | {sign} {limit} | {ratio:.2f} | {'kept' if kept else 'MISSED'} |")


if __name__ == "__main__":
    main()
