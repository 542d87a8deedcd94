"""Browsers in the admin, and tenants with something in them that can be lost."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.template import Template
from django.test import Client
from django.test.utils import _TestState

from cognitor.second_step import SHOWN
from conftest import AsRole
from tests import pair

SignIn = Callable[..., Client]


@pytest.fixture
def sign_in(users: Any) -> SignIn:
    """`sign_in("editor", tenant="beta")`: a browser with the admin's session of that member."""

    def open_session(role: str, tenant: str = "alpha", **options: Any) -> Client:
        client = Client(**options)
        client.force_login(users[tenant][role])
        return client

    return open_session


@pytest.fixture
def platform_browser(db: None) -> Client:
    from apps.accounts.models import User

    client, user = Client(), User.objects.get(email=pair.PLATFORM)
    client.force_login(user)
    session = client.session
    session[SHOWN] = user.second_factor_at.isoformat()  # type: ignore[union-attr]
    session.save()
    return client


@pytest.fixture
def quick_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Renders without noting every template with its context, which costs more than the rendering."""
    monkeypatch.setattr(Template, "_render", _TestState.saved_data.template_render)  # type: ignore[attr-defined]


@pytest.fixture
def archives(tmp_path: Path, settings: Any) -> Path:
    """The folder of the archives, of this test alone."""
    settings.ARCHIVES = tmp_path / "archives"
    return tmp_path / "archives"


@pytest.fixture
def filled(as_role: AsRole, deliver_events: Callable[[], int]) -> dict[str, str]:
    """Content, a file and settings with the canary in both tenants; where the files are."""
    from apps.accounts.models import User
    from apps.billing.services import holds
    from apps.billing.tests.factories import SYSTEM, credits, spend
    from apps.billing.tests.objects import money
    from apps.content.tests.factories import a_post, a_type, an_element
    from apps.media.tests import factories as files
    from apps.sites.models import Site
    from apps.websites.tests.factories import a_website

    found = {}
    for name in pair.TENANTS:
        client, site, word = as_role("tenant_admin", tenant=name), f"{name}-site", pair.canary(name)
        row = Site.objects.get(identifier=site)
        picture = files.make(row, name="a.png", description=word, author=User.objects.get(email=f"editor@{name}.test"))
        post = a_post(client, site, published=True, title=word)
        kind = a_type(client, site)
        an_element(client, kind, {"name": word, "story": post["id"], "cover": picture.pk}, site=site, published=True)
        client.post("/roles", {"name": "extra", "title": word, "codes": ["media.read"]})
        client.post("/service-accounts", {"name": word, "codes": ["media.read"]})
        client.put("/prompts/system", {"text": word})
        a_website(row, documents=[["post", post["id"]]], name=word[:80], generation_id=7)
        credits(row.tenant, 50)
        spend(row.tenant, 20, charge=7, site_id=row.pk, model=word)
        holds.reserve(actor=SYSTEM, tenant_id=row.tenant_id, amount=3, operation="media_generate")
        money(row.tenant_id)
        found[name] = picture.file
    connection.set_schema_to_public()
    deliver_events()
    with connection.cursor() as cursor:
        # A test is one transaction, in which what is still to be checked forbids to drop a table.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    return found


@pytest.fixture
def made(as_role: AsRole, site_a: Any, users: Any, deliver_events: Callable[[], int]) -> dict[str, Any]:
    """The site of tenant alpha with one of everything, to be exported; what was made."""
    from tests.transferring import a_site

    found = a_site(as_role("tenant_admin"), as_role("editor"), site_a, users["alpha"]["editor"])
    deliver_events()
    return found
