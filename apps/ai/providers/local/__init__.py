"""What runs on this machine without a network: real work of modest means, and it says by what engine it was done.

The modules are imported when they are first asked, since some of them load a picture library or a model.
"""

from collections.abc import Iterator, Sequence

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
    Voice,
    Write,
)

_PICTURES = {"formats": ["png", "jpeg", "webp"]}


class Local:
    """Every protocol, by the modules of this folder."""

    dimensions = 384
    models: Sequence[Model] = (
        Model(
            id="local/writer",
            task="text",
            provider="local",
            name="writer",
            about="Texts from templates and from what the prompt itself says; no language model. Of pictures it tells "
            "colours, light and shape, not what they show.",
            limits={"output_tokens": 8000},
            units=("input_tokens", "output_tokens", "tokens"),
            local=True,
        ),
        Model(
            id="local/painter",
            task="image",
            provider="local",
            name="painter",
            about="Flat illustrations composed from the prompt's words.",
            limits={"count": 8, **_PICTURES},
            units=("images", "megapixels"),
            local=True,
        ),
        Model(
            id="local/darkroom",
            task="edit",
            provider="local",
            name="darkroom",
            about="Crop, turn, resize, light, colour, blur: what an instruction or a list of operations names.",
            limits={"operations": 20, **_PICTURES},
            units=("images", "megapixels"),
            local=True,
        ),
        Model(
            id="local/cutout",
            task="remove_background",
            provider="local",
            name="cutout",
            about="Makes a background that is even towards the borders transparent.",
            limits=_PICTURES,
            units=("images", "megapixels"),
            local=True,
        ),
        Model(
            id="local/enlarger",
            task="upscale",
            provider="local",
            name="enlarger",
            about="Resamples by Lanczos and sharpens.",
            limits={"factor": 4, **_PICTURES},
            units=("images", "megapixels"),
            local=True,
        ),
        Model(
            id="local/projector",
            task="video",
            provider="local",
            name="projector",
            about="An mp4 from stills, moving slowly over each, with captions.",
            limits={"seconds": 60, "pictures": 12, "captions": 12},
            units=("seconds",),
            local=True,
        ),
        Model(
            id="local/espeak",
            task="speech",
            provider="local",
            name="espeak",
            about="eSpeak NG: intelligible, small, plainly a machine.",
            limits={"characters": 20_000},
            units=("characters", "seconds"),
            local=True,
        ),
        Model(
            id="local/e5-small",
            task="embedding",
            provider="local",
            name="e5-small",
            about="multilingual-e5-small in four bits, 384 dimensions.",
            limits={"texts": 256},
            units=("tokens",),
            local=True,
        ),
        Model(
            id="local/glossary",
            task="translation",
            provider="local",
            name="glossary",
            about="Word by word between English and German; unknown words stay. A draft to translate from.",
            limits={"characters": 200_000},
            units=("characters",),
            local=True,
        ),
    )

    def write(self, model: str, asked: Write, call: Call) -> Output:
        from apps.ai.providers.local import looking, writer

        return looking.write(asked, call) if asked.pictures else writer.write(asked, call)

    def stream(self, model: str, asked: Write, call: Call) -> Iterator[str | Output]:
        from apps.ai.providers.local import writer

        return writer.stream(asked, call)

    def paint(self, model: str, asked: Paint, call: Call) -> Output:
        from apps.ai.providers.local import painter

        return painter.paint(asked, call)

    def edit(self, model: str, asked: Edit, call: Call) -> Output:
        from apps.ai.providers.local import darkroom

        return darkroom.edit(asked, call)

    def remove_background(self, model: str, asked: Edit, call: Call) -> Output:
        from apps.ai.providers.local import darkroom

        return darkroom.remove_background(asked, call)

    def upscale(self, model: str, asked: Edit, call: Call) -> Output:
        from apps.ai.providers.local import darkroom

        return darkroom.upscale(asked, call)

    def film(self, model: str, asked: Film, call: Call) -> Output:
        from apps.ai.providers.local import projector

        return projector.film(asked, call)

    def speak(self, model: str, asked: Speak, call: Call) -> Output:
        from apps.ai.providers.local import speech

        return speech.speak(asked, call)

    def voices(self) -> Sequence[Voice]:
        from apps.ai.providers.local import speech

        return speech.VOICES

    def embed(self, model: str, asked: Embed, call: Call) -> Output:
        from apps.ai.providers.local import embeddings

        return embeddings.embed(asked, call)

    def translate(self, model: str, asked: Translate, call: Call) -> Output:
        from apps.ai.providers.local import glossary

        return glossary.translate(asked, call)


def provider() -> Local:
    return Local()
