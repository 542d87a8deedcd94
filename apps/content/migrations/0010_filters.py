import django.contrib.postgres.indexes
from django.db import migrations, models

# A moment is a date or a date-time of RFC 3339; a day alone is its first moment, and without an offset it is UTC.
# Immutable, as an index demands: nothing depends on a setting, and what is no moment is null instead of an error.
MOMENT = r"""
CREATE FUNCTION content_moment(said text) RETURNS timestamptz LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $moment$
SELECT CASE WHEN extract(day FROM day) = part[3]::int THEN
  (day + make_interval(hours => coalesce(part[4], '0')::int, mins => coalesce(part[5], '0')::int,
                       secs => (coalesce(part[6], '0') || coalesce(part[7], ''))::float8)
       - make_interval(mins => coalesce(part[8] || '1', '1')::int
                               * (60 * coalesce(part[9], '0')::int + coalesce(part[10], '0')::int)))
  AT TIME ZONE 'UTC' END
FROM (
  SELECT part, make_timestamp(part[1]::int, part[2]::int, 1, 0, 0, 0) + make_interval(days => part[3]::int - 1) AS day
  FROM regexp_match(said, '^(?!0000)([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])'
    '(?:[Tt ]([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9])(?:(\.[0-9]{1,6})[0-9]{0,3})?)?'
    '(?:[Zz]|([+-])([01][0-9]|2[0-3]):?([0-5][0-9]))?)?$') AS part
) AS read
$moment$
"""


class Migration(migrations.Migration):
    dependencies = [("content", "0009_translations")]

    operations = [
        migrations.RunSQL(MOMENT, "DROP FUNCTION content_moment(text)"),
        migrations.AddIndex(
            model_name="element",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["tags"], name="element_tags", condition=models.Q(deleted_at=None)
            ),
        ),
    ]
