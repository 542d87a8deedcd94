"""What every provider promises, whoever it is: one suite per protocol, run against each implementation.

A subclass gives `model`, and whatever the model needs to be reached. Everything is asked through `services.calling`.
"""

import io
import json
import math
import time
import wave
from typing import Any, ClassVar

import pytest
from PIL import Image, ImageDraw

from apps.ai import catalogue, errors
from apps.ai.providers import pictures
from apps.ai.providers.protocols import (
    Call,
    Edit,
    Embed,
    Film,
    Model,
    Output,
    Paint,
    Speak,
    Translate,
    Write,
)
from apps.ai.services import calling


def soon(seconds: float = 60.0, **more: Any) -> Call:
    return Call(deadline=time.monotonic() + seconds, **more)


def photo(format: str = "PNG") -> bytes:
    """A red disc on an even, light ground."""
    image = Image.new("RGB", (160, 100), (235, 238, 240))
    ImageDraw.Draw(image).ellipse((50, 20, 110, 80), fill=(190, 40, 40))
    out = io.BytesIO()
    image.save(out, format)
    return out.getvalue()


class Contract:
    model_id: ClassVar[str]
    task: ClassVar[Any]
    asked: ClassVar[Any]

    @pytest.fixture
    def model(self) -> Model:
        return catalogue.model_for(self.task, self.model_id)

    def test_the_catalogue_has_the_model_for_its_task(self, model):
        assert (model.id, model.task) == (self.model_id, self.task)

    def test_what_was_used_is_named_as_the_model_is_billed_and_within_the_estimate(self, model):
        output = calling.call(model, self.asked, soon())
        most = calling.estimate(model, self.asked)
        assert output.used
        for name, amount in output.used.items():
            if name in most:
                assert 0 < amount <= most[name], name

    def test_facts_say_who_did_it_and_in_how_many_attempts(self, model):
        facts = calling.call(model, self.asked, soon()).facts
        assert (facts["model"], facts["provider"], facts["attempts"]) == (model.id, model.provider, 1)
        assert 0 <= facts["seconds"] < 60

    def test_a_deadline_that_has_passed_is_a_time_out(self, model):
        with pytest.raises(errors.TimedOut):
            calling.call(model, self.asked, soon(-1))

    def test_nothing_is_made_when_nobody_wants_it(self, model):
        with pytest.raises(errors.Abandoned):
            calling.call(model, self.asked, soon(wanted=lambda: False))


class WriterContract(Contract):
    task = "text"
    asked = Write(prompt="Write about bees and honey.", language="en")
    schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {"title": {"type": "string"}, "summary": {"type": "string"}},
        "required": ["title", "summary"],
    }

    def test_a_text_comes_back(self, model):
        (text,) = calling.call(model, self.asked, soon()).texts
        assert "bees" in text.lower()

    def test_an_answer_follows_the_schema_that_was_asked_for(self, model):
        (text,) = calling.call(model, Write(prompt="Bees", data=self.schema), soon()).texts
        found = json.loads(text)
        assert set(found) == {"title", "summary"}
        assert all(isinstance(value, str) and value for value in found.values())

    def test_a_stream_gives_pieces_and_ends_with_all_of_them(self, model):
        *pieces, last = calling.stream(model, self.asked, soon())
        assert isinstance(last, Output)
        assert len(pieces) > 1
        assert last.texts == ("".join(map(str, pieces)),)
        assert last.facts["attempts"] == 1


