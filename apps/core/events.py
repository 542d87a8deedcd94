"""Events: what happened, said once, in the transaction in which it happened.

An app declares its events in `events.py` as frozen dataclasses; `emit` writes one outbox row. Reactions are
listed in `cognitor/reactions.py`.
"""

import dataclasses
import re
from typing import Any, ClassVar

from django.db import connection, transaction

from apps.core import context, rows
from apps.core.actor import Actor
from apps.core.delivery.touching import touch
from apps.core.models import EventRow

_SECRET = re.compile(r"password|secret|token|credential|api_?key", re.IGNORECASE)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Event:
    """Base of all events. `subject_id` and `version` point at the row; its content is not copied.

    `name` is derived from the class (`ElementPublished` of app `content` is `content.element_published`),
    `subject` names the kind of row. Fields declared by the subclass are the event's whole payload; one whose
    name sounds like a secret cannot be declared.
    """

    name: ClassVar[str] = ""
    subject: ClassVar[str] = ""
    known: ClassVar[dict[str, type["Event"]]] = {}

    subject_id: int
    label: str = ""
    version: int | None = None
    site_id: int | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not cls.subject:
            raise TypeError(f"{cls.__name__} does not say what its subject is")
        if secrets := [name for name in cls.__annotations__ if _SECRET.search(name)]:
            raise TypeError(f"{cls.__name__} names a secret: {', '.join(secrets)}")
        app = cls.__module__.removeprefix("apps.").split(".")[0]
        cls.name = f"{app}." + re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__).lower()
        Event.known[cls.name] = cls

    def payload(self) -> dict[str, Any]:
        own = {field.name for field in dataclasses.fields(Event)}
        return {f.name: getattr(self, f.name) for f in dataclasses.fields(self) if f.name not in own}


def emit(event: Event, *, actor: Actor, tenant_id: int | None = None) -> EventRow:
    """Writes the event beside the rows it tells of. Outside a transaction that would be a lie, so it is an error.

    `tenant_id` defaults to the actor's. After the commit the event is dispatched to its reactions.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(f"{event.name} was emitted outside a transaction")
    now = context.current()
    row = EventRow(
        tenant_id=actor.tenant_id if tenant_id is None else tenant_id,
        name=event.name,
        subject_type=event.subject,
        subject_id=event.subject_id,
        subject_version=event.version,
        subject_label=event.label[:200],
        site_id=event.site_id,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label[:200],
        operation=now.operation,
        run=actor.run or now.run,
        request_id=now.request_id,
        data=event.payload(),
    )
    rows.insert(row, later=True)
    if now.dry:
        pointer = {"name": event.name, "subject": event.subject, "subject_id": event.subject_id}
        now.events.append(pointer | {"version": event.version} | event.payload())
    else:
        from apps.core.reactions import listed  # these import this module
        from apps.core.services import events

        if touched := listed().TOUCHES.get(type(event)):
            touch(*touched(row), event=row)
        transaction.on_commit(events.nudge)
    return row
