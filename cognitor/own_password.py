"""Changing one's own password in the admin: the API's deed, so that other sessions end and the owner is told."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from unfold.forms import AdminOwnPasswordChangeForm

from apps.accounts.services import passwords
from apps.core import clients
from apps.core.actor import Actor
from apps.core.backoffice import actor_of, site
from apps.core.refusal import Refusal


class OwnPasswordForm(AdminOwnPasswordChangeForm):
    """The service judges both passwords, counts a wrong one and writes the new one; its refusals are the form's."""

    def __init__(self, *args: Any, actor: Actor, network: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.network = actor, network

    def clean_old_password(self) -> str:
        return str(self.cleaned_data["old_password"])

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            current, new = given["old_password"], given["new_password1"]
            try:
                passwords.change(actor=self.actor, current=current, new=new, network=self.network)
            except Refusal as refusal:
                self.add_error("old_password", refusal.message)
        return given

    def save(self, commit: bool = True) -> Any:
        self.user.refresh_from_db()
        return self.user


def change(request: HttpRequest) -> Any:
    """The form, and back to the dashboard; this browser stays signed in."""
    view = _Change.as_view(
        form_class=OwnPasswordForm,
        success_url=reverse("admin:index"),
        template_name="registration/password_change_form.html",
        extra_context=site.each_context(request),
    )
    return view(request)


class _Change(PasswordChangeView):
    def get_form_kwargs(self) -> dict[str, Any]:
        found: dict[str, Any] = super().get_form_kwargs()
        return found | {"actor": actor_of(self.request), "network": clients.network(self.request)}

    def form_valid(self, form: Any) -> HttpResponseRedirect:
        messages.success(self.request, "Your password was changed, and your other sessions ended.")
        super().form_valid(form)
        return HttpResponseRedirect(self.get_success_url())
