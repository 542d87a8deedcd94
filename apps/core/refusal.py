"""Refusals: the answers "no" that are part of the API."""

from typing import Any, ClassVar


class Refusal(Exception):
    """A request that was understood and is refused; the whole of it is undone.

    Subclasses live in an app's `errors.py` and state `code` (stable, dotted), `status` (HTTP) and `title`
    (one sentence for people). `data` is what the client needs to act on it; it must hold nothing secret.
    Mapped to `application/problem+json` members in one place, `apps.core.problems`.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "The request was refused."
    known: ClassVar[dict[str, type["Refusal"]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" in vars(cls):
            taken = Refusal.known.setdefault(cls.code, cls)
            if taken is not cls and taken.__qualname__ != cls.__qualname__:
                raise TypeError(f"{cls.code} is the code of {taken.__qualname__} already")

    def __init__(self, message: str = "", /, *, headers: dict[str, str] | None = None, **data: Any) -> None:
        self.message = message or self.title
        self.headers = headers or {}
        self.data = data
        super().__init__(self.message)
