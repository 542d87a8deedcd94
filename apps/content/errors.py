from apps.core.refusal import Refusal


class TypeKeyTaken(Refusal):
    code, status, title = "content.type.taken", 409, "A content type with this identifier exists."


class TypeInUse(Refusal):
    """`elements`: how many there are; `types`, `pages`: up to 50 that refer to the type or show its elements."""

    code, status, title = (
        "content.type.in_use",
        409,
        "Elements of this type exist, or others refer to it; force=true deletes it all the same.",
    )


class SchemaRefused(Refusal):
    """`errors` says where the schema is wrong."""

    code, status, title = "content.schema.refused", 400, "The schema is not one that elements can be checked with."


class SlugTaken(Refusal):
    code, status, title = "content.slug.taken", 409, "This slug is taken in this site and locale."


class PageCycle(Refusal):
    code, status, title = "content.page.cycle", 409, "A page cannot be below itself."


class PageTooDeep(Refusal):
    code, status, title = "content.page.too_deep", 409, "Pages are at most 20 levels deep."


class PageLimitReached(Refusal):
    code, status, title = "content.page.limit", 409, "A site has at most 10,000 pages."


class PageHasChildren(Refusal):
    """`children` lists up to 50 pages below this one: their `id` and `title`."""

    code, status, title = (
        "content.page.has_children",
        409,
        "Pages are below this one; children=cascade deletes them too, children=lift moves them up.",
    )


class OwnLocale(Refusal):
    code, status, title = (
        "content.translation.own_locale",
        409,
        "The document itself is in this locale, or would be in that of one of its translations.",
    )


class TooManyTranslations(Refusal):
    code, status, title = "content.translation.limit", 409, "A document has at most 100 translations."


class NothingTranslated(Refusal):
    """`results` says of each locale why; it costs nothing."""

    code, status, title = "content.translation.nothing_made", 409, "Nothing came of it that could be kept."


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


class NotUnique(Refusal):
    """`field` holds a value that element `element_id` has already."""

    code, status, title = "content.element.not_unique", 409, "Another element has this value in a unique field."


class DoublesExist(Refusal):
    """`doubles` lists up to 50 pairs of elements with the same value, each with the field."""

    code, status, title = (
        "content.type.doubles",
        409,
        "Elements have the same value in a field that is to be unique.",
    )


class RenameTaken(Refusal):
    """`fields` says of each new name how many elements hold a value there already."""

    code, status, title = (
        "content.type.rename_taken",
        409,
        "Elements hold values under a name that a field is to get; clear them first.",
    )
