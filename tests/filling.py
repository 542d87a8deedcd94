"""Content for tests of the admin."""

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from apps.accounts import selectors
from apps.accounts.models import User
from apps.content import services
from apps.core.models import Job
from apps.core.services import due
from apps.core.tenancy import inside
from apps.media import services as media_services
from apps.sites.services import domains
from apps.websites.tests.factories import a_website


def fill(user: User, place: Any, word: str) -> dict[str, Any]:
    """One of everything in the site, each with the word in all that people can write."""
    actor = selectors.actor_of(user, place.tenant_id)
    with inside(place.tenant):
        kind = services.types.create(
            actor=actor,
            site=place,
            name=f"Type {word}",
            identifier="thing",
            description=word,
            schema={"type": "object", "title": word, "properties": {"zeta": {}, "alpha": {}}},
        )
        data = {"zeta": word, "title": f"Element {word}", "alpha": [word]}
        element = services.elements.create(actor=actor, site=place, type_id=kind.pk, data=data, tags=[word[:90]])
        post = services.posts.create(
            actor=actor, site=place, title=f"Post {word}", content=f"# {word}", keywords=[word], published=True
        )
        translation = services.translations.put(
            actor=actor,
            site=place,
            doc_type="post",
            doc_id=post.pk,
            locale="de",
            members={"title": f"Beitrag {word}", "content": word},
        )
        picture = io.BytesIO()
        Image.new("RGB", (40, 30), "teal").save(picture, "PNG")
        upload = SimpleUploadedFile("teal.png", picture.getvalue())
        media = media_services.media.upload(
            actor=actor, site=place, upload=upload, name=f"Media {word}", alt_text=word, description=word
        )
        a_website(place, name=word[:80], documents=[["post", post.pk]])
        folder = media_services.folders.create(actor=actor, site=place, name=word[:90])
        Job.objects.create(
            tenant_id=place.tenant_id,
            kind="demo",
            actor_kind="user",
            actor_id=user.pk,
            actor_label=word,
            error={"detail": word},
        )
        domains.claim(site=place, names=[f"{place.identifier}.example"])
        due.plan(tenant_id=place.tenant_id, kind="demo", subject=word[:100], at=post.created_at)
    return {
        "type": kind,
        "element": element,
        "post": post,
        "media": media,
        "folder": folder,
        "translation": translation,
    }