class PainterContract(Contract):
    task = "image"
    asked = Paint(prompt="A compass, blue", aspect_ratio="16:9", seed=3)

    @pytest.mark.parametrize("ratio", ["1:1", "16:9", "9:16"])
    def test_a_picture_has_the_aspect_ratio_and_size_that_it_says(self, model, ratio):
        (made,) = calling.call(model, Paint(prompt="A compass", aspect_ratio=ratio, seed=3), soon()).files
        with Image.open(io.BytesIO(made.content)) as image:
            assert (image.size, image.format) == ((made.width, made.height), "PNG")
            assert abs(image.width / image.height / pictures.ratio(ratio) - 1) < 0.03
            assert 800_000 < image.width * image.height < 1_700_000

    @pytest.mark.parametrize(("format", "kind"), [("jpeg", "JPEG"), ("png", "PNG")])
    def test_a_picture_comes_in_the_format_that_was_asked_for(self, model, format, kind):
        (made,) = calling.call(model, Paint(prompt="A compass", format=format, seed=3), soon()).files
        assert made.media_type == f"image/{format}"
        with Image.open(io.BytesIO(made.content)) as image:
            assert image.format == kind

    def test_as_many_pictures_come_as_were_asked_for(self, model):
        output = calling.call(model, Paint(prompt="A compass", count=2, seed=3), soon())
        assert (len(output.files), output.used["images"]) == (2, 2)

    def test_more_pictures_than_the_model_makes_are_refused(self, model):
        with pytest.raises(errors.AskedTooMuch):
            calling.call(model, Paint(prompt="A compass", count=100), soon())


class EditorContract(Contract):
    task = "edit"
    asked = Edit(picture=photo(), media_type="image/png", instruction="Make it black and white")

    def test_an_edited_picture_opens(self, model):
        (made,) = calling.call(model, self.asked, soon()).files
        with Image.open(io.BytesIO(made.content)) as image:
            assert image.size == (made.width, made.height)
            assert image.format == "PNG"


class FilmerContract(Contract):
    task = "video"
    asked = Film(prompt="Sea at dusk", seconds=5, seed=2)

    def test_a_film_is_an_mp4(self, model):
        output = calling.call(model, self.asked, soon())
        (made,) = output.files
        assert (made.media_type, made.content[4:8]) == ("video/mp4", b"ftyp")
        assert output.used["seconds"] == made.seconds == self.asked.seconds


class SpeakerContract(Contract):
    task = "speech"
    asked = Speak(text="Good morning from Cognitor.", language="en")

    def test_speech_is_a_wav_with_sound(self, model):
        (made,) = calling.call(model, self.asked, soon()).files
        assert made.media_type == "audio/wav"
        with wave.open(io.BytesIO(made.content)) as sound:
            assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 22_050)
            assert 1 < sound.getnframes() / 22_050 < 6
            assert len(set(sound.readframes(22_050))) > 3

    def test_speech_comes_as_mp3_when_asked(self, model):
        (made,) = calling.call(model, Speak(text="Good morning.", format="mp3"), soon()).files
        assert made.media_type == "audio/mpeg"
        assert made.content[:3] == b"ID3" or made.content[0] == 0xFF

    def test_a_voice_of_another_vendor_is_taken_for_a_wish(self, model):
        assert calling.call(model, Speak(text="Good morning.", voice="nobody"), soon()).files

    def test_voices_belong_to_the_model(self, model):
        voices = catalogue.provider(model.provider).voices()
        assert model.id in {voice.model for voice in voices}
        assert all(voice.id and voice.name for voice in voices)


class EmbedderContract(Contract):
    task = "embedding"
    asked = Embed(texts=["dogs and cats", "tax law"])

    def test_vectors_have_length_one_and_the_order_of_the_texts(self, model):
        dimensions = catalogue.provider(model.provider).dimensions
        both = calling.call(model, self.asked, soon()).vectors
        (alone,) = calling.call(model, Embed(texts=["tax law"]), soon()).vectors
        assert [len(vector) for vector in both] == [dimensions, dimensions]
        assert all(math.isclose(sum(part * part for part in vector), 1, abs_tol=1e-3) for vector in both)
        assert both[1] == pytest.approx(alone, abs=1e-5)
        assert both[0] != both[1]


class TranslatorContract(Contract):
    task = "translation"
    asked = Translate(texts=["Welcome", "The sea"], source="en", target="de")

    def test_as_many_translations_come_as_texts_were_given(self, model):
        texts = calling.call(model, self.asked, soon()).texts
        assert len(texts) == 2
        assert texts != self.asked.texts
