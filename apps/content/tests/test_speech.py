"""Texts and documents said aloud: one sound of all that is said, paid and kept once."""

import io
import wave
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage

from apps.accounts.models import User
from apps.ai.errors import ContentRefused
from apps.ai.models import Generation
from apps.ai.providers.protocols import Made, Output, Speak
from apps.billing import selectors as billing
from apps.billing.models import Hold
from apps.content import markdown
from apps.content.tests.factories import a_post, a_translation, a_type, an_element
from apps.core.models import Job
from apps.core.services import jobs
from apps.core.tenancy import inside
from apps.media.models import Media
from conftest import AsRole
from tests.client import ApiClient

TTS = "/alpha-site/media/tts"
POST = """# The harbour

We *love* the [sea](https://example.com/sea "a title") and ![a white boat](/boat.png).

- First `make all`
- Second item!

```python
print("never said")
```

<div class="note">Bring <b>boots</b> &amp; a coat</div><script>alert(1)</script>

| Name | Price |
|---|---|
| Tea | 3 € |

See https://example.com/more for more
"""


def sound(path: str) -> tuple[int, int, float]:
    """Channels, samples a second, seconds."""
    with wave.open(default_storage.open(path)) as file:
        return file.getnchannels(), file.getframerate(), file.getnframes() / file.getframerate()


def available(tenant: Any) -> int:
    return billing.available(tenant.pk)


def nothing_was_made(tenant: Any, credits: int = 50) -> None:
    with inside(tenant):
        assert not Media.objects.exists()
    assert (available(tenant), Hold.objects.filter(tenant_id=tenant.pk, state="open").count()) == (credits, 0)


def a_wav(seconds: float = 1, rate: int = 8000) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"\1\2" * int(seconds * rate))
    return out.getvalue()


def heard(asked: Speak) -> Output:
    made = Made(content=a_wav(), media_type="audio/wav")
    return Output(files=(made,), used={"characters": len(asked.text)}, facts={"voice": "v"})


def test_of_markdown_what_people_read_is_said_and_nothing_else() -> None:
    assert markdown.said(POST).splitlines() == [
        "The harbour.",
        "We love the sea and a white boat.",
        "First.",
        "Second item!",
        "Bring boots & a coat.",
        "Name, Price.",
        "Tea, 3 €.",
        "See for more.",
    ]


def test_a_text_between_its_code_is_the_text_again() -> None:
    text = "One\r\n\n    code\n\n- two\n\n  ```\n  code\n  ```\n\n\n  three  \n"
    parts = markdown.without_code(text)
    assert "".join(part for part, _ in parts) == text.replace("\r", "")
    assert [part for part, words in parts if words] == ["One\n", "- two\n", "  three  \n"]


def test_a_text_is_one_sound_that_grows_with_what_is_said_and_is_charged_by_characters(
    as_role: AsRole, tenant_a: Any, site_a: Any, paid: None
) -> None:
    client = as_role("editor")
    answer = client.post(TTS, {"text": "The sea is calm.", "name": "calm-sea"})
    assert (answer.status_code, answer.headers["X-Credits-Charged"]) == (201, "1")
    told = answer.json()
    assert (told["media_type"], told["name"]) == ("audio/wav", "calm-sea")
    assert told["url"].endswith(f"/uploads/site_{site_a.pk}/calm_sea.wav")
    said = told["provenance"]
    assert (said["provider"], said["model"], said["prompt"]) == ("local", "local/espeak", "The sea is calm.")
    assert (said["credits"], said["source"], said["digital_source_type"]) == (1, None, "algorithmicMedia")
    longer = client.post(TTS, {"text": "The sea is calm. Two boats go out at dawn."}).json()
    slower = client.post(TTS, {"text": "The sea is calm.", "speed": 0.5, "voice": "de-high", "locale": "de"}).json()
    with inside(tenant_a):
        paths = dict(Media.objects.values_list("pk", "file"))
    (_, rate, one), (_, _, two), (_, _, slow) = (sound(paths[made["id"]]) for made in (told, longer, slower))
    assert (rate, told["duration"], longer["duration"]) == (22_050, round(one, 3), round(two, 3))
    assert two > one + 1
    assert slow > one * 1.5
    assert slower["provenance"]["voice"] == "de-high"
    assert available(tenant_a) == 47


