"""Files that want more than to be looked at."""

import re
from typing import Any

import pytest
from django.core.files.storage import default_storage

from apps.core.models import Due
from apps.core.tenancy import inside
from apps.media import naming
from apps.media.errors import UnsafeFile
from apps.media.inspection import inspect
from apps.media.models import Media
from apps.media.tests import factories
from conftest import AsRole

MEDIA = "/alpha-site/media/"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"{}>{}</svg>'

HOSTILE: dict[str, tuple[str, bytes, int, str]] = {
    "html called png": ("a.png", b"<!DOCTYPE html><script>alert(1)</script>", 415, "media.type.refused"),
    "html called html": ("a.html", b"<p>hello</p>", 415, "media.type.refused"),
    "html called text": ("a.txt", b"\xef\xbb\xbf \n<html><body onload=x()>", 415, "media.type.refused"),
    "script called text": ("a.md", b"<script>alert(1)</script>", 415, "media.type.refused"),
    "javascript": ("a.js", b"alert(1)", 415, "media.type.refused"),
    "xhtml": (
        "a.xhtml",
        b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>',
        415,
        "media.type.refused",
    ),
    "xml called svg": ("a.svg", b'<?xml version="1.0"?><a/>', 415, "media.type.refused"),
    "program": ("a.png", b"MZ\x90\x00" + bytes(60), 415, "media.type.refused"),
    "elf called text": ("a.txt", b"\x7fELF\x02\x01" + bytes(60), 415, "media.type.refused"),
    "text in no utf-8": ("a.txt", "Grüße".encode("latin-1"), 415, "media.type.refused"),
    "terminal escapes": ("a.txt", b"hello \x1b[2J", 415, "media.type.refused"),
    "tiff": ("a.tif", b"II*\x00" + bytes(60), 415, "media.type.refused"),
    "matroska": ("a.webm", b"\x1aE\xdf\xa3\x42\x82\x88matroska", 415, "media.type.refused"),
    "drawing with a script": ("a.svg", SVG.format("", "<script>alert(1)</script>").encode(), 415, "media.unsafe"),
    "drawing called png": ("a.png", SVG.format(' onload="x()"', "").encode(), 415, "media.unsafe"),
    "half a png": ("a.png", factories.picture()[:20], 400, "media.damaged"),
    "a png of nothing but its mark": ("a.png", b"\x89PNG\r\n\x1a\n<script>alert(1)</script>", 400, "media.damaged"),
    "a gif of script": ("a.gif", b"GIF89a/*" + b"*/=1;alert(1)//" * 9, 400, "media.damaged"),
    "bomb": ("a.png", factories.bomb(), 413, "media.too_many_pixels"),
    "worse bomb": ("a.png", factories.bomb(20_000, 20_000), 413, "media.too_many_pixels"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_no_harmless_file_of_a_known_kind_is_refused_and_leaves_nothing(
    as_role: AsRole, site_a: Any, case: str
) -> None:
    name, content, status, code = HOSTILE[case]
    before = factories.stored(site_a)
    response = as_role("author").upload(MEDIA, {"file": factories.file(name, content, "image/png")})
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert factories.stored(site_a) == before
    assert Due.objects.filter(kind="media.discard_file").count() == 0
    with inside(site_a.tenant):
        assert Media.objects.count() == 0


@pytest.mark.parametrize(
    "source",
    [
        SVG.format("", "<script>alert(1)</script>"),
        SVG.format("", '<script xlink:href="data:,alert(1)"/>'),
        SVG.format(' onload="alert(1)"', ""),
        SVG.format("", '<g OnClick="alert(1)"/>'),
        SVG.format("", "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'/></foreignObject>"),
        SVG.format("", '<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>'),
        SVG.format("", '<x:img xmlns:x="http://www.w3.org/1999/xhtml" src="x"/>'),
        SVG.format("", '<a xlink:href="javascript:alert(1)"><text>x</text></a>'),
        SVG.format("", '<a href=" java&#10;script:alert(1)"><text>x</text></a>'),
        SVG.format("", '<image href="https://evil.example/pixel.png"/>'),
        SVG.format("", '<image href="data:image/svg+xml;base64,PHN2Zz4="/>'),
        SVG.format("", '<use href="data:image/png;base64,AAAA"/>'),
        SVG.format("", '<use xlink:href="https://evil.example/a.svg#x"/>'),
        SVG.format("", '<a><set attributeName="xlink:href" to="javascript:alert(1)"/></a>'),
        SVG.format("", '<animate attributeName="onclick" to="alert(1)"/>'),
        SVG.format("", '<style>@import "https://evil.example/a.css";</style>'),
        SVG.format("", '<style>@\\69mport "https://evil.example/a.css";</style>'),
        SVG.format("", "<rect style=\"fill: url( 'https://evil.example/a' )\"/>"),
        SVG.format("", '<rect fill="url(//evil.example/a)"/>'),
        SVG.format(' xml:base="https://evil.example/"', '<use href="#x"/>'),
        '<?xml-stylesheet href="https://evil.example/a.xsl"?>' + SVG.format("", ""),
        '<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format("", "<text>&a;</text>"),
        '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + SVG.format("", "<text>&a;</text>"),
    ],
)
def test_a_drawing_that_runs_or_loads_something_is_refused(source: str) -> None:
    with pytest.raises(UnsafeFile) as caught:
        inspect(factories.file("a.svg", source.encode()))
    assert caught.value.data["reason"]


def test_an_ordinary_drawing_is_taken_as_it_is(as_role: AsRole) -> None:
    source = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!-- made by hand -->\n'
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n'
        + SVG.format(
            ' viewBox="0 0 64.0 48"',
            "<style>.a { fill: url(#g); }</style><defs><linearGradient id='g'/></defs>"
            '<use xlink:href="#g"/><image href="data:image/png;base64,iVBORw0KGgo="/>'
            '<rect class="a" style="mask:url(#g)"/>',
        )
    )
    response = as_role("author").upload(MEDIA, {"file": factories.file("a.svg", source.encode())})
    assert response.status_code == 201, response.content
    body = response.json()
    assert (body["width"], body["height"], body["file_size"]) == (64, 48, len(source.encode()))


@pytest.mark.parametrize("format", ["GIF", "PNG", "JPEG", "WEBP", "AVIF"])
def test_what_hides_behind_the_end_of_a_picture_is_cut_off(as_role: AsRole, site_a: Any, format: str) -> None:
    clean = factories.picture(format)
    polyglot = clean + b"<script>alert(document.domain)</script>"
    response = as_role("author").upload(MEDIA, {"file": factories.file("a.gif", polyglot)})
    assert response.status_code == 201, response.content
    with inside(site_a.tenant):
        media = Media.objects.get(pk=response.json()["id"])
    with default_storage.open(media.file) as file:
        kept = file.read()
    assert b"script" not in kept
    assert media.file_size == len(kept)
    if format in ("PNG", "GIF", "AVIF"):
        assert kept == clean


@pytest.mark.parametrize(
    ("given", "filename", "stored"),
    [
        ("../../etc/passwd.png", "passwd.png", "_passwd.png"),
        ("..\\..\\boot.png", "boot.png", "_boot.png"),
        ("/abs/olute.png", "olute.png", "_olute.png"),
        ("a\0b.png", "ab.png", "_ab.png"),
        ("line\r\nbreak\x1b[2J.png", "linebreak[2J.png", "_linebreak2J.png"),
        ("\u202egnp.exe", "gnp.png", "_gnp.png"),
        ("shell.php.png", "shell_php.png", "_shell_php.png"),
        ("page.html", "page.png", "_page.png"),
        ("a.svg.html.png", "a_svg_html.png", "_a_svg_html.png"),
        ("v1.2-final.png", "v1.2-final.png", "_v1.2_final.png"),
        ("CON.png", "file_CON.png", "_file_CON.png"),
        ("lpt1", "file_lpt1.png", "_file_lpt1.png"),
        (".htaccess", "htaccess.png", "_htaccess.png"),
        ("...", "file.png", "_file.png"),
        ("", "file.png", "_file.png"),
        (".png", "png.png", "_png.png"),
        ("Crème brûlée — 2.png", "Crème brûlée — 2.png", "_Crème_brûlée__2.png"),
        ("a<b>&'\"c.png", "a<b>&'\"c.png", "_abc.png"),
        ("ä" * 300 + ".png", "ä" * 68 + ".png", "_" + "ä" * 68 + ".png"),
    ],
)
def test_names_are_made_harmless(given: str, filename: str, stored: str) -> None:
    assert naming.cleaned(given, ("png",)) == filename
    assert naming.stored(filename, "0a1b2c3d") == "0a1b2c3d" + stored
    assert len(("0a1b2c3d" + stored).encode()) <= naming.MAX_BYTES


def test_a_name_with_a_path_is_stored_without_it(as_role: AsRole) -> None:
    line = "x" * 20
    form = (
        (
            f'--{line}\r\nContent-Disposition: form-data; name="file"; filename="../../../e-vil\\..\\x.php.png"\r\n'
            "Content-Type: image/png\r\n\r\n"
        ).encode()
        + factories.picture()
        + f"\r\n--{line}--\r\n".encode()
    )
    response = as_role("author").post(MEDIA, form, f"multipart/form-data; boundary={line}")
    assert response.status_code == 201, response.content
    assert re.search(r"/uploads/site_[0-9]+/[0-9a-f]{8}_x_php\.png$", response.json()["url"])
