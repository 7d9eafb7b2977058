"""Finding records by any of their words, by a number or its beginning or end, by a telephone number or its tail.

Text is folded (full width, case) and cut into pieces the database has an index on: every single Chinese character and
every pair of neighbours, every beginning and every end of a word in letters or digits. A query is cut the same way; the
rows that hold all its pieces are then checked against the words as they were typed. Pieces are 32-bit numbers; two that
happen to be equal cost a look, never a wrong answer. What comes first is what is newest.
"""

import re
import unicodedata
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from core import phones as telephone
from core.fields import as_word
from core.models.search import SearchEntry

MOST_TYPED = 200  # characters of a query that are read
MOST_WORDS = 8
MOST_PIECES = 24
LONGEST_TEXT = 20_000  # characters of one record that are indexed
LONGEST_WORD = 40  # letters and digits in a row; what is longer is found by its beginning

# On PostgreSQL there are two ways: walking back from the newest row, at most WALK rows far, and asking the index, for at
# most CANDIDATES rows. ENOUGH hits found by walking are an answer; with fewer the index is asked after all.
WALK = 20_000
ENOUGH = 20
CANDIDATES = 20_000
ROWS_PER_PAGE = 12
# What looking at one row, or at one entry of the index, costs of fetching a page.
GLANCE = 0.1

_RUN = re.compile(r"[0-9a-z]+|[^\W_0-9a-z]+")
_WORD = re.compile(r"[^\W_]+")
_PART = re.compile(r"[0-9]+|[a-z]+")
_TYPED_PHONE = re.compile(r"[\s()+\-‐-―−.]*(?:[0-9][\s()+\-‐-―−.]*){7,20}")


# --- cutting --------------------------------------------------------------------------------------------------------
def fold(text):
    """The text as it is compared: full-width forms as ASCII, capitals small."""
    return unicodedata.normalize("NFKC", text).casefold()


def pieces(folded):
    """The set of numbers a folded text is found by."""
    found = set()
    for run in _RUN.findall(folded):
        if run.isascii():
            found.update(_ends(run))
        else:
            codes = [ord(character) & 0xFFFF for character in run]
            found.update(codes)
            found.update(_pairs(codes))
    return {_signed(number) for number in found}


def _pairs(codes):
    return (first << 16 | second for first, second in pairwise(codes))


def _ends(word):
    """Every beginning and end of a word in letters and digits, and of its letters and its digits: 0001 of ts0001."""
    word = word[:LONGEST_WORD]
    for part in {word, *_PART.findall(word)}:
        for cut in range(len(part)):
            yield _whole(part[: cut + 1])
            yield _whole(part[cut:])


def _whole(word):
    return ord(word) if len(word) == 1 else zlib.crc32(word.encode())


def _signed(number):
    return number - (1 << 32) if number >= 1 << 31 else number


def _pieces_of_word(word):
    """The pieces a row must hold to have this word in it; of Chinese the pairs, a single character only when alone."""
    for run in _RUN.findall(word):
        codes = [ord(character) & 0xFFFF for character in run]
        if run.isascii():
            yield _signed(_whole(run[:LONGEST_WORD]))
        elif len(run) == 1:
            yield codes[0]
        else:
            yield from map(_signed, _pairs(codes))


@dataclass(frozen=True)
class Query:
    """What somebody typed, as it is looked for."""

    words: tuple[str, ...] = ()
    pieces: tuple[int, ...] = ()

    @classmethod
    def of(cls, typed):
        text = fold(typed.replace("\x00", " ")[:MOST_TYPED]).strip()
        if _TYPED_PHONE.fullmatch(text):
            text = _as_phone(text)
        words = tuple(dict.fromkeys(word.strip() for word in _WORD.findall(text)))[:MOST_WORDS]
        found = dict.fromkeys(piece for word in words for piece in _pieces_of_word(word))
        return cls(words, tuple(found)[:MOST_PIECES])


def _as_phone(text):
    try:
        return telephone.normalise(text).lstrip("+").replace("x", " ")
    except ValueError:
        return re.sub(r"[^0-9]", "", text)


# --- writing --------------------------------------------------------------------------------------------------------
def entry(kind, pk, *, customer_id, region_id, at, texts, phones=(), numbers=()):
    """The unsaved index row of one record: its free texts, its telephone numbers in written form, its numbers."""
    parts = [*texts, *numbers, *(number.lstrip("+").replace("x", " ") for number in phones)]
    folded = fold("\n".join(part for part in parts if part).replace("\x00", ""))[:LONGEST_TEXT]
    return SearchEntry(
        kind=kind,
        object_id=pk,
        customer_id=customer_id,
        region_id=region_id,
        at=at,
        text=folded,
        tokens=sorted(pieces(folded)),
    )


def index(kind, pk, **fields):
    """Make one record findable by what it says now; the fields are those of ``entry``."""
    index_many([entry(kind, pk, **fields)])


def index_many(entries):
    """Make many records findable, in few statements."""
    SearchEntry.objects.bulk_create(
        entries,
        update_conflicts=True,
        unique_fields=["kind", "object_id"],
        update_fields=["customer_id", "region_id", "at", "text", "tokens"],
        batch_size=500,
    )


def forget(kind, pk):
    """Make one record unfindable."""
    SearchEntry.objects.filter(kind=kind, object_id=pk).delete()


HIT = ("kind", "object_id", "customer_id", "at")


# --- finding --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Hit:
    """One record found."""

    kind: str
    pk: int
    customer_id: int | None
    at: datetime


