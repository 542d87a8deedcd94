"""Tells mypy what libraries' objects carry here at run time: DRF's request and django-tenants' connection."""

from collections.abc import Callable

from mypy.nodes import MDEF, SymbolTableNode, Var
from mypy.plugin import ClassDefContext, Plugin
from mypy.types import AnyType, TypeOfAny

CARRIED = {
    "rest_framework.request.Request": ("actor", "prepared", "q", "valid"),
    "django.db.backends.base.base.BaseDatabaseWrapper": (
        "close_pool",
        "pool",
        "schema_name",
        "set_schema_to_public",
        "set_tenant",
        "tenant",
    ),
}


class Carried(Plugin):
    def get_customize_class_mro_hook(self, fullname: str) -> Callable[[ClassDefContext], None] | None:
        return add if fullname in CARRIED else None


def add(context: ClassDefContext) -> None:
    info = context.cls.info
    for name in CARRIED[info.fullname]:
        variable = Var(name, AnyType(TypeOfAny.explicit))
        variable.info = info
        variable._fullname = f"{info.fullname}.{name}"
        info.names[name] = SymbolTableNode(MDEF, variable)


def plugin(version: str) -> type[Plugin]:
    return Carried
