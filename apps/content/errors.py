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


class OwnLocale(Refusal):
    code, status, title = (
        "content.translation.own_locale",
        409,
        "The document itself is in this locale, or would be in that of one of its translations.",
    )


class TooManyTranslations(Refusal):
    code, status, title = "content.translation.limit", 409, "A document has at most 100 translations."


class InUse(Refusal):
    """`referrers` lists up to 50 documents that refer to this one, with the field."""

    code, status, title = (
        "content.in_use",
        409,
        "Other documents refer to this one; force=true deletes it all the same.",
    )