def search(typed, user, limit=50, kind=None):
    """The newest records this user may see that hold every word typed; none for a query without a letter or digit."""
    query = Query.of(typed)
    if not query.pieces:
        return []
    scope = SearchEntry.objects.visible_to(user)
    scope = scope.filter(kind=kind) if kind else scope
    find = _find_postgresql if connection.vendor == "postgresql" else _find_sqlite
    return [Hit(*row) for row in find(scope, query, limit)]


# The words before their pieces: reading a text costs a tenth of comparing two arrays.
_WALKING = """
    SELECT kind, object_id, customer_id, at FROM ({source}) candidate
    WHERE {words} AND tokens @> %s::integer[] ORDER BY at DESC, id DESC LIMIT %s
"""
# Materialized, or the planner walks after all, hoping for an early match.
_LOOKING_UP = """
    WITH candidate AS MATERIALIZED ({source})
    SELECT kind, object_id, customer_id, at FROM candidate
    WHERE {words} AND tokens @> %s::integer[] ORDER BY at DESC, id DESC LIMIT %s
"""


def _find_postgresql(scope, query, limit):
    """The newest rows by whichever of the two ways the statistics say is shorter."""
    try:
        walks = _walking_is_shorter(scope, query, limit)
    except EmptyResultSet:
        return []
    if walks:
        found = _rows(_WALKING, scope.order_by("-at", "-pk")[:WALK], query, limit)
        if len(found) >= min(limit, ENOUGH):
            return found
    return _rows(_LOOKING_UP, scope.filter(_holds(query.pieces)).order_by()[:CANDIDATES], query, limit)


def _walking_is_shorter(scope, query, limit):
    """Compare the pages either way would fetch. Raises EmptyResultSet where the user sees nothing at all."""
    everything, seen, *holding = _expected([SearchEntry.objects, scope, *_by_piece(query)])
    share = 1.0
    for word in query.words:
        # The pairs of one word come together, so only its rarest says something; words are taken for independent.
        rarest = min((holding[query.pieces.index(piece)] for piece in _known_pieces(word, query)), default=everything)
        share *= min(1.0, rarest / everything)
    rows_walked = limit / max(share, 1e-9)
    if rows_walked > WALK:
        return False
    pages_walked = rows_walked * (min(1.0, everything / seen / ROWS_PER_PAGE) + GLANCE)
    return pages_walked < share * seen + share * everything * GLANCE


def _known_pieces(word, query):
    return [piece for piece in _pieces_of_word(word) if piece in query.pieces]


def _by_piece(query):
    return [SearchEntry.objects.filter(_holds([piece])) for piece in query.pieces]


def _holds(wanted):
    return RawSQL("core_searchentry.tokens @> %s::integer[]", [list(wanted)], models.BooleanField())


def _expected(querysets):
    """How many rows the database expects of each queryset, at least one, from its statistics and in one statement."""
    asked = [rows.order_by().values("pk").query.sql_with_params() for rows in querysets]
    union = " UNION ALL ".join(f"(SELECT * FROM ({sql}) part OFFSET 0)" for sql, _params in asked)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {union}", [value for _sql, params in asked for value in params])
        plan = cursor.fetchone()[0][0]["Plan"]
    return [max(1, part["Plan Rows"]) for part in plan["Plans"]]


def _rows(sql, source, query, limit):
    try:
        inner, given = source.values("id", *HIT, "text", "tokens").query.sql_with_params()
    except EmptyResultSet:
        return []
    words = " AND ".join(["strpos(text, %s) > 0"] * len(query.words))
    with connection.cursor() as cursor:
        params = [*given, *query.words, list(query.pieces), limit]
        cursor.execute(sql.format(source=inner, words=words), params)
        return cursor.fetchall()


def _find_sqlite(scope, query, limit):
    match = " AND ".join(f'"{as_word(piece)}"' for piece in query.pieces)
    # rowid backwards is newest first without sorting: FTS5 stops when the limit is reached.
    found = scope.extra(
        tables=["core_searchwords"],
        where=["core_searchwords.rowid = core_searchentry.id", "core_searchwords MATCH %s"],
        params=[match],
    )
    # All pieces of a word may also stand apart: only rows that hold the words as they were typed.
    for word in query.words:
        found = found.filter(GreaterThan(StrIndex("text", Value(word)), 0))
    return found.extra(order_by=["-core_searchwords.rowid"]).values_list(*HIT)[:limit]


# --- showing --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Found:
    """One line of the result: where it leads and what it says."""

    title: str
    url: str
    detail: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Kind:
    """A kind of record that can be found: its name, and ``describe(pks, user)`` → pk: Found, in one query."""

    name: str
    label: str
    describe: Callable
    icon: str = "file-text"
    order: int = 100


_kinds = {}


def register(kind: Kind):
    """Show hits of this kind on the search page; ``describe`` leaves out what the user may not see."""
    _kinds[kind.name] = kind
    return kind


def is_registered(kind_name):
    return kind_name in _kinds


def grouped(hits, user, most=10):
    """[(Kind, [Found…], whether there are more)], kinds in their order, lines newest first."""
    groups = []
    for kind in sorted(_kinds.values(), key=lambda kind: (kind.order, kind.name)):
        pks = [hit.pk for hit in hits if hit.kind == kind.name]
        described = kind.describe(pks[: most + 1], user) if pks else {}
        lines = [described[pk] for pk in pks[: most + 1] if pk in described]
        if lines:
            groups.append((kind, lines[:most], len(lines) > most))
    return groups
