"""Rows of the index without their long texts, which lie beside them: what a question looks at is read in a tenth of
the pages. Rows of before become so when they are written anew."""

from django.db import migrations

NARROW = """
ALTER TABLE search_indexeddocument SET (toast_tuple_target = 512);
ALTER TABLE search_indexeddocument ALTER COLUMN head SET STORAGE MAIN, ALTER COLUMN suggest SET STORAGE MAIN;
"""
WIDE = """
ALTER TABLE search_indexeddocument RESET (toast_tuple_target);
ALTER TABLE search_indexeddocument ALTER COLUMN head SET STORAGE EXTENDED, ALTER COLUMN suggest SET STORAGE EXTENDED;
"""


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunSQL(NARROW, WIDE)]
