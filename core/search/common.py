"""How common a piece is, from what PostgreSQL's statistics say of the index; read once in a while, asked for nothing.

What does not stand among the most common elements is rare enough to be looked up.
"""

import time
from dataclasses import dataclass
from threading import Lock

from django.db import connection

from core.search import cutting

KEPT = 300  # seconds; autovacuum renews the statistics after every tenth more rows
WALK = 6_000  # rows of one kind that are looked at in their order
# Looking at an entry of the index costs a fraction of fetching the row it stands for.
GLANCE = 0.02
# The estimate takes words for independent of one another: a walk may be so many times as long before it is given up.
PATIENCE, AT_LEAST = 4, 200


@dataclass(frozen=True)
class Statistics:
    """Rows of the index, the share of them that bears a token, and the share of the rarest token that is known."""

    total: float = 0
    shares: dict = None
    floor: float = 0

    def rows(self, token):
        return max(1.0, self.total * self.shares.get(token, self.floor / 2))


_READ = """
    SELECT greatest(reltuples, 0), most_common_elems::text::integer[], most_common_elem_freqs
    FROM pg_class LEFT JOIN pg_stats
        ON schemaname = relnamespace::regnamespace::text AND tablename = relname AND attname = 'tokens'
    WHERE pg_class.oid = 'core_searchentry'::regclass
"""
_known = {}
_lock = Lock()


def statistics():
    """What is known of this database, at most KEPT seconds old."""
    key, now = (connection.alias, connection.settings_dict["NAME"]), time.monotonic()
    with _lock:
        read_at, found = _known.get(key, (None, None))
    if found is None or now - read_at > KEPT:
        found = _read()
        with _lock:
            _known[key] = now, found
    return found


def _read():
    with connection.cursor() as cursor:
        cursor.execute(_READ)
        total, tokens, shares = cursor.fetchone()
    # Behind the shares of the tokens stand the smallest and the greatest of them.
    shares = dict(zip(tokens or (), shares or (), strict=False))
    return Statistics(total, shares, min(shares.values(), default=0))


def length_of_walk(query, kind, regions, limit):
    """How many rows of a kind to walk through, or 0 where asking the index is shorter.

    A walk for one region, or for somebody who sees all, goes through an index of just these rows.
    """
    known = statistics()
    if not known.shares:
        return 0
    of_kind = known.rows(cutting.record_token(kind))
    seen = 1.0
    if regions is not None:
        seen = min(1.0, sum(known.rows(cutting.region_token(kind, one)) for one in regions) / of_kind)
    bearing = [[known.rows(cutting.token(kind, piece)) for piece in found] for found in query.by_word if found]
    share = 1.0
    for rows in bearing:
        # The pairs of one word come together, so only its rarest says something.
        share *= min(1.0, min(rows) / of_kind)
    walked = limit / share / (seen if regions and len(regions) > 1 else 1.0)
    looked_up = share * of_kind * seen + min(min(rows) for rows in bearing) * GLANCE
    return min(WALK, int(PATIENCE * walked) + AT_LEAST) if walked < min(looked_up, WALK) else 0
