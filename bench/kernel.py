"""Pages, creation, transitions and the sweep at 10,000 and at 1,000,000 complaints, each beside a bare reference.

    .venv/bin/python bench/kernel.py [--sizes 10000 1000000] [--server postgres://postgres@127.0.0.1:5432] [--keep]

Makes one scratch database per size on the PostgreSQL server, fills it with INSERT … SELECT, runs every measurement in a
process of its own and prints medians (milliseconds of CPU or of time, statements), the ratios that are owed and whether
they are kept, as the tables of docs/performance.md. Nothing outside the scratch databases is touched; they are dropped at the end.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[1]
REGIONS, HANDLERS, ROUNDS = 8, 100, 25
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
    """One customer for four complaints, one event and one clock each; one in twenty is open, of these one in fifty unowned."""
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
        insert(db, "accounts_user", HANDLERS, username="'h' || i", name="'经办' || i", is_active="true")
        handler = f"(SELECT min(id) FROM accounts_user WHERE username LIKE 'h%') + i / 20 % {HANDLERS}"
        closed = f"CASE WHEN i % 20 = 0 THEN NULL ELSE {NOW} - i * interval '1 minute' END"
        moment = f"{NOW} - i * interval '1 minute'"
        insert(
            db,
            "workflow_matter",
            size,
            id="i",
            customer_id=f"1 + i % {customers}",
            region_id=region,
            owner_id=f"CASE WHEN i % 1000 = 0 THEN NULL ELSE {handler} END",
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
    places = {size: f"{args.server}/bench_kernel_{size}" for size in args.sizes}
    try:
        for size, url in places.items():
            if not args.reuse:
                make(args.server, url)
                fill(url, size)
        report({size: measured(url) for size, url in places.items()})
    finally:
        if not args.keep:
            for url in places.values():
                drop(args.server, url)


def make(server, url):
    create(server, url)
    subprocess.run([sys.executable, ROOT / "manage.py", "prepare"], env=environment(url), check=True)


def create(server, url):
    """An empty database, in place of one of that name."""
    drop(server, url)
    with psycopg.connect(f"{server}/postgres", autocommit=True) as db:
        db.execute(f"CREATE DATABASE {url.rsplit('/', 1)[1]} ENCODING 'UTF8' TEMPLATE template0")


def drop(server, url):
    with psycopg.connect(f"{server}/postgres", autocommit=True) as db:
        db.execute(f"DROP DATABASE IF EXISTS {url.rsplit('/', 1)[1]} WITH (FORCE)")


def measured(url, what="all_of_it"):
    """The figures of one function of bench/kernel_measures.py, run in a process of its own."""
    child = [sys.executable, __file__, "--measure", what]
    done = subprocess.run(child, env=environment(url), check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def environment(url):
    return {**os.environ, "DATABASE_URL": url, "PYTHONPATH": str(ROOT), "LOG_LEVEL": "ERROR"}


# What is owed: the figure, its limit, whether less is better; "growth" compares the largest with the smallest size. A
# figure is owed at the largest size, or at the one named here.
OWED_AT = {"start page: ms": 100_000, "board: ms": 100_000}
OWED = (
    ("list / bare page, CPU", 1.5, "most"),
    ("list of open ones / bare page, CPU", 1.5, "most"),
    ("list: statements", 8, "most"),
    ("case page: statements", 12, "most"),
    ("create: statements", 12, "most"),
    ("deep page / list, time", 1.3, "most"),
    ("start page: ms", 30, "most"),
    ("board: ms", 30, "most"),
    ("transition / reference", 0.8, "least"),
    ("transition: statements", 6, "most"),
    ("sweep / by hand", 4, "most"),
    ("empty tick: ms", 5, "most"),
    ("list: ms", 1.5, "growth"),
    ("case page: ms", 1.5, "growth"),
    ("create: ms", 1.5, "growth"),
    ("look-up by phone: ms", 1.5, "growth"),
)


def report(results):
    """Two tables in Markdown: every figure by size, and what is owed with whether it is kept."""
    sizes = sorted(results)
    small, large = results[sizes[0]], results[sizes[-1]]
    print(f"| | {' | '.join(f'{size:,}' for size in sizes)} | growth |")
    print("|---|" + "--:|" * (len(sizes) + 1))
    for key in small:
        growth = f"{large[key] / small[key]:.2f}" if key.endswith(": ms") and len(sizes) > 1 else ""
        print(f"| {key} | {' | '.join(f'{results[size][key]:,.2f}' for size in sizes)} | {growth} |")
    print("\n| owed | limit | measured | |\n|---|--:|--:|---|")
    for key, limit, kind in OWED:
        if kind == "growth" and len(sizes) < 2:
            continue
        at = OWED_AT.get(key, sizes[-1])
        if at not in results:
            continue
        measured = large[key] / small[key] if kind == "growth" else results[at][key]
        kept = measured >= limit if kind == "least" else measured <= limit
        name = f"{key}, growth" if kind == "growth" else f"{key} at {at:,}"
        print(
            f"| {name} | {'≥' if kind == 'least' else '≤'} {limit} | {measured:.2f} | {'kept' if kept else 'MISSED'} |"
        )


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--server", default="postgres://postgres@127.0.0.1:5432")
    parser.add_argument("--keep", action="store_true", help="leave the scratch databases")
    parser.add_argument("--reuse", action="store_true", help="measure scratch databases that were kept once more")
    return parser.parse_args()


# --- what one process measures on one database --------------------------------------------------------------------


def measure(what):
    """Runs that function of bench/kernel_measures.py on the database of DATABASE_URL; prints one line of JSON."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "aftersales.settings"
    django.setup()
    from django.conf import settings

    settings.ALLOWED_HOSTS, settings.ROOT_URLCONF = ["*"], "bench.bare"
    from bench import kernel_measures

    print(json.dumps(getattr(kernel_measures, what)(ROUNDS)))


if __name__ == "__main__":
    measure(sys.argv[2]) if "--measure" in sys.argv else main()
