"""Which requirement is proven by which test: the list in docs/ against the marks on the tests."""

import ast
import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

LEFT_OUT = {"out", "advice"}


@dataclass(frozen=True)
class Requirement:
    """One row of docs/requirements.csv; ``issue`` is the number of the issue that answers for it, or "later"."""

    id: str
    part: str
    issue: str
    note: str
    statement: str

    @property
    def counts(self):
        return self.note not in LEFT_OUT


def read_requirements(path):
    """Every row of the list, those left out included."""
    with Path(path).open(encoding="utf-8", newline="") as file:
        return [Requirement(**row) for row in csv.DictReader(file)]


def read_proofs(folder):
    """Requirement id → the tests marked with it, as ``path::name``; read from the source, nothing is run."""
    proofs = defaultdict(set)
    for path in sorted(Path(folder).rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        module_ids = [rid for node in tree.body if _is_pytestmark(node) for rid in _ids_in(node)]
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name.lower().startswith("test"):
                name = f"{path.relative_to(folder)}::{node.name}"
                for rid in [*module_ids, *(rid for mark in node.decorator_list for rid in _ids_in(mark))]:
                    proofs[rid].add(name)
    return proofs


def _is_pytestmark(node):
    return isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "pytestmark" for target in node.targets)


def _ids_in(node):
    """The arguments of every ``….req("S0-26", …)`` below a node."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "req":
            yield from (arg.value for arg in call.args if isinstance(arg, ast.Constant))
