"""What each permission code allows, in words; which operations ask for it they say themselves."""

from apps.core.operation import OPERATIONS

PERMISSIONS: dict[str, str] = {
    "agents.read": "See agents and their runs.",
    "agents.run": "Let agents work.",
    "agents.write": "Make and change agents.",
    "ai.generate": "Spend credits on generated text and media.",
    "ai.read": "See models and their prices.",
    "analytics.read": "Read figures about visits and content.",
    "billing.read": "See credits, plans and invoices.",
    "billing.write": "Buy credits and change the plan.",
    "content.delete": "Delete posts and elements.",
    "content.others": "Reach content that others wrote or that is public; without it the other content codes stop "
    "at one's own unpublished work.",
    "content.publish": "Publish content and take it back.",
    "content.read": "Read content, drafts included.",
    "content.write": "Write content.",
    "media.delete": "Delete media.",
    "media.others": "Change media that others uploaded; without it `media.write` stops at one's own.",
    "media.read": "See media.",
    "media.write": "Upload media and change what is said about them.",
    "platform.agents": "Look after the agents of the installation.",
    "platform.billing": "Look after prices, plans and the credits of all tenants.",
    "platform.content": "Look after content shared by the installation.",
    "platform.ops": "Run the installation.",
    "platform.security": "Look after the security of the installation.",
    "platform.tenants": "Make, change and delete tenants.",
    "prompts.read": "Read system and transfer prompts.",
    "prompts.write": "Write system and transfer prompts.",
    "roles.write": "Make, change and delete the tenant's own roles.",
    "schema.read": "Read content types.",
    "schema.write": "Make, change and delete content types.",
    "search.manage": "Look after the search index.",
    "service_accounts.read": "See service accounts.",
    "service_accounts.write": "Make, change and revoke service accounts.",
    "sites.read": "See sites, their settings and their members.",
    "sites.write": "Make and change sites, and give roles on them.",
    "users.read": "See members and roles.",
    "users.write": "Invite, change and remove members.",
}


def grantable() -> frozenset[str]:
    """The codes that a tenant can give: all but the platform's."""
    return frozenset(code for code in PERMISSIONS if not code.startswith("platform."))


def described() -> list[dict[str, object]]:
    """Every code with what it allows and the operations that ask for it."""
    asked: dict[str, list[str]] = {code: [] for code in PERMISSIONS}
    for name, declared in sorted(OPERATIONS.items()):
        if declared.allow in asked:
            asked[declared.allow].append(name)
    return [{"code": code, "allows": PERMISSIONS[code], "operations": asked[code]} for code in sorted(asked)]