def test_a_post_is_said_as_readers_of_the_locale_get_it_and_its_version_is_told(
    as_role: AsRole, paid: None, double: Callable[..., Any]
) -> None:
    provider = double("speech", heard)
    client = as_role("editor")
    post = a_post(client, title="Harbour", content=POST, short_description="Not said")
    a_translation(client, "post", post["id"], "de", title="Hafen", content="Schiffe.\n\n## Boote")
    body = {"post_id": post["id"], "locale": "de-AT", "model": "double/one"}
    german = client.post(TTS, body)
    assert german.status_code == 201
    assert (provider.asked[0].text, provider.asked[0].language) == ("Hafen.\nSchiffe.\nBoote.", "de")
    source = {"doc_type": "post", "doc_id": post["id"], "version": post["version"], "locale": "de"}
    assert (german.json()["provenance"]["source"], german.json()["name"]) == (source, "Hafen")
    assert german.json()["provenance"]["prompt"] == ""
    client.post(TTS, body | {"locale": "fr"})
    assert provider.asked[1].text.startswith("Harbour.\nThe harbour.\nWe love")
    assert "never said" not in provider.asked[1].text


def test_of_an_element_the_texts_for_people_are_said_in_their_order(
    as_role: AsRole, paid: None, double: Callable[..., Any]
) -> None:
    provider = double("speech", heard)
    client = as_role("editor")
    text = {"type": "string"}
    schema = {
        "type": "object",
        "properties": {
            "title": text,
            "sku": {**text, "pattern": "^[A-Z]+$"},
            "kind": {**text, "enum": ["tea", "wine"]},
            "page": {**text, "format": "uri"},
            "body": {**text, "format": "html"},
            "steps": {"type": "array", "items": {"type": "object", "properties": {"text": text, "icon": text}}},
            "stock": {"type": "integer"},
        },
    }
    data = {
        "title": "Green tea", "sku": "GT", "kind": "tea", "page": "https://example.com", "stock": 3,
        "body": "<p>Fresh &amp; mild</p><p>From Japan</p>", "steps": [{"text": "Warm the **pot**", "icon": "pot_2"}],
    }  # fmt: skip
    element = an_element(client, a_type(as_role("site_admin"), key="tea", schema=schema), data)
    answer = client.post(TTS, {"element_id": element["id"], "model": "double/one"})
    assert answer.status_code == 201
    assert provider.asked[0].text == "Green tea.\nFresh & mild.\nFrom Japan.\nWarm the **pot**."


def test_a_long_text_is_said_in_pieces_that_are_one_file_with_pauses_in_between(
    as_role: AsRole, tenant_a: Any, paid: None, double: Callable[..., Any]
) -> None:
    seen: list[Any] = []

    def noting(asked: Speak) -> Output:
        job = Job.objects.get(tenant_id=tenant_a.pk)
        seen.append((job.done, job.total))
        return heard(asked)

    provider = double("speech", noting, characters=40)
    text = "One sentence that is here. Another one follows it! And a third without any end at all that is rather long"
    begun = as_role("editor").post(TTS, {"text": text, "model": "double/one", "sync_mode": False})
    assert (begun.status_code, begun.json()["held"]) == (202, 1)
    jobs.run(begun.json()["id"])
    pieces = [asked.text for asked in provider.asked]
    assert pieces == [
        "One sentence that is here.",
        "Another one follows it!",
        "And a third without any end at all",
        "that is rather long.",
    ]
    assert seen == [(0, 100), (25, 100), (50, 100), (75, 100)]
    found = as_role("editor").get(begun.headers["Location"]).json()
    assert (found["state"], found["progress"], found["charged"]) == ("succeeded", 1.0, 1)
    with inside(tenant_a):
        [row] = Media.objects.all()
    assert sound(row.file) == (1, 8000, pytest.approx(4 + 3 * 0.4))
    assert row.duration == pytest.approx(5.2)


