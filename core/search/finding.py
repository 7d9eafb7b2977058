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
from django.db.models import Q

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

COLUMNS = "kind, object_id, customer_id, at, ended, id"
ORDER = "ORDER BY ended, at DESC, id DESC"
_NOTHING = Q(pk__in=[])


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
    """One query of one user, asked of several kinds in one statement, or two where a walk found too little.

    The statements are put together by hand: to have the ORM compile them takes longer than the database needs for them.
    """

    def __init__(self, query, user, limit):
        self.query, self.limit = query, limit
        self.goes_by_region, self.regions = _regions_of(user)
        self.sight = self._sight(user)
        self.on_postgresql = connection.vendor == "postgresql"
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
        bearing = self._bearing(any_of=[cutting.token(name, piece) for name in names])
        # Found first and looked at afterwards: few bear a number, and the planner cannot know that.
        source, values = self._select("core_searchentry.*", bearing, f"LIMIT {CANDIDATES}")
        where, seen = _all([_in("kind", names), *self.sight])
        sql = (
            f"SELECT {COLUMNS}, text FROM ({source}) core_searchentry WHERE {where} "  # noqa: S608 (names and numbers of ours)
            f"{ORDER} LIMIT {4 * MOST_EXACT}"
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, values + seen)
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
        source = self._select("*", [_is("kind", name), *self.sight], f"{ORDER} LIMIT {length}")
        return self._arm(source, [*self._holds_words(), *self._bears(name)])

    def _look_up(self, name):
        bearing = self._bearing(all_of=self._tokens(name), any_of=self._region_tokens(name) if self._narrows else ())
        # A limit of its own keeps the planner from walking after all, hoping for an early match.
        source = self._select("core_searchentry.*", [_is("kind", name), *self.sight, *bearing], f"LIMIT {CANDIDATES}")
        return self._arm(source, self._holds_words())

    def _select(self, columns, conditions, rest):
        """A part of a statement with its values."""
        is_looked_up = any("core_searchwords" in sql for sql, _values in conditions)
        # Else SQLite would go through all entries of a branch and ask of each whether it bears the words.
        table = "core_searchwords CROSS JOIN core_searchentry" if is_looked_up else "core_searchentry"
        where, values = _all(conditions)
        return f"SELECT {columns} FROM {table} WHERE {where} {rest}", values  # noqa: S608 (names and numbers of ours)

    def _arm(self, source, conditions):
        """One kind's part of the statement: the first rows of a source in which the words stand as typed."""
        sql, values = source
        where, further = _all(conditions)
        found = f"SELECT {COLUMNS} FROM ({sql}) candidate WHERE {where} {ORDER} LIMIT {self.limit}"  # noqa: S608 (as above)
        return f"SELECT * FROM ({found}) found", values + further  # noqa: S608 (as above)

    def _ask(self, arms):
        """Kind → its rows in their order, in one statement."""
        with connection.cursor() as cursor:
            sql = " UNION ALL ".join(sql for sql, _values in arms)
            cursor.execute(sql, [value for _sql, values in arms for value in values])
            rows = cursor.fetchall()
        found = {}
        newest = sorted(rows, key=lambda row: (row[3], row[5]), reverse=True)
        for row in sorted(newest, key=lambda row: row[4]):
            found.setdefault(row[0], []).append(row)
        return found

    # --- what a row must hold: conditions, each with its values ---
    def _sight(self, user):
        """What this user may see. Raises EmptyResultSet where that is nothing."""
        if self.goes_by_region:
            return [] if self.regions is None else [_in("region_id", self.regions)]
        sql, values = SearchEntry.objects.visible_to(user).order_by().values("pk").query.sql_with_params()
        return [(f"core_searchentry.id IN ({sql})", list(values))]

    def _holds_words(self):
        """Every word stands in the texts this user may know.

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
        """The tokens of the query, asked of a row that is at hand."""
        if self.on_postgresql:
            return [("tokens @> %s::integer[]", [self._tokens(name)])]
        return [("instr(' ' || tokens || ' ', %s) > 0", [f" {as_word(token)} "]) for token in self._tokens(name)]

    def _bearing(self, all_of=(), any_of=()):
        """The tokens as the index is asked for them."""
        if self.on_postgresql:
            asked = (("@>", all_of), ("&&", any_of))
            return [(f"tokens {sign} %s::integer[]", [list(tokens)]) for sign, tokens in asked if tokens]
        words = " AND ".join(_quoted(all_of)) or " OR ".join(_quoted(any_of))
        return [("core_searchwords.rowid = core_searchentry.id AND core_searchwords MATCH %s", [words])]

    @property
    def _narrows(self):
        """Whether the index is told the regions; one of them stands among the other tokens."""
        return self.on_postgresql and 1 < len(self.regions or ()) <= MOST_REGIONS

    def _tokens(self, name):
        tokens = self.query.tokens(name)
        return tokens + self._region_tokens(name) if len(self.regions or ()) == 1 else tokens

    def _region_tokens(self, name):
        return [cutting.region_token(name, region) for region in self.regions or ()]


def _is(column, value):
    return f"{column} = %s", [value]


def _in(column, values):
    if not values:
        raise EmptyResultSet
    return f"{column} IN ({', '.join(['%s'] * len(values))})", list(values)


def _all(conditions):
    return " AND ".join(sql for sql, _values in conditions), [one for _sql, values in conditions for one in values]


def _quoted(tokens):
    return [f'"{as_word(token)}"' for token in tokens]


def _regions_of(user):
    """Whether a user's sight is all, or a matter of regions alone; and these, None for all."""
    parts = visibility.parts(SearchEntry, user)
    if parts is None:
        return True, None
    match [part for part in parts if part != _NOTHING]:
        case [Q(children=[("region_id__in", regions)], negated=False)]:
            return True, list(regions)
    return False, None
