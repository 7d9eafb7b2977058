from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_plan_charge")]

    operations = [
        migrations.AddIndex(
            model_name="complaint",
            index=models.Index(
                fields=["klass", "-received_at", "-id"],
                condition=Q(status="closed") & ~Q(summary=""),
                name="complaints_with_lesson",
            ),
        ),
    ]
