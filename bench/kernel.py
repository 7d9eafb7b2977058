"""Pages, creation, transitions and the sweep at 10,000 and at 1,000,000 complaints, each beside a bare reference.

    .venv/bin/python bench/kernel.py [--sizes 10000 1000000] [--server postgres://postgres@127.0.0.1:5432] [--keep]

Makes one scratch database per size on the PostgreSQL server, fills it with INSERT … SELECT, runs every measurement in a
process of its own and prints medians (milliseconds of CPU or of time, statements) and the ratios owed in
docs/performance.md. Nothing outside the scratch databases is touched; they are dropped at the end.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[1]
REGIONS, ROUNDS = 8, 25
NOW = "timestamptz '2026-11-20 10:00+08'"

FILL = """
INSERT INTO accounts_region (code, name, hotline, active) SELECT 'r' || i, '分公司' || i, '', true FROM generate_series(1, {regions}) i;
INSERT INTO cases_complaintclass (code, name, name_en, severity, "order", active)
  SELECT 'k' || i, '类别' || i, '', 'minor', i, true FROM generate_series(1, 10) i;
"""


def columns_of(connection, table):
    """Columns that must be given a value: not null, without default, not generated."""
    return connection.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s AND is_nullable = 'NO' "
        "AND column_default IS NULL AND is_identity = 'NO' ORDER BY ordinal_position",
        [table],
    ).fetchall()


NEUTRAL = {
    "character varying": "''",
    "text": "''",
    "boolean": "false",
    "integer": "0",
    "smallint": "0",
    "bigint": "0",
    "numeric": "0",
    "jsonb": "'{}'",
    "timestamp with time zone": NOW,
    "date": "date '2026-01-01'",
}


def insert(connection, table, rows, **given):
    """INSERT … SELECT over 1..rows as ``i``; columns not given get a neutral value."""
    needed = {name: NEUTRAL.get(kind, "NULL") for name, kind in columns_of(connection, table)}
    values = needed | given
    names = ", ".join(f'"{name}"' for name in values)
    connection.execute(
        f"INSERT INTO {table} ({names}) SELECT {', '.join(values.values())} FROM generate_series(1, {rows}) i"
    )


def fill(url, size):
    """One customer for four complaints, one event and one clock each; one in twenty is open."""
    customers = max(size // 4, 1)
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("SET synchronous_commit = off")
        for statement in FILL.format(regions=REGIONS).split(";\n"):
            if statement.strip():
                db.execute(statement)
        region = f"(SELECT min(id) FROM accounts_region WHERE code LIKE 'r%') + i % {REGIONS}"
        klass = "(SELECT min(id) FROM cases_complaintclass) + i % 10"
        insert(
            db,
            "customers_customer",
            customers,
            id="i",
            number="'KH' || i",
            name="'客户' || i",
            region_id=region,
            root_id="i",
        )
        insert(
            db,
            "customers_phone",
            customers,
            customer_id="i",
            number="'138' || lpad(i::text, 8, '0')",
            base="'138' || lpad(i::text, 8, '0')",
            tail="right(lpad(i::text, 8, '0'), 4)",
            kind="'mobile'",
        )
        closed = f"CASE WHEN i % 20 = 0 THEN NULL ELSE {NOW} - i * interval '1 minute' END"
        moment = f"{NOW} - i * interval '1 minute'"
        insert(
            db,
            "workflow_matter",
            size,
            id="i",
            customer_id=f"1 + i % {customers}",
            region_id=region,
            opened_at=moment,
            closed_at=closed,
        )
        insert(
            db,
            "cases_complaint",
            size,
            id="i",
            number="'TS' || lpad(i::text, 12, '0')",
            matter_id="i",
            region_id=region,
            klass_id=klass,
            version="1",
            status="CASE WHEN i % 20 = 0 THEN 'investigating' ELSE 'closed' END",
            content="'主卧门板从锁孔往下裂了一道缝，编号 ' || i",
            type="'complaint'",
            channel="'phone'",
            severity="(ARRAY['minor','moderate','serious'])[1 + i % 3]",
            received_at=moment,
            created_at=moment,
            closed_at=closed,
        )
        kind = "(SELECT id FROM django_content_type WHERE app_label = 'cases' AND model = 'complaint')"
        insert(
            db,
            "workflow_event",
            size,
            matter_id="i",
            customer_id=f"1 + i % {customers}",
            subject_type_id=kind,
            subject_id="i",
            kind="'verb'",
            action="'register'",
            actor="'system'",
            visibility="'all'",
            at=moment,
        )
        insert(
            db,
            "workflow_deadline",
            size,
            matter_id="i",
            subject_type_id=kind,
            subject_id="i",
            kind="'plan'",
            cycle="1",
            policy_values="""'{"ladder": [{"step": "breach", "at": 1, "role": "supervisor"}], "pause_in": []}'""",
            started_at=moment,
            due_at=f"{moment} + interval '90 days'",
            next_at=f"CASE WHEN i % 20 = 0 THEN {moment} + interval '90 days' END",
            ended_at=closed,
        )
        for table in ("customers_customer", "workflow_matter", "cases_complaint"):
            db.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
        db.execute("VACUUM ANALYZE")


def main():
    args = arguments()
    results = {}
    for size in args.sizes:
        name = f"bench_kernel_{size}"
        url = f"{args.server}/{name}"
        environment = {**os.environ, "DATABASE_URL": url, "PYTHONPATH": str(ROOT), "LOG_LEVEL": "ERROR"}
        with psycopg.connect(f"{args.server}/postgres", autocommit=True) as server:
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            server.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
        try:
            subprocess.run([sys.executable, ROOT / "manage.py", "prepare"], env=environment, check=True)
            fill(url, size)
            child = [sys.executable, __file__, "--measure"]
            done = subprocess.run(child, env=environment, check=True, stdout=subprocess.PIPE, text=True)
            results[size] = json.loads(done.stdout.splitlines()[-1])
        finally:
            if not args.keep:
                with psycopg.connect(f"{args.server}/postgres", autocommit=True) as server:
                    server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    report(results)


def report(results):
    sizes = sorted(results)
    print(f"{'':34}" + "".join(f"{size:>14,}" for size in sizes) + f"{'growth':>10}")
    for key in results[sizes[0]]:
        values = [results[size][key] for size in sizes]
        growth = f"{values[-1] / values[0]:10.2f}" if values[0] else " " * 10
        print(f"{key:34}" + "".join(f"{value:14.2f}" for value in values) + growth)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--server", default="postgres://postgres@127.0.0.1:5432")
    parser.add_argument("--keep", action="store_true", help="leave the scratch databases")
    return parser.parse_args()


# --- what one process measures on one database --------------------------------------------------------------------


def measure():
    """Everything on the database of DATABASE_URL; prints one line of JSON."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "aftersales.settings"
    django.setup()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["*"]
    from bench import kernel_measures

    print(json.dumps(kernel_measures.all_of_it(ROUNDS)))


def median_of(act, rounds=ROUNDS, clock=time.perf_counter):
    """Median milliseconds of ``act``, the first call left out."""
    act()
    times = []
    for _ in range(rounds):
        began = clock()
        act()
        times.append((clock() - began) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    measure() if "--measure" in sys.argv else main()
