"""Tenants, their schemas' state, and their sites. All shared."""

import secrets
import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django_tenants.models import DomainMixin, TenantMixin


def new_schema_name() -> str:
    """Derived by the server, never from what somebody typed."""
    return f"t_{secrets.token_hex(8)}"


LIMITS: dict[str, int] = {"users": 100, "sites": 20, "storage_bytes": 10 * 1024**3, "elements": 100_000}
"""What a tenant may have unless `Tenant.limits` says otherwise."""


class Tenant(TenantMixin):
    """One customer: a schema of its own, sites, members."""

    class Status(models.TextChoices):
        PROVISIONING = "provisioning"
        ACTIVE = "active"
        SUSPENDED = "suspended"
        DELETING = "deleting"

    auto_create_schema = False  # `services.tenants` provisions from the template instead

    schema_name = models.CharField(max_length=63, unique=True, default=new_schema_name, editable=False)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    identifier = models.CharField(max_length=63, unique=True)
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True, default="")
    status = models.CharField(max_length=12, choices=Status, default=Status.PROVISIONING)
    plan = models.CharField(max_length=40, default="standard")
    limits = models.JSONField(default=dict, blank=True, help_text="Only those that differ from the defaults.")
    used_elements = models.PositiveBigIntegerField(default=0, editable=False)
    used_storage_bytes = models.PositiveBigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    @property
    def effective_limits(self) -> dict[str, int]:
        return LIMITS | {name: value for name, value in self.limits.items() if name in LIMITS}


class SchemaState(models.Model):
    """Which migrations a tenant's schema holds; what the migration runner and every request's gate read."""

    class State(models.TextChoices):
        CURRENT = "current"
        RUNNING = "running"
        FAILED = "failed"

    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, related_name="schema_state", primary_key=True)
    version = models.CharField(max_length=64, help_text="Digest of `applied`.")
    applied = ArrayField(models.CharField(max_length=120), help_text="Migrations as app.name, in the order of names.")
    state = models.CharField(max_length=8, choices=State)
    error = models.TextField(default="", blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = (models.Index(fields=("version", "state"), name="schema_version"),)

    def __str__(self) -> str:
        return f"{self.tenant_id}: {self.state}"


class TenantTemplate(models.Model):
    """SQL that makes a tenant's schema at one version of the code; see `services.template`."""

    version = models.CharField(max_length=64, primary_key=True)
    applied = ArrayField(models.CharField(max_length=120))
    sql = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.version[:12]


class Site(models.Model):  # type: ignore[django-manager-missing]
    """One site of a tenant. Its identifier stands in addresses and is unique in the installation."""

    class Status(models.TextChoices):
        ACTIVE = "active"
        SUSPENDED = "suspended"
        DELETING = "deleting"

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="sites")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    identifier = models.CharField(max_length=63, unique=True)
    name = models.CharField(max_length=200)
    description = models.CharField(max_length=500, blank=True, default="")
    default_locale = models.CharField(max_length=35, default="en")
    cache_seconds = models.PositiveIntegerField(
        default=0, help_text="`max-age` of public answers; 0: revalidate always."
    )
    status = models.CharField(max_length=12, choices=Status, default=Status.ACTIVE)
    settings = models.JSONField(default=dict, blank=True, help_text="Those that have no column of their own.")
    version = models.PositiveIntegerField(default=1, help_text="Counts every change of the site and of its settings.")
    deleted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("identifier",)

    def __str__(self) -> str:
        return self.name

    @property
    def etag(self) -> str:
        return f"site-{self.pk}-{self.version}"


def new_domain_token() -> str:
    return secrets.token_hex(16)


class Domain(DomainMixin):
    """A host name that a site claims, and since `verified_at` has. Several may claim one; only one can have it.

    django-tenants asks for the model and would have each name once, verified or not.
    """

    class Outcome(models.TextChoices):
        FOUND = "found", "The record is there."
        ABSENT = "absent", "There is no such record."
        DIFFERENT = "different", "There is a record, but with another value."
        UNANSWERED = "unanswered", "The name servers did not answer."

    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.CASCADE, related_name="domains")
    domain = models.CharField(max_length=253)
    position = models.PositiveSmallIntegerField(default=0, help_text="In the settings' list.")
    token = models.CharField(max_length=32, default=new_domain_token, editable=False)
    verified_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="When an unverified claim ends.")
    checked_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, default="", blank=True)
    missing_since = models.DateTimeField(null=True, blank=True, help_text="Since when a verified one lacks its record.")
    created_at = models.DateTimeField(auto_now_add=True)
    state: str  # `selectors.with_state`

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("site", "domain"), name="domain_once_per_site"),
            models.UniqueConstraint(
                fields=("domain",), condition=models.Q(verified_at__isnull=False), name="domain_of_one_site"
            ),
        )

    def __str__(self) -> str:
        return self.domain

    @property
    def record(self) -> dict[str, str]:
        """The DNS record that proves the claim."""
        value = f"cognitor-site-verification={self.token}"
        return {"type": "TXT", "name": f"_cognitor.{self.domain}", "value": value}


class ElementSite(models.Model):
    """Directory of elements: an element's id alone says whose it is (ids come from one sequence, `element_id_seq`)."""

    element_id = models.BigIntegerField(primary_key=True)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.element_id}"


class Prompt(models.Model):
    """One version of a text that agents are told, of one layer: the platform's (no tenant), a tenant's or a site's."""

    class Kind(models.TextChoices):
        SYSTEM = "system"
        TRANSFER = "transfer"

    tenant = models.ForeignKey(Tenant, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    number = models.PositiveIntegerField(help_text="From 1, of the kind in the layer.")
    text = models.TextField(blank=True)
    author_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "tenant", "site", "number"), nulls_distinct=False, name="prompt_number_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"

    @property
    def layer(self) -> str:
        return "site" if self.site_id else "tenant" if self.tenant_id else "platform"