def test_an_mp3_has_the_whole_length_also_of_sounds_whose_heads_do_not_know_theirs(
    as_role: AsRole, paid: None, double: Callable[..., Any]
) -> None:
    def streamed(asked: Speak) -> Output:
        """As OpenAI sends it: the sizes are written before anybody knows them."""
        whole, unknown = a_wav(), b"\xff" * 4
        made = Made(content=whole[:4] + unknown + whole[8:40] + unknown + whole[44:], media_type="audio/wav")
        return Output(files=(made,), used={"characters": len(asked.text)})

    double("speech", streamed, characters=20)
    answer = as_role("editor").post(
        TTS, {"text": "One is said here. Two is said here.", "model": "double/one", "output_format": "mp3"}
    )
    told = answer.json()
    assert (answer.status_code, told["media_type"], told["filename"][-4:]) == (201, "audio/mpeg", ".mp3")
    assert told["duration"] == pytest.approx(2.4, abs=0.2)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": "One", "post_id": 1}, "text"),
        ({"text": "```"}, "text"),
        ({"text": "One", "speed": 9}, "speed"),
        ({"text": "One", "output_format": "exe"}, "output_format"),
        ({"text": "One", "locale": "not a locale"}, "locale"),
    ],
)
def test_what_cannot_be_said_is_400_before_anything_is_held(
    body: Any, field: str, as_role: AsRole, tenant_a: Any, paid: None
) -> None:
    answer = as_role("editor").post(TTS, body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
    assert not Generation.objects.exists()
    nothing_was_made(tenant_a)


def test_too_few_credits_are_402_and_nothing_has_begun(as_role: AsRole, tenant_a: Any, paid: None) -> None:
    answer = as_role("editor").post(TTS, {"text": "A very long story. " * 2_600})
    assert (answer.status_code, answer.json()["detail"]["needed"]) == (402, 99)
    assert not Generation.objects.exists()
    nothing_was_made(tenant_a)


def test_documents_of_others_are_404_and_a_draft_takes_the_right_to_read_it(
    as_role: AsRole, users: Any, tenant_a: Any, paid: None
) -> None:
    theirs = a_post(as_role("editor", "beta"), "beta-site", title="Theirs", content="Secret")
    while (own := a_post(as_role("editor"), content="Words"))["id"] < theirs["id"]:
        pass
    editor = as_role("editor")
    assert editor.post(TTS, {"post_id": own["id"] + 1}).status_code == 404
    assert editor.post(TTS, {"element_id": theirs["id"]}).status_code == 404
    as_role("tenant_admin").post("/roles", {"name": "speaker", "codes": ["ai.generate", "media.read"]})
    person = as_role("tenant_admin").post("/users", {"email": "speaker@alpha.test", "role": "speaker"}).json()["id"]
    speaker = ApiClient().login(User.objects.get(pk=person))
    answer = speaker.post(TTS, {"post_id": own["id"]})
    assert (answer.status_code, answer.json()["code"]) == (403, "auth.forbidden")
    nothing_was_made(tenant_a)
    assert speaker.post(TTS, {"text": "This I may."}).status_code == 201


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ([heard, ContentRefused()], 422),
        ([heard, Output(files=(Made(content=b"RIFFnone", media_type="audio/wav"),))], 503),
        ([heard, Output(files=(Made(content=a_wav(rate=16_000), media_type="audio/wav"),))], 503),
    ],
)
def test_a_provider_that_fails_half_way_costs_nothing_and_leaves_nothing(
    answers: list[Any], status: int, as_role: AsRole, tenant_a: Any, paid: None, double: Callable[..., Any]
) -> None:
    def work(asked: Speak) -> Output:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, Output) else answer(asked)

    double("speech", work, characters=20)
    answer = as_role("editor").post(TTS, {"text": "One is said here. Two is not.", "model": "double/one"})
    assert answer.status_code == status
    nothing_was_made(tenant_a)


def test_the_same_key_is_one_file_and_one_charge(as_role: AsRole, tenant_a: Any, paid: None) -> None:
    client = as_role("editor")
    one, two = (client.post(TTS, {"text": "Once."}, headers={"Idempotency-Key": "k"}).json() for _ in range(2))
    assert one == two
    with inside(tenant_a):
        assert Media.objects.count() == 1
    assert available(tenant_a) == 49


def test_voices_are_listed_by_language_and_model_in_pages(as_role: AsRole) -> None:
    client = as_role("viewer")
    found = client.get(f"{TTS}/voices?language=de-AT").json()
    assert [(one["id"], one["model"]) for one in found["items"]] == [
        ("de-low", "local/espeak"), ("de-high", "local/espeak")
    ]  # fmt: skip
    page = client.get(f"{TTS}/voices?size=5&page=2&model=local/espeak").json()
    assert (len(page["items"]), page["total"], page["has_next"]) == (5, 28, True)
    assert client.get(f"{TTS}/voices?model=other").json()["items"] == []
    assert client.get(f"{TTS}/voices?lang=de").status_code == 400
