"""The demo site hangs together: what refers to something finds it, and every picture can be painted."""

import io
import re
from collections import Counter
from typing import Any

import jsonschema_rs
import pytest
from PIL import Image

from cognitor.demo import content
from cognitor.demo.painting.palette import MOODS
from cognitor.demo.pictures import MOTIFS, compose

PICTURES = content.pictures()
POSTS = content.posts()
ELEMENTS = content.elements()
TYPES = {kind.key: kind for kind in content.types()}
NAMES: dict[str, set[str]] = {
    "post": {post.slug for post in POSTS},
    "media": {picture.filename for picture in PICTURES},
    "element": {element.key for element in ELEMENTS},
}
FORMATS = {"post": "post_id", "media": "media_id", "element": "element_id"}


def test_the_site_has_the_announced_amount_of_everything() -> None:
    assert Counter(element.type_key for element in ELEMENTS) == {
        "author": 6, "place": 7, "walk": 7, "tide-note": 8, "recipe": 4, "event": 4,
    }  # fmt: skip
    assert [element.key for element in ELEMENTS if not element.published] == ["walk-dune-by-night", "note-first-pup"]
    assert Counter(post.locale for post in POSTS) == {"en": 8, "de": 2}
    assert [post.slug for post in POSTS if not post.published] == ["night-walk-under-the-dunes"]
    assert len(PICTURES) == 22


@pytest.mark.parametrize(
    "names",
    [
        [post.slug for post in POSTS],
        [post.title for post in POSTS],
        [picture.filename for picture in PICTURES],
        [picture.name for picture in PICTURES],
        [element.key for element in ELEMENTS],
        [element.data.get("title") or element.data["name"] for element in ELEMENTS],
        [kind.key for kind in content.types()],
    ],
)
def test_names_are_unique(names: list[str]) -> None:
    assert [name for name, count in Counter(names).items() if count > 1] == []


@pytest.mark.parametrize("element", ELEMENTS, ids=lambda element: element.key)
def test_every_element_is_valid_against_its_schema_once_its_references_are_ids(element: content.DemoElement) -> None:
    schema = TYPES[element.type_key].schema
    data = content.resolve(element.data, lambda target, name: sorted(NAMES[target]).index(name) + 1)

    jsonschema_rs.validator_for(schema, validate_formats=True).validate(data)
    assert list(data) == [name for name in schema["properties"] if name in data], "keys follow the schema's order"


@pytest.mark.parametrize("element", ELEMENTS, ids=lambda element: element.key)
def test_every_reference_names_something_that_exists_and_came_before(element: content.DemoElement) -> None:
    properties = TYPES[element.type_key].schema["properties"]
    earlier = {other.key for other in ELEMENTS[: ELEMENTS.index(element)]}
    for field, value in element.data.items():
        wanted = properties[field].get("format", "")
        found = list(content.references({field: value}))
        assert bool(found) == wanted.endswith("_id"), field
        for target, name in found:
            assert FORMATS[target] == wanted
            assert name in (earlier if target == "element" else NAMES[target])


def test_a_reference_points_at_an_element_of_the_kind_its_field_means() -> None:
    kind_of = {element.key: element.type_key for element in ELEMENTS}
    meant = {"place": "place", "observer": "author"}
    pointed = [
        (field, kind_of[value["$element"]])
        for element in ELEMENTS
        for field, value in element.data.items()
        if isinstance(value, dict) and "$element" in value
    ]
    assert len(pointed) == 19
    assert all(meant[field] == kind for field, kind in pointed)


def test_nothing_published_leans_on_a_draft() -> None:
    drafts = {post.slug for post in POSTS if not post.published}
    hidden = {element.key for element in ELEMENTS if not element.published}
    for element in ELEMENTS:
        if element.published:
            assert not {name for _, name in content.references(element.data)} & (drafts | hidden), element.key


def test_every_picture_but_one_spare_is_used() -> None:
    used = {name for element in ELEMENTS for target, name in content.references(element.data) if target == "media"}
    assert NAMES["media"] - used == {"rain-front-off-saltmere.jpg"}


@pytest.mark.parametrize("kind", content.types(), ids=lambda kind: kind.key)
def test_every_field_of_a_type_explains_itself(kind: content.DemoType) -> None:
    assert kind.name
    assert kind.description
    properties: dict[str, dict[str, Any]] = kind.schema["properties"]
    assert set(kind.schema["required"]) <= set(properties)
    assert [name for name, rules in properties.items() if not (rules["title"] and rules["description"])] == []
    jsonschema_rs.validator_for(kind.schema)


@pytest.mark.parametrize("post", POSTS, ids=lambda post: post.slug)
def test_every_post_is_a_whole_piece_of_markdown(post: content.DemoPost) -> None:
    assert 350 <= len([word for word in post.markdown.split() if any(map(str.isalnum, word))]) <= 700
    for part in (r"^## \S", r"^(?:-|\d+\.) \S", r"^> \S", r"^\| ?---"):
        assert re.search(part, post.markdown, re.MULTILINE), f"no line like {part}"
    for table in re.findall(r"(?:^\|.*\n)+", post.markdown, re.MULTILINE):
        assert len({row.count("|") for row in table.splitlines()}) == 1
    assert re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", post.slug)
    assert 40 <= len(post.short_description) <= 160
    assert 3 <= len(post.keywords) <= 6


def test_an_element_tells_its_post_and_its_picture() -> None:
    walk = next(element for element in ELEMENTS if element.key == "walk-harrow-light")
    assert walk.post == "the-walk-to-harrow-light"
    assert walk.picture == "harrow-light-at-dusk.jpg"
    assert next(element for element in ELEMENTS if element.key == "event-open-yard").picture is None


def test_every_motif_is_shown_once_in_a_known_light() -> None:
    assert sorted(picture.motif for picture in PICTURES) == sorted(MOTIFS)
    assert {picture.mood for picture in PICTURES} == set(MOODS)


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.filename)
def test_a_picture_is_a_jpeg_of_the_size_asked_for_and_the_same_every_time(picture: content.DemoPicture) -> None:
    assert picture.name
    assert picture.description
    assert 40 <= len(picture.alt_text) <= 160
    first = compose(picture, 320, 200)
    assert compose(picture, 320, 200) == first
    with Image.open(io.BytesIO(first)) as image:
        image.load()
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (320, 200))


def test_another_seed_paints_another_picture() -> None:
    one = PICTURES[0]
    other = content.DemoPicture(**{**vars(one), "seed": one.seed + 1})
    assert compose(one, 160, 100) != compose(other, 160, 100)


def test_the_pages_make_a_tree_of_what_is_published() -> None:
    published = {element.key for element in ELEMENTS if element.published}
    seen: set[str] = set()
    for page in content.pages():
        assert page.slug not in seen
        assert not page.parent or page.parent in seen
        assert {key for keys in page.elements.values() for key in keys} <= published
        assert not page.picture or page.picture in NAMES["media"]
        assert (30 <= len(page.seo_title) <= 60, 70 <= len(page.description) <= 160) == (True, True), page.slug
        seen.add(page.slug)
    assert len(seen) == 5
