"""Names by their sound, open records first, and what only those find who may see personal data.

Whatever was indexed before counts as personal until ``manage.py reindex`` has cut it anew: nobody finds more than he may
in between. A table that SQLite rebuilt has lost its triggers, so they are put back.
"""

from importlib import import_module

from django.db import migrations, models

search_index = import_module("core.migrations.0002_search_index")
# The statistics tell common words from rare ones; a hundred common elements of a column of words tell little.
STATISTICS = "ALTER TABLE core_searchentry ALTER COLUMN tokens SET STATISTICS 500"


def take_triggers_off(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        for name in ("added", "gone", "changed"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS core_searchentry_{name}")


def put_triggers_back(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(STATISTICS)
    else:
        search_index.install(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("core", "0003_tables_in_and_out")]

    operations = [
        migrations.RunPython(take_triggers_off, put_triggers_back),
        migrations.RemoveIndex("searchentry", "search_newest"),
        migrations.RemoveIndex("searchentry", "search_newest_of_region"),
        migrations.RenameField("searchentry", "text", "personal"),
        migrations.AlterField("searchentry", "personal", models.TextField(verbose_name="personal data")),
        migrations.AddField("searchentry", "text", models.TextField(default="", verbose_name="text")),
        migrations.AddField("searchentry", "ended", models.BooleanField(default=False, verbose_name="ended")),
        migrations.AddField("searchentry", "cut", models.PositiveSmallIntegerField(default=0)),
        migrations.AddIndex(
            "searchentry", models.Index(fields=["kind", "ended", "-at", "-id"], name="search_open_newest")
        ),
        migrations.AddIndex(
            "searchentry", models.Index(fields=["region_id", "kind", "ended", "-at", "-id"], name="search_of_region")
        ),
        migrations.AddIndex("searchentry", models.Index(fields=["cut"], name="search_cut")),
        migrations.RunPython(put_triggers_back, take_triggers_off),
    ]
