"""Follow-up calls at size: a month's figures, its themes, a hundred thousand calls due at once, the raw export.

    .venv/bin/python bench/callbacks.py [--rows 1000000] [--month 30000] [--due 100000] [--server postgres://…] [--keep]

Makes a scratch database on the PostgreSQL server, fills it by INSERT … SELECT, prints each figure with the limit owed (docs:
performance 4, 5 and 7): the month's figures at most 1.5 × one GROUP BY over the same rows, the themes in under ten seconds,
the falling due at most 4 × the same in hand-written SQL, an empty tick at most 5 ms, a csv at most 1.5 × a bare one and a
workbook at least 8 times as fast as django-import-export's, both in little memory. The rows given out are those that are due.
"""

import argparse
import csv
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
NAME = "bench_callbacks"
MONTH = date(2026, 10, 1)
PEER_SAMPLE = 5_000  # calls the slow side of the export takes out, scaled
SAID = (
    "门缝大，关上门透光",
    "收口毛糙，胶打得不匀",
    "锁芯发涩要用力",
    "师傅守时，打扫干净",
    "隔音不错",
    "约好上午没来",
    "门扇下垂刮地",
)


def fill(db, rows, month):
    """Customers, matters and calls with what was said in them; ``month`` of the calls were due in October 2026."""
    db.execute(
        "INSERT INTO accounts_region (code, name, hotline, active) VALUES ('bench', '分公司', '', true) RETURNING id"
    )
    region = db.fetchone()[0]
    db.execute("SET session_replication_role = replica")
    db.execute("SET synchronous_commit = off")
    db.execute("SELECT id FROM callbacks_calltemplate WHERE code = 'week'")
    template = db.fetchone()[0]
    customers = max(1000, rows // 5)
    insert(
        db,
        "customers_customer",
        customers,
        number="'KH' || i",
        name="'客户' || i",
        region_id=region,
        root_id="i",
        id="i",
    )
    insert(db, "workflow_matter", rows, id="i", customer_id=f"1 + i % {customers}", region_id=region, opened_at="now()")
    due = f"CASE WHEN i <= {month} THEN date '{MONTH}' + (i % 31)::int ELSE date '2023-01-01' + (i % 1300)::int END"
    insert(
        db, "callbacks_followupcall", rows, id="i", number="'HF' || i", matter_id="i", region_id=region,
        customer_id=f"1 + i % {customers}", template_id=template, script="'product'", anchor_on="'2026-01-01'",
        due_on=due, late_after=due, call_at="'2099-01-01'", status="'reviewed'", spoken_at="now()",
        verdict="(ARRAY['satisfied','completely','basically','dissatisfied','average'])[1 + i % 5]",
    )  # fmt: skip
    texts = ",".join(f"'{text}'" for text in SAID)
    insert(
        db, "callbacks_callanswer", month, id="i", call_id="i", area="(ARRAY['product','installation','service'])[1 + i % 3]",
        tone="CASE WHEN i % 5 > 2 THEN 'problem' ELSE 'opinion' END", text=f"(ARRAY[{texts}])[1 + i % {len(SAID)}]",
    )  # fmt: skip
    for table in ("customers_customer", "workflow_matter", "callbacks_followupcall"):
        db.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")


def insert(db, table, count, **columns):
    """Rows whose other columns hold what an empty one of their type does."""
    db.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s AND is_nullable = 'NO' "
        "AND column_default IS NULL AND is_identity = 'NO'",
        [table],
    )
    empty = {"integer": "0", "smallint": "0", "bigint": "0", "boolean": "false", "jsonb": "'{}'", "date": "now()",
             "timestamp with time zone": "now()"}  # fmt: skip
    whole = {name: empty.get(kind, "''") for name, kind in db.fetchall()} | columns
    names = ", ".join(f'"{name}"' for name in whole)
    values = ", ".join(str(value) for value in whole.values())
    db.execute(
        f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE SELECT {values} FROM generate_series(1, {count}) i"
    )


