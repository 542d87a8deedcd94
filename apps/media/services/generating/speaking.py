"""Speech that a model makes of a plain text, as one sound file among the site's media."""

import io
import re
import tempfile
import wave
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any

from django.conf import settings
from django.core.files.base import ContentFile, File

from apps.ai import catalogue
from apps.ai.errors import AskedTooMuch, ProviderAway
from apps.ai.models import Generation
from apps.ai.providers.local import ffmpeg
from apps.ai.providers.protocols import Call, Model, Output, Speak
from apps.ai.services import calling, generations
from apps.ai.services.generations import AtWork, Wanted
from apps.core.actor import Actor
from apps.core.models import Job
from apps.media import naming
from apps.media.services import files, media
from apps.media.services.generating import making
from apps.sites.models import Site

KIND = "media.speak"
MOST = 50_000
"""Characters of one text: about an hour."""
PIECE = 3_000
"""Characters of one call, where the model takes that many: its sound is in memory, and progress is told after each."""
PAUSE = 0.4
"""Seconds of silence between the pieces."""
SECONDS = 900.0
"""For all of it; three attempts last less than the credits are held."""
TOLD = 1_000
"""Characters of the text that the provenance repeats."""
_SENTENCE = re.compile(r".+?(?:(?<![.!?…])[.!?…]++[\"'”’»)\]]*+(?=\s)|[。！？]+|\n|\Z)", re.S)

Form = tuple[int, int, int]
"""Channels, bytes of a sample, samples a second."""


def start(
    *,
    actor: Actor,
    site: Site,
    text: str,
    name: str = "",
    locale: str = "",
    voice: str = "",
    speed: float = 1,
    output_format: str = "wav",
    model: str = "",
    source: Mapping[str, Any] | None = None,
    quote: str | None = None,
    key: str | None = None,
) -> Generation:
    """Begins to speak; the job's result is `{media: [id]}`. `source` names the document that the text is of.

    422 `ai.request.beyond_model` for a text of more than `MOST` characters.
    """
    if len(text) > MOST:
        raise AskedTooMuch(limit="characters", most=MOST)
    chosen = catalogue.model_for("speech", model)
    quantities: Counter[str] = Counter()
    for piece in pieces_of(text, chosen):
        quantities.update(calling.estimate(chosen, Speak(text=piece, speed=speed)))
    wanted = Wanted(
        kind=KIND,
        operation="media_tts",
        model=chosen,
        quantities=quantities,
        prompt=text,
        requested_model=model,
        arguments={
            "name": name or text[:80],
            "format": output_format,
            "spoken": {"voice": voice, "language": locale, "speed": speed},
            "source": source,
        },
        quote=quote,
        key=key,
    )
    return generations.start(actor=actor, site=site, wanted=wanted)


def run(job: Job) -> dict[str, Any]:
    """Job: has the text said piece by piece, joins and stores the sound, and hands it over as media."""
    with generations.at_work(job) as work:
        if (done := work.delivered) is not None:
            return done
        row = work.generation
        site = making.site_of(work)
        model = catalogue.model_for("speech", row.model)
        name, stem, shape = row.arguments["name"], naming.stem(row.arguments["name"]), row.arguments["format"]
        call = work.call(SECONDS)
        with tempfile.NamedTemporaryFile(suffix=".wav") as sound:
            output = _said(model, pieces_of(row.prompt, model), row.arguments["spoken"], call, sound)
            upload: File[Any] = File(sound, name=f"{stem}.wav")
            if shape == "mp3":
                upload = ContentFile(ffmpeg.mp3(sound.name, call), name=f"{stem}.mp3")
            received = files.receive(
                actor=work.actor, site=site, upload=upload, named=stem, most=settings.DIRECT_UPLOAD_MAX_BYTES
            )

        def save() -> dict[str, Any]:
            provenance = _provenance(work, output)
            made = media.create(actor=work.actor, site=site, received=received, name=name, provenance=provenance)
            return {"media": [made.pk]}

        return work.deliver(output, save)


def pieces_of(text: str, model: Model) -> list[str]:
    """The text in pieces that the model takes: whole sentences, cut between words where one alone is too long."""
    most = min(PIECE, model.limits.get("characters", PIECE))
    found: list[str] = []
    for sentence in _sentences(text, most):
        if found and len(found[-1]) + len(sentence) <= most:
            found[-1] += sentence
        else:
            found.append(sentence.lstrip())
    return [piece.strip() for piece in found if piece.strip()]


def _sentences(text: str, most: int) -> Iterator[str]:
    for found in _SENTENCE.finditer(text):
        sentence = found[0]
        while len(sentence) > most:
            end = sentence.rfind(" ", 1, most) + 1 or most
            yield sentence[:end]
            sentence = sentence[end:]
        yield sentence


def _said(model: Model, pieces: Sequence[str], given: Mapping[str, Any], call: Call, file: IO[bytes]) -> Output:
    """Writes all of it to the file as one wav; what was used in all, and what the provider said of the first piece."""
    used: Counter[str] = Counter()
    facts: dict[str, Any] = {}

    def heard() -> Iterator[tuple[Form, bytes]]:
        for number, piece in enumerate(pieces):
            asked = Speak(text=piece, **given)
            output = calling.call(model, asked, calling.part_of(call, number, len(pieces)))
            used.update(output.used)
            facts.update({**output.facts, **facts, "pieces": len(pieces)})
            yield _samples(output.files[0].content)
            call.progress((number + 1) / len(pieces))

    parts = heard()
    form, frames = next(parts)
    with wave.open(file, "wb") as whole:
        whole.setnchannels(form[0])
        whole.setsampwidth(form[1])
        whole.setframerate(form[2])
        whole.writeframesraw(frames)
        silence = bytes(int(PAUSE * form[2]) * form[0] * form[1])
        for other, frames in parts:
            if other != form:
                raise ProviderAway("The provider's sounds do not fit together.", again=False)
            whole.writeframesraw(silence + frames)
    file.flush()
    return Output(used=used, facts=facts)


def _samples(content: bytes) -> tuple[Form, bytes]:
    """Of a wav, also of one whose head does not know its length, as those have that are made while they are sent."""
    try:
        with wave.open(io.BytesIO(content)) as sound:
            form = (sound.getnchannels(), sound.getsampwidth(), sound.getframerate())
            return form, sound.readframes(sound.getnframes())
    except (wave.Error, EOFError):
        raise ProviderAway("The provider's answer cannot be read.", again=False) from None


def _provenance(work: AtWork, output: Output) -> dict[str, Any]:
    given = work.generation.arguments
    return making.provenance(
        work,
        making.source_type(work),
        prompt="" if given["source"] else work.generation.prompt[:TOLD],
        parameters={**given["spoken"], "format": given["format"]},
        voice=output.facts.get("voice", ""),
        source=given["source"],
    )
