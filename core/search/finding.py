"""Asking the index: of each kind the open records before the ended ones, each newest first.

There are two ways. Walking goes through the records of a kind in the order they are shown and stops when enough are
found: short for a common word. Looking up asks the index for all that bear the pieces and sorts them: short for a rare
one. On PostgreSQL the statistics say beforehand which is shorter (core.search.common); elsewhere a short walk tries.
Whichever is taken, the rows are checked against the words as they were typed.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from core import visibility
from core.fields import as_word
from core.models.search import SearchEntry
from core.search import common, cutting
from core.search.cutting import Query
from core.search.kinds import kinds

CANDIDATES = 20_000  # rows of one kind that the index may answer with
SHORT_WALK = 10  # times the rows that are wanted, where no statistics say how far it is
MOST_REGIONS = 8  # more than these do not narrow enough to be worth asking the index for
MOST_EXACT = 5
PERSONAL = "customers.view_personal_data"

COLUMNS = ("kind", "object_id", "customer_id", "at", "ended", "id")
ORDER = "ORDER BY ended, at DESC, id DESC"
# Stand for the values of one kind in a statement that is put together once for all of them.
_KIND, _TOKENS, _REGIONS = "\x00 kind", "\x00 tokens", "\x00 regions"
_NOTHING = Q(pk__in=[])
_EITHER_FIRST = 'FROM "core_searchentry" , "core_searchwords"'
_WORDS_FIRST = 'FROM "core_searchwords" CROSS JOIN "core_searchentry"'


@dataclass(frozen=True)
class Hit:
    """One record found; ``exact`` where its whole number was typed."""

    kind: str
    pk: int
    customer_id: int | None
    at: datetime
    ended: bool = False
    exact: bool = False


def search(typed, user, limit=50, kind=None):
    """The records this user may see that hold every word typed, ``limit`` of each kind; none without letter or digit.

    Whose whole number was typed comes first, then of each kind the open and the newest ones.
    """
    query = Query.of(typed)
    if not query.words:
        return []
    asked = [kind] if kind else [one.name for one in kinds()]
    try:
        asking = _Asking(query, user, limit)
        exact, found = asking.exact(asked), asking.rows(asked)
    except EmptyResultSet:  # the user sees nothing at all
        return []
    known = {(hit.kind, hit.pk) for hit in exact}
    return exact + [hit for hit in map(_hit, found) if (hit.kind, hit.pk) not in known]


def _hit(row, exact=False):
    kind, pk, customer_id, at, ended, *_rest = row
    moment = at if isinstance(at, datetime) else datetime.fromisoformat(at).replace(tzinfo=UTC)
    return Hit(kind, pk, customer_id, moment, bool(ended), exact)


class _Asking:
    """One query of one user, asked of several kinds in one statement, or two where a walk found too little."""

    def __init__(self, query, user, limit):
        self.query, self.limit = query, limit
        self.seen = SearchEntry.objects.visible_to(user).order_by()
        self.goes_by_region, self.regions = _regions_of(user)
        self.on_postgresql = connection.vendor == "postgresql"
        self.compiled = {}
        self.texts = ("text", "personal") if user.has_perm(PERSONAL) else ("text",)

    def rows(self, names):
        """The rows found, kind by kind."""
        walks = {name: length for name in names if (length := self._length_of_walk(name))}
        found = self._ask([self._walk(name, walks[name]) if name in walks else self._look_up(name) for name in names])
        short = [name for name in walks if len(found.get(name, ())) < self.limit]
        if short:
            found |= self._ask([self._look_up(name) for name in short])
        return [row for name in names for row in found.get(name, ())]

    def exact(self, names):
        """Hits on the records that bear the whole number typed, open ones first."""
        number = self.query.number
        if not number:
            return []
        piece = cutting.number_piece(number)
        wanted = self._any_of([cutting.token(name, piece) for name in names])
        rows = self._bearing(any_of=wanted).filter(kind__in=names)
        rows = rows.order_by("ended", "-at", "-pk").values_list(*COLUMNS, "text")[: 4 * MOST_EXACT]
        with connection.cursor() as cursor:
            cursor.execute(*self._sql(rows))
            found = [row for row in cursor.fetchall() if number in map(cutting.squash, row[-1].split("\n"))]
        return [_hit(row, exact=True) for row in found[:MOST_EXACT]]

    # --- the two ways ---
    def _length_of_walk(self, name):
        if not self.goes_by_region:
            return 0
        if self.on_postgresql:
            return common.length_of_walk(self.query, name, self.regions, self.limit)
        return SHORT_WALK * self.limit

    def _walk(self, name, length):
        sql, params = self._compiled("walk")
        return self._arm(name, f"{sql} {ORDER} LIMIT {length}", params, self._bears(name))

    def _look_up(self, name):
        sql, params = self._compiled("look up")
        return self._arm(name, f"{sql} LIMIT {CANDIDATES}", params)

    def _compiled(self, way):
        """The rows of a kind this user sees: all of them to walk through, or those that bear the tokens."""
        if way not in self.compiled:
            rows = self.seen if way == "walk" else self._bearing(_TOKENS, _REGIONS if self._narrows else None)
            columns = (*COLUMNS, *self.texts, "tokens") if way == "walk" else (*COLUMNS, *self.texts)
            self.compiled[way] = self._sql(rows.filter(kind=_KIND).values_list(*columns))
        return self.compiled[way]

    def _sql(self, rows):
        sql, params = rows.query.sql_with_params()
        # SQLite would go through all entries of a branch and ask of each whether it bears the words.
        return sql.replace(_EITHER_FIRST, _WORDS_FIRST), params

    def _arm(self, name, source, params, further=()):
        """One kind's part of the statement: the first rows of a source in which the words stand as typed."""
        given = {_KIND: name, _TOKENS: self._all_of(self._tokens(name)), _REGIONS: self._region_tokens(name)}
        conditions = [*self._holds_words(), *further]
        sql = (
            f"SELECT * FROM (SELECT {', '.join(COLUMNS)} FROM ({source}) candidate "  # noqa: S608 (compiled by the ORM)
            f"WHERE {' AND '.join(sql for sql, _values in conditions)} {ORDER} LIMIT {self.limit}) found"
        )
        values = [value for _sql, values in conditions for value in values]
        return sql, [*(given.get(one, one) if isinstance(one, str) else one for one in params), *values]

    def _ask(self, arms):
        """Kind → its rows in their order, in one statement."""
        with connection.cursor() as cursor:
            sql = " UNION ALL ".join(sql for sql, _params in arms)
            cursor.execute(sql, [value for _sql, params in arms for value in params])
            rows = cursor.fetchall()
        found = {}
        newest = sorted(rows, key=lambda row: (row[3], row[5]), reverse=True)
        for row in sorted(newest, key=lambda row: row[4]):
            found.setdefault(row[0], []).append(row)
        return found

    # --- what a row must hold ---
    def _holds_words(self):
        """Conditions with their values: every word stands in the texts this user may know.

        Who may not see personal data is answered by the open text alone, as if it alone had been cut into pieces: what
        the pieces of a hidden name or number would say must not show in what is found (threats 42).
        """
        place = "strpos({}, %s) > 0" if self.on_postgresql else "instr({}, %s) > 0"
        anywhere = " OR ".join(place.format(text) for text in self.texts)
        conditions = [(f"({anywhere})", [word] * len(self.texts)) for word in self.query.words]
        if "personal" in self.texts:
            return conditions
        matches = "text ~ %s" if self.on_postgresql else "text REGEXP %s"
        return conditions + [(matches, [pattern]) for pattern in self.query.patterns()]

    def _bears(self, name):
        """Conditions with their values: the tokens of the query, asked of a row that is at hand."""
        if self.on_postgresql:
            return [("tokens @> %s::integer[]", [self._tokens(name)])]
        return [("instr(' ' || tokens || ' ', %s) > 0", [f" {as_word(token)} "]) for token in self._tokens(name)]

    def _bearing(self, all_of=None, any_of=None):
        """The rows this user sees that the index gives for these tokens."""
        if not self.on_postgresql:
            # Joined by hand: FTS5 gives rowids, which the ORM knows no relation for.
            return self.seen.extra(
                tables=["core_searchwords"],
                where=["core_searchwords.rowid = core_searchentry.id", "core_searchwords MATCH %s"],
                params=[all_of or any_of],
            )
        rows = self.seen
        for sign, tokens in (("@>", all_of), ("&&", any_of)):
            if tokens is not None:
                sql = f"core_searchentry.tokens {sign} %s::integer[]"
                rows = rows.filter(RawSQL(sql, [tokens], BooleanField()))  # noqa: S611 (nothing of the user's in it)
        return rows

    @property
    def _narrows(self):
        """Whether the index is told the regions; one of them stands among the other tokens."""
        return self.on_postgresql and 1 < len(self.regions or ()) <= MOST_REGIONS

    def _tokens(self, name):
        tokens = self.query.tokens(name)
        return tokens + self._region_tokens(name) if len(self.regions or ()) == 1 else tokens

    def _region_tokens(self, name):
        return [cutting.region_token(name, region) for region in self.regions or ()]

    def _all_of(self, tokens):
        return tokens if self.on_postgresql else " AND ".join(f'"{as_word(token)}"' for token in tokens)

    def _any_of(self, tokens):
        return tokens if self.on_postgresql else " OR ".join(f'"{as_word(token)}"' for token in tokens)


def _regions_of(user):
    """Whether a user's sight is all, or a matter of regions alone; and these, None for all."""
    parts = visibility.parts(SearchEntry, user)
    if parts is None:
        return True, None
    match [part for part in parts if part != _NOTHING]:
        case [Q(children=[("region_id__in", regions)], negated=False)]:
            return True, list(regions)
    return False, None
