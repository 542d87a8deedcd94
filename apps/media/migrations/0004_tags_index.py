from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("media", "0003_renditions")]

    operations = [
        AddIndexConcurrently(model_name="media", index=GinIndex(fields=["tags"], name="media_tags")),
    ]
