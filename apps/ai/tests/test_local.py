"""The local provider keeps every contract, and its own promises."""

import io
import json
import re
import subprocess

import jsonschema_rs
import pytest
from PIL import Image, ImageChops, ImageStat

from apps.ai import catalogue, errors
from apps.ai.providers.local import ffmpeg, painter, plan
from apps.ai.providers.local.canvas import Canvas
from apps.ai.providers.protocols import Edit, Embed, Film, Paint, Speak, Translate, Write
from apps.ai.services import calling
from apps.ai.tests import contract
from apps.ai.tests.contract import photo, soon

pytestmark = pytest.mark.slow


class TestWriter(contract.WriterContract):
    model_id = "local/writer"


class TestPainter(contract.PainterContract):
    model_id = "local/painter"


class TestDarkroom(contract.EditorContract):
    model_id = "local/darkroom"


class TestProjector(contract.FilmerContract):
    model_id = "local/projector"
    asked = Film(prompt="Sea", pictures=[photo()], captions=["Am Meer"], seconds=2, seed=2, aspect_ratio="1:1")
    pytestmark = pytest.mark.slow


class TestSpeech(contract.SpeakerContract):
    model_id = "local/espeak"


class TestEmbeddings(contract.EmbedderContract):
    model_id = "local/e5-small"


class TestGlossary(contract.TranslatorContract):
    model_id = "local/glossary"


def ask(task, asked, **more):
    return calling.call(catalogue.model_for(task), asked, soon(**more))


def opened(made) -> Image.Image:
    return Image.open(io.BytesIO(made.content))


def test_the_same_prompt_and_seed_paint_the_same_bytes_and_another_seed_others():
    first, again, other = (
        ask("image", Paint(prompt="mountain", seed=seed, format="jpeg")).files[0].content for seed in (1, 1, 2)
    )
    assert first == again != other


def test_several_pictures_of_one_call_differ_and_name_their_seeds():
    made = ask("image", Paint(prompt="mountain", count=2, seed=5)).files
    assert [one.seed for one in made] == [5, 6]
    assert made[0].content != made[1].content


@pytest.mark.parametrize(
    ("prompt", "found"),
    [
        ("A compass beside two books", ["compass", "book"]),
        ("Segelboote vor der Küste", ["boat", "sea"]),
        ("Kaffeetassen und Brot", ["coffee", "bread"]),
        ("nothing that can be drawn", []),
    ],
)
def test_subjects_are_found_in_english_and_german(prompt, found):
    assert plan.subjects_in(prompt) == found


def test_there_are_forty_subjects_and_every_one_can_be_drawn():
    assert len(plan.SUBJECTS) >= 40
    canvas = Canvas(60, 60, 1)
    for name, (words, _) in plan.SUBJECTS.items():
        assert plan.subjects_in(words.split()[0]) == [name]
        before = canvas.image.copy()
        painter.Painter(canvas, plan.plan(name, 4)).draw(name, 500, 500, 300)
        assert ImageChops.difference(before, canvas.image).getbbox(), name


@pytest.mark.parametrize(("word", "channel"), [("red", 0), ("grün", 1), ("blue", 2)])
def test_a_colour_that_is_asked_for_rules_the_picture(word, channel):
    (made,) = ask("image", Paint(prompt=f"a {word} star, flat", seed=11)).files
    means = ImageStat.Stat(opened(made).convert("RGB")).mean
    assert max(range(3), key=lambda at: means[at]) == channel


def test_a_title_is_written_only_when_it_is_quoted():
    assert plan.plan('A poster "Open Day" with a house', 1).title == "Open Day"
    assert plan.plan("A poster with a house", 1).title == ""


@pytest.mark.parametrize(
    ("instruction", "operations"),
    [
        ("make it brighter", [{"op": "brightness", "amount": 1.25}]),
        ("crop to square, then blur", [{"op": "crop", "aspect_ratio": "1:1"}, {"op": "blur"}]),
        ("Schwarzweiß bitte", [{"op": "grayscale"}]),
        ("rotate by 90 degrees", [{"op": "rotate", "degrees": 90}]),
        ("nach links drehen", [{"op": "rotate", "degrees": -90}]),
    ],
)
def test_an_instruction_in_words_becomes_operations(instruction, operations):
    output = ask("edit", Edit(picture=photo(), media_type="image/png", instruction=instruction))
    assert output.facts["operations"] == operations


