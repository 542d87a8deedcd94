"""Browsers in the admin."""

from collections.abc import Callable
from typing import Any

import pytest
from django.template import Template
from django.test import Client
from django.test.utils import _TestState

from cognitor.second_step import SHOWN
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
