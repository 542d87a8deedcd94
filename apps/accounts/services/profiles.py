"""What a person says about itself."""

from typing import Any

from django.db import transaction

from apps.accounts import errors, selectors
from apps.accounts.events import ProfileChanged
from apps.accounts.models import User
from apps.core.actor import Actor
from apps.core.events import emit


@transaction.atomic
def change(*, actor: Actor, home_tenant: str | None = None, **members: Any) -> User:
    """Changes the actor's own name, preferences (as a whole) and home tenant, of which it must be a member."""
    user = selectors.oneself(actor)
    changed = {name: value for name, value in members.items() if getattr(user, name) != value}
    if home_tenant is not None:
        home = selectors.home_of(user, home_tenant) if home_tenant else None
        if home is None:
            raise errors.NoTenant
        if user.home_tenant_id != home.pk:
            changed["home_tenant"] = home
    for name, value in changed.items():
        setattr(user, name, value)
    if changed:
        user.save(update_fields=list(changed))
        emit(ProfileChanged(subject_id=user.pk, label=user.email, fields=sorted(changed)), actor=actor)
    return user
