"""Content types of generated websites: one for each section, the same on every site."""

from typing import Any

KEY = "website-{section}"
Schema = dict[str, Any]


def _text(title: str, **more: Any) -> Schema:
    return {"type": "string", "title": title, **more}


def _picture() -> Schema:
    return {"type": "integer", "title": "Picture", "format": "media_id"}


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": ["title"] if "title" in properties else []}


def _list(label: str, /, **properties: Schema) -> Schema:
    return {"type": "array", "title": label, "maxItems": 50, "items": {"type": "object", "properties": properties}}


_TITLE = _text("Title")
_TEXT = _text("Text", **{"x-ui": {"widget": "textarea"}})
_MARKDOWN = _text("Text", description="Markdown", **{"x-ui": {"widget": "markdown"}})

TYPES: dict[str, Schema] = {
    "hero": _object(
        title=_TITLE,
        text=_TEXT,
        action_label=_text("Button"),
        action_page={"type": "integer", "title": "Page behind the button", "format": "page_id"},
        image=_picture(),
    ),
    "features": _object(title=_TITLE, text=_TEXT, items=_list("Features", title=_TITLE, text=_TEXT, image=_picture())),
    "about": _object(title=_TITLE, text=_MARKDOWN, image=_picture()),
    "team": _object(
        title=_TITLE,
        text=_TEXT,
        items=_list("People", name=_text("Name"), role=_text("Role"), text=_TEXT, image=_picture()),
    ),
    "testimonials": _object(title=_TITLE, items=_list("Voices", quote=_TEXT, name=_text("Name"), role=_text("Role"))),
    "faq": _object(title=_TITLE, items=_list("Questions", question=_text("Question"), answer=_TEXT)),
    "pricing": _object(
        title=_TITLE,
        text=_TEXT,
        items=_list(
            "Offers",
            name=_text("Name"),
            price=_text("Price"),
            text=_TEXT,
            points={"type": "array", "title": "Points", "items": {"type": "string"}},
        ),
    ),
    "blog": _object(title=_TITLE, text=_TEXT),
    "contact": _object(title=_TITLE, text=_TEXT, email=_text("E-mail"), phone=_text("Telephone"), address=_TEXT),
}
NAMES = {
    "hero": "Website: opening",
    "features": "Website: features",
    "about": "Website: about",
    "team": "Website: team",
    "testimonials": "Website: voices",
    "faq": "Website: questions",
    "pricing": "Website: prices",
    "blog": "Website: journal",
    "contact": "Website: contact",
}