def test_an_instruction_that_names_no_edit_is_refused():
    with pytest.raises(errors.AskedTooMuch) as refused:
        ask("edit", Edit(picture=photo(), media_type="image/png", instruction="add a unicorn"))
    assert "crop" in refused.value.data["operations"]


@pytest.mark.parametrize(
    ("operation", "size"),
    [
        ({"op": "crop", "x": 10, "y": 10, "width": 50, "height": 40}, (50, 40)),
        ({"op": "crop", "aspect_ratio": "1:1"}, (100, 100)),
        ({"op": "rotate", "degrees": 90}, (100, 160)),
        ({"op": "resize", "width": 80}, (80, 50)),
        ({"op": "flip"}, (160, 100)),
        ({"op": "round"}, (160, 100)),
        ({"op": "sepia"}, (160, 100)),
        ({"op": "tint", "colour": "#112233"}, (160, 100)),
        ({"op": "enhance"}, (160, 100)),
    ],
)
def test_an_operation_gives_the_size_that_it_says(operation, size):
    (made,) = ask("edit", Edit(picture=photo(), media_type="image/png", operations=[operation])).files
    assert opened(made).size == size


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "explode"},
        {"op": "resize"},
        {"op": "resize", "width": 10**9},
        {"op": "blur", "radius": "far"},
        {"op": "tint", "colour": "red"},
    ],
)
def test_an_operation_that_makes_no_picture_is_refused(operation):
    with pytest.raises(errors.AskedTooMuch):
        ask("edit", Edit(picture=photo(), media_type="image/png", operations=[operation]))


def test_an_edit_touches_only_what_the_mask_covers():
    mask = Image.new("RGBA", (160, 100))
    mask.paste((0, 0, 0, 255), (0, 0, 80, 100))
    held = io.BytesIO()
    mask.save(held, "PNG")
    asked = Edit(picture=photo(), media_type="image/png", operations=[{"op": "invert"}], mask=held.getvalue())
    image = opened(ask("edit", asked).files[0]).convert("RGB")
    assert image.getpixel((5, 5)) == (20, 17, 15)
    assert image.getpixel((155, 5)) == (235, 238, 240)


def test_what_is_no_picture_is_refused():
    with pytest.raises(errors.AskedTooMuch):
        ask("edit", Edit(picture=b"GIF89a nothing", media_type="image/gif", instruction="brighter"))


def test_a_background_becomes_transparent_and_the_subject_stays():
    output = ask("remove_background", Edit(picture=photo(), media_type="image/png"))
    image = opened(output.files[0])
    assert (image.mode, image.size) == ("RGBA", (160, 100))
    assert image.getchannel("A").getpixel((3, 3)) == 0
    assert image.getchannel("A").getpixel((80, 50)) == 255
    assert 0.7 < output.facts["removed"] < 0.9


def test_an_upscale_multiplies_both_sides_and_is_bounded():
    (made,) = ask("upscale", Edit(picture=photo("JPEG"), media_type="image/jpeg", factor=3)).files
    assert opened(made).size == (480, 300)
    with pytest.raises(errors.AskedTooMuch):
        ask("upscale", Edit(picture=photo(), media_type="image/png", factor=5))


def test_a_film_is_h264_that_browsers_play_and_begins_with_its_index():
    asked = Film(prompt="Sea", pictures=[photo(), photo()], captions=["Am Meer"], seconds=1, aspect_ratio="1:1")
    (made,) = ask("video", asked).files
    said = subprocess.run([ffmpeg.program(), "-i", "pipe:0"], input=made.content, capture_output=True).stderr.decode()
    assert re.search(r"Video: h264 .*yuv420p", said)
    assert f"{made.width}x{made.height}" in said
    assert made.content.index(b"moov") < made.content.index(b"mdat")


def test_a_film_that_nobody_wants_any_more_is_given_up():
    answers = iter([True] * 8)
    with pytest.raises(errors.Abandoned):
        ask("video", Film(prompt="Sea", pictures=[photo()], seconds=30), wanted=lambda: next(answers, False))


def test_a_slower_voice_takes_longer_and_a_german_one_is_chosen_by_language():
    fast, slow = (ask("speech", Speak(text="Guten Morgen", language="de", speed=speed)) for speed in (1.5, 0.7))
    assert (fast.files[0].seconds or 0) * 1.3 < (slow.files[0].seconds or 0)
    assert fast.facts["voice"] == "de-low"


