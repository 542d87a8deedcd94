"""Every vendor keeps the contracts, against a process that speaks its protocol; and fails as we say it may."""

import time
from typing import Any

import pytest
import structlog

from apps.ai import catalogue, errors
from apps.ai.providers import breaker
from apps.ai.providers.protocols import Edit, Film, Output, Paint, Speak, Task, Write
from apps.ai.services import calling
from apps.ai.tests import contract
from apps.ai.tests.contract import photo, soon
from apps.ai.tests.vendors import anthropic, elevenlabs, fal, openai

pytestmark = pytest.mark.slow


@pytest.mark.usefixtures("vendors", "open_egress")
class Reached:
    """The vendors are set up."""


class TestOpenAIWriter(Reached, contract.WriterContract):
    model_id = "openai/gpt-5-mini"


class TestAnthropicWriter(Reached, contract.WriterContract):
    model_id = "anthropic/claude-haiku-4-5"


class TestOpenAIPainter(Reached, contract.PainterContract):
    model_id = "openai/gpt-image-1"


class TestFalPainter(Reached, contract.PainterContract):
    model_id = "fal/fal-ai/flux/dev"


class TestOpenAIEditor(Reached, contract.EditorContract):
    model_id = "openai/gpt-image-1"


class TestFalEditor(Reached, contract.EditorContract):
    model_id = "fal/fal-ai/flux-pro/kontext"


class TestFalCutout(Reached, contract.EditorContract):
    task = "remove_background"
    model_id = "fal/fal-ai/birefnet/v2"


class TestFalFilmer(Reached, contract.FilmerContract):
    model_id = "fal/fal-ai/kling-video/v1.6/standard/text-to-video"


class TestOpenAISpeaker(Reached, contract.SpeakerContract):
    model_id = "openai/gpt-4o-mini-tts"


class TestElevenLabsSpeaker(Reached, contract.SpeakerContract):
    model_id = "elevenlabs/eleven_multilingual_v2"


class TestOpenAIEmbedder(Reached, contract.EmbedderContract):
    model_id = "openai/text-embedding-3-small"


class TestOpenAITranslator(Reached, contract.TranslatorContract):
    model_id = "openai/gpt-5-mini"


class TestAnthropicTranslator(Reached, contract.TranslatorContract):
    model_id = "anthropic/claude-haiku-4-5"


ASKED: dict[str, tuple[Task, Any]] = {
    "openai": ("text", Write(prompt="Bees")),
    "anthropic": ("text", Write(prompt="Bees")),
    "fal": ("image", Paint(prompt="Bees")),
    "elevenlabs": ("speech", Speak(text="Bees")),
}
KEYS = {"openai": openai.KEY, "anthropic": anthropic.KEY, "fal": fal.KEY, "elevenlabs": elevenlabs.KEY}
every_vendor = pytest.mark.parametrize("name", list(ASKED))


def model_of(name):
    return next(model for model in catalogue.models(ASKED[name][0]) if model.provider == name)


def ask(name, **more):
    return calling.call(model_of(name), ASKED[name][1], soon(**more))


@every_vendor
@pytest.mark.parametrize("fault", ["500", "503", "429", "drop", "cut", "garbage"])
@pytest.mark.usefixtures("open_egress")
def test_what_may_pass_is_asked_again_and_counted(vendors, name, fault):
    vendors.fail(fault)
    output = ask(name)
    assert output.facts["attempts"] == 2
    assert output.files or output.texts


@every_vendor
@pytest.mark.parametrize(("fault", "refusal"), [("500", errors.ProviderAway), ("429", errors.ProviderBusy)])
def test_it_is_asked_three_times_and_no_more(vendors, name, fault, refusal):
    vendors.fail(*[fault] * 9)
    with pytest.raises(refusal):
        ask(name)
    assert len(vendors.seen()) == 3


@every_vendor
@pytest.mark.parametrize(
    ("fault", "refusal"),
    [
        ("401", errors.ProviderDenied),
        ("403", errors.ProviderDenied),
        ("402", errors.ProviderBusy),
        ("404", errors.ModelMissing),
        ("413", errors.AskedTooMuch),
        ("refused", errors.ContentRefused),
    ],
)
def test_what_will_not_pass_is_said_once(vendors, name, fault, refusal):
    vendors.fail(fault, fault)
    with pytest.raises(refusal):
        ask(name)
    assert len(vendors.seen()) == 1


@every_vendor
def test_a_slow_vendor_is_left_at_the_deadline(vendors, name):
    vendors.fail("slow")
    started = time.monotonic()
    with pytest.raises(errors.TimedOut):
        calling.call(model_of(name), ASKED[name][1], soon(0.6))
    assert time.monotonic() - started < 3


@every_vendor
def test_a_wrong_key_appears_neither_in_the_refusal_nor_in_the_log(vendors, settings, name):
    wrong = "wrong-" + KEYS[name]
    for setting in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "FAL_KEY", "ELEVENLABS_API_KEY"):
        setattr(settings, setting, wrong)
    with structlog.testing.capture_logs() as lines, pytest.raises(errors.ProviderDenied) as refused:
        ask(name)
    said = f"{refused.value.message} {refused.value.data} {refused.value.__cause__} {lines}"
    assert "secret" not in said
    (line,) = lines
    assert (line["event"], line["outcome"], line["provider"]) == ("ai_called", "ai.provider.denied", name)


@every_vendor
def test_after_five_failures_the_circuit_opens_and_one_call_may_try_later(vendors, monkeypatch, name):
    monkeypatch.setattr(breaker, "OPEN_SECONDS", 1)
    vendors.fail(*["500"] * 5)
    for _ in range(2):
        with pytest.raises(errors.ProviderAway):
            ask(name)
    sent = len(vendors.seen())
    assert sent == 5
    with pytest.raises(errors.ProviderAway):
        ask(name)
    assert len(vendors.seen()) == sent
    time.sleep(1.05)
    assert breaker.may_ask(name)
    assert not breaker.may_ask(name)
    breaker.answered(name)
    assert breaker.may_ask(name)


