"""How well the rules about money are tested: branches covered, and changed rules that some test notices.

    .venv/bin/python bench/money.py coverage
    .venv/bin/python bench/money.py mutants [--share 0.2]

The first fails below 100 % of the branches of ``DECIDING``. The second copies the tree, has cosmic-ray change one thing after
another in the modules of bench/money.toml (the working tree stays as it is) and prints how many changes were noticed, by
the migrations (a field that differs) or by the tests. All of it takes about two hours on one core; ``--share`` draws a part.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import TestOutcome, WorkerOutcome

ROOT = Path(__file__).resolve().parents[1]
DECIDING = "payments/models/*.py,compensation/models/*.py"
TESTS = [f"tests/compensation/test_{name}.py" for name in ("payments", "money_rules", "lifecycle")]
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-n0", "-m", "not slow"]
OWED = 90


def cover(args):
    os.environ["COVERAGE_FILE"] = str(Path(tempfile.mkdtemp()) / "coverage")
    run = [sys.executable, "-m", "coverage"]
    subprocess.run(
        [*run, "run", "--branch", f"--include={DECIDING}", *PYTEST[1:], "tests/compensation"], cwd=ROOT, check=True
    )
    return subprocess.run([*run, "report", "--show-missing", "--fail-under=100"], cwd=ROOT, check=False).returncode


def judge(args):
    """Is this tree, with one thing changed in it, still told from the right one by nobody? 0 if so."""
    same = subprocess.run([sys.executable, "manage.py", "makemigrations", "--check", "--dry-run", "-v0"], check=False)
    return same.returncode or subprocess.run([*PYTEST, "-x", *TESTS], check=False).returncode


def mutate(args):
    folder = Path(tempfile.mkdtemp(prefix="aftersales-mutants-"))
    tree, session, config = folder / "tree", folder / "session.sqlite", "bench/money.toml"
    shutil.copytree(
        ROOT, tree, symlinks=True, ignore=shutil.ignore_patterns(".git", "var", "__pycache__", "staticfiles")
    )
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    for command in (["cosmic-ray", "init", config], ["cr-filter-operators", config], ["cosmic-ray", "exec", config]):
        words = [*command, session] if command[0] == "cosmic-ray" else [command[0], session, config]
        if command[1] == "exec":
            draw(session, args.share)
        subprocess.run(words, cwd=tree, env=environment, check=True)
    share = show(session)
    shutil.rmtree(folder)
    return int(share < OWED)


def draw(session, share):
    """Leave out all but a share of the changes, drawn by lot; the same ones at every run of the same modules."""
    with use_db(session, WorkDB.Mode.open) as db:
        waiting = sorted(db.pending_work_items, key=lambda item: str(item.mutations))
        left = set(random.Random(2026).sample(range(len(waiting)), round(len(waiting) * share)))
        work = [item for place, item in enumerate(waiting) if place in left]
        db.clear()
        db.add_work_items(work)


def show(session):
    """Print what became of the changes of each module; returns the percentage that was noticed."""
    found = {}
    with use_db(session, WorkDB.Mode.open) as db:
        for item, result in db.completed_work_items:
            if result.worker_outcome == WorkerOutcome.SKIPPED:
                continue
            counts = found.setdefault(item.mutations[0].module_path, [0, 0])
            counts[result.test_outcome == TestOutcome.SURVIVED] += 1
            if result.test_outcome == TestOutcome.SURVIVED:
                print(result.diff)
    print("| module | noticed | not noticed | |\n|---|--:|--:|--:|")
    for module, (noticed, missed) in sorted(found.items()):
        print(f"| {module} | {noticed} | {missed} | {noticed * 100 / (noticed + missed):.1f} % |")
    noticed, missed = map(sum, zip(*found.values(), strict=True))
    share = noticed * 100 / (noticed + missed)
    print(f"| all (owed: {OWED} %) | {noticed} | {missed} | {share:.1f} % |")
    return share


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    acts = parser.add_subparsers(required=True)
    acts.add_parser("coverage").set_defaults(act=cover)
    acts.add_parser("judge").set_defaults(act=judge)
    mutants = acts.add_parser("mutants")
    mutants.add_argument("--share", type=float, default=1.0)
    mutants.set_defaults(act=mutate)
    chosen = parser.parse_args()
    sys.exit(chosen.act(chosen))
