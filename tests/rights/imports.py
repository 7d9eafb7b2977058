"""Who may do what: see matrix.py for how a row is written."""

from django.utils import timezone

from core.models import Job, TableImport

from tests.rights.harness import R, having

BROUGHT_IN_BY = having("core.load_tableimport")
TAKEN_OUT_BY = having("core.make_tableexport")


def cards(world, region):
    return {"table": "cards"}


def import_of(world, user):
    job = Job.objects.start("anything", by=user, now=timezone.now())
    return TableImport.objects.create(table="cards", file_name="服务卡.xlsx", started_by=user, check_job=job)


def template(world, region):
    return {"table": "cards", "form": "csv"}


IMPORTS = [
    R("core:tables", get=BROUGHT_IN_BY | TAKEN_OUT_BY),
    R("core:table-export", of=cards, shared=True, post=TAKEN_OUT_BY, data={"form": "csv"}),
    R("core:table", of=cards, shared=True, get=BROUGHT_IN_BY, post=BROUGHT_IN_BY),
    R("core:table-template", of=template, shared=True, get=BROUGHT_IN_BY),
    R("core:import", mine=import_of, get=BROUGHT_IN_BY),
    R("core:import-load", mine=import_of, post=BROUGHT_IN_BY),
]
