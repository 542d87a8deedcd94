"""JSON Schema (2020-12) of content types: what is taken as a schema, how data is checked, what is found in it."""

from apps.content.schemas.checking import check_data, check_schema, faults_of, fits
from apps.content.schemas.fields import Field, differences, fields, indexed_fields
from apps.content.schemas.reading import FORMATS, Found, filled, marked, references, resolved
from apps.content.schemas.renames import checked, compiled, moved, renamed
from apps.content.schemas.uniqueness import unique_fields, unique_values

__all__ = [
    "FORMATS",
    "Field",
    "Found",
    "check_data",
    "check_schema",
    "checked",
    "compiled",
    "differences",
    "faults_of",
    "fields",
    "filled",
    "fits",
    "indexed_fields",
    "marked",
    "moved",
    "references",
    "renamed",
    "resolved",
    "unique_fields",
    "unique_values",
]
