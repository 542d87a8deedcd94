from datetime import UTC, datetime
from pathlib import Path

import pytest

from apps.content.wordpress.parser import Author, Export, Item, Term, read

from .wxr import document, item, save


def export_of(folder: Path, *items: str, before: str = "", version: str = "1.2") -> Export:
    return read(save(folder, document(*items, before=before, version=version)))


def only_item(folder: Path, text: str) -> Item:
    (found,) = export_of(folder, text).items
    return found


def test_the_channel_says_title_address_and_language(tmp_path: Path) -> None:
    export = export_of(tmp_path)
    assert (export.title, export.base_url, export.language) == ("Harbour notes", "https://harbour.test/blog", "en-GB")
    assert list(export.items) == []
    assert (len(export.items), export.counts) == (0, {})


def test_an_item_is_read_with_all_its_fields(tmp_path: Path) -> None:
    inside = """
<wp:post_modified><![CDATA[2021-03-05 12:30:00]]></wp:post_modified>
<wp:post_modified_gmt><![CDATA[2021-03-05 11:30:00]]></wp:post_modified_gmt>
<category domain="category" nicename="shore"><![CDATA[Shore &amp; sea]]></category>
<category domain="post_tag" nicename="mud"><![CDATA[Mud]]></category>
<category domain="series" nicename="tides"><![CDATA[Tides]]></category>
<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value><![CDATA[31]]></wp:meta_value></wp:postmeta>
<wp:postmeta><wp:meta_key>mood</wp:meta_key><wp:meta_value><![CDATA[calm]]></wp:meta_value></wp:postmeta>
<wp:postmeta><wp:meta_key>mood</wp:meta_key><wp:meta_value><![CDATA[later]]></wp:meta_value></wp:postmeta>
<wp:comment><wp:comment_id>1</wp:comment_id><wp:comment_content>Nice</wp:comment_content></wp:comment>
<wp:comment><wp:comment_id>2</wp:comment_id><wp:comment_content>Very</wp:comment_content></wp:comment>
"""
    text = item({"excerpt:encoded": "<b>Mud</b>"}, inside, menu_order="-3", post_parent="5", is_sticky="1")
    assert only_item(tmp_path, text) == Item(
        wp_id=7,
        kind="post",
        title="Low tide",
        slug="low-tide",
        link="https://harbour.test/blog/low-tide/",
        author_login="mara",
        status="publish",
        published_at=datetime(2021, 3, 4, 9, 0, tzinfo=UTC),
        modified_at=datetime(2021, 3, 5, 11, 30, tzinfo=UTC),
        content_html="The boats lie on the mud.",
        excerpt_html="<b>Mud</b>",
        password="",
        parent_wp_id=5,
        menu_order=-3,
        sticky=True,
        terms=(("category", "shore", "Shore & sea"), ("tag", "mud", "Mud"), ("series", "tides", "Tides")),
        attachment_url=None,
        meta={"_thumbnail_id": "31", "mood": "calm"},
        comment_count=2,
        thumbnail_wp_id=31,
    )


def test_items_can_be_read_again_and_are_counted_by_kind_and_status(tmp_path: Path) -> None:
    export = export_of(
        tmp_path,
        item(post_id="1"),
        item(post_id="2", status="draft"),
        item(post_id="3", post_type="page"),
        item(post_id="4"),
    )
    assert [found.wp_id for found in export.items] == [1, 2, 3, 4]
    assert [found.wp_id for found in export.items] == [1, 2, 3, 4]
    assert len(export.items) == 4
    assert export.counts == {("post", "publish"): 2, ("post", "draft"): 1, ("page", "publish"): 1}


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
def test_every_version_of_the_format_is_read(tmp_path: Path, version: str) -> None:
    (found,) = export_of(tmp_path, item(), version=version).items
    assert (found.wp_id, found.content_html, found.excerpt_html) == (7, "The boats lie on the mud.", "")


def test_the_oldest_format_names_terms_twice_and_authors_only_as_creators(tmp_path: Path) -> None:
    terms = """<category><![CDATA[Shore]]></category>
<category domain="category" nicename="shore"><![CDATA[Shore]]></category>
<category domain="tag"><![CDATA[Mud]]></category>
<category domain="tag" nicename="mud"><![CDATA[Mud]]></category>"""
    export = export_of(tmp_path, item(inside=terms), version="1.0")
    (found,) = export.items
    assert found.terms == (("category", "shore", "Shore"), ("tag", "mud", "Mud"))
    assert export.authors == (Author("mara", "", "mara"),)