@pytest.mark.usefixtures("no_redis")
def test_without_redis_each_process_keeps_its_own_circuits(monkeypatch):
    monkeypatch.setattr(breaker, "OPEN_SECONDS", 0.2)
    for _ in range(breaker.FAILURES):
        assert breaker.may_ask("someone")
        breaker.failed("someone")
    assert not breaker.may_ask("someone")
    time.sleep(0.25)
    assert [breaker.may_ask("someone"), breaker.may_ask("someone")] == [True, False]
    breaker.answered("someone")
    assert breaker.may_ask("someone")


@pytest.mark.usefixtures("vendors")
def test_a_circuit_is_each_providers_own():
    for _ in range(breaker.FAILURES):
        breaker.failed("openai")
    assert not breaker.may_ask("openai")
    assert ask("anthropic").texts == ("Bees make honey.",)


@pytest.mark.usefixtures("open_egress")
def test_work_that_is_in_the_queue_is_waited_for_and_not_ordered_again(vendors):
    remembered: list[str] = []
    ask("fal", remember=remembered.append)
    vendors.ask("/_script", {"faults": []})
    ordered = [one for one in vendors.seen() if one["method"] == "POST"]
    output = ask("fal", handle=remembered[0])
    assert [one for one in vendors.seen() if one["method"] == "POST"] == ordered
    assert len(ordered) == 1
    assert output.facts["request"] == remembered[0]


@pytest.mark.usefixtures("open_egress")
def test_a_failure_while_waiting_does_not_order_again(vendors):
    vendors.fail("", "500")
    assert ask("fal").facts["attempts"] == 2
    assert sum(one["method"] == "POST" for one in vendors.seen()) == 1


def test_what_is_not_wanted_any_more_is_cancelled_in_the_queue(vendors):
    answers = iter([True] * 12)
    with pytest.raises(errors.Abandoned):
        calling.call(model_of("fal"), Paint(prompt="for ever"), soon(wanted=lambda: next(answers, False)))
    assert vendors.seen()[-1]["method"] == "PUT"
    assert vendors.seen()[-1]["path"].endswith("/cancel")


def test_a_file_at_an_inner_address_is_not_fetched(vendors):
    with pytest.raises(errors.ProviderAway):
        ask("fal")
    assert not [one for one in vendors.seen() if one["path"].startswith("/files/")]


@pytest.mark.parametrize("name", ["openai", "anthropic"])
def test_a_stream_is_asked_again_before_its_first_piece(vendors, name):
    vendors.fail("500")
    *pieces, last = calling.stream(model_of(name), Write(prompt="Bees"), soon())
    assert isinstance(last, Output)
    assert (last.facts["attempts"], "".join(map(str, pieces))) == (2, "Beesmakehoney.")
    assert last.used["tokens"] == 17


@pytest.mark.parametrize("name", ["openai", "anthropic"])
def test_a_stream_that_breaks_off_is_not_begun_anew(vendors, name):
    vendors.fail("cut")
    with pytest.raises(errors.ProviderAway):
        list(calling.stream(model_of(name), Write(prompt="Bees"), soon()))
    assert len(vendors.seen()) == 1


def test_openais_mask_is_turned_to_its_meaning(vendors):
    model = catalogue.model_for("edit", "openai/gpt-image-1")
    calling.call(model, Edit(picture=photo(), media_type="image/png", instruction="x", mask=photo()), soon())
    assert {"image", "mask", "prompt", "model"} <= set(vendors.seen()[0]["body"])


def test_a_known_voice_of_elevenlabs_is_listed_and_used(vendors):
    (voice,) = [voice for voice in catalogue.voices() if voice.name == "George"]
    assert voice.language == "en"
    calling.call(model_of("elevenlabs"), Speak(text="Bees", voice=voice.id), soon())
    assert vendors.seen()[-1]["path"].startswith(f"/v1/text-to-speech/{voice.id}")


def test_voices_of_a_vendor_that_is_away_are_left_out(vendors):
    vendors.fail("500", "500")
    listed = catalogue.voices()
    assert "George" not in {voice.name for voice in listed}
    assert "de-low" in {voice.id for voice in listed}


def test_a_provider_without_a_key_is_absent():
    assert {model.provider for model in catalogue.models()} == {"local"}
    with pytest.raises(errors.ModelMissing):
        catalogue.provider("openai")


@pytest.mark.usefixtures("vendors")
def test_defaults_come_first_and_a_model_that_only_the_operator_knows_is_asked(settings):
    settings.AI_MODELS = ["text=anthropic/claude-next", "image=local/painter", "text=nobody/x", "nonsense"]
    assert catalogue.model_for("text").id == "anthropic/claude-next"
    assert catalogue.model_for("image").id == "local/painter"
    assert catalogue.model_for("text", "gpt-5-mini").id == "openai/gpt-5-mini"
    assert catalogue.model_for("text", "text-davinci-002").id == "anthropic/claude-next"
    assert (
        calling.call(catalogue.model_for("text"), Write(prompt="Bees"), soon()).facts["model"]
        == "anthropic/claude-next"
    )


@pytest.mark.usefixtures("vendors")
def test_a_film_of_a_length_that_the_model_does_not_make_is_refused_before_it_is_asked(vendors):
    model = next(model for model in catalogue.models("video") if model.provider == "fal")
    with pytest.raises(errors.AskedTooMuch):
        calling.call(model, Film(prompt="Bees", seconds=60), soon())
    assert vendors.seen() == []
