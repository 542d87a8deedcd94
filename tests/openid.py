"""An OpenID Connect provider of its own process, for tests: `python -m tests.openid` prints the port it listens on.

It is `oidc-provider-mock`, made as strict as the providers that people use: a code is only taken with its PKCE
verifier. Beside it stand the addresses of Google's certificates and of GitHub's profile, in their documented shapes.
"""

import base64
import datetime
import hashlib
import json
import os
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Provider:
    """The running provider, as its people see it."""

    origin: str

    def person(self, sub: str, **claims: Any) -> None:
        """Somebody who may sign in there; again with the same `sub`: what is told of them now."""
        body = json.dumps(claims).encode()
        ask(f"{self.origin}/users/{sub}", body, "PUT", {"Content-Type": "application/json"})

    def authorize(self, url: str, sub: str) -> dict[str, str]:
        """Signs in at the authorization address; what the browser is led back with."""
        location = ask(url, urllib.parse.urlencode({"sub": sub}).encode(), "POST")
        return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query))


class _Staying(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


def ask(url: str, body: bytes, method: str, headers: dict[str, str] | None = None) -> str:
    """Sends a request and returns where the answer leads to."""
    request = urllib.request.Request(url, body, headers or {}, method=method)
    try:
        with urllib.request.build_opener(_Staying).open(request, timeout=10) as response:
            return str(response.headers.get("Location", ""))
    except urllib.error.HTTPError as error:
        if error.code not in (302, 303):
            raise
        return str(error.headers["Location"])


@contextmanager
def running() -> Iterator[Provider]:
    environment = os.environ | {"AUTHLIB_INSECURE_TRANSPORT": "1", "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-m", "tests.openid"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            assert port, "the provider did not start"
            yield Provider(f"http://127.0.0.1:{port}")
        finally:
            process.terminate()


def application() -> Any:
    import flask
    import oidc_provider_mock
    from oidc_provider_mock import _app

    def header(code: Any, client: Any) -> dict[str, str]:
        return {"alg": "RS256", "kid": _app.storage.jwk.thumbprint()}

    # Tokens name their key, as those of Google and every larger provider do.
    setattr(_app.OpenIDCode, "get_encode_header", header)  # noqa: B010
    app = oidc_provider_mock.app()
    app.debug = False
    challenges: dict[str, str | None] = {}

    @app.after_request
    def remember(response: Any) -> Any:
        if flask.request.path == "/oauth2/authorize" and response.status_code == 302:
            led = urllib.parse.urlsplit(response.location)
            for code in urllib.parse.parse_qs(led.query).get("code", []):
                challenges[code] = flask.request.args.get("code_challenge")
        return response

    @app.before_request
    def prove() -> Any:
        if flask.request.path == "/oauth2/token":
            form = flask.request.form
            digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            proven = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            if challenges.pop(form.get("code", ""), None) != proven:
                return {"error": "invalid_grant"}, 400
        return None

    def claims() -> Any:
        bearer = flask.request.headers["Authorization"].replace("token ", "Bearer ")
        return app.test_client().get("/userinfo", headers={"Authorization": bearer}).get_json()

    @app.get("/github/user")
    def github_user() -> Any:
        told = claims()
        return {"id": int(told["sub"]), "login": "octocat", "name": told.get("name"), "email": None}

    @app.get("/github/user/emails")
    def github_emails() -> Any:
        told = claims()
        mine = {"email": told["email"], "primary": True, "verified": told.get("email_verified", False)}
        return [{"email": "other@example.net", "primary": False, "verified": True}, mine]

    @app.get("/google/certs")
    def google_certs() -> Any:
        keys = app.test_client().get("/jwks").get_json()["keys"]
        return {key["kid"]: certificate(key) for key in keys}

    return app


def certificate(jwk: dict[str, Any]) -> str:
    """The key as Google publishes its own: in a certificate."""
    import jwt
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "tests")])
    now, issuer = datetime.datetime.now(datetime.UTC), rsa.generate_private_key(65537, 2048)
    public: Any = jwt.PyJWK(jwk).key
    made = x509.CertificateBuilder(name, name, public, 1, now, now + datetime.timedelta(days=1))
    return made.sign(issuer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


if __name__ == "__main__":
    from werkzeug.serving import make_server

    server = make_server("127.0.0.1", 0, application(), threaded=True)
    print(server.server_port, flush=True)
    server.serve_forever()
