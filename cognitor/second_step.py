"""The admin's second step: after the password a code, or, for a platform administrator without one, enrolling first.

A browser's session remembers when the factor was made that it showed (`SHOWN`), so that a new one is asked for again,
and one that was taken away ends the session. Until then the middleware gives the request no actor, and every page
leads here. Everybody may enrol, and who has done so makes new recovery codes on the same page.
"""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from apps.accounts import selectors
from apps.accounts.events import SignedIn
from apps.accounts.models import User
from apps.accounts.providers import mfa
from apps.accounts.services import second_factor
from apps.core import clients, ratelimit
from apps.core.actor import Actor
from apps.core.backoffice import site
from apps.core.events import emit
from apps.core.refusal import Refusal

SHOWN = "second_factor"
OPEN = ("login", "logout", "second_factor", "second_factor_enrol", "jsi18n")
"""The pages that one may open before the second step."""


def missing(request: Any) -> str:
    """Where a signed-in browser has to go first; nothing when it has shown what it must."""
    user: User = request.user
    if user.second_factor_at is None:
        if SHOWN in request.session:
            logout(request)
            return reverse("admin:login")
        return reverse("admin:second_factor_enrol") if user.is_platform_admin else ""
    return "" if request.session.get(SHOWN) == user.second_factor_at.isoformat() else reverse("admin:second_factor")


def lead(request: Any, response: HttpResponse) -> HttpResponse:
    """From the password to the second step, which goes on to where the sign-in would have led."""
    query = urlencode({REDIRECT_FIELD_NAME: response["Location"]})
    return HttpResponseRedirect(f"{missing(request)}?{query}")


def tell(request: Any) -> None:
    """The API's event for a sign-in that is complete."""
    user: User = request.user
    with transaction.atomic():
        event = SignedIn(subject_id=user.pk, label=user.email, session="admin", address=clients.address(request))
        emit(event, actor=_actor(user))


@never_cache
@csrf_protect
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def show(request: Any) -> HttpResponse:
    """Asks for a code of the app, or a recovery code."""
    if not _signed_in(request) or missing(request) != request.path:
        return _away(request)
    if request.method == "POST":
        try:
            network = _limited(request)
            second_factor.check(actor=_actor(request.user), code=_given(request, "code"), network=network)
        except Refusal as refusal:
            messages.error(request, refusal.message)
            return HttpResponseRedirect(request.get_full_path())
        _passed(request)
        return HttpResponseRedirect(_next(request))
    return _page(request, "The code of your app, or a recovery code", fields="code")


@never_cache
@csrf_protect
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def enrol(request: Any) -> HttpResponse:
    """Password, then a QR code and its first code, then the recovery codes, once."""
    if not _signed_in(request):
        return _away(request)
    user: User = request.user
    if user.second_factor_at is not None:
        return _away(request) if missing(request) else _renew(request)
    if request.method == "POST":
        try:
            network = _limited(request)
            if "password" in request.POST:
                password = _given(request, "password")
                second_factor.begin(actor=_actor(user), password=password, network=network)
                return HttpResponseRedirect(request.get_full_path())
            codes = second_factor.confirm(actor=_actor(user), code=_given(request, "code"))
        except Refusal as refusal:
            messages.error(request, refusal.message)
            return HttpResponseRedirect(request.get_full_path())
        user.refresh_from_db()
        _passed(request)
        return _page(request, "Keep these recovery codes", codes=codes, onward=_next(request))
    begun, back = mfa.enrol_resume(user, user.second_factor_begun), "" if user.is_platform_admin else _next(request)
    if begun is None:
        return _page(request, "Set up a second factor with your password", fields="password", back=back)
    shown = {"picture": mfa.picture(begun.uri), "secret": begun.secret}
    return _page(request, "Scan this with your app", fields="code", back=back, **shown)


def _renew(request: Any) -> HttpResponse:
    """New recovery codes for a code, once."""
    actor = _actor(request.user)
    if request.method == "POST":
        try:
            network = _limited(request)
            codes = second_factor.remake_codes(actor=actor, code=_given(request, "code"), network=network)
        except Refusal as refusal:
            messages.error(request, refusal.message)
            return HttpResponseRedirect(request.get_full_path())
        return _page(request, "Keep these recovery codes", codes=codes, onward=_next(request))
    left = second_factor.state(actor=actor).recovery_codes_left
    return _page(request, "Your second factor is on", fields="code", left=left, back=_next(request))


def links(request: Any) -> list[dict[str, Any]]:
    """What the menu of one's own account leads to."""
    return [
        {"title": "Second factor", "link": reverse("admin:second_factor_enrol")},
        {"title": "Change password", "link": reverse("admin:password_change")},
    ]


def _signed_in(request: Any) -> bool:
    user = request.user
    return bool(user.is_authenticated and user.is_active and user.is_staff)


def _away(request: Any) -> HttpResponse:
    """Whoever has nothing to do here: to the sign-in, to the other page, or on."""
    if not _signed_in(request):
        return redirect_to_login(_next(request), reverse("admin:login"))
    return HttpResponseRedirect(missing(request) or _next(request))


def _passed(request: Any) -> None:
    request.session.cycle_key()
    request.session[SHOWN] = request.user.second_factor_at.isoformat()
    tell(request)


def _limited(request: HttpRequest) -> str:
    network = clients.network(request)
    ratelimit.check(ratelimit.RATES["login"], network)
    return network


def _given(request: HttpRequest, name: str) -> str:
    return str(request.POST.get(name, ""))[:1000]


def _actor(user: User) -> Actor:
    home = selectors.home_of(user)
    return selectors.actor_of(user, home.pk if home else None)


def _next(request: HttpRequest) -> str:
    wanted = str(request.GET.get(REDIRECT_FIELD_NAME, ""))
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else reverse("admin:index")


def _page(request: HttpRequest, title: str, **shown: Any) -> HttpResponse:
    page = {**site.each_context(request), "title": title, **shown}
    return TemplateResponse(request, "admin/second_factor.html", page)
