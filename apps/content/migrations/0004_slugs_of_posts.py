from django.db import migrations


class Migration(migrations.Migration):
    """The slugs that posts have go into the table of all slugs."""

    dependencies = [("content", "0003_pages_slugs_locales")]

    operations = [
        migrations.RunSQL(
            "INSERT INTO content_slug (site_id, doc_type, locale, slug, doc_id, current) "
            "SELECT site_id, 'post', locale, slug, id, true FROM content_post WHERE deleted_at IS NULL "
            "ON CONFLICT DO NOTHING",
            migrations.RunSQL.noop,
        )
    ]
