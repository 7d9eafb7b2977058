"""The index under SearchEntry.tokens: GIN over the array on PostgreSQL, FTS5 kept in step by triggers on SQLite.

A later migration that makes SQLite rebuild core_searchentry (altering or removing a column) drops the triggers with the
old table: run ``install`` again after it.
"""

from django.db import migrations

POSTGRESQL = "CREATE INDEX core_searchentry_tokens ON core_searchentry USING gin (tokens)"

# Without positions (detail=none) the index is a third of the size; exact wording is checked against the text.
SQLITE = [
    """CREATE VIRTUAL TABLE IF NOT EXISTS core_searchwords USING fts5(
        tokens, content='core_searchentry', content_rowid='id', detail=none, columnsize=0, tokenize='ascii')""",
    """CREATE TRIGGER IF NOT EXISTS core_searchentry_added AFTER INSERT ON core_searchentry BEGIN
        INSERT INTO core_searchwords(rowid, tokens) VALUES (new.id, new.tokens); END""",
    """CREATE TRIGGER IF NOT EXISTS core_searchentry_gone AFTER DELETE ON core_searchentry BEGIN
        INSERT INTO core_searchwords(core_searchwords, rowid, tokens) VALUES ('delete', old.id, old.tokens); END""",
    """CREATE TRIGGER IF NOT EXISTS core_searchentry_changed AFTER UPDATE ON core_searchentry BEGIN
        INSERT INTO core_searchwords(core_searchwords, rowid, tokens) VALUES ('delete', old.id, old.tokens);
        INSERT INTO core_searchwords(rowid, tokens) VALUES (new.id, new.tokens); END""",
]


def install(apps, schema_editor):
    for statement in [POSTGRESQL] if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX core_searchentry_tokens")
        return
    for name in ("added", "gone", "changed"):
        schema_editor.execute(f"DROP TRIGGER core_searchentry_{name}")
    schema_editor.execute("DROP TABLE core_searchwords")


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]
