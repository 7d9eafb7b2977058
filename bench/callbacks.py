"""Follow-up calls at size: a month's figures, its themes, ten thousand calls that fall due at once, beside raw SQL.

    .venv/bin/python bench/callbacks.py [--rows 1000000] [--month 30000] [--server postgres://postgres@127.0.0.1:5432] [--keep]

Makes a scratch database on the PostgreSQL server, fills it by INSERT … SELECT, prints each figure with the limit owed (docs:
performance 4 and 5): the month's figures at most 1.5 × one GROUP BY over the same rows, the themes in under ten seconds, the
falling due at most 4 × the same in hand-written SQL, an empty tick at most 5 ms.
"""

import argparse
import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
NAME = "bench_callbacks"
MONTH = date(2026, 10, 1)
DUE = 10_000
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


def measure():
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
    report("empty tick, ms", best(lambda: falling.sweep(now), 10), 5)
    hand = timed(lambda: fall_by_hand(connection, now))[0]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE callbacks_followupcall SET status = 'planned', call_at = %s WHERE id <= %s", [now, DUE])
    took, _none = timed(lambda: falling.sweep(now))
    assert FollowUpCall.objects.due().count() == DUE
    report(f"{DUE:,} fall due / by hand", took / hand, 4)


def fall_by_hand(connection, now):
    """The same in two statements: status and version, and an event of each."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE callbacks_followupcall SET status = 'planned', call_at = %s WHERE id <= %s", [now, DUE])
        cursor.execute("BEGIN")
        cursor.execute(
            "WITH due AS (UPDATE callbacks_followupcall SET status = 'due', version = version + 1 WHERE status = 'planned' "
            "AND call_at <= %s RETURNING id, matter_id, customer_id) INSERT INTO workflow_event (matter_id, customer_id, "
            "subject_id, kind, action, source, target, actor, at, visibility, note, data) SELECT matter_id, customer_id, id, "
            "'verb', 'fall_due', 'planned', 'due', 'system', %s, 'all', '', '{}' FROM due",
            [now, now],
        )
        cursor.execute("ROLLBACK")


def report(name, value, limit):
    print(f"| {name} | ≤ {limit} | {value:,.2f} | {'kept' if value <= limit else 'MISSED'} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--month", type=int, default=30_000)
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
        subprocess.run([sys.executable, __file__, "--measure"], env=environment, check=True)
    finally:
        if not args.keep:
            with psycopg.connect(f"{args.server}/postgres", autocommit=True) as server:
                server.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


if __name__ == "__main__":
    measure() if "--measure" in sys.argv else main()
