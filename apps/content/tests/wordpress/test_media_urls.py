import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.content.wordpress.markup import image_urls, rewrite_urls

OLD = "https://harbour.test/files/2021/03"
NEW = "https://media.test/t/8f3a_boat.jpg"
MOVED = {f"{OLD}/boat.jpg": NEW, f"{OLD}/quay-scaled.png": "/media/quay.png"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"![Boat]({OLD}/boat.jpg)", f"![Boat]({NEW})"),
        (f'![Boat]({OLD}/boat.jpg "Our boat")', f'![Boat]({NEW} "Our boat")'),
        (f'<img src="{OLD}/boat.jpg">', f'<img src="{NEW}">'),
        (f"{OLD}/boat-300x200.jpg", NEW),
        (f"{OLD}/boat-scaled.jpg", NEW),
        (f"{OLD}/quay.png", "/media/quay.png"),
        (f"{OLD}/quay-1024x768.png", "/media/quay.png"),
        (f"{OLD}/boat.jpg?w=604&amp;h=300", NEW),
        ("http://harbour.test/files/2021/03/boat.jpg", NEW),
        ("//harbour.test/files/2021/03/boat.jpg", NEW),
        ("https://HARBOUR.test/files/2021/03/boat.jpg", NEW),
        ("https://i2.wp.com/harbour.test/files/2021/03/boat-300x200.jpg?resize=300%2C200&ssl=1", NEW),
        (f"See {OLD}/boat.jpg, then go.", f"See {NEW}, then go."),
        (f"<{OLD}/boat.jpg>", f"<{NEW}>"),
        (f"[![b]({OLD}/boat-150x150.jpg)]({OLD}/boat.jpg)", f"[![b]({NEW})]({NEW})"),
        (f"{OLD}/boat.jpg#bow", f"{NEW}#bow"),
    ],
)
def test_a_moved_file_is_pointed_to_in_all_its_forms(before: str, after: str) -> None:
    assert rewrite_urls(before, MOVED) == after


@pytest.mark.parametrize(
    "text",
    [
        f"{OLD}/boathouse.jpg",
        f"{OLD}/boat.jpg.txt",
        f"{OLD}/boat-300x200-1.jpg",
        "https://elsewhere.test/files/2021/03/boat.jpg",
        "https://harbour.test/",
        "boat.jpg",
        "",
    ],
)
def test_other_addresses_stay(text: str) -> None:
    assert rewrite_urls(text, MOVED) == text


def test_a_file_whose_name_ends_like_a_size_goes_before_the_size_of_another() -> None:
    moved = {**MOVED, f"{OLD}/boat-300x200.jpg": "/media/banner.jpg"}
    assert rewrite_urls(f"{OLD}/boat-300x200.jpg {OLD}/boat-150x150.jpg", moved) == f"/media/banner.jpg {NEW}"


def test_letters_and_their_percent_signs_are_the_same_address() -> None:
    moved = {"https://harbour.test/größe.jpg": NEW}
    assert rewrite_urls("https://harbour.test/gr%C3%B6%C3%9Fe.jpg", moved) == NEW


def test_a_page_can_be_moved_with_its_query() -> None:
    moved = {"https://harbour.test/?attachment_id=5": NEW}
    text = "(https://harbour.test/?attachment_id=5) (https://harbour.test/?attachment_id=6)"
    assert rewrite_urls(text, moved) == f"({NEW}) (https://harbour.test/?attachment_id=6)"


URLS = st.from_regex(r"https://(a|b)\.test/(x|y|z)(-1x1|-scaled)?(\.jpg)?", fullmatch=True)


@given(st.lists(URLS), st.dictionaries(URLS, URLS))
def test_rewriting_twice_changes_nothing_more(urls: list[str], moved: dict[str, str]) -> None:
    once = rewrite_urls(" ".join(urls), moved)
    assert rewrite_urls(once, moved) == once


@given(st.text())
def test_nothing_is_rewritten_without_a_mapping(text: str) -> None:
    assert rewrite_urls(text, {}) == text


def test_images_shown_and_linked_to_are_found_once_each_in_order() -> None:
    html = """<!-- wp:image {"id":3} --><figure><img src="/a.jpg"/></figure><!-- /wp:image -->
<a href="/big/b.png?w=9"><img src=" /b.png "></a> <a href="/about">About</a> <a href="/c.pdf">C</a>
[caption id="x"]<img src="/d.webp"> A caption[/caption] <img src="/a.jpg"> <img src="data:image/gif;base64,R0">
<img class="wp-smiley" src="/smile.gif" alt=":)"> <img alt="none"> <pre><img src="/code.jpg"></pre>
<div class="wp-block-cover" style="background-image:url(/e.jpg)"><p>Over it</p></div>"""
    assert image_urls(html) == ["/a.jpg", "/big/b.png?w=9", "/b.png", "/d.webp", "/e.jpg"]


@given(st.text())
def test_looking_for_images_never_raises(html: str) -> None:
    assert isinstance(image_urls(html), list)