def test_authors_are_named_by_what_the_export_knows_of_them(tmp_path: Path) -> None:
    before = """
<wp:author><wp:author_login>mara</wp:author_login><wp:author_email>mara@harbour.test</wp:author_email>
<wp:author_display_name><![CDATA[Mara &amp; crew]]></wp:author_display_name></wp:author>
<wp:author><wp:author_login>jon</wp:author_login><wp:author_email></wp:author_email>
<wp:author_display_name></wp:author_display_name>
<wp:author_first_name>Jon</wp:author_first_name><wp:author_last_name>Reed</wp:author_last_name></wp:author>
"""
    export = export_of(tmp_path, item(), item({"dc:creator": "guest>"}), before=before)
    assert set(export.authors) == {
        Author("mara", "mara@harbour.test", "Mara & crew"),
        Author("jon", "", "Jon Reed"),
        Author("guest", "", "guest"),
    }


def test_terms_are_read_from_their_three_elements(tmp_path: Path) -> None:
    before = """
<wp:category><wp:category_nicename>shore</wp:category_nicename><wp:category_parent>coast</wp:category_parent>
<wp:cat_name><![CDATA[Shore]]></wp:cat_name>
<wp:category_description>Where it is wet</wp:category_description></wp:category>
<wp:tag><wp:tag_slug>%d7%90</wp:tag_slug><wp:tag_name><![CDATA[א]]></wp:tag_name></wp:tag>
<wp:term><wp:term_taxonomy>nav_menu</wp:term_taxonomy><wp:term_slug>top</wp:term_slug>
<wp:term_name><![CDATA[Top]]></wp:term_name></wp:term>
"""
    assert export_of(tmp_path, before=before).terms == (
        Term("category", "shore", "Shore", "coast", "Where it is wet"),
        Term("tag", "א", "א", "", ""),
        Term("nav_menu", "top", "Top", "", ""),
    )


@pytest.mark.parametrize(
    ("gmt", "local", "expected"),
    [
        ("2021-03-04 09:00:00", "2021-03-04 10:00:00", datetime(2021, 3, 4, 9, tzinfo=UTC)),
        ("0000-00-00 00:00:00", "2021-03-04 10:00:00", datetime(2021, 3, 4, 10, tzinfo=UTC)),
        ("-0001-11-30 00:00:00", "2021-03-04 10:00:00", datetime(2021, 3, 4, 10, tzinfo=UTC)),
        ("0000-00-00 00:00:00", "0000-00-00 00:00:00", None),
        ("", "", None),
        ("2021-02-30 09:00:00", "soon", None),
    ],
)
def test_a_date_is_the_one_in_utc_then_the_local_one_then_none(
    tmp_path: Path, gmt: str, local: str, expected: datetime | None
) -> None:
    assert only_item(tmp_path, item(post_date_gmt=gmt, post_date=local)).published_at == expected


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("<![CDATA[Knots <em>and</em> <b>hitches</b>]]>", "Knots and hitches"),
        ("Knots &lt;em&gt;and&lt;/em&gt; hitches", "Knots and hitches"),
        ("<![CDATA[Salt &amp; tar &#8211; 3 < 4]]>", "Salt & tar – 3 < 4"),
        ("<![CDATA[ Two\n lines ]]>", "Two lines"),
        ("", ""),
    ],
)
def test_a_title_is_plain_text(tmp_path: Path, written: str, shown: str) -> None:
    text = item().replace("<![CDATA[Low tide]]>", written)
    assert only_item(tmp_path, text).title == shown


def test_split_character_data_comes_back_whole(tmp_path: Path) -> None:
    text = item({"content:encoded": "if (a[b[0]]]]><![CDATA[>1) {}"})
    assert only_item(tmp_path, text).content_html == "if (a[b[0]]>1) {}"


def test_a_slug_is_decoded_and_a_half_character_at_its_cut_dropped(tmp_path: Path) -> None:
    export = export_of(
        tmp_path, item(post_name="%d7%90%d7%91-2"), item(post_name="%d7%90%d7%91%d7%9"), item(post_name="")
    )
    assert [found.slug for found in export.items] == ["אב-2", "אב", ""]


def test_an_attachment_knows_its_file_and_a_post_has_none(tmp_path: Path) -> None:
    guid = "<guid isPermaLink='false'>https://harbour.test/files/old.jpg</guid>"
    export = export_of(
        tmp_path,
        item(post_type="attachment", status="inherit", attachment_url="https://harbour.test/files/boat.jpg"),
        item(inside=guid, post_type="attachment", status="inherit"),
        item(inside=guid),
    )
    assert [found.attachment_url for found in export.items] == [
        "https://harbour.test/files/boat.jpg",
        "https://harbour.test/files/old.jpg",
        None,
    ]


def test_numbers_that_are_none_read_as_zero(tmp_path: Path) -> None:
    found = only_item(tmp_path, item(post_id="seven", post_parent="", menu_order="9" * 40))
    assert (found.wp_id, found.parent_wp_id, found.menu_order, found.thumbnail_wp_id) == (0, 0, 0, None)
