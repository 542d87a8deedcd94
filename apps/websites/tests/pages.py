"""Previews, looked at as a browser would."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from tests.client import ApiClient

VOID = {"meta", "link", "img", "br", "hr", "input", "wbr"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    text: str = ""


@dataclass
class Document(HTMLParser):
    """Every element of a page in its order; `balanced` when each tag was closed where it had to be."""

    source: str
    elements: list[Element] = field(default_factory=list)
    open: list[Element] = field(default_factory=list)
    balanced: bool = True

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.source)
        self.close()
        self.balanced = self.balanced and not self.open

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        element = Element(tag, dict(attrs))
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        self.balanced = self.balanced and bool(self.open) and self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data

    def all(self, *tags: str) -> list[Element]:
        return [element for element in self.elements if element.tag in tags]

    def texts(self, tag: str) -> list[str]:
        return [" ".join(element.text.split()) for element in self.all(tag)]


def local(url: str) -> str:
    return url.removeprefix("http://testserver")


def opened(url: str) -> Document:
    """The page at the address, without a token."""
    answer = ApiClient().get(local(url))
    assert answer.status_code == 200, answer.content
    return Document(answer.content.decode())
