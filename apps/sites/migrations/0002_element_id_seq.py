from django.db import migrations


class Migration(migrations.Migration):
    """Ids of elements are unique in the installation: every tenant's table draws from this one sequence."""

    dependencies = [("sites", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE IF NOT EXISTS public.element_id_seq AS bigint",
            "DROP SEQUENCE IF EXISTS public.element_id_seq",
        )
    ]
