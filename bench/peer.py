"""Ours beside the peer, django-helpdesk 2.6.1, on the same PostgreSQL server and in the same run.

    .venv/bin/python -m bench.peer [--sizes 10000 1000000] [--turns 3] [--work DIR] [--keep]

Installs the peer (bench/peer-requirements.txt) in an environment of its own under --work, where the next run finds it again
(without --work in a temporary folder), makes two scratch databases a size, ours filled as bench/kernel.py does it and the
peer's with as many tickets, one entry each. The two sides are measured in processes of their own taking turns (--turns of each),
so that whatever else the machine does falls on both; a figure is the median of the medians of its turns.
Creating is compared without the HTTP around it: ours is ``begin(Complaint.register, …)`` with event, deadlines and outbox, the
peer's what bench/peer_measures.py says, its message composed but not sent. The databases are dropped at the end.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

from bench import kernel

QUEUES = 8
# What is owed at every size: the figure of ours over the peer's, at most this.
OWED = (("case page: ms", 0.5), ("create: ms", 1.0))
# The peer's figures that are beside a figure of ours of another name.
BESIDE = {"create, the peer's in one transaction": "create"}


def main():
    args = arguments()
    if args.work:
        return compare(args, args.work)
    with tempfile.TemporaryDirectory() as work:
        return compare(args, Path(work))


def compare(args, work):
    python = installed(work)
    databases = {size: [f"{args.server}/bench_{side}_{size}" for side in ("ours", "peer")] for size in args.sizes}
    try:
        for size, (ours, theirs) in databases.items():
            if not args.reuse:
                kernel.make(args.server, ours)
                kernel.fill(ours, size)
                kernel.create(args.server, theirs)
                peer(python, theirs, "--migrate")
                fill(theirs, size)
        report({size: measured(python, *both, args.turns) for size, both in databases.items()})
    finally:
        if not args.keep:
            for url in sum(databases.values(), []):
                kernel.drop(args.server, url)


def installed(work):
    """The Python of the peer's environment; packages that are there already are not fetched again."""
    place = work / "peer"
    python = place / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", place], check=True)
    wanted = kernel.ROOT / "bench" / "peer-requirements.txt"
    options = ["--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([python, "-m", "pip", "install", *options, "-r", wanted], check=True)
    return python


def peer(python, url, what):
    """What a process of the peer's environment prints."""
    child = [python, "-W", "ignore::RuntimeWarning", "-m", "bench.peer", what]  # it compares moments without a zone
    done = subprocess.run(child, env=kernel.environment(url), check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def fill(url, size):
    """As many tickets as ours, with the same people, texts, moments and shares of open and unowned ones; one entry each."""
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("SET synchronous_commit = off")
        # its messages stay English: the Chinese ones want a footer that the package does not have
        kernel.insert(
            db,
            "helpdesk_queue",
            QUEUES,
            title="'分公司' || i",
            slug="'r' || i",
            email_address="'r@example.com'",
        )
        kernel.insert(
            db,
            "auth_user",
            kernel.HANDLERS,
            username="'h' || i",
            last_name="'经办' || i",
            is_staff="true",
            is_active="true",
        )
        handler = f"(SELECT min(id) FROM auth_user WHERE username LIKE 'h%') + i / 20 % {kernel.HANDLERS}"
        moment = f"{kernel.NOW} - i * interval '1 minute'"
        text = "'主卧门板从锁孔往下裂了一道缝，编号 ' || i"
        kernel.insert(
            db,
            "helpdesk_ticket",
            size,
            id="i",
            title=text,
            description=text,
            queue_id=f"(SELECT min(id) FROM helpdesk_queue) + i % {QUEUES}",
            submitter_email=f"'kh' || 1 + i % {max(size // 4, 1)} || '@example.com'",
            assigned_to_id=f"CASE WHEN i % 1000 = 0 THEN NULL ELSE {handler} END",
            status="CASE WHEN i % 20 = 0 THEN 1 ELSE 4 END",
            priority="2 + i % 3",
            created=moment,
            modified=moment,
            secret_key="md5(i::text)",
        )
        kernel.insert(
            db,
            "helpdesk_followup",
            size,
            ticket_id="i",
            title="'建立工单'",
            comment=text,
            date=moment,
            public="true",
            user_id=handler,
        )
        db.execute(
            "SELECT setval(pg_get_serial_sequence('helpdesk_ticket', 'id'), (SELECT max(id) FROM helpdesk_ticket))"
        )
        db.execute("VACUUM ANALYZE")


def measured(python, ours, theirs, turns):
    """[our figures, the peer's], each the median over its turns."""
    taken = [
        (kernel.measured(ours, "beside_the_peer"), json.loads(peer(python, theirs, "--measure"))) for _ in range(turns)
    ]
    return [
        {key: statistics.median(turn[key] for turn in side) for key in side[0]} for side in zip(*taken, strict=True)
    ]


def report(results):
    """Two tables in Markdown: every figure of both sides by size, and what is owed with whether it is kept."""
    sizes = sorted(results)
    print("| |" + "".join(f" {size:,}: ours | peer's | ratio |" for size in sizes))
    print("|---|" + "--:|--:|--:|" * len(sizes))
    for key in results[sizes[0]][1]:
        cells = ""
        for size in sizes:
            ours, theirs = figures(results[size], key)
            cells += f" {ours:,.2f} | {theirs:,.2f} | {ours / theirs:.2f} |"
        print(f"| {key} |{cells}")
    print("\n| owed | limit | measured | |\n|---|--:|--:|---|")
    for key, limit in OWED:
        for size in sizes:
            ours, theirs = figures(results[size], key)
            kept = "kept" if ours / theirs <= limit else "MISSED"
            print(f"| {key}, ours / peer's at {size:,} | ≤ {limit} | {ours / theirs:.2f} | {kept} |")


def figures(result, key):
    ours, theirs = result
    name, kind = key.split(": ")
    return ours[f"{BESIDE.get(name, name)}: {kind}"], theirs[key]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--server", default="postgres://postgres@127.0.0.1:5432")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--work", type=Path, help="where the peer is installed and stays")
    parser.add_argument("--keep", action="store_true", help="leave the scratch databases")
    parser.add_argument("--reuse", action="store_true", help="measure scratch databases that were kept once more")
    return parser.parse_args()


# --- what a process of the peer's environment does on one database ------------------------------------------------


def inside(what):
    """Makes the peer's tables in the database of DATABASE_URL, or measures it and prints one line of JSON."""
    import django
    from django.core.management import call_command

    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.peer_settings"
    django.setup()
    if what == "--migrate":
        call_command("migrate", verbosity=0)
    else:
        from bench import peer_measures

        print(json.dumps(peer_measures.all_of_it(kernel.ROUNDS)))


if __name__ == "__main__":
    inside(sys.argv[1]) if sys.argv[1:] in (["--migrate"], ["--measure"]) else main()
