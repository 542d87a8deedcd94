import datetime
import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from apps.content.models import ContentType, Element, Imported, Page, Post
from apps.content.tests.factories import public
from apps.core.models import Due, EventRow
from apps.core.tenancy import inside
from apps.media.models import Media
from apps.media.tests.factories import picture

pytestmark = pytest.mark.django_db

LATER = (timezone.now() + datetime.timedelta(days=30)).strftime("%Y-%m-%d %H:%M:%S")
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
  xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Harbour notes</title><link>https://harbour.example</link>
<wp:wxr_version>1.2</wp:wxr_version><wp:base_blog_url>https://harbour.example</wp:base_blog_url>
<wp:author><wp:author_login>ada</wp:author_login><wp:author_email>Editor@Alpha.test</wp:author_email></wp:author>
<wp:author><wp:author_login>bob</wp:author_login><wp:author_email>editor@beta.test</wp:author_email></wp:author>"""


def item(
    wp_id: int, title: str, *, kind: str = "post", status: str = "publish", body: str = "", extra: str = ""
) -> str:
    return f"""<item><title>{title}</title><dc:creator>ada</dc:creator>
<content:encoded><![CDATA[{body}]]></content:encoded><excerpt:encoded><![CDATA[]]></excerpt:encoded>
<wp:post_id>{wp_id}</wp:post_id><wp:post_date_gmt>2020-05-01 10:00:00</wp:post_date_gmt>
<wp:post_name>{title.lower().replace(" ", "-")}</wp:post_name><wp:status>{status}</wp:status>
<wp:post_type>{kind}</wp:post_type>{extra}</item>"""


@pytest.fixture
def export(tmp_path: Path) -> Path:
    address = "https://harbour.example/wp-content/uploads/2020/05/quay.png"
    uploads = tmp_path / "uploads/2020/05"
    uploads.mkdir(parents=True)
    (uploads / "quay.png").write_bytes(picture())
    path = tmp_path / "export.xml"
    path.write_text(
        HEAD
        + item(
            1, "Quay", kind="attachment", status="inherit", extra=f"<wp:attachment_url>{address}</wp:attachment_url>"
        )
        + item(
            2,
            "Gone",
            kind="attachment",
            status="inherit",
            extra="<wp:attachment_url>https://harbour.example/wp-content/uploads/gone.png</wp:attachment_url>",
        )
        + item(
            3,
            "First light",
            body=f'<p>Over the <img src="{address}" alt="quay"> it rose.</p>[gallery ids="1,2"]',
            extra='<category domain="post_tag" nicename="dawn"><![CDATA[Dawn]]></category>'
            "<wp:comment><wp:comment_id>1</wp:comment_id></wp:comment>",
        )
        + item(4, "About us", kind="page", body="We row.")
        + item(5, "Half done", status="draft", body="Not yet.")
        + item(6, "Secret", body="Hidden.", extra="<wp:post_password>x</wp:post_password>")
        + item(7, "Soon", status="future", body="Soon.").replace("2020-05-01 10:00:00", LATER)
        + item(8, "Binned", status="trash")
        + item(9, "Menu", kind="nav_menu_item")
        + "</channel></rss>"
    )
    return path


def run(path: Path, *args: str) -> str:
    out = StringIO()
    call_command("import_wordpress", str(path), "--site", "alpha-site", "--no-fetch", *args, stdout=out, stderr=out)
    return out.getvalue()


def test_an_export_becomes_posts_media_and_plans_and_is_delivered(export, api, site_a):
    said = run(export, "--uploads", str(export.parent / "uploads"))
    assert "Imported: 1 attachments, 1 pages, 4 posts." in said
    assert "https://harbour.example/wp-content/uploads/gone.png" in said
    assert "1 × nav_menu_item to unknown" in said
    assert "Skipped: 2" in said
    assert "1 comments were left out" in said
    assert "author bob: Nobody with this address is a member here." in said
    shown = {post["slug"]: post for post in public(api, "posts")}
    assert set(shown) == {"first-light"}
    (page,) = public(api, "pages")
    assert page["path"] == "/about-us"
    (shown_there,) = public(api, "pages/about-us")["page_elements"]
    assert (shown_there["section"], shown_there["content_element"]["type_identifier"]) == ("main", "wordpress-text")
    assert shown_there["content_element"]["data"] == {"title": "About us", "body": "We row."}
    with inside(site_a.tenant):
        media = Media.objects.get(site=site_a)
        assert media.url in shown["first-light"]["content"]
        pictures = [media.url, media.url, "https://harbour.example/wp-content/uploads/gone.png"]
        assert re.findall(r"\((http[^)]*)\)", shown["first-light"]["content"]) == pictures
        assert shown["first-light"]["keywords"] == ["Dawn"]
        written = Post.objects.get(slug="first-light")
        assert written.created_at == datetime.datetime(2020, 5, 1, 10, tzinfo=datetime.UTC)
        assert written.author.email == "editor@alpha.test"
        statuses = dict(Post.objects.values_list("slug", "publish_at"))
        assert statuses["soon"] is not None
        assert [post.status for post in Post.objects.filter(slug__in=["half-done", "secret"])] == ["draft", "draft"]
    assert Due.objects.filter(kind="content.publish", tenant_id=site_a.tenant_id).count() == 1


def test_a_second_run_makes_no_doubles_and_keeps_what_was_edited(export, as_role, site_a):
    uploads = ["--uploads", str(export.parent / "uploads")]
    run(export, *uploads)
    editor = as_role("editor")
    post = next(p for p in editor.get("/alpha-site/posts").json()["items"] if p["slug"] == "first-light")
    editor.patch(f"/alpha-site/posts/{post['id']}", {"title": "Edited"})
    said = run(export, *uploads)
    assert "Imported: nothing." in said
    assert "There already: 1 attachments, 1 pages, 4 posts." in said
    items = editor.get("/alpha-site/posts").json()["items"]
    assert (len(items), {p["id"]: p["title"] for p in items}[post["id"]]) == (4, "Edited")
    with inside(site_a.tenant):
        assert Media.objects.count() == 1
        assert (Page.objects.count(), Element.objects.count(), ContentType.objects.count()) == (1, 1, 1)


def test_a_dry_run_says_what_would_come_and_leaves_nothing(export, as_role, site_a):
    events = EventRow.objects.count()
    said = run(export, "--dry-run")
    assert "Would import: 2 attachments, 1 pages, 4 posts." in said
    assert as_role("editor").get("/alpha-site/posts").json()["total"] == 0
    with inside(site_a.tenant):
        for model in (Media, Imported, Page, Element, ContentType):
            assert not model.objects.exists()
    site_a.tenant.refresh_from_db()
    assert site_a.tenant.used_elements == 0
    assert not Due.objects.filter(tenant_id=site_a.tenant_id).exists()
    assert EventRow.objects.count() == events


def test_a_file_that_declares_entities_is_refused_whole(tmp_path, as_role):
    path = tmp_path / "bomb.xml"
    path.write_text('<!DOCTYPE rss [<!ENTITY a "aaaa">]>' + HEAD + item(1, "&a;") + "</channel></rss>")
    with pytest.raises(CommandError, match="entities"):
        run(path)
    assert as_role("editor").get("/alpha-site/posts").json()["total"] == 0


def test_an_upload_outside_of_the_given_folder_is_not_taken(tmp_path, site_a):
    (tmp_path / "uploads").mkdir()
    (tmp_path / "secret.png").write_bytes(picture())
    address = "https://harbour.example/wp-content/uploads/../secret.png"
    path = tmp_path / "export.xml"
    extra = f"<wp:attachment_url>{address}</wp:attachment_url>"
    path.write_text(HEAD + item(1, "X", kind="attachment", status="inherit", extra=extra) + "</channel></rss>")
    said = run(path, "--uploads", str(tmp_path / "uploads"))
    assert "Missing: 1" in said
    with inside(site_a.tenant):
        assert not Media.objects.exists()


def test_an_unknown_site_and_a_missing_file_are_said(tmp_path, export):
    with pytest.raises(CommandError, match="no site"):
        call_command("import_wordpress", str(export), "--site", "nowhere")
    with pytest.raises(CommandError, match="not a file"):
        call_command("import_wordpress", str(tmp_path / "none.xml"), "--site", "alpha-site")
