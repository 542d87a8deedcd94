"""Whatever the text, it stays text, and converting it ends soon and without an error."""

import html
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.content.wordpress.markup import plain_excerpt, to_markdown

TEXTS = {
    "# no heading": "\\# no heading",
    "- no list": "\\- no list",
    "1. no list": "1\\. no list",
    "1986) no list": "1986\\) no list",
    "&gt; no quotation": "\\> no quotation",
    "a\n---": "a\\\n\\---",
    "a|b\n:-|-": "a|b\\\n\\:-|-",
    "a\n===": "a\\\n\\===",
    "a - b + c # d 1. e > f": "a - b + c # d 1. e > f",
    "2 * 3 * 4": "2 \\* 3 \\* 4",
    "snake_case and _this_": "snake_case and \\_this\\_",
    "`tick`": "\\`tick\\`",
    "~~struck~~ ~home": "\\~\\~struck\\~\\~ ~home",
    "C:\\dir and \\*": "C:\\dir and \\\\\\*",
    "ends in \\\nbackslash": "ends in \\\\\\\nbackslash",
    "&amp;lt; R&amp;D; AT&amp;T": "\\&lt; R\\&D; AT&T",
    "&lt;img src=x onerror=y&gt;": "\\<img src=x onerror=y>",
    "1 &lt; 2": "1 < 2",
    "Wow!<a href='/x'>y</a>": "Wow\\![y](/x)",
    "<a href='/x'>1] [2] y</a>": "[1\\] \\[2\\] y](/x)",
}


@pytest.mark.parametrize(("source", "markdown"), TEXTS.items())
def test_text_that_looks_like_markup_is_escaped_and_other_text_left_alone(source: str, markdown: str) -> None:
    assert to_markdown(source) == markdown


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        " JaVa\tscript:alert(1)",
        "vbscript:x",
        "data:text/html,<script>x</script>",
        "file:///etc/passwd",
    ],
)
def test_an_address_that_could_run_something_is_dropped(address: str) -> None:
    assert to_markdown(f'<a href="{html.escape(address)}">words</a>') == "words"
    assert to_markdown(f'a<img src="{html.escape(address)}" alt="x">') == "a"
    assert to_markdown(f'a<iframe src="{html.escape(address)}"></iframe>') == "a"


def test_a_picture_within_the_page_stays() -> None:
    assert to_markdown('<img src="data:image/png;base64,R0lG">') == "![](data:image/png;base64,R0lG)"


TAGS = """<b> </b> <p> </p> <table> <tr> <td> </table> <pre> </pre> <ul> <li> </ul> <a> </a> <br> <code> </code> <dt>
<dd> <blockquote> </blockquote> <div> </div> <video> <script> </script> <soup> <h999> <h> <fn_cache> <math> <!-- -->
<![CDATA[ <!x <?php </ <p [caption] [/caption] [embed] [/embed] [code]
[/code] [gallery] '] & &amp; &#0; &#xD800; = * _ ` | a"""
PIECES = st.lists(
    st.sampled_from(
        [
            *TAGS.split(),
            *[
                "<td colspan=9 rowspan=9>",
                "<ol start=²>",
                "<a href='/x'>",
                "<img src=/a>",
                "<pre class='wp-block-verse'>",
            ],
            *["<div style='background-image:url(/b)'>", "<!-- wp:x -->", "<!-- /wp:x -->", "[x a='", "\ue0000\ue001"],
            *["\n", "\n\n", " ", "1. ", "- ", "\\", "\x00", "\xa0"],
        ]
    ),
    max_size=30,
).map("".join)


@given(st.one_of(st.text(), PIECES))
def test_converting_never_raises_and_leaves_no_blank_space_at_ends(source: str) -> None:
    markdown = to_markdown(source)
    assert markdown == markdown.strip()
    assert not re.search("[\ue000\ue001\ue002]", markdown)


@given(st.text(alphabet="ab1.)(*_~[]!&;:#\\-+= \"'", max_size=40))
def test_plain_text_comes_through_with_nothing_but_backslashes_added(text: str) -> None:
    source = f"<!-- wp:html --><p>{html.escape(text.replace('[', '[ '))}</p><!-- /wp:html -->"
    markdown = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", to_markdown(source))
    assert markdown.split() == text.replace("[", "[ ").split()


@pytest.mark.parametrize("piece", ["<div>", "<b>", "<ul><li>", "<blockquote>", "<table><tr><td>", "<a href=x>"])
def test_elements_without_end_leave_their_text(piece: str) -> None:
    assert "words" in to_markdown(f"{piece * 3000}words")


REPEATED = """<!-- [x [caption] <pre> <code>x</code> < ` [ <br> <b><br></b> <u>x</u> <li>x <dt>x<dd>y <a>y</a> <p>x
<td>x \\ <video> <script> <table><tr><td>x</td></tr></table>"""


@pytest.mark.slow
@pytest.mark.parametrize("piece", [*REPEATED.split(), "https://a.test/b\n\n", "<a href=/x>y</a>", "\n", " "])
def test_time_grows_with_the_length_and_not_faster(piece: str) -> None:
    def seconds(count: int) -> float:
        start = time.process_time()
        to_markdown(piece * count)
        plain_excerpt(piece * count)
        return time.process_time() - start

    seconds(10)
    assert seconds(8_000) < 12 * max(seconds(2_000), 0.1)
