"""The demo tenant as a newcomer finds it: seeded once, with what the models of this machine made."""

import io
import wave
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from PIL import Image

from apps.core.models import Job
from apps.core.services import jobs
from apps.core.tenancy import inside
from apps.media.models import Media
from apps.sites.models import Tenant
from cognitor.management.commands import seed_demo


@pytest.mark.slow
def test_the_demo_is_seeded_once_and_its_picture_film_and_speech_can_be_opened(
    db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(seed_demo, "PICTURE_SIZE", (320, 200))
    call_command("fill_prices", stdout=io.StringIO())
    for _ in range(2):
        call_command("seed_demo", password="a-long-enough-password", stdout=io.StringIO())
    tenant = Tenant.objects.get(identifier="demo")
    for job in Job.objects.filter(tenant_id=tenant.pk, kind__startswith="media.").order_by("created_at"):
        jobs.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.error) == ("succeeded", None)
    with inside(tenant):
        made = {row.media_type: row for row in Media.objects.exclude(provenance=None)}
        assert len(made) == Media.objects.exclude(provenance=None).count() == 3
        picture = Image.open(io.BytesIO(content(made["image/png"])))
        picture.load()
        assert picture.width > picture.height
        film = made["video/mp4"]
        (tmp_path / "film.mp4").write_bytes(content(film))
        frames, seconds = imageio_ffmpeg.count_frames_and_secs(tmp_path / "film.mp4")
        assert (frames > 100, seconds) == (True, pytest.approx(5, abs=0.5))
        with wave.open(io.BytesIO(content(made["audio/wav"]))) as speech:
            assert speech.getnframes() / speech.getframerate() > 10


def content(media: Any) -> bytes:
    with default_storage.open(media.file, "rb") as file:
        found: bytes = file.read()
    return found
