"""Forms of the admin for memberships, roles and service accounts."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectWidget

from apps.accounts.models import Role, ServiceAccount
from apps.accounts.permissions import PERMISSIONS, grantable
from apps.accounts.roles import ROLES
from apps.core.backoffice_fields import Words
from apps.sites.models import Site


def codes_field() -> forms.MultipleChoiceField:
    choices = [(code, f"{code}: {PERMISSIONS[code]}") for code in sorted(grantable())]
    return forms.MultipleChoiceField(choices=choices, required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget)


class MembershipForm(forms.ModelForm):
    """The role by its name, built-in or the tenant's own."""

    role = forms.ChoiceField(widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "role" in self.fields:  # a page to look at has no fields
            own = Role.objects.filter(tenant_id=self.instance.tenant_id).order_by("name")
            names = [*ROLES, *own.values_list("name", flat=True)]
            self.fields["role"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]
            self.initial["role"] = self.instance.role_name

    def _post_clean(self) -> None:
        """Nothing: the service writes the row, and a role of the tenant's own is no value of the column."""


class RoleForm(forms.ModelForm):
    codes = codes_field()

    class Meta:
        model = Role
        fields = ("name", "title", "codes")


class ServiceAccountForm(forms.ModelForm):
    codes = codes_field()
    sites = forms.MultipleChoiceField(
        required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget, help_text="None: the whole tenant."
    )
    addresses = Words(help_text="Addresses or networks, separated by commas; none: from anywhere.")
    tenant_id: int | None = None

    class Meta:
        model = ServiceAccount
        fields = ("name", "codes", "expires_at", "addresses")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "sites" in self.fields:
            rows = Site.objects.filter(tenant_id=self.tenant_id)  # type: ignore[misc]
            self.fields["sites"].choices = [(row.pk, row.name) for row in rows]  # type: ignore[attr-defined]
            self.initial["sites"] = self.instance.site_ids
