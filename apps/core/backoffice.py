"""The admin's base: a site and model admins that ask the actor's permission codes and write through services.

Django's permissions, its `LogEntry` and its `save()` are not used: the rights are those of the tenant that
`cognitor.admin.AdminTenant` put the request into, history is read from the outbox, and every write is a service call,
so that the admin can do nothing that the API could not.
"""

import json
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from rest_framework.exceptions import ValidationError
from rest_framework.serializers import BaseSerializer
from unfold.admin import ModelAdmin
from unfold.sites import UnfoldAdminSite

from apps.core import errors
from apps.core.actor import Actor
from apps.core.models import EventRow
from apps.core.problems import refusal_of
from apps.core.refusal import Refusal


class BackOffice(UnfoldAdminSite):
    """The admin. Open to those whom the middleware gave an actor; anonymous without it."""

    final_catch_all_view = False
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        return not actor_of(request).is_anonymous

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Model names only, and never from a cache that another tenant or role filled."""
        term = request.GET.get("s", "").lower()
        results = self._search_apps(super().get_app_list(request), term) if term else []
        return TemplateResponse(request, "unfold/helpers/search_results.html", {"results": results})


def actor_of(request: HttpRequest) -> Actor:
    found: Actor = getattr(request, "actor", None) or Actor.anonymous()
    return found


site = BackOffice(name="admin")


class ActorModelAdmin(ModelAdmin):
    """A model in the admin; closed until a code opens it.

    `code_view` and the like are permission codes (None: never). `tenant_side`: the table is in the tenant's schema,
    so without a tenant it is hidden. `tenant_lookup`: the column of a shared table that names the tenant.
    `platform_code` opens a shared table, read-only, to a platform admin outside any tenant. `site_lookup` leads to the
    site for actors whose role holds on single sites only. `subject` is the word under which events name its rows.
    """

    code_view: ClassVar[str | None] = None
    code_add: ClassVar[str | None] = None
    code_change: ClassVar[str | None] = None
    code_delete: ClassVar[str | None] = None
    platform_code: ClassVar[str | None] = None
    tenant_side: ClassVar[bool] = False
    tenant_lookup: ClassVar[str | None] = None
    site_lookup: ClassVar[str | None] = None
    subject: ClassVar[str | None] = None

    list_per_page = 50
    list_filter_submit = False
    warn_unsaved_form = True
    compressed_fields = True

    # Who may

    def allowed(self, request: HttpRequest, code: str | None, obj: Any = None) -> bool:
        actor = actor_of(request)
        if code is None or actor.is_anonymous:
            return False
        if actor.tenant_id is None and (self.tenant_side or self.tenant_lookup):
            return False
        if obj is None or self.site_lookup is None:
            anywhere = self.site_lookup is not None and any(code in codes for codes in actor.site_codes.values())
            return anywhere or actor.may(code)
        return actor.may(code, self.site_of(obj))

    def site_of(self, obj: Any) -> int | None:
        found: int | None = getattr(obj, self.site_lookup or "pk")
        return found

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if actor_of(request).tenant_id is None and self.platform_code:
            return actor_of(request).may(self.platform_code)
        return self.allowed(request, self.code_view, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.allowed(request, self.code_add)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.allowed(request, self.code_change, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.allowed(request, self.code_delete, obj)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Only what is offered as a filter: Django would take any column, a password's included."""
        names = {self.date_hierarchy} | {
            entry if isinstance(entry, str) else entry[0] if isinstance(entry, tuple) else entry.parameter_name
            for entry in (self.get_list_filter(request) if request else self.list_filter)
        }
        return any(name and (lookup == name or lookup.startswith(f"{name}__")) for name in names)

    # What is there

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows: models.QuerySet[Any] = super().get_queryset(request)
        actor = actor_of(request)
        if self.tenant_lookup:
            rows = rows.filter(**{self.tenant_lookup: actor.tenant_id})
        elif self.tenant_side and actor.tenant_id is None:
            return rows.none()
        if self.site_lookup and self.code_view and not actor.may(self.code_view):
            rows = rows.filter(
                **{f"{self.site_lookup}__in": [pk for pk in actor.site_codes if actor.may(self.code_view, pk)]}
            )
        return rows

    # Writing

    def write(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> Any:
        """Calls the service and returns the row; admins that have a code to add or change override this."""
        raise PermissionDenied

    def erase(self, request: HttpRequest, obj: Any) -> None:
        """Calls the service that deletes; admins that have a code to delete override this."""
        raise PermissionDenied

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        obj.__dict__.update(self.write(request, obj, form, change).__dict__)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        """Nothing: the service has written all of it."""

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.erase(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for obj in queryset:
            if not self.has_delete_permission(request, obj):
                raise PermissionDenied
            self.erase(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The rows themselves; what else goes, and what stands against it, the service decides."""
        objs = list(objs)
        return [str(obj) for obj in objs], {str(self.opts.verbose_name_plural): len(objs)}, set(), []

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        refused: Refusal | None = getattr(request, "refused", None)
        return type("RefusedForm", (RefusedForm, form), {"refused": refused}) if refused else form

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """A refusal by the service undoes everything and comes back as an error of the form."""
        try:
            with transaction.atomic():
                return super().changeform_view(request, object_id, form_url, extra_context)
        except Refusal as refusal:
            request.refused = refusal  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        try:
            return super().delete_view(request, object_id, extra_context)
        except Refusal as refusal:
            messages.error(request, refusal.message)
            return HttpResponseRedirect(
                reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[object_id])
            )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        try:
            with transaction.atomic():
                return super().changelist_view(request, extra_context)
        except DisallowedModelAdminLookup:
            messages.error(request, "The list cannot be filtered by that.")
        except Refusal as refusal:
            messages.error(request, refusal.message)
        return HttpResponseRedirect(request.path)

    # History: the outbox of this tenant. `LogEntry` is shared by all tenants and stays empty.

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        return None

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        obj = self.get_object(request, unquote(object_id), None)
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        page = self.get_paginator(request, self.history_rows(request, obj), 100).get_page(request.GET.get("p", 1))
        context = {
            **self.admin_site.each_context(request),
            "title": "History",
            "page": page,
            "object": obj,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/object_history.html", context)

    def history_rows(self, request: HttpRequest, obj: Any) -> models.QuerySet[EventRow]:
        rows = events_of(actor_of(request))
        return rows.filter(subject_type=self.subject, subject_id=obj.pk) if self.subject else rows.none()


def events_of(actor: Actor) -> models.QuerySet[EventRow]:
    """Events of the actor's tenant (in none: of the platform), newest first; only of its sites, if that is all."""
    rows = EventRow.objects.filter(tenant_id=actor.tenant_id).order_by("-id")
    whole = any(not code.startswith("platform.") for code in actor.codes) or actor.tenant_id is None
    return rows if whole else rows.filter(site_id__in=list(actor.site_codes))


class RefusedForm(forms.BaseForm):
    """A form whose service said no: valid no more, with the reasons at the fields they belong to."""

    refused: ClassVar[Refusal]

    def clean(self) -> Any:
        cleaned = super().clean()
        faults = self.refused.data.get("errors") or [{"field": "", "message": self.refused.message}]
        for fault in faults:
            name, _, inner = fault["field"].partition(".")
            known = name if name in self.fields else None
            path = inner if known else fault["field"]
            self.add_error(known, f"{path}: {fault['message']}" if path else fault["message"])
        return cleaned


class ReadOnlyAdmin(ActorModelAdmin):
    """Looked at, never written."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*self.readonly_fields, *(f.name for f in self.opts.fields if f.name not in self.readonly_fields)]


def json_block(value: Any) -> str:
    """JSON to look at: escaped, in a block that wraps."""
    return format_html('<pre class="json-block">{}</pre>', pretty(value)) if value not in (None, {}) else "–"


def pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def valid(shape: type[BaseSerializer[Any]], data: dict[str, Any]) -> Any:
    """What an operation that takes this shape would get; its faults as a refusal, so that both say the same."""
    found = shape(data=data)
    if not found.is_valid():
        raise refusal_of(ValidationError(dict(found.errors))) or errors.Invalid
    return found.validated_data


def quoted(tag: str) -> str:
    """An `If-Match` header's value for the tag that a form carried; empty for none."""
    return f'"{tag}"' if tag else ""
