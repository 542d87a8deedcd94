"""Model fields with a house rule in them."""

from typing import Any

from django.db import models


class SharedForeignKey(models.ForeignKey):  # type: ignore[type-arg]
    """From a tenant's table to a shared one: no database constraint, no cascade.

    A constraint across schemas would lock the shared table for every change of a tenant's and make a
    tenant's schema impossible to dump and restore alone. Readers cope with a row that is gone.
    """

    def __init__(self, to: Any, **kwargs: Any) -> None:
        kwargs["on_delete"] = models.DO_NOTHING
        kwargs["db_constraint"] = False
        kwargs.setdefault("related_name", "+")
        super().__init__(to, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("on_delete", None)
        kwargs.pop("db_constraint", None)
        return name, path, args, kwargs
