"""Small exports to test with, as WordPress's exporter would write them."""

from collections.abc import Mapping
from pathlib import Path

HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/{version}/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/{version}/">
<channel>
<title>Harbour notes</title>
<link>https://harbour.test/</link>
<language>en-GB</language>
<wp:wxr_version>{version}</wp:wxr_version>
<wp:base_site_url>https://harbour.test</wp:base_site_url>
<wp:base_blog_url>https://harbour.test/blog/</wp:base_blog_url>
"""
FOOT = "</channel>\n</rss>\n"


def item(fields: Mapping[str, str] | None = None, inside: str = "", **short: str) -> str:
    """One item; `fields` by element name, `short` by the name without `wp:`, `inside` as it is."""
    values = {
        "title": "Low tide",
        "link": "https://harbour.test/blog/low-tide/",
        "dc:creator": "mara",
        "content:encoded": "The boats lie on the mud.",
        "excerpt:encoded": "",
        "wp:post_id": "7",
        "wp:post_date": "2021-03-04 10:00:00",
        "wp:post_date_gmt": "2021-03-04 09:00:00",
        "wp:post_name": "low-tide",
        "wp:status": "publish",
        "wp:post_parent": "0",
        "wp:menu_order": "0",
        "wp:post_type": "post",
        "wp:post_password": "",
        "wp:is_sticky": "0",
    }
    values |= fields or {}
    values |= {f"wp:{name}": value for name, value in short.items()}
    lines = "".join(f"<{name}><![CDATA[{value}]]></{name}>\n" for name, value in values.items())
    return f"<item>\n{lines}{inside}</item>\n"


def document(*items: str, before: str = "", version: str = "1.2") -> str:
    return HEAD.format(version=version) + before + "".join(items) + FOOT


def save(folder: Path, content: str | bytes) -> Path:
    path = folder / "export.xml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path
