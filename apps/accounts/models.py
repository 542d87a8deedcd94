"""People, their memberships in tenants, and their sessions. All shared: a person may belong to many tenants."""

import datetime
import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from apps.accounts.roles import ROLES


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=normal(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_platform_admin=True, **fields)

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email=normal(email or ""))


def normal(email: str) -> str:
    """An address as it is stored and compared: without surrounding space, in lower case."""
    return email.strip().lower()


class User(AbstractBaseUser):
    """A person, known by an e-mail address."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True, default="")
    is_active = models.BooleanField(default=True)
    is_platform_admin = models.BooleanField(default=False)
    home_tenant = models.ForeignKey("sites.Tenant", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    email_verified_at = models.DateTimeField(null=True, blank=True)
    pending = models.BooleanField(
        default=False, help_text="Signed up without having shown that the address is theirs; cannot sign in."
    )
    second_factor_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Since when signing in takes a code; null: it takes none."
    )
    second_factor_begun = models.CharField(
        max_length=300, blank=True, default="", editable=False, help_text="Sealed secret that waits for its first code."
    )
    preferences = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        indexes = (models.Index(fields=("created_at",), condition=models.Q(pending=True), name="user_pending"),)

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_staff(self) -> bool:
        """Who may open the admin at all; what is seen there is decided by the permission codes of the tenant."""
        return self.is_platform_admin or self.memberships.filter(is_active=True).exists()

    # Django's own permissions are not used: the admin asks the permission codes of the actor.
    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return self.is_active and self.is_platform_admin

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_staff


class Membership(models.Model):
    """A role of a user, in a whole tenant or on one site of it: a built-in one by name, or one of the tenant's own.

    One that is not active gives nothing. `name` is what the tenant calls somebody whose home is elsewhere.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    tenant = models.ForeignKey("sites.Tenant", on_delete=models.CASCADE, related_name="memberships")
    site = models.ForeignKey("sites.Site", null=True, blank=True, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(name, name) for name in ROLES], blank=True)
    custom_role = models.ForeignKey(
        "accounts.Role", null=True, blank=True, on_delete=models.RESTRICT, related_name="memberships"
    )
    is_active = models.BooleanField(default=True)
    name = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "tenant", "site"), nulls_distinct=False, name="membership_once"),
        )

    def __str__(self) -> str:
        return self.role_name

    @property
    def role_name(self) -> str:
        return self.custom_role.name if self.custom_role else self.role


class Session(models.Model):
    """One sign-in of a user for one tenant. Every request asks whether it still lives."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    tenant = models.ForeignKey("sites.Tenant", null=True, on_delete=models.CASCADE, related_name="+")
    address = models.CharField(max_length=45, default="")
    device = models.CharField(max_length=300, default="")
    amr = ArrayField(
        models.CharField(max_length=10),
        default=list,
        blank=True,
        help_text="How the person showed who it is (RFC 8176): pwd, otp, recovery.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=30, default="")
    origin = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The sign-in that this one came from by changes of tenant; both end if a spent token comes back.",
    )

    class Meta:
        indexes = (
            models.Index(fields=("user", "-created_at"), name="session_of_user"),
            models.Index(fields=("expires_at",), name="session_end"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.created_at:%Y-%m-%d}"

    def lives(self, now: datetime.datetime) -> bool:
        return self.ended_at is None and self.expires_at > now


class RefreshToken(models.Model):
    """One use of a refresh token. Only the digest of its id is kept; a spent one that comes back ends the session."""

    digest = models.CharField(max_length=64, primary_key=True)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="refresh_tokens")
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("created_at",), name="refresh_token_age"),)

    def __str__(self) -> str:
        return f"{self.session_id}"


class OneTimeToken(models.Model):
    """A token that was sent by mail: good once, for an hour, while address and password are what they were.

    Only digests are kept: of the token, and of the state (`fingerprint`) that it is bound to.
    """

    class Purpose(models.TextChoices):
        RESET = "reset"
        VERIFY = "verify"

    digest = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="one_time_tokens")
    purpose = models.CharField(max_length=10, choices=Purpose)
    fingerprint = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("expires_at",), name="one_time_token_end"),)

    def __str__(self) -> str:
        return f"{self.purpose} {self.user_id}"


class OAuthState(models.Model):
    """A sign-in with a provider that was begun: good once, for ten minutes, in the browser that began it.

    Of the state and of what the browser must show again (`client_nonce_digest`: of the client's nonce or of the
    cookie) only digests are kept. `identity` is there while a code of the second factor is waited for: whom the
    provider has vouched for, so that the code can come in a call of its own.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    provider = models.CharField(max_length=200)
    verifier = models.CharField(max_length=128)
    nonce = models.CharField(max_length=64)
    client_nonce_digest = models.CharField(max_length=64)
    redirect_uri = models.CharField(max_length=2000)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    used_at = models.DateTimeField(null=True)
    identity = models.JSONField(null=True)
    tries = models.PositiveSmallIntegerField(
        db_default=0, default=0, help_text="Codes of the second factor that were sent for it."
    )

    def __str__(self) -> str:
        return f"{self.provider} {self.created_at:%Y-%m-%d}"


class SignupAssessment(models.Model):
    """How a sign-up looked, and what became of it. The address itself is not kept, only its digest and domain."""

    class Outcome(models.TextChoices):
        CREATED = "created"
        KNOWN = "known"
        BLOCKED = "blocked"

    email_hash = models.CharField(max_length=64)
    domain = models.CharField(max_length=255)
    address = models.CharField(max_length=45, default="")
    network = models.CharField(max_length=45, default="")
    score = models.PositiveSmallIntegerField(help_text="0 to 100; above 80 is blocked.")
    reasons = ArrayField(models.CharField(max_length=40), default=list)
    outcome = models.CharField(max_length=10, choices=Outcome)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = (
            models.Index(fields=("network", "-created_at"), name="signup_of_network"),
            models.Index(fields=("domain", "-created_at"), name="signup_of_domain"),
            models.Index(fields=("created_at",), name="signup_age"),
        )

    def __str__(self) -> str:
        return f"{self.outcome} {self.score}"


class Role(models.Model):
    """A set of permission codes with a name, of one tenant; the built-in ones are code (`roles.py`)."""

    tenant = models.ForeignKey("sites.Tenant", on_delete=models.CASCADE, related_name="+")
    name = models.SlugField(max_length=60)
    title = models.CharField(max_length=200, blank=True, default="")
    codes = ArrayField(models.CharField(max_length=60), default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("tenant", "name"), name="role_once"),)

    def __str__(self) -> str:
        return self.title or self.name


class ServiceAccount(models.Model):
    """A machine's identity in a tenant. Of its key only the prefix and a digest are kept."""

    tenant = models.ForeignKey("sites.Tenant", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    prefix = models.CharField(max_length=8, unique=True)
    digest = models.CharField(max_length=64)
    previous_digest = models.CharField(max_length=64, blank=True, default="")
    previous_until = models.DateTimeField(null=True)
    codes = ArrayField(models.CharField(max_length=60), default=list)
    site_ids = ArrayField(models.BigIntegerField(), default=list, blank=True, help_text="None: the whole tenant.")
    expires_at = models.DateTimeField(null=True, blank=True)
    addresses = ArrayField(
        models.CharField(max_length=45), default=list, blank=True, help_text="Networks; none: from anywhere."
    )
    last_used_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name

    def lives(self, now: datetime.datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)