def timed(act):
    began = time.perf_counter()
    answer = act()
    return (time.perf_counter() - began) * 1000, answer


def best(act, rounds=3):
    return min(timed(act)[0] for _round in range(rounds))


def measure(due):
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersales.settings")
    django.setup()
    from django.db import connection
    from django.utils import timezone

    from callbacks import falling, monthly, themes
    from callbacks.models import CallRules, FollowUpCall

    period = monthly.Period(MONTH, MONTH.replace(day=31))
    by_hand = (
        "SELECT f.status, f.verdict, f.told_progress, f.template_id, k.product_id, f.technician_id, f.region_id, c.dealer_id, "
        "count(*) FROM callbacks_followupcall f JOIN customers_customer c ON c.id = f.customer_id "
        "LEFT JOIN customers_servicecard k ON k.id = f.card_id "
        "WHERE f.due_on BETWEEN %s AND %s AND f.status <> 'cancelled' GROUP BY 1, 2, 3, 4, 5, 6, 7, 8"
    )

    def raw():
        with connection.cursor() as cursor:
            cursor.execute(by_hand, [period.begins_on, period.ends_on])
            return cursor.fetchall()

    report("month's parts / one GROUP BY", best(lambda: monthly.tallies_of(period)) / best(raw), 1.5)
    report("whole summary, seconds", timed(lambda: monthly.figures_of(period))[0] / 1000, 10)
    report("themes, seconds", timed(lambda: themes.find(period))[0] / 1000, 10)

    now = timezone.now()
    CallRules.objects.filter(pk=1).update(planned_on=timezone.localdate(now))
    for state in ("no call waits", f"{due:,} calls wait for their day"):
        report(f"empty tick, {state}, ms", best(lambda: falling.sweep(now), 30), 5)
        let_wait(connection, due, "2099-01-01")
    hand = timed(lambda: fall_by_hand(connection, due, now))[0]
    let_wait(connection, due, now)
    took, _none = timed(lambda: falling.sweep(now))
    assert FollowUpCall.objects.due().count() == due
    assert not FollowUpCall.objects.filter(status="due").exclude(version=2).exists()
    report(f"{due:,} fall due / by hand", took / hand, 4)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE callbacks_followupcall")  # as the server does by itself within a minute
    report(f"empty tick, {due:,} calls are due, ms", best(lambda: falling.sweep(now), 30), 5)


def let_wait(connection, due, call_at):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE callbacks_followupcall SET status = 'planned', call_at = %s, version = 1 WHERE id <= %s",
            [call_at, due],
        )
        cursor.execute("VACUUM ANALYZE callbacks_followupcall")


def fall_by_hand(connection, due, now):
    """The same in two statements: status and version, and an event of each."""
    let_wait(connection, due, now)
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(
            "WITH due AS (UPDATE callbacks_followupcall SET status = 'due', version = version + 1 WHERE status = 'planned' "
            "AND call_at <= %s RETURNING id, matter_id, customer_id) INSERT INTO workflow_event (matter_id, customer_id, "
            "subject_id, kind, action, source, target, actor, at, visibility, note, data) SELECT matter_id, customer_id, id, "
            "'verb', 'fall_due', 'planned', 'due', 'system', %s, 'all', '', '{}' FROM due",
            [now, now],
        )
        cursor.execute("ROLLBACK")


