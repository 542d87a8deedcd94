"""`Idempotency-Key` on unsafe operations, after Stripe's: the first answer is the answer.

1. The key is claimed in its own commit, with a lease, so that a second request meets 409 while the first runs.
2. The operation's rows and its stored answer commit in one transaction: there is no moment in which one is there
   without the other, wherever the process dies.
3. A refusal is stored after its rollback. 401, 403, 429 and 5xx are not stored: they say nothing of the request.

Keys are kept for 24 hours, scoped to tenant, principal and operation; another body under the same key is 422.
"""

import contextlib
import datetime
import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError, transaction
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.request import Request

from apps.core import errors, problems
from apps.core.models import IdempotencyKey

LEASE = datetime.timedelta(seconds=300)
KEPT = datetime.timedelta(hours=24)
_KEPT_HEADERS = ("ETag", "Location", "Content-Type", "X-Credits-Charged")
_NOT_STORED = (401, 403, 429)


def once(
    key: str, operation: str, request: Request, *, prepare: Callable[[], None], perform: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """Runs `prepare` and `perform` at most once for the key; later calls are given the stored answer."""
    if not (0 < len(key) <= 200 and key.isprintable()):
        raise errors.KeyMalformed
    claim, stored = _claim(key, operation, request)
    if stored is not None:
        return stored
    try:
        prepare()
        with transaction.atomic():
            response = perform()
            if not _store(claim, response):  # in the transaction of the effect, which goes with it
                raise errors.KeyInUse
        return response
    except BaseException as exc:
        refusal = problems.refusal_of(exc)
        if refusal is None or refusal.status >= 500 or refusal.status in _NOT_STORED:
            # When the database is gone with the request, the lease gives the key back a little later.
            with contextlib.suppress(DatabaseError):
                _ours(claim).delete()
        else:
            _store(claim, problems.response(refusal))
        raise


def _claim(key: str, operation: str, request: Request) -> tuple[IdempotencyKey, HttpResponse | None]:
    """The claimed row, or the answer that is stored already. Committed before anything else is done."""
    now = timezone.now()
    scope = {
        "tenant_id": request.actor.tenant_id,
        "principal": request.actor.principal,
        "operation": operation,
        "key": key,
    }
    fingerprint = _fingerprint(request)
    row, created = IdempotencyKey.objects.get_or_create(
        **scope, defaults={"fingerprint": fingerprint, "lease_until": now + LEASE}
    )
    if created:
        return row, None
    # An outlived key, or one whose first request died with its process, is taken over by exactly one successor.
    free = Q(created_at__lt=now - KEPT) | Q(status=None, lease_until__lt=now, fingerprint=fingerprint)
    taken = IdempotencyKey.objects.filter(free, pk=row.pk, lease_until=row.lease_until).update(
        fingerprint=fingerprint, lease_until=now + LEASE, status=None, headers={}, body=None, created_at=now
    )
    if taken:
        row.lease_until = now + LEASE
        return row, None
    if row.fingerprint != fingerprint:
        raise errors.KeyReused
    if row.status is None:
        raise errors.KeyInUse(headers={"Retry-After": "1"})
    response = HttpResponse(bytes(row.body or b""), status=row.status)
    for name, value in row.headers.items():
        response[name] = value
    response["Idempotency-Replayed"] = "true"
    return row, response


def _ours(claim: IdempotencyKey) -> QuerySet[IdempotencyKey]:
    """The claimed row while nobody has taken it over: the lease tells one claim from the next."""
    return IdempotencyKey.objects.filter(pk=claim.pk, lease_until=claim.lease_until, status=None)


def _store(claim: IdempotencyKey, response: HttpResponseBase) -> bool:
    body = b"" if response.streaming else response.content  # type: ignore[attr-defined]
    headers = {name: response[name] for name in _KEPT_HEADERS if response.has_header(name)}
    return bool(_ours(claim).update(status=response.status_code, headers=headers, body=body))


def _fingerprint(request: Request) -> str:
    """Digest of path, query and body; of a file its bytes count, not the boundary that the client drew."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    data: Any = request.data
    if hasattr(data, "lists"):
        for name, values in sorted(data.lists()):
            for value in values:
                digest.update(f"{name}=".encode())
                if isinstance(value, UploadedFile):
                    digest.update(str(value.name).encode())
                    for chunk in value.chunks():
                        digest.update(chunk)
                    value.seek(0)
                else:
                    digest.update(str(value).encode())
    else:
        digest.update(json.dumps(data, sort_keys=True, default=str).encode())
    return digest.hexdigest()


def purge() -> int:
    """Deletes the keys that are older than they are kept; called by the due table once an hour."""
    deleted, _ = IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    return deleted
