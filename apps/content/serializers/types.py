from typing import Any

from rest_framework import serializers

from apps.content.models import ContentType, TypeVersion
from apps.core.query import MAX_PAGE_SIZE, Query


class TypeOut(serializers.ModelSerializer[ContentType]):
    identifier = serializers.SerializerMethodField(help_text="With the site's prefix: `{site}_{key}`.")
    display_identifier = serializers.CharField(source="key", help_text="The bare key.")
    schema = serializers.JSONField()
    site_id = serializers.IntegerField()

    class Meta:
        model = ContentType
        fields: tuple[str, ...] = (
            "id",
            "identifier",
            "display_identifier",
            "name",
            "description",
            "schema",
            "site_id",
            "version",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields

    def get_identifier(self, kind: ContentType) -> str:
        return f"{kind.site.identifier}_{kind.key}"


class RenamesField(serializers.DictField):
    """`{"old": "new"}` with paths such as `title`, `address.street`, `blocks[].title`."""

    child = serializers.CharField(max_length=500)


class TypeIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200)
    identifier = serializers.CharField(max_length=200)
    description = serializers.CharField(max_length=5000, allow_blank=True, default="")
    schema = serializers.JSONField()


class TypePatch(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200, required=False)
    description = serializers.CharField(max_length=5000, allow_blank=True, required=False)
    schema = serializers.JSONField(required=False, help_text="Replaces the whole schema.")
    renames = RenamesField(
        required=False,
        help_text="Fields that got another name in `schema`, as `{old: new}`, with paths such as `title`, "
        "`address.street` or `blocks[].title`: their values go along. Without it they stay under the old name.",
    )


class TypeImpactIn(serializers.Serializer[Any]):
    schema = serializers.JSONField(help_text="The schema that the type would get.")
    renames = RenamesField(required=False, help_text="As in a PATCH.")


class TypeImpactQuery(Query):
    """Pages through the elements that would fail; they are a member of the answer."""

    page = serializers.IntegerField(default=1, min_value=1, max_value=1_000_000, help_text="From 1.")
    size = serializers.IntegerField(default=50, min_value=1, max_value=MAX_PAGE_SIZE, help_text="Elements a page.")


class FieldChangeOut(serializers.Serializer[Any]):
    field = serializers.CharField()
    before = serializers.DictField()
    after = serializers.DictField()


class FieldChangesOut(serializers.Serializer[Any]):
    added = serializers.ListField(child=serializers.CharField(), help_text="Paths such as `blocks[].title`.")
    removed = serializers.ListField(child=serializers.CharField())
    renamed = serializers.DictField(child=serializers.CharField())
    changed = FieldChangeOut(many=True)


class CameAndWentOut(serializers.Serializer[Any]):
    added = serializers.ListField(child=serializers.CharField())
    removed = serializers.ListField(child=serializers.CharField())


class ReferenceChangesOut(serializers.Serializer[Any]):
    added = serializers.IntegerField()
    removed = serializers.IntegerField()


class FailingElementOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    errors = serializers.ListField(child=serializers.DictField(), help_text="Up to 50 faults: field, message, code.")


class FailingOut(serializers.Serializer[Any]):
    """The elements that would fail, by id."""

    items = FailingElementOut(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    size = serializers.IntegerField()
    has_next = serializers.BooleanField()


class TypeImpactOut(serializers.Serializer[Any]):
    fields_ = FieldChangesOut()
    elements = serializers.IntegerField(help_text="Living elements that were looked at.")
    exact = serializers.BooleanField(help_text="False when there are more elements than were looked at.")
    values_lost = serializers.DictField(
        child=serializers.IntegerField(), help_text="Of each removed field: elements whose value is no longer shown."
    )
    names_taken = serializers.DictField(
        child=serializers.IntegerField(), help_text="Of each new name: elements with a value there already."
    )
    failing_now = serializers.IntegerField(help_text="Elements that do not fit the schema as it is.")
    failing = FailingOut()
    references = ReferenceChangesOut()
    indexes = CameAndWentOut()
    unique = CameAndWentOut()
    doubles = serializers.IntegerField(help_text="Values in newly unique fields that another element has already.")
    job_id = serializers.CharField(allow_null=True, help_text="The job that renames the data.")

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        # `fields` is taken as an attribute name by serializers themselves.
        return {"fields": fields.pop("fields_"), **fields}


class TypeChangedOut(TypeOut):
    """The type as it is now, and what the change of its schema did; `impact` is null without one."""

    impact = TypeImpactOut(allow_null=True)

    class Meta(TypeOut.Meta):
        fields = (*TypeOut.Meta.fields, "impact")
        read_only_fields = fields


class TypeVersionOut(serializers.ModelSerializer[TypeVersion]):
    version = serializers.IntegerField(source="number")
    schema = serializers.JSONField()
    author_id = serializers.IntegerField(allow_null=True)
    author_name = serializers.CharField(allow_null=True)
    changes = FieldChangesOut(allow_null=True, help_text="Against the version before; null for the first that is kept.")

    class Meta:
        model = TypeVersion
        fields = (
            "version",
            "name",
            "description",
            "schema",
            "renames",
            "changes",
            "author_id",
            "author_name",
            "run",
            "created_at",
        )
        read_only_fields = fields


class NodeOut(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="`type:{key}`, or `post`, `page`, `media`, `prompt`, `element` (of any type).")
    kind = serializers.CharField()
    name = serializers.CharField()
    type_id = serializers.IntegerField(allow_null=True)
    identifier = serializers.CharField()
    count = serializers.IntegerField(help_text="Of a type its elements; else the references from or to it.")


class EdgeOut(serializers.Serializer[Any]):
    source = serializers.CharField()
    target = serializers.CharField()
    field = serializers.CharField()
    format = serializers.CharField()
    many = serializers.BooleanField()
    required = serializers.BooleanField()
    declared = serializers.BooleanField(help_text="The schema says it; else documents do it.")
    references = serializers.IntegerField()
    documents = serializers.IntegerField()


class TypeGraphOut(serializers.Serializer[Any]):
    nodes = NodeOut(many=True)
    edges = EdgeOut(many=True)
    cycles = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))


class TypeDependenciesOut(serializers.Serializer[Any]):
    type = NodeOut()
    refers_to = EdgeOut(many=True)
    referred_by = EdgeOut(many=True)
    cycles = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))


class TypeDuplicateIn(serializers.Serializer[Any]):
    identifier = serializers.CharField(max_length=200, required=False, help_text="By default `{key}-copy`.")
    name = serializers.CharField(max_length=200, required=False)
    site = serializers.CharField(max_length=63, required=False, help_text="Another site of the tenant.")
