"""`manage.py seed_demo`: the demo tenant with its site `tidewater`; a second run changes nothing."""

from argparse import ArgumentParser
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management.base import BaseCommand
from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services import users
from apps.content.models import ContentType, Element, Post
from apps.content.services import elements, pages, posts, types
from apps.core.actor import Actor
from apps.core.services import due
from apps.core.tenancy import inside
from apps.media.models import Folder, Media
from apps.media.services import folders, media
from apps.sites.models import Site, Tenant
from apps.sites.services import sites, tenants
from cognitor.demo import content, generated, offers, pictures, visits

EMAIL, TENANT, SITE = "demo@cognitor.local", "demo", "tidewater"

PICTURE_SIZE = (1200, 750)  # each is painted at the first start: larger ones would be waited for


class Command(BaseCommand):
    help = "Makes a demo tenant with one site of sample content, unless it is there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--password", required=True, help="password of demo@cognitor.local")

    def handle(self, *args: Any, password: str, **options: Any) -> None:
        due.begin()
        actor = Actor.system(because="demo content")
        offers.fill(actor)
        tenant = Tenant.objects.filter(identifier=TENANT).first()
        tenant = tenant or tenants.create(actor=actor, identifier=TENANT, name="Tidewater Press", email=EMAIL)
        site = Site.objects.filter(identifier=SITE).first() or sites.create(
            actor=actor,
            tenant_id=tenant.pk,
            identifier=SITE,
            name="Tidewater Field Journal",
            description="A magazine about a stretch of coast: walks, birds, boats, weather, food and people.",
        )
        user = User.objects.filter(email=EMAIL).first()
        if user is None:
            user = users.create(actor=actor, email=EMAIL, password=password, name="Demo Admin", tenant=tenant)
        elif not user.check_password(password):
            user.set_password(password)
            user.save(update_fields=["password"])
        users.grant(actor=actor, user=user, tenant_id=tenant.pk, role="tenant_admin")
        offers.welcome(actor, tenant)
        with inside(tenant):
            if not ContentType.objects.filter(site=site).exists():
                self.fill(Actor.system(because="demo content", tenant_id=tenant.pk), site)
            shown = Post.objects.filter(site=site, published_version__isnull=False).order_by("pk")
            generated.ask(user, site)
            visits.fill(site, [(f"/posts/{slug}", "post", pk) for pk, slug in shown.values_list("pk", "slug")])

    def fill(self, actor: Actor, site: Site) -> None:
        ids: dict[tuple[str, str], int] = {}
        there = dict(Media.objects.filter(site=site).values_list("filename", "pk"))
        shelves = self.shelve(actor, site)
        for picture in content.pictures():
            if found := there.get(picture.filename):
                ids["media", picture.filename] = found
                continue
            upload = SimpleUploadedFile(
                picture.filename, pictures.compose(picture, *PICTURE_SIZE), content_type="image/jpeg"
            )
            row = media.upload(
                actor=actor,
                site=site,
                upload=upload,
                name=picture.name,
                alt_text=picture.alt_text,
                description=picture.description,
                folder_id=shelves[picture.folder],
            )
            ids["media", picture.filename] = row.pk
        with transaction.atomic():
            self.write(actor, site, ids)

    def shelve(self, actor: Actor, site: Site) -> dict[str, int]:
        """The folders of the pictures, by name."""
        there = {(row.parent_id, row.name): row.pk for row in Folder.objects.filter(site=site)}

        def one(name: str, parent_id: int | None) -> int:
            found = there.get((parent_id, name))
            return found or folders.create(actor=actor, site=site, name=name, parent_id=parent_id).pk

        top = one("Pictures", None)
        return {name: one(name, top) for name in sorted({picture.folder for picture in content.pictures()})}

    def write(self, actor: Actor, site: Site, ids: dict[tuple[str, str], int]) -> None:
        for post in content.posts():
            made = posts.create(
                actor=actor,
                site=site,
                title=post.title,
                slug=post.slug,
                content=post.markdown,
                short_description=post.short_description,
                keywords=list(post.keywords),
                published=post.published,
                locale=post.locale,
            )
            ids["post", post.slug] = made.pk
        kinds = {
            kind.key: types.create(
                actor=actor,
                site=site,
                name=kind.name,
                identifier=kind.key,
                description=kind.description,
                schema=kind.schema,
            )
            for kind in content.types()
        }
        for element in content.elements():
            row_ = elements.create(
                actor=actor,
                site=site,
                type_id=kinds[element.type_key].pk,
                data=content.resolve(element.data, lambda target, name: ids[target, name]),
                tags=list(element.tags),
                published=element.published,
            )
            ids["element", element.key] = row_.pk
        for page in content.pages():
            places = [(section, key) for section, keys in page.elements.items() for key in keys]
            shown = pages.create(
                actor=actor,
                site=site,
                title=page.title,
                slug=page.slug,
                description=page.description,
                parent_id=ids["page", page.parent] if page.parent else None,
                template=page.template,
                seo=page.seo | {"image_media_id": ids["media", page.picture] if page.picture else None},
                page_elements=[
                    {
                        "section": section,
                        "position": number,
                        "content_element_id": ids["element", key],
                        "layout_config": None,
                    }
                    for number, (section, key) in enumerate(places)
                ],
                published=True,
            )
            ids["page", page.slug] = shown.pk
        self.stdout.write(f"demo: {Post.objects.count()} posts, {Element.objects.count()} elements, {len(ids)} ids")
