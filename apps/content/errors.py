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


class InUse(Refusal):
    """`referrers` lists up to 50 documents that refer to this one, with the field."""

    code, status, title = (
        "content.in_use",
        409,
        "Other documents refer to this one; force=true deletes it all the same.",
    )
