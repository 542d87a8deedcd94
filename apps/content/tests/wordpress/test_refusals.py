import tracemalloc
from pathlib import Path

import pytest

from apps.content.wordpress import parser, source
from apps.content.wordpress.errors import ExportError
from apps.content.wordpress.parser import HostileExport, UnreadableExport, read

from .wxr import FOOT, HEAD, document, item, save

pytestmark = pytest.mark.slow

FEED = "This is a feed, but not a WordPress export: it states no WXR version"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" ?>'


def with_doctype(doctype: str, title: str = "Low tide") -> str:
    return document(item()).replace(DECLARATION, f"{DECLARATION}\n{doctype}").replace("<![CDATA[Low tide]]>", title)


def refusal(folder: Path, content: str | bytes) -> ExportError:
    with pytest.raises(ExportError) as caught:
        read(save(folder, content))
    return caught.value


@pytest.mark.parametrize(
    ("doctype", "title"),
    [
        ('<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>', "&c;"),
        ('<!DOCTYPE rss [<!ENTITY long "' + "x" * 50_000 + '">]>', "&long;" * 200),
        ('<!DOCTYPE rss [<!ENTITY file SYSTEM "SECRET">]>', "&file;"),
        ('<!DOCTYPE rss [<!ENTITY net PUBLIC "-//x//x" "http://127.0.0.1:9/x">]>', "&net;"),
        ('<!DOCTYPE rss [<!ENTITY % outer SYSTEM "SECRET"> %outer;]>', "Low tide"),
        ("<!DOCTYPE rss [<!ENTITY % a \"<!ENTITY b 'c'>\"> %a;]>", "&b;"),
        ('<!DOCTYPE rss SYSTEM "SECRET">', "Low tide"),
        ('<!DOCTYPE rss [<!NOTATION n SYSTEM "x"><!ENTITY u SYSTEM "SECRET" NDATA n>]>', "Low tide"),
        ("<!DOCTYPE rss>", "Low tide"),
    ],
    ids=["laughs", "blow-up", "file", "network", "parameter", "inner parameter", "dtd", "unparsed", "bare"],
)
def test_a_document_type_and_all_it_could_declare_is_hostile(tmp_path: Path, doctype: str, title: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the harbour master's key")
    error = refusal(tmp_path, with_doctype(doctype.replace("SECRET", secret.as_uri()), title))
    assert isinstance(error, HostileExport)
    assert str(error) == "The file declares a document type or entities, which no export does"


def test_an_inclusion_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the harbour master's key")
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{secret.as_uri()}" parse="text"/>'
    (found,) = read(save(tmp_path, document(item().replace("<![CDATA[Low tide]]>", f"Low {include}")))).items
    assert found.title == "Low"


def test_an_entry_too_large_for_the_memory_is_hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "LARGEST_ENTRY", 2**20)
    error = refusal(tmp_path, document(item({"content:encoded": "boat " * 400_000})))
    assert isinstance(error, HostileExport)
    assert str(error) == "One entry is larger than 1 MB"


@pytest.mark.parametrize("inside", ["<a>" * 40 + "</a>" * 40, "<a/>" * 1001], ids=["deep", "many"])
def test_an_entry_of_too_many_elements_is_hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: str) -> None:
    monkeypatch.setattr(parser, "MOST_ELEMENTS", 1000)
    assert isinstance(refusal(tmp_path, document(item(inside=inside))), HostileExport)


def test_many_comments_are_not_too_many_elements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser, "MOST_ELEMENTS", 1000)
    comment = "<wp:comment><wp:comment_id>1</wp:comment_id><wp:comment_content>Ahoy</wp:comment_content></wp:comment>"
    (found,) = read(save(tmp_path, document(item(inside=comment * 900)))).items
    assert found.comment_count == 900


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "The file is empty"),
        ("\n\n", "The file is empty"),
        ("plain words", "The file is not valid XML: syntax error (line 1)"),
        ('{"posts": []}', "The file is not valid XML: not well-formed (invalid token) (line 1)"),
        ("<html>\n<body></body></html>", "The file is XML, but not a WordPress export: it is a <html>"),
        ("<rss><channel><title>x</title></channel></rss>", FEED),
        ("<rss><channel><item></item></channel></rss>", FEED),
        (document(item(), version="2.0"), "WXR version “2.0” is not known; 1.0 to 1.2 are"),
        (b"PK\x03\x04rest", "This is a compressed archive: unpack it and give the .xml file inside"),
        (b"\x1f\x8brest", "This is a compressed archive: unpack it and give the .xml file inside"),
        ('<?xml version="1.0" encoding="zlib"?><rss/>', "The encoding “zlib” is not known (line 1)"),
        ('<?xml version="1.0" encoding="x-klingon"?><rss/>', "The encoding “x-klingon” is not known (line 1)"),
        (document("<item>\n<title>a</link>\n</item>"), "The file is not valid XML: mismatched tag (line 13)"),
        (document("<item>&nbsp;</item>"), "The file is not valid XML: undefined entity (line 12)"),
        ("\n\n" + document("<item></link></item>"), "The file is not valid XML: mismatched tag (line 14)"),
    ],
)  # fmt: skip
def test_what_is_no_export_is_unreadable_and_says_where(tmp_path: Path, content: str | bytes, message: str) -> None:
    error = refusal(tmp_path, content)
    assert isinstance(error, UnreadableExport)
    assert str(error) == message


@pytest.mark.parametrize("kept", [len(HEAD) + 5, -len(FOOT), -len(FOOT) - 3, -len(FOOT) - 40, -3])
def test_a_truncated_export_is_said_to_be_cut_off(tmp_path: Path, kept: int) -> None:
    whole = document(item(), item(post_id="8"))
    error = refusal(tmp_path, whole[:kept])
    assert isinstance(error, UnreadableExport)
    assert str(error) == f"The file is cut off: it ends in the middle (line {error.line})"
    assert error.line == whole[:kept].count("\n") + 1


def test_control_characters_and_blank_lines_in_front_are_dropped(tmp_path: Path) -> None:
    text = "\ufeff\n \n" + document(item({"content:encoded": "Low\x00 \x0btide\x1f\ufffe\tand\x08 out"}))
    (found,) = read(save(tmp_path, text)).items
    assert found.content_html == "Low tide\tand out"


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "utf-16", "utf-8-sig"])
def test_other_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    text = document(item({"content:encoded": "Ebbe über Nacht"})).replace("UTF-8", encoding.removesuffix("-sig"), 1)
    (found,) = read(save(tmp_path, text.encode(encoding))).items
    assert found.content_html == "Ebbe über Nacht"


def test_a_broken_character_costs_only_itself(tmp_path: Path) -> None:
    text = document(item({"content:encoded": "Ebbe ?ber Nacht"})).encode().replace(b"?ber", b"\xfcber")
    (found,) = read(save(tmp_path, text)).items
    assert found.content_html == "Ebbe \ufffdber Nacht"


def test_fifty_megabytes_are_read_in_the_memory_of_a_few_items(tmp_path: Path) -> None:
    path = tmp_path / "export.xml"
    with path.open("w") as file:
        file.write(HEAD.format(version="1.2"))
        for number in range(3000):
            file.write(item({"content:encoded": f"Tide {number}. " * 1600}, post_id=str(number)))
        file.write(FOOT)
    assert path.stat().st_size > 50_000_000
    tracemalloc.start()
    try:
        export = read(path)
        total = sum(found.wp_id for found in export.items)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (len(export.items), total) == (3000, 2999 * 1500)
    assert peak < 10_000_000
