"""The departments the sources name, and the hours of the two shifts; a company renames or removes them as it likes."""

from datetime import time

from django.db import migrations

DEPARTMENTS = [
    ("after-sales", "售后服务部", "service"),
    ("customer-service", "客户服务部", "service"),
    ("technical-support", "技术支持部", "service"),
    ("logistics", "物流部", "service"),
    ("call-centre", "呼叫中心", "service"),
    ("quality", "质量部", "company"),
    ("engineering", "工程部", "company"),
    ("production", "生产部", "company"),
    ("finance", "财务部", "company"),
    ("sales", "销售部", "company"),
]


def write(apps, schema_editor):
    Department = apps.get_model("accounts", "Department")
    ShiftHours = apps.get_model("accounts", "ShiftHours")
    Department.objects.bulk_create(Department(code=code, name=name, kind=kind) for code, name, kind in DEPARTMENTS)
    ShiftHours.objects.create(shift="day", starts=time(8, 30), ends=time(17, 30))
    ShiftHours.objects.create(shift="evening", starts=time(17, 30), ends=time(22, 0))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