# --- the raw export, each side in a process of its own ----------------------------------------------------------------
def take_out(side):
    """Write the due calls into a file by one ``side``; prints seconds of processor and megabytes above what was held."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersales.settings")
    django.setup()
    from django.contrib.auth.models import Group

    from accounts.models import User
    from callbacks.models import CallAnswer, FollowUpCall
    from core.tables.exporting import Writer, write_file
    from core.tables.resource import resource_of

    boss = User.objects.get_or_create(username="bench", defaults={"name": "赵静"})[0]
    boss.groups.add(*Group.objects.filter(name__in=["manager", "general_manager"]))
    columns = resource_of("calls").columns()
    sources = [column.source for column in columns if column.source]
    calls = FollowUpCall.objects.filter(status="due").order_by("pk")

    def ours(form):
        with tempfile.NamedTemporaryFile(suffix=f".{form}") as file:
            writer = Writer(resource_of("calls"), boss, form)
            write_file(file, writer, writer.resource.in_order(writer.resource.rows_for(boss, "state=due")))

    def bare():
        """The same columns; what was said in a call stands in rows of its own."""
        said, answers = {}, CallAnswer.objects.filter(call__status="due").order_by("pk")
        for call, area, words in answers.values_list("call_id", "area", "text").iterator():
            said[call] = f"{said[call]}\n{area}：{words}" if call in said else f"{area}：{words}"
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="") as file:
            rows = calls.values_list("pk", *sources).iterator()
            csv.writer(file).writerows((*row, said.get(row[0], "")) for row in rows)

    def peer():
        from import_export import fields, resources

        columns_of = {source: fields.Field(source, source) for source in sources}
        meta = type("Meta", (), {"model": FollowUpCall, "fields": list(columns_of)})
        rows = calls.select_related("customer", "region", "template", "card__product", "complaint", "called_by")
        type("Peer", (resources.ModelResource,), columns_of | {"Meta": meta})().export(rows[:PEER_SAMPLE]).export(
            "xlsx"
        )

    act = {"csv": lambda: ours("csv"), "xlsx": lambda: ours("xlsx"), "bare": bare, "peer": peer}[side]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    worked = time.process_time()
    act()
    print(time.process_time() - worked, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before)


def report_export(environment, due):
    found = {}
    for side in ("csv", "bare", "xlsx", "peer"):
        said = subprocess.run([sys.executable, __file__, "--take-out", side], env=environment, check=True,
                              capture_output=True, text=True).stdout  # fmt: skip
        found[side] = [float(word) for word in said.split()]
    report(f"csv of {due:,} calls / bare csv", found["csv"][0] / found["bare"][0], 1.5)
    report(f"csv of {due:,} calls, MB above the start", found["csv"][1], 20)
    peer = found["peer"][0] * due / min(due, PEER_SAMPLE)
    report(f"workbook of {due:,} calls, times as fast as django-import-export", peer / found["xlsx"][0], 8, least=True)
    report(f"workbook of {due:,} calls, MB above the start", found["xlsx"][1], 30)


def report(name, value, limit, *, least=False):
    kept = value >= limit if least else value <= limit
    print(f"| {name} | {'≥' if least else '≤'} {limit} | {value:,.2f} | {'kept' if kept else 'MISSED'} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--month", type=int, default=30_000)
    parser.add_argument("--due", type=int, default=100_000, help="calls that fall due at once, and are taken out")
    parser.add_argument("--server", default="postgres://postgres@127.0.0.1:5432")
    parser.add_argument("--keep", action="store_true", help="leave the scratch database")
    args = parser.parse_args()
    url = f"{args.server}/{NAME}"
    environment = {**os.environ, "DATABASE_URL": url, "PYTHONPATH": str(ROOT), "LOG_LEVEL": "ERROR"}
    with psycopg.connect(f"{args.server}/postgres", autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {NAME} ENCODING 'UTF8' TEMPLATE template0")
    try:
        subprocess.run([sys.executable, ROOT / "manage.py", "migrate", "-v0"], env=environment, check=True)
        with psycopg.connect(url, autocommit=True) as db, db.cursor() as cursor:
            fill(cursor, args.rows, args.month)
            cursor.execute("VACUUM ANALYZE")
        print("| figure | owed | measured | |\n|---|--:|--:|---|", flush=True)
        subprocess.run([sys.executable, __file__, "--measure", str(args.due)], env=environment, check=True)
        report_export(environment, args.due)
    finally:
        if not args.keep:
            with psycopg.connect(f"{args.server}/postgres", autocommit=True) as server:
                server.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(int(sys.argv[2]))
    elif sys.argv[1:2] == ["--take-out"]:
        take_out(sys.argv[2])
    else:
        main()
