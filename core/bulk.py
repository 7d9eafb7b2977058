"""Many rows given to the database as one value (performance 5).

A thousand rows as ten thousand parameters cost the driver more than the database; as one JSON document they cost neither.
"""

import json
from datetime import datetime

from django.db import connection

POSTGRESQL = {"integer": "bigint", "text": "text", "moment": "timestamptz", "json": "jsonb"}


def table(rows, **columns):
    """The rows as SQL that stands in FROM, and its parameter: tuples of what ``columns`` name with their kinds.

    Kinds are integer, text, moment and json. On both databases the columns have the types the tables of ours have.
    """
    given = json.dumps([dict(zip(columns, row, strict=True)) for row in rows], default=_moment, ensure_ascii=False)
    if connection.vendor == "postgresql":
        typed = ", ".join(f'"{name}" {POSTGRESQL[kind]}' for name, kind in columns.items())
        return f"jsonb_to_recordset(%s::jsonb) AS given ({typed})", given
    parts = ", ".join(f"json_extract(value, '$.{name}') AS \"{name}\"" for name in columns)
    return f"(SELECT {parts} FROM json_each(%s)) AS given", given  # noqa: S608 (names of ours)


def _moment(value):
    if not isinstance(value, datetime):
        raise TypeError(f"{value!r} is none of the kinds")
    return str(connection.ops.adapt_datetimefield_value(value))
