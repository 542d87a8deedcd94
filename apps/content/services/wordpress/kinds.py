"""The content types that the importer makes where they are needed and not there."""

from typing import Any, NamedTuple

from apps.content.models import ContentType
from apps.content.services import types
from apps.core.actor import Actor
from apps.sites.models import Site

_WORDS = {"type": "string"}


class Made(NamedTuple):
    key: str
    name: str
    description: str
    schema: dict[str, Any]


TEXT = Made(
    "wordpress-text",
    "WordPress text",
    "The text of a page that came from WordPress.",
    {
        "type": "object",
        "properties": {"title": _WORDS, "body": {**_WORDS, "x-ui": {"widget": "markdown"}}},
        "required": ["body"],
    },
)
TERM = Made(
    "wordpress-term",
    "WordPress category or tag",
    "A category or tag that WordPress had a description of.",
    {
        "type": "object",
        "properties": {
            "kind": {"enum": ["category", "tag"]},
            "name": _WORDS,
            "slug": _WORDS,
            "parent": {**_WORDS, "description": "Slug of the category above it."},
            "description": {**_WORDS, "x-ui": {"widget": "markdown"}},
        },
        "required": ["kind", "name", "slug", "description"],
    },
)


def type_for(actor: Actor, site: Site, made: Made) -> ContentType:
    """The site's type of that key, whatever has been made of it since; a new one where there is none."""
    there = ContentType.objects.filter(site=site, key=made.key).first()
    return there or types.create(
        actor=actor,
        site=site,
        name=made.name,
        identifier=made.key,
        description=made.description,
        schema=made.schema,
    )
