"""One file that holds the whole site: every row as JSON lines, every file, and a manifest with the hash of each part.

The rows are written by model and field, not in the database's own format: a site moves from SQLite to PostgreSQL or
back by the same two commands, and neither pg_dump nor sqlite3 must be installed (S1-56; design 4.9; threats 60).
"""
