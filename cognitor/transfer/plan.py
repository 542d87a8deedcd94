"""What is to be made of a site's archive, judged before anything is written."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.apps import apps

from apps.accounts.models import Membership, normal
from apps.content import schemas
from apps.content.services.tree import MAX_DEPTH, MAX_PAGES
from apps.core.encoding import loads
from apps.core.refusal import Refusal
from apps.sites import settings
from apps.sites.models import ElementSite, Site, Tenant
from apps.sites.selectors import known_migrations
from apps.sites.services import identifiers
from cognitor import unpack
from cognitor.moving import batches
from cognitor.restore import MAX_ELEMENT
from cognitor.transfer import export, tables
from cognitor.transfer.rewriting import DOCUMENTS, KINDS, Row
from cognitor.unpack import Package, Unrestorable

FORM = unpack.Form(
    export.KIND,
    export.VERSION,
    frozenset(tables.TABLES),
    lambda manifest: (
        unpack.has_texts(manifest.get("site"), "uid", "identifier", "name")
        and isinstance(manifest.get("domains"), list)
        and all(isinstance(one, str) for one in manifest["domains"])
    ),
)


class Plan:
    """A package for a tenant; call it inside the tenant. `check` reads all of it.

    `uids`: (kind, old id) → uid there. `taken`: of each kind, old ids that are somebody else's here. `people`: old
    ids → those of members with the same address; `strangers`: addresses that no member has.
    `older`: tables that have columns here which the archive does not know.
    """

    def __init__(self, package: Package, tenant: Tenant, identifier: str) -> None:
        self.package, self.tenant = package, tenant
        self.identifier = identifier or str(package.manifest["site"]["identifier"])
        self.uids: dict[tuple[str, int], str] = {}
        self.taken: dict[str, set[int]] = {}
        self.people: dict[int, int] = {}
        self.strangers: list[str] = []
        self.older: set[str] = set()
        self.elements = self.storage = 0

    def check(self) -> None:
        """`Unrestorable` for what cannot become a site of the tenant."""
        try:
            if unknown := set(self.package.manifest["schema"]["applied"]) - known_migrations():
                raise Unrestorable(f"The archive is of newer code: {unpack.some(unknown)} is not known here.")
            self._check_site()
            self._check_ids()
            self._check_tables()
            self._check_pages()
            self._check_room()
            self._find_people()
        except Refusal as refusal:
            raise Unrestorable(f"Something of the archive is not taken here: {refusal.message}") from refusal
        except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
            raise Unrestorable("A row of the archive is not one that an archive has.") from error

    @property
    def site(self) -> Row:
        found: Row = next(iter(self.package.rows("sites.site")))
        return found

    def media(self) -> Iterator[Row]:
        return self.package.rows("media.media")

    def _check_site(self) -> None:
        identifiers.check(self.identifier)
        if Site.objects.filter(identifier=self.identifier).exists():
            raise Unrestorable(f"There is a site {self.identifier} already; give another with --identifier.")
        if len(list(self.package.rows("sites.site"))) != 1:
            raise Unrestorable("An archive is of one site.")
        site = self.site
        told = {"default_locale": site["default_locale"], "cache": {"max_age": site["cache_seconds"]}}
        settings.check(site["settings"] | told | {"domains": self.package.manifest["domains"]})

    def _check_ids(self) -> None:
        """Notes whose ids are taken; those of elements are the installation's, all others the tenant's."""
        for kind, label in KINDS.items():
            model, taken = apps.get_model(label), self.taken.setdefault(kind, set())
            for some in batches(self.package.rows(label), 5_000):
                for row in some:
                    key = (kind, row["id"])
                    if type(row["id"]) is not int or key in self.uids:
                        raise Unrestorable(f"{label} has rows whose ids are none.")
                    self.uids[key] = str(UUID(row["uid"]))
                ids = [row["id"] for row in some if 0 < row["id"] < MAX_ELEMENT]
                taken |= {row["id"] for row in some} - set(ids)
                taken |= set(model._base_manager.filter(pk__in=ids).values_list("pk", flat=True))
                if kind == "element":
                    there = ElementSite.objects.filter(element_id__in=ids)
                    taken |= set(there.values_list("element_id", flat=True))

    def _check_tables(self) -> None:
        """Rows have columns that are known here, belong to rows of the archive, and types have schemas."""
        for label in tables.TABLES:
            known = set(tables.columns(label))
            for row in self.package.rows(label):
                if known - set(row):
                    self.older.add(label)
                if unknown := set(row) - known:
                    raise Unrestorable(f"{label} has columns that are not known here: {unpack.some(unknown)}.")
                owners = [("type", row["type_id"])] if "type_id" in row else []
                owners += [(row["doc_type"], row["doc_id"])] if "doc_id" in row else []
                if any(owner not in self.uids or owner[0] not in (*DOCUMENTS, "type", "media") for owner in owners):
                    raise Unrestorable(f"{label} has a row of something that is not in the archive.")
                if label in ("content.contenttype", "content.typeversion"):
                    schemas.check_schema(loads(row["source"]))

    def _check_pages(self) -> None:
        """The tree has an end, above and below."""
        parents = {row["id"]: row["parent_id"] for row in self.package.rows("content.page")}
        if len(parents) > MAX_PAGES:
            raise Unrestorable(f"A site has at most {MAX_PAGES} pages.")
        for page in parents:
            above, depth = parents[page], 1
            while above in parents and depth <= MAX_DEPTH:
                above, depth = parents[above], depth + 1
            if above is not None and above in parents:
                raise Unrestorable("Its pages stand too deep, or in a circle.")

    def _check_room(self) -> None:
        """The tenant may have as many elements and as large files."""
        members, files = self.package.manifest["members"], set(self.package.files())
        for row in self.media():
            told = members.get(f"files/{row['file']}")
            self.storage += told["bytes"] if told else row["file_size"]
            files.discard(row["file"])
        if files:
            raise Unrestorable(f"The archive has files of no media: {unpack.some(files)}.")
        self.elements = sum(1 for kind, _ in self.uids if kind == "element")
        limits = self.tenant.effective_limits
        for what, used, more in (
            ("elements", self.tenant.used_elements, self.elements),
            ("storage_bytes", self.tenant.used_storage_bytes, self.storage),
        ):
            if used + more > limits[what]:
                raise Unrestorable(f"The tenant has {used} of at most {limits[what]} {what}; these are {more} more.")
        sites = self.tenant.sites.exclude(status=Site.Status.DELETING).count()
        if sites >= limits["sites"]:
            raise Unrestorable(f"The tenant has {sites} of at most {limits['sites']} sites.")

    def _find_people(self) -> None:
        emails = {row["id"]: normal(str(row["email"])) for row in self.package.rows("accounts.user")}
        found = Membership.objects.filter(tenant=self.tenant, user__email__in=set(emails.values()))
        members = dict(found.values_list("user__email", "user_id"))
        self.people = {id: members[email] for id, email in emails.items() if email in members}
        self.strangers = sorted(set(emails.values()) - set(members))

    def summary(self) -> dict[str, Any]:
        """How many of each kind come, and how many of them get other ids."""
        return {
            kind: {"rows": sum(1 for one, _ in self.uids if one == kind), "other_ids": len(self.taken[kind])}
            for kind in KINDS
        }
