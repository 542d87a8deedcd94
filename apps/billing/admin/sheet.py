"""The rows of a tenant's credit sheet: limits, and prices of its own. Its service replaces each list as a whole."""

from typing import Any, ClassVar

from django import forms
from django.contrib.admin.checks import InlineModelAdminChecks
from django.forms.models import BaseModelFormSet, modelformset_factory
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from apps.billing import services
from apps.billing.models import CostSetting, Limit, Override, Period, Scope
from apps.billing.serializers import OverridesIn, SpendingLimitsIn
from apps.core.actor import Actor
from apps.core.backoffice import actor_of, valid


class Rows(BaseModelFormSet):
    """Rows that name their tenant by a plain column; the formsets of inlines need a foreign key."""

    model: Any

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        instance: Any,
        queryset: Any,
        save_as_new: Any = None,
        **kwargs: Any,
    ) -> None:
        self.instance = instance
        rows = queryset.filter(tenant_id=instance.pk).order_by("id")
        super().__init__(data, files, queryset=rows, **kwargs)

    @classmethod
    def get_default_prefix(cls) -> str:
        return f"{cls.model._meta.model_name}s"

    def given(self, *names: str) -> list[dict[str, Any]]:
        """What stands in the rows that are not empty and not to be deleted."""
        kept = [form for form in self.forms if form not in self.deleted_forms and form.cleaned_data]
        return [{name: form.cleaned_data[name] for name in names} for form in kept]


class _Checks(InlineModelAdminChecks):
    def _check_exclude_of_parent_model(self, obj: Any, parent_model: Any) -> list[Any]:
        return []

    def _check_relation(self, obj: Any, parent_model: Any) -> list[Any]:
        return []


class SheetInline(TabularInline):
    """A list on the sheet, for whoever may change the sheet."""

    checks_class = _Checks
    formset: Any = Rows
    extra = 0
    names: ClassVar[tuple[str, ...]] = ()

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return modelformset_factory(
            self.model, form=self.form, formset=self.formset, fields=self.names, extra=0, can_delete=True
        )

    def _may(self, request: HttpRequest, obj: Any = None) -> bool:
        return actor_of(request).may("platform.billing")

    has_view_permission = has_add_permission = has_change_permission = has_delete_permission = _may

    def save(self, actor: Actor, tenant_id: int, rows: Rows) -> None:
        """Replaces the list."""
        raise NotImplementedError


class LimitForm(forms.ModelForm):
    scope = forms.ChoiceField(
        choices=[one for one in Scope.choices if one[0] != Scope.RUN], widget=UnfoldAdminSelectWidget
    )
    key = forms.CharField(required=False, max_length=60, widget=UnfoldAdminTextInputWidget)
    period = forms.ChoiceField(
        choices=[one for one in Period.choices if one[0] != Period.TOTAL], widget=UnfoldAdminSelectWidget
    )
    soft = forms.IntegerField(required=False, min_value=0, widget=UnfoldAdminIntegerFieldWidget)
    hard = forms.IntegerField(required=False, min_value=0, widget=UnfoldAdminIntegerFieldWidget)


class LimitInline(SheetInline):
    model = Limit
    form = LimitForm
    names = fields = ("scope", "key", "period", "soft", "hard")

    def get_queryset(self, request: HttpRequest) -> Any:
        return Limit.objects.exclude(scope=Scope.RUN)

    def save(self, actor: Actor, tenant_id: int, rows: Rows) -> None:
        taken = valid(SpendingLimitsIn, {"limits": rows.given(*self.names)})
        services.limits.replace(actor=actor, tenant_id=tenant_id, limits=taken["limits"])


class OverrideForm(forms.ModelForm):
    setting = forms.ModelChoiceField(
        CostSetting.objects.filter(deleted_at=None).order_by("operation", "model", "unit"),
        widget=UnfoldAdminSelectWidget,
    )
    credits = forms.DecimalField(
        min_value=0, max_digits=14, decimal_places=6, widget=UnfoldAdminDecimalFieldWidget, label="Credits a unit"
    )


class OverrideInline(SheetInline):
    model = Override
    form = OverrideForm
    names = fields = ("setting", "credits")
    verbose_name_plural = "prices of its own"

    def get_queryset(self, request: HttpRequest) -> Any:
        return Override.objects.filter(setting__deleted_at=None)

    def save(self, actor: Actor, tenant_id: int, rows: Rows) -> None:
        given = [{"setting_id": one["setting"].pk, "credits": one["credits"]} for one in rows.given(*self.names)]
        taken = valid(OverridesIn, {"overrides": given})
        services.costs.set_overrides(actor=actor, tenant_id=tenant_id, overrides=taken["overrides"])
