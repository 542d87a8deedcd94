"""Providers to sign in with, as allauth takes them: those whose client the environment names."""

import re
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from cognitor.settings.environment import read


def providers() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in ("google", "github"):
        client, secret = read(f"{name.upper()}_CLIENT_ID"), read(f"{name.upper()}_CLIENT_SECRET")
        if client and secret:
            found[name] = {"APPS": [{"client_id": client, "secret": secret}]}
    if read("OPENID_ISSUER") and read("OPENID_CLIENT_ID"):
        id = read("OPENID_ID")
        if id in ("google", "github", "openid_connect") or not re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", id):
            raise ImproperlyConfigured("OPENID_ID must be a slug, and not that of another provider")
        app = {"client_id": read("OPENID_CLIENT_ID"), "secret": read("OPENID_CLIENT_SECRET")}
        app |= {"provider_id": id, "name": read("OPENID_NAME"), "settings": {"server_url": read("OPENID_ISSUER")}}
        found["openid_connect"] = {"APPS": [app]}
    return found
