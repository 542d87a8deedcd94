"""Rows that are written and read in kept words are as Django would have written and read them."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.content.models import ContentType, Element, Version
from apps.core import rows
from apps.core.models import EventRow
from apps.core.tenancy import inside, set_timeout
from apps.sites.models import ElementSite, Site

pytestmark = pytest.mark.django_db


def a_type(site: Site) -> ContentType:
    return ContentType.objects.create(site=site, key="card", name="Card", source='{"type": "object"}')


def same(one: Model, other: Model) -> bool:
    """Whether two rows hold the same, but for what is chosen anew for each."""
    chosen = {"id", "uid", "created_at"}
    left, right = ({n: v for n, v in vars(row).items() if n not in chosen and n[0] != "_"} for row in (one, other))
    return left == right and model_to_dict(one).keys() == model_to_dict(other).keys()


def test_a_row_is_as_save_leaves_it(site_a: Site) -> None:
    now = timezone.now()

    def an_event() -> EventRow:
        data = {"text": "„so“", "none": None, "list": [1, 2.5]}
        return EventRow(
            tenant_id=site_a.tenant_id, name="tests.happened", subject_type="test", subject_id=2**40, actor_kind="user",
            actor_label="A", operation="op", data=data, retry_at=now,
        )  # fmt: skip

    saved, inserted = an_event(), an_event()
    saved.save()
    rows.insert(inserted)
    assert inserted.pk > saved.pk
    assert not inserted._state.adding
    assert inserted._state.db == "default"
    assert same(EventRow.objects.get(pk=saved.pk), EventRow.objects.get(pk=inserted.pk))
    inserted.error = "a change"
    inserted.save()
    assert EventRow.objects.get(pk=inserted.pk).error == "a change"


def test_lists_defaults_and_generated_columns(site_a: Site) -> None:
    now = timezone.now()
    with inside(site_a.tenant):
        kind = a_type(site_a)
        element = Element(site=site_a, type=kind, locale="en", tags=["a", "b,c"], created_at=now, updated_at=now)
        element.data = {"name": "N"}
        rows.insert(element)
        kept = Element.objects.get(pk=element.pk)
        assert (kept.tags, kept.query, kept.uid, kept.author_id) == (["a", "b,c"], {"name": "N"}, element.uid, None)


def test_a_row_that_has_its_key_keeps_it(site_a: Site) -> None:
    rows.insert(ElementSite(element_id=10**15, site=site_a))
    assert ElementSite.objects.get(pk=10**15).site_id == site_a.pk
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.insert(ElementSite(element_id=10**15, site=site_a))


def test_the_plan_follows_the_schema(site_a: Site, site_b: Site) -> None:
    """A statement that a connection has planned for one tenant writes to the other's table for the other."""
    for number in range(8):
        for site in (site_a, site_b):
            with inside(site.tenant):
                rows.insert(Version(doc_type="test", doc_id=site.pk, number=number, created_at=timezone.now()))
    for site in (site_a, site_b):
        with inside(site.tenant):
            kept = Version.objects.filter(doc_type="test").order_by("number")
            assert list(kept.values_list("doc_id", "number")) == [(site.pk, number) for number in range(8)]


def test_one_row_is_read_as_a_query_set_gives_it(site_a: Site, site_b: Site) -> None:
    with inside(site_a.tenant):
        kind = a_type(site_a)
        ContentType.objects.filter(pk=kind.pk).update(renames=[{"version": 2, "names": {"a": "b"}}])
        read = rows.one(ContentType, "id = %s", [kind.pk])
        assert read is not None
        assert same(read, ContentType.objects.get(pk=kind.pk))
        assert read.renames == [{"version": 2, "names": {"a": "b"}}]
        assert rows.one(ContentType, "id = %s", [0]) is None
    with inside(site_b.tenant), connection.cursor():
        assert rows.one(ContentType, "uid = %s", [kind.uid]) is None


def test_rows_of_several_tables_are_sent_together(site_a: Site) -> None:
    now = timezone.now()
    with inside(site_a.tenant):
        version = Version(doc_type="test", doc_id=1, number=1, created_at=now)
        assert not Version.objects.filter(doc_type="test").exists()  # the path is set
        with CaptureQueriesContext(connection) as sent, rows.together():
            rows.insert(version, later=True)
            rows.insert(ElementSite(element_id=10**15, site=site_a), later=True)
            assert version.pk is None
        assert len(sent) == 1
        assert Version.objects.get(doc_type="test").pk == version.pk
        assert ElementSite.objects.get(pk=10**15).site_id == site_a.pk


def test_rows_of_one_table_get_their_keys_in_the_order_in_which_they_were_made(site_a: Site) -> None:
    now = timezone.now()
    with inside(site_a.tenant):
        made = [Version(doc_type="test", doc_id=1, number=number, created_at=now) for number in range(5)]
        with rows.together():
            for version in made:
                rows.insert(version, later=True)
        assert [version.pk for version in made] == sorted(version.pk for version in made)
        rows.insert(last := Version(doc_type="test", doc_id=1, number=9, created_at=now), later=True)
        assert last.pk > made[-1].pk  # nobody waits outside of a block


def test_a_block_that_fails_sends_nothing(site_a: Site) -> None:
    with inside(site_a.tenant):
        with pytest.raises(ValueError, match="no"), rows.together():
            rows.insert(Version(doc_type="test", doc_id=1, number=1, created_at=timezone.now()), later=True)
            raise ValueError("no")
        assert not Version.objects.filter(doc_type="test").exists()


def test_a_timeout_is_set_with_the_path(site_a: Site) -> None:
    with inside(site_a.tenant), CaptureQueriesContext(connection) as sent:
        set_timeout(4321)
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('statement_timeout'), current_schema()")
            assert cursor.fetchone() == ("4321ms", site_a.tenant.schema_name)
        set_timeout(0)
    assert len(sent) == 3
