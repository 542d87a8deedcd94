"""Shapes of members, roles, permissions and service accounts."""

from typing import Any

from rest_framework import serializers

from apps.accounts.models import ServiceAccount
from apps.accounts.serializers.auth import SiteRole
from apps.core.query import PageQuery

WEEK = 7 * 24 * 3600


class Codes(serializers.ListField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "Permission codes, of those that `GET /permissions` lists.")
        super().__init__(child=serializers.CharField(max_length=60), max_length=100, **kwargs)


class MembersQuery(PageQuery):
    q = serializers.CharField(required=False, max_length=200, help_text="A part of the address or the name.")
    role = serializers.CharField(required=False, max_length=60, help_text="Name of a role held in the tenant.")
    active = serializers.BooleanField(required=False, help_text="Only those who are active, or who are not.")


class MemberIn(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=254)
    name = serializers.CharField(max_length=200, allow_blank=True, default="")
    role = serializers.CharField(max_length=60, default="viewer", help_text="Name of a built-in or custom role.")


class MemberPatch(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200, allow_blank=True, required=False)
    role = serializers.CharField(max_length=60, required=False, help_text="Name of a built-in or custom role.")


class MemberOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    email = serializers.CharField()
    name = serializers.CharField(help_text="As this tenant knows the person.")
    role = serializers.CharField(allow_null=True, help_text="In the whole tenant; null for roles on sites only.")
    is_active = serializers.BooleanField(help_text="In this tenant.")
    created_at = serializers.DateTimeField(help_text="Since when the person is a member.")
    sites = SiteRole(many=True, help_text="Roles of its own on single sites.")


class SiteMemberOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    email = serializers.CharField()
    name = serializers.CharField()
    role = serializers.CharField(allow_null=True)
    inherited = serializers.BooleanField(help_text="The role is that in the whole tenant.")
    is_active = serializers.BooleanField()


class SiteMemberIn(serializers.Serializer[Any]):
    role = serializers.CharField(max_length=60, help_text="Name of a built-in or custom role.")


class RoleIn(serializers.Serializer[Any]):
    name = serializers.RegexField(r"^[a-z][a-z0-9]*([_-][a-z0-9]+)*$", max_length=60)
    title = serializers.CharField(max_length=200, allow_blank=True, default="")
    codes = Codes()


class RolePatch(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200, allow_blank=True, required=False)
    codes = Codes(required=False)


class RoleOut(serializers.Serializer[Any]):
    id = serializers.IntegerField(allow_null=True, help_text="null for a built-in role.")
    name = serializers.CharField(help_text="What users are given it by.")
    title = serializers.CharField()
    codes = serializers.ListField(child=serializers.CharField())
    built_in = serializers.BooleanField()
    members = serializers.IntegerField(help_text="How many memberships have it, those on single sites included.")


class PermissionOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    allows = serializers.CharField()
    operations = serializers.ListField(child=serializers.CharField(), help_text="Operations that ask for it.")


class ServiceAccountPatch(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200, required=False)
    codes = Codes(required=False)
    sites = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        max_length=100,
        required=False,
        help_text="Ids; none: the whole tenant.",
    )
    expires_at = serializers.DateTimeField(allow_null=True, required=False)
    addresses = serializers.ListField(
        child=serializers.CharField(max_length=45),
        max_length=50,
        required=False,
        help_text="Addresses or networks in CIDR form that the key may come from; none: from anywhere.",
    )


class ServiceAccountIn(ServiceAccountPatch):
    name = serializers.CharField(max_length=200)
    codes = Codes()


class ServiceAccountOut(serializers.Serializer[ServiceAccount]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    prefix = serializers.CharField(help_text="The part of the key after `cog_`, to know it by.")
    codes = serializers.ListField(child=serializers.CharField())
    sites = serializers.ListField(child=serializers.IntegerField(), source="site_ids", help_text="None: all.")
    expires_at = serializers.DateTimeField(allow_null=True)
    addresses = serializers.ListField(child=serializers.CharField(), help_text="Networks; none: from anywhere.")
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="To the minute.")
    created_by_id = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()
    previous_until = serializers.DateTimeField(
        allow_null=True, help_text="Until when the key before the last rotation holds."
    )


class IssuedOut(serializers.Serializer[Any]):
    account = ServiceAccountOut()
    key = serializers.CharField(help_text="Shown this once: `Authorization: Bearer cog_…`.")


class RotateIn(serializers.Serializer[Any]):
    overlap_seconds = serializers.IntegerField(
        min_value=0, max_value=WEEK, default=0, help_text="How long the present key holds beside the new one."
    )
