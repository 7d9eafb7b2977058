"""Which rows of a file were read before, kept outside of memory: a file may have hundreds of thousands."""

import hashlib
import sqlite3


class Seen:
    """Remembers by an identity in which line it stood first and what that line said."""

    def __init__(self):
        # The empty name is a private database that moves to a temporary file when it grows.
        self.rows = sqlite3.connect("")
        self.rows.execute("CREATE TABLE row (identity BLOB PRIMARY KEY, line INTEGER, said BLOB) WITHOUT ROWID")

    def before(self, identity, row):
        """(line, whether it said the same) of the first row with this identity; (None, False) for the first itself."""
        identity, said = _short(identity), _short(repr(sorted(row.values.items(), key=lambda item: item[0])))
        known = self.rows.execute("SELECT line, said FROM row WHERE identity = ?", [identity]).fetchone()
        if known is None:
            self.rows.execute("INSERT INTO row VALUES (?, ?, ?)", [identity, row.line, said])
            return None, False
        return known[0], known[1] == said

    def is_first(self, identity):
        """Whether this identity was not seen before."""
        cursor = self.rows.execute("INSERT OR IGNORE INTO row VALUES (?, 0, x'')", [_short(identity)])
        return bool(cursor.rowcount)


def _short(text):
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()
