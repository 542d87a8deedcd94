from apps.core.refusal import Refusal


class TypeKeyTaken(Refusal):
    code, status, title = "content.type.taken", 409, "A content type with this identifier exists."


class TypeInUse(Refusal):
    code, status, title = (
        "content.type.in_use",
        409,
        "Elements of this type exist; delete them first, or use force=true.",
    )


class SchemaRefused(Refusal):
    """`errors` says where the schema is wrong."""

    code, status, title = "content.schema.refused", 400, "The schema is not one that elements can be checked with."


class SlugTaken(Refusal):
    code, status, title = "content.slug.taken", 409, "This slug is taken in this site and locale."


class InUse(Refusal):
    """`referrers` lists up to 50 documents that refer to this one, with the field."""

    code, status, title = (
        "content.in_use",
        409,
        "Other documents refer to this one; force=true deletes it all the same.",
    )


class NotInTrash(Refusal):
    code, status, title = "content.trash.not_there", 409, "This document is not in the trash."


class BulkRefused(Refusal):
    """`items` is the report: what stands against which item; nothing was done."""

    code, status, title = "content.bulk.refused", 409, "Not all of it can be done, so nothing was."
