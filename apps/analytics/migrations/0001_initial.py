"""Tables by month. Without their months, which depend on the day: what comes first lies in the default partitions."""

from django.db import migrations, models

AGENTS = [('person', 'Person'), ('bot', 'Bot'), ('agent', 'Agent')]
KINDS = [
    ('page_view', 'Page View'), ('click', 'Click'), ('search', 'Search'), ('search_click', 'Search Click'),
    ('read', 'anonymous read'), ('api', 'call with a token'),
]
EVENTS = """
CREATE TABLE analytics_event (
    id bigserial,
    tenant_id bigint NOT NULL,
    site_id bigint NOT NULL,
    at timestamptz NOT NULL,
    kind varchar(12) NOT NULL,
    agent varchar(6) NOT NULL,
    agent_name varchar(60) NOT NULL,
    n integer NOT NULL,
    visitor bigint,
    opens boolean NOT NULL,
    path varchar(500) NOT NULL,
    doc_type varchar(10) NOT NULL,
    doc_id bigint,
    referrer varchar(253) NOT NULL,
    country varchar(2) NOT NULL,
    locale varchar(35) NOT NULL,
    query varchar(200) NOT NULL,
    results integer,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE INDEX analytics_event_kind ON analytics_event (site_id, kind, at);
CREATE INDEX analytics_event_visitor ON analytics_event (site_id, visitor, at) WHERE visitor IS NOT NULL;
CREATE TABLE analytics_event_default PARTITION OF analytics_event DEFAULT;
"""
ROLLUP = """
CREATE TABLE {table} (
    tenant_id bigint NOT NULL,
    site_id bigint NOT NULL,
    at timestamptz NOT NULL,
    kind varchar(12) NOT NULL,
    agent varchar(6) NOT NULL,
    n bigint NOT NULL,
    PRIMARY KEY (site_id, at, kind, agent)
) PARTITION BY RANGE (at);
CREATE TABLE {table}_default PARTITION OF {table} DEFAULT;
"""
SIZES = ('minute', 'hour', 'day')


def rollup(name):
    return migrations.CreateModel(
        name=name,
        fields=[
            ('pk', models.CompositePrimaryKey('site_id', 'at', 'kind', 'agent', blank=True, editable=False, primary_key=True, serialize=False)),
            ('tenant_id', models.BigIntegerField()),
            ('site_id', models.BigIntegerField()),
            ('at', models.DateTimeField()),
            ('kind', models.CharField(max_length=12)),
            ('agent', models.CharField(choices=AGENTS, max_length=6)),
            ('n', models.BigIntegerField()),
        ],
        options={'abstract': False},
    )


class Migration(migrations.Migration):

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name='Position',
            fields=[
                ('name', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('entry', models.CharField(default='0-0', help_text='Last entry of the stream that is in the tables.', max_length=41)),
                ('at', models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(EVENTS, 'DROP TABLE analytics_event'),
                *[
                    migrations.RunSQL(ROLLUP.format(table=f'analytics_{size}'), f'DROP TABLE analytics_{size}')
                    for size in SIZES
                ],
            ],
            state_operations=[
                migrations.CreateModel(
                    name='Event',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False)),
                        ('tenant_id', models.BigIntegerField()),
                        ('site_id', models.BigIntegerField()),
                        ('at', models.DateTimeField()),
                        ('kind', models.CharField(choices=KINDS, max_length=12)),
                        ('agent', models.CharField(choices=AGENTS, max_length=6)),
                        ('agent_name', models.CharField(default='', max_length=60)),
                        ('n', models.IntegerField(default=1)),
                        ('visitor', models.BigIntegerField(null=True)),
                        ('opens', models.BooleanField(default=False)),
                        ('path', models.CharField(default='', max_length=500)),
                        ('doc_type', models.CharField(default='', max_length=10)),
                        ('doc_id', models.BigIntegerField(null=True)),
                        ('referrer', models.CharField(default='', max_length=253)),
                        ('country', models.CharField(default='', max_length=2)),
                        ('locale', models.CharField(default='', max_length=35)),
                        ('query', models.CharField(default='', max_length=200)),
                        ('results', models.IntegerField(null=True)),
                    ],
                ),
                *[rollup(size.capitalize()) for size in SIZES],
            ],
        ),
    ]
