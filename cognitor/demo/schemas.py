"""The content types of the demo site, as the JSON Schemas that the API takes."""

from typing import Any

Schema = dict[str, Any]

KINDS_OF_PLACE = ("headland", "cove", "harbour", "marsh", "dune", "wood", "sandbank")


def _text(title: str, description: str) -> Schema:
    return {"type": "string", "minLength": 1, "title": title, "description": description}


def _number(title: str, description: str, **limits: float) -> Schema:
    return {"type": "number", "title": title, "description": description, **limits}


def _whole(title: str, description: str, minimum: int) -> Schema:
    return {"type": "integer", "minimum": minimum, "title": title, "description": description}


def _choice(title: str, description: str, *values: str) -> Schema:
    return {"type": "string", "enum": list(values), "title": title, "description": description}


def _lines(title: str, description: str, each: str) -> Schema:
    return {
        "type": "array",
        "items": {"type": "string", "minLength": 1, "title": each},
        "title": title,
        "description": description,
    }


def _reference(target: str, title: str, description: str) -> Schema:
    return {"type": "integer", "format": target, "title": title, "description": description}


def _object(required: list[str], **properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": required}


AUTHOR = _object(
    ["name", "role"],
    name=_text("Name", "As it is printed under a piece."),
    role=_text("Role", "What this person covers, in a few words."),
    bio=_text("Biography", "Two or three sentences for the foot of a page."),
    portrait=_reference("media_id", "Portrait", "A picture that can be cropped to a square around its middle."),
)

PLACE = _object(
    ["name", "kind", "latitude", "longitude"],
    name=_text("Name", "As it stands on the map."),
    kind=_choice("Kind", "Chooses the symbol on the map.", *KINDS_OF_PLACE),
    latitude=_number("Latitude", "Degrees north (WGS 84).", minimum=-90, maximum=90),
    longitude=_number("Longitude", "Degrees east (WGS 84).", minimum=-180, maximum=180),
    summary=_text("Summary", "One paragraph for lists and map cards."),
    picture=_reference("media_id", "Picture", "Shown on the place's card."),
)

WALK = _object(
    ["title", "distance_km", "minutes", "difficulty", "place"],
    title=_text("Title", "Where it goes."),
    distance_km=_number("Distance", "Kilometres for the whole walk, there and back.", exclusiveMinimum=0),
    minutes=_whole("Time", "Minutes of walking, without stops.", 1),
    difficulty=_choice("Difficulty", "Hard means that a mistake has consequences.", "easy", "moderate", "hard"),
    highlights=_lines("Highlights", "What to look out for, in the order in which it comes.", "Highlight"),
    place=_reference("element_id", "Place", "The place this walk is about."),
    story=_reference("post_id", "Story", "The piece that tells the walk at length."),
    cover=_reference("media_id", "Cover", "The picture at the top."),
)

TIDE_NOTE = _object(
    ["title", "date", "text", "observer"],
    title=_text("Title", "What was seen, as a headline."),
    date={"type": "string", "format": "date", "title": "Date", "description": "The day it was seen, as YYYY-MM-DD."},
    text=_text("Note", "What happened, in under sixty words."),
    observer=_reference("element_id", "Observer", "The author who saw it."),
    tags=_lines("Tags", "Species, places and sorts of weather.", "Tag"),
)

RECIPE = _object(
    ["name", "serves", "ingredients", "method"],
    name=_text("Name", "What you would call it at the table."),
    serves=_whole("Serves", "Number of people, or of slices.", 1),
    ingredients=_lines("Ingredients", "One to a line, with its quantity, in order of use.", "Ingredient"),
    method=_lines("Method", "One step to a paragraph.", "Step"),
    story=_reference("post_id", "Story", "The piece the recipe belongs to."),
    cover=_reference("media_id", "Cover", "The finished dish."),
)

EVENT = _object(
    ["title", "starts_at", "place"],
    title=_text("Title", "As on the poster."),
    starts_at={
        "type": "string",
        "format": "date-time",
        "title": "Starts at",
        "description": "Day and time with its offset, as in 2027-03-20T10:00:00Z.",
    },
    place=_reference("element_id", "Place", "Where to meet."),
    text=_text("Text", "What happens, and what to bring."),
    price=_number("Price", "For one adult; 0 when it is free.", minimum=0),
)