def test_nothing_to_say_is_refused():
    with pytest.raises(errors.AskedTooMuch):
        ask("speech", Speak(text="  "))


def test_a_german_question_finds_the_english_text_it_means():
    (question,) = ask("embedding", Embed(texts=["Wie backe ich Brot?"], kind="query")).vectors
    texts = ["A recipe for baking bread at home", "The law of income taxes", "Sailing around the cape"]
    scores = [
        sum(a * b for a, b in zip(question, vector, strict=True))
        for vector in ask("embedding", Embed(texts=texts)).vectors
    ]
    assert max(range(3), key=lambda at: scores[at]) == 0


def test_a_glossary_leaves_marks_addresses_and_code_as_they_are():
    text = 'Welcome to the **sea**, see [here](https://x.test/the) <a href="/the">the boat</a> `the code` {{ the }}'
    output = ask("translation", Translate(texts=[text], source="en", target="de"))
    assert output.texts[0].startswith("Willkommen zu der **Meer**")
    for kept in ("](https://x.test/the)", '<a href="/the">', "`the code`", "{{ the }}"):
        assert kept in output.texts[0]
    assert output.facts["engine"] == "glossary"
    assert 0 < output.facts["known"] <= 1


@pytest.mark.parametrize(("language", "word"), [("de", "Anfang"), ("en", "begins")])
def test_the_writer_writes_in_the_language_asked_and_says_what_it_is(language, word):
    output = ask("text", Write(prompt="Segeln, Wind", language=language))
    assert word in output.texts[0]
    assert "Segeln" in output.texts[0]
    assert output.facts["engine"] == "template"


def test_a_summary_is_made_of_sentences_of_the_text_itself():
    text = (
        "Honey bees live in colonies of many thousand bees. The weather was nice on that day in the village. "
        "Bees collect nectar and make honey from it in the hive. Somebody bought a new bicycle in the afternoon."
    )
    output = ask("text", Write(prompt=f"Summary:\n{text}"))
    assert "make honey" in output.texts[0]
    assert "bicycle" not in output.texts[0]


@pytest.mark.parametrize(
    ("prompt", "count"),
    [
        ("Two sentences on bread for families.", 2),
        ("Schreibe drei Sätze über Brot für Familien.", 3),
        ("1 sentence", 1),
    ],
)
def test_the_writer_counts_the_sentences_that_are_asked_for(prompt, count):
    [text] = ask("text", Write(prompt=prompt)).texts
    assert len(re.findall(r"[.!?](?:\s|$)", text)) == count
    assert not re.search(r"\b(two|drei)\b", text, re.I)


def test_a_writer_never_says_more_than_was_asked_for():
    assert len(ask("text", Write(prompt="Write 900 words about bees", most_tokens=50)).texts[0]) <= 200


SCHEMA = {
    "type": "object",
    "required": ["title", "tags", "level", "count", "price", "live", "parts", "kind"],
    "additionalProperties": False,
    "properties": {
        "title": {"type": "string", "maxLength": 30},
        "tags": {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 4},
        "level": {"enum": ["low", "high"]},
        "count": {"type": "integer", "minimum": 4, "multipleOf": 3},
        "price": {"type": "number", "maximum": 0.5},
        "live": {"type": "boolean"},
        "slug": {"type": "string", "pattern": "^[a-z-]+$"},
        "kind": {"anyOf": [{"type": "null"}, {"const": "post"}]},
        "when": {"type": ["string", "null"], "format": "date"},
        "long": {"type": "string", "minLength": 600},
        "parts": {"type": "array", "items": {"$ref": "#/$defs/part"}},
    },
    "$defs": {"part": {"type": "object", "properties": {"heading": {"type": "string"}}, "required": ["heading"]}},
}


def test_the_writer_fills_every_kind_of_field_of_a_schema():
    found = json.loads(ask("text", Write(prompt="Bees and honey", data=SCHEMA)).texts[0])
    jsonschema_rs.validator_for(SCHEMA).validate(found)
    assert "ees" in found["title"]


def test_every_task_has_a_local_model_and_all_of_them_are_local():
    assert {model.task for model in catalogue.models()} == set(catalogue.TASKS)
    assert all(model.local for model in catalogue.models())
