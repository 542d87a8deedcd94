"""Media in the admin: the grid and its folders, moving, the focal point, another file in the place of one."""

from typing import Any

import pytest
from django.test import Client

from apps.core.tenancy import inside
from apps.media.models import Folder, Media, MediaVersion
from apps.media.tests import factories
from conftest import AsRole
from tests.conftest import SignIn

LIST = "/admin/media/media/"


@pytest.fixture
def folder(as_role: AsRole) -> int:
    made: int = as_role("editor").post("/alpha-site/media/folders", {"name": "Birds"}).json()["id"]
    return made


def form_of(client: Client, media: Media, **changed: Any) -> dict[str, Any]:
    """What a browser would send of the page as it is, with these changed."""
    form = client.get(f"{LIST}{media.pk}/change/").context["adminform"].form
    found = {name: form.initial.get(name, "") for name in form.fields}
    return {name: value for name, value in found.items() if value not in (None, [])} | changed


def test_the_grid_shows_small_pictures_and_the_folders_beside(
    sign_in: SignIn, site_a: Any, folder: int, site_b: Any
) -> None:
    inside_it = factories.make(site_a, name="gull.png", folder_id=folder)
    outside = factories.make(site_a, name="other.txt", content=b"hello")
    factories.make(site_b, name="canary.png")
    client = sign_in("editor")
    page = client.get(LIST).content.decode()
    assert f"/public/alpha-site/media/{inside_it.pk}/view?w=256&amp;h=256" in page
    assert ("gull.png" in page, "other.txt" in page, "canary.png" in page) == (True, True, False)
    assert [(entry["name"], entry["count"]) for entry in client.get(LIST).context["folders"]] == [
        ("All files", 2), ("In no folder", 1), ("Birds", 1),
    ]  # fmt: skip
    for value, shown in ((str(folder), [inside_it.pk]), ("none", [outside.pk])):
        found = client.get(f"{LIST}?folder={value}").context
        assert [row.pk for row in found["cl"].result_list] == shown
        assert [entry["link"] for entry in found["folders"] if entry["chosen"]] == [f"?folder={value}"]


def test_chosen_files_are_moved_to_a_folder(sign_in: SignIn, site_a: Any, folder: int) -> None:
    one, two, three = (factories.make(site_a) for _ in range(3))
    chosen = {"action": "move_to_folder", "into": str(folder), "_selected_action": [one.pk, two.pk]}
    assert sign_in("editor").post(LIST, chosen).status_code == 302
    with inside(site_a.tenant):
        assert dict(Media.objects.values_list("pk", "folder_id")) == {one.pk: folder, two.pk: folder, three.pk: None}


def test_a_viewer_moves_nothing(sign_in: SignIn, site_a: Any, folder: int) -> None:
    media = factories.make(site_a)
    sign_in("viewer").post(LIST, {"action": "move_to_folder", "into": str(folder), "_selected_action": [media.pk]})
    with inside(site_a.tenant):
        assert Media.objects.get().folder_id is None


def test_the_page_of_a_file_changes_its_folder_tags_and_focal_point(sign_in: SignIn, site_a: Any, folder: int) -> None:
    media, client = factories.make(site_a), sign_in("editor")
    page = client.get(f"{LIST}{media.pk}/change/").content.decode()
    assert 'class="focal"' in page
    assert "cognitor/media" in page
    changed = {"focal_x": "0.25", "focal_y": "0.75", "tags": "sea, sky", "shelf": str(folder)}
    assert client.post(f"{LIST}{media.pk}/change/", form_of(client, media, **changed)).status_code == 302
    with inside(site_a.tenant):
        row = Media.objects.get()
    assert (row.focal_x, row.focal_y, row.tags, row.folder_id) == (0.25, 0.75, ["sea", "sky"], folder)


def test_a_file_is_replaced_and_the_former_one_listed(sign_in: SignIn, site_a: Any) -> None:
    media, client = factories.make(site_a), sign_in("editor")
    upload = factories.file("b.jpg", factories.picture("JPEG"))
    answer = client.post(f"{LIST}{media.pk}/change/", form_of(client, media, replacement=upload, alt_text="New"))
    assert answer.status_code == 302
    with inside(site_a.tenant):
        row, version = Media.objects.get(), MediaVersion.objects.get()
    assert (row.media_type, row.alt_text, version.file) == ("image/jpeg", "New", media.file)
    assert version.url in client.get(f"{LIST}{media.pk}/change/").content.decode()


def test_a_bad_file_replaces_nothing_and_says_why(sign_in: SignIn, site_a: Any) -> None:
    media, client = factories.make(site_a), sign_in("editor")
    upload = factories.file("b.png", b"<html><script>x</script>")
    answer = client.post(f"{LIST}{media.pk}/change/", form_of(client, media, replacement=upload))
    assert (answer.status_code, b"Files of this kind are not taken here" in answer.content) == (200, True)
    with inside(site_a.tenant):
        assert (Media.objects.get().revision, MediaVersion.objects.count()) == (1, 0)


def test_an_author_replaces_no_file_of_somebody_else(sign_in: SignIn, site_a: Any) -> None:
    media, before = factories.make(site_a), factories.stored(site_a)
    upload = factories.file("b.png", factories.picture())
    sign_in("author").post(f"{LIST}{media.pk}/change/", {"name": "x", "replacement": upload})
    with inside(site_a.tenant):
        assert (Media.objects.get().name, MediaVersion.objects.count()) == ("a.png", 0)
    assert factories.stored(site_a) == before


def test_a_folder_is_made_moved_and_deleted_only_when_it_is_empty(sign_in: SignIn, site_a: Any, folder: int) -> None:
    client = sign_in("editor")
    made = client.post("/admin/media/folder/add/", {"site": site_a.pk, "name": "Gulls", "above": folder})
    assert made.status_code == 302
    with inside(site_a.tenant):
        below = Folder.objects.get(name="Gulls")
    assert below.parent_id == folder
    page = client.get(f"/admin/media/folder/{folder}/change/").context["adminform"].form
    assert [value for value, _ in page.fields["above"].choices] == [""]
    gone = f"/admin/media/folder/{folder}/delete/"
    assert client.post(gone, {"post": "yes"}).status_code == 302
    moved = {"name": "Gulls", "above": "", "etag": below.etag}
    assert client.post(f"/admin/media/folder/{below.pk}/change/", moved).status_code == 302
    with inside(site_a.tenant):
        assert set(Folder.objects.values_list("name", "parent_id")) == {("Birds", None), ("Gulls", None)}
    assert client.post(gone, {"post": "yes"}).status_code == 302
    with inside(site_a.tenant):
        assert list(Folder.objects.values_list("name", flat=True)) == ["Gulls"]
