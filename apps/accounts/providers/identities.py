"""Which identity at a provider opens which account. Of what the provider told only the subject is kept."""

import datetime

from allauth.socialaccount.models import SocialAccount

from apps.accounts.models import User
from apps.accounts.providers.oauth import Identity


def owner_id(identity: Identity) -> int | None:
    found = SocialAccount.objects.filter(provider=identity.provider, uid=identity.subject)
    return found.values_list("user_id", flat=True).first()


def has_another(user: User, identity: Identity) -> bool:
    """Whether the account is opened by somebody else at the same provider."""
    return SocialAccount.objects.filter(provider=identity.provider, user=user).exists()


def link(user: User, identity: Identity) -> None:
    SocialAccount.objects.create(user=user, provider=identity.provider, uid=identity.subject)


def linked(user: User) -> list[tuple[str, datetime.datetime]]:
    """The providers whose identities open the account, and since when."""
    rows = SocialAccount.objects.filter(user=user).order_by("-date_joined", "-pk")
    return list(rows.values_list("provider", "date_joined"))


def unlink(user: User, provider: str) -> None:
    SocialAccount.objects.filter(user=user, provider=provider).delete()


def forget(user: User) -> None:
    SocialAccount.objects.filter(user=user).delete()
