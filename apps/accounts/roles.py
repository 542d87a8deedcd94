"""Built-in roles: each a named set of permission codes, each but the platform's holding the one before it.

`content.others` and `media.others` are asked by no operation alone: without them the `.write` codes reach only
one's own work that is not published.
"""

_VIEWER = {"content.read", "media.read", "schema.read", "sites.read", "agents.read", "ai.read"}
_AUTHOR = _VIEWER | {"content.write", "media.write", "ai.generate"}
_EDITOR = _AUTHOR | {
    "content.publish",
    "content.delete",
    "content.others",
    "media.delete",
    "media.others",
    "prompts.read",
    "agents.run",
    "analytics.read",
}
_SITE_ADMIN = _EDITOR | {
    "schema.write",
    "sites.write",
    "users.read",
    "search.manage",
    "agents.write",
    "prompts.write",
}
_TENANT_ADMIN = _SITE_ADMIN | {
    "users.write",
    "roles.write",
    "service_accounts.read",
    "service_accounts.write",
    "billing.read",
    "billing.write",
}

ROLES: dict[str, frozenset[str]] = {
    "viewer": frozenset(_VIEWER),
    "author": frozenset(_AUTHOR),
    "editor": frozenset(_EDITOR),
    "site_admin": frozenset(_SITE_ADMIN),
    "tenant_admin": frozenset(_TENANT_ADMIN),
}

PLATFORM_ADMIN = frozenset(
    f"platform.{noun}" for noun in ("tenants", "billing", "content", "security", "ops", "agents")
)
