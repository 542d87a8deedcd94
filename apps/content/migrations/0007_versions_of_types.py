from django.db import migrations


class Migration(migrations.Migration):
    """The types that are there get the version in which they are: older ones were not kept."""

    dependencies = [("content", "0006_type_versions")]

    operations = [
        migrations.RunSQL(
            "INSERT INTO content_typeversion (type_id, number, name, description, source, renames, run, created_at) "
            "SELECT id, version, name, description, source, '{}', '', updated_at FROM content_contenttype "
            "ON CONFLICT DO NOTHING",
            migrations.RunSQL.noop,
        )
    ]
