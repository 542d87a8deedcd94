import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.content.wordpress.markup import plain_excerpt


@pytest.mark.parametrize(
    ("html", "excerpt"),
    [
        ("The <b>bo</b>ats\nlie &amp; wait.\n\nOn the mud.", "The boats lie & wait. On the mud."),
        ("<p>One.</p><p>Two.</p><ul><li>Three</li><li>Four</li></ul>", "One. Two. Three Four"),
        ("Before.\n\n<!--more Read on-->\n\nAfter.", "Before."),
        ("<!--more-->After.", "After."),
        ("[gallery ids='1,2']\n\nWords [x]inside[/x].", "Words inside."),
        ("[caption id='a']<img src='/a.jpg'> A caption[/caption]Words.", "Words."),
        ("<style>p{}</style><script>x()</script>Words.", "Words."),
        ("https://video.test/watch\n\nWords on https://harbour.test/ too.", "Words on https://harbour.test/ too."),
        ("<pre>code</pre><table><tr><td>1</td></tr></table>Words.", "Words."),
        ("", ""),
    ],
)
def test_an_excerpt_is_the_beginning_in_plain_words(html: str, excerpt: str) -> None:
    assert plain_excerpt(html) == excerpt


def test_a_long_excerpt_ends_at_a_word_and_says_that_it_was_cut() -> None:
    assert plain_excerpt("one two three four", 14) == "one two three…"
    assert plain_excerpt("one two three four", 13) == "one two…"
    assert plain_excerpt("one, two three", 6) == "one…"
    assert plain_excerpt("one two", 7) == "one two"
    assert plain_excerpt("unbroken", 5) == "unbr…"


@given(st.text(alphabet="ab <>/p&;[]!-x\n."), st.integers(1, 20))
def test_an_excerpt_is_never_longer_than_asked(html: str, limit: int) -> None:
    excerpt = plain_excerpt(html, limit)
    assert len(excerpt) <= limit
    assert excerpt == " ".join(excerpt.split())
