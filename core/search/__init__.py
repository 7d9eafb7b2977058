"""Finding records by any of their words, by a number or its beginning or end, by a telephone number or its tail, by the
sound of a name or its initials.

``cutting`` says what pieces a text is found by, ``entries`` writes them, ``finding`` asks for them, ``kinds`` knows what
can be found and how it is shown.
"""

from core.search.cutting import CUT, MOST_TYPED, Query
from core.search.entries import entry, forget, index, index_many, mark_ended, outdated, refresh, reindex
from core.search.finding import Hit, search
from core.search.kinds import Elsewhere, Found, Kind, ask_elsewhere, elsewhere, grouped, is_registered, register

__all__ = [
    "CUT",
    "MOST_TYPED",
    "Elsewhere",
    "Found",
    "Hit",
    "Kind",
    "Query",
    "ask_elsewhere",
    "elsewhere",
    "entry",
    "forget",
    "grouped",
    "index",
    "index_many",
    "is_registered",
    "mark_ended",
    "outdated",
    "refresh",
    "register",
    "reindex",
    "search",
]
