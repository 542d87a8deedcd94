"""What becomes of a website: public as a whole, or gone as a whole."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.core.models import EventRow
from apps.core.tenancy import inside
from apps.media.models import Media
from apps.websites.models import Website
from apps.websites.tests.conftest import Studio
from apps.websites.tests.pages import local
from apps.websites.tests.test_generating import VENDOR, a_picture, counts, generate, money
from conftest import Committed
from tests.client import ApiClient

pytestmark = pytest.mark.slow


def public(own: Committed, path: str) -> Any:
    return ApiClient().get(f"/public/{own.site.identifier}/{path}").json()


def test_publishing_makes_pages_posts_and_menu_public(
    rich: Committed, at_once: None, deliver_events: Callable[[], int]
) -> None:
    rich.client.put(f"/{rich.site.identifier}/locales", {"default": "en", "enabled": ["en", "de"]})
    told, path = generate(rich, locales=["en", "de"]).json(), f"/{rich.site.identifier}/websites"
    assert (public(rich, "navigation"), public(rich, "posts")) == ([], [])
    answer = rich.client.post(f"{path}/{told['id']}/publish")
    assert answer.status_code == 200
    outcome = answer.json()
    assert (outcome["website"]["state"], outcome["done"], outcome["failed"]) == ("published", 13, 0)
    assert {part["status"] for part in outcome["documents"]} == {200}
    deliver_events()
    [home] = public(rich, "navigation")
    assert (home["slug"], [child["path"] for child in home["children"]]) == (
        "marlow-finch",
        ["/marlow-finch/about", "/marlow-finch/journal", "/marlow-finch/contact"],
    )
    shown = public(rich, "pages/marlow-finch")["page_elements"]
    assert [place["content_element"]["type_identifier"] for place in shown][:2] == ["website-hero", "website-features"]
    assert shown[0]["content_element"]["data"]["action_page"]["slug"] == "contact"
    assert len(public(rich, "posts")) == 2
    assert public(rich, "pages/about?locale=de")["title"] == "Über uns"
    again = rich.client.post(f"{path}/{told['id']}/publish").json()
    assert (again["done"], again["failed"]) == (13, 0)


def test_what_cannot_be_published_is_told_and_keeps_the_others_from_nothing(rich: Committed, at_once: None) -> None:
    told, site = generate(rich).json(), rich.site.identifier
    gone, taken = (part["id"] for part in told["documents"] if part["doc_type"] == "post")
    rich.client.delete(f"/{site}/posts/{gone}")
    outcome = rich.client.post(f"/{site}/websites/{told['id']}/publish").json()
    assert (outcome["done"], outcome["failed"], len(outcome["documents"])) == (12, 0, 12)
    assert [post["id"] for post in public(rich, "posts")] == [taken]


def test_discarding_leaves_nothing_but_types_and_the_credits_spent(
    rich: Committed, at_once: None, studio: Studio
) -> None:
    studio.pictures = [a_picture(), a_picture()]
    told, site = generate(rich, **VENDOR, pictures=2).json(), rich.site.identifier
    rich.client.post(f"/{site}/websites/{told['id']}/publish")
    before = money(rich)
    outcome = rich.client.post(f"/{site}/websites/{told['id']}/discard").json()
    assert (outcome["website"]["state"], outcome["website"]["preview_url"], outcome["failed"]) == ("discarded", None, 0)
    assert (public(rich, "navigation"), public(rich, "posts"), public(rich, "pages")) == ([], [], [])
    assert rich.client.get(f"/{site}/trash").json()["total"] == 13
    assert counts(rich)["Media"] == 0
    assert money(rich) == before == (200, ["settled"])
    assert ApiClient().get(local(told["preview_url"])).status_code == 404
    for deed in ("publish", "discard"):
        answer = rich.client.post(f"/{site}/websites/{told['id']}/{deed}")
        assert (answer.status_code, answer.json()["code"]) == (409, "websites.website.not_ready")


def test_what_others_show_stays_and_is_told(rich: Committed, at_once: None, studio: Studio) -> None:
    studio.pictures = [a_picture()]
    told, site, client = generate(rich, **VENDOR, pictures=1).json(), rich.site.identifier, rich.client
    hero = client.get(f"/{site}/elements?type_identifier=website-hero").json()["items"][0]
    kept = client.post(
        f"/{site}/pages", {"title": "Mine", "page_elements": [{"content_element_id": hero["id"]}]}
    ).json()
    outcome = client.post(f"/{site}/websites/{told['id']}/discard").json()
    failed = [part for part in outcome["documents"] if part["error"]]
    assert [(part["doc_type"], part["status"]) for part in failed] == [("element", 409), ("media", 409)]
    assert failed[0]["error"]["detail"]["referrers"][0]["doc_id"] == kept["id"]
    assert outcome["website"]["state"] == "draft"
    assert client.get(f"/{site}/elements/{hero['id']}").status_code == 200
    client.delete(f"/{site}/pages/{kept['id']}")
    assert client.post(f"/{site}/websites/{told['id']}/discard").json()["website"]["state"] == "discarded"
    with inside(rich.tenant):
        assert not Media.objects.exists()


def test_a_dry_run_of_either_changes_nothing(rich: Committed, at_once: None) -> None:
    told, site = generate(rich).json(), rich.site.identifier
    events = EventRow.objects.filter(tenant_id=rich.tenant.pk).count()
    for deed in ("publish", "discard"):
        answer = rich.client.post(f"/{site}/websites/{told['id']}/{deed}?dry_run=true").json()
        assert (answer["status"], answer["result"]["failed"]) == (200, 0)
    assert rich.client.get(f"/{site}/websites/{told['id']}").json()["state"] == "draft"
    assert EventRow.objects.filter(tenant_id=rich.tenant.pk).count() == events


def test_the_admin_lists_websites_with_their_state_and_a_link_to_the_preview(rich: Committed, at_once: None) -> None:
    told, browser = generate(rich).json(), Client()
    browser.force_login(rich.admin)
    page = browser.get("/admin/websites/website/").content.decode()
    assert f'<a href="{told["preview_url"]}" target="_blank" rel="noopener noreferrer">Open</a>' in page
    assert "6 of 6" in " ".join(page.split())
    page = browser.get(f"/admin/websites/website/{told['id']}/change/").content.decode()
    assert "content types: done (7 of 7)" in page
    assert f"page {told['page_id']}" in page
    assert browser.post("/admin/websites/website/add/", {"name": "Forged"}).status_code == 403


def test_a_website_of_another_tenant_is_404(rich: Committed, committed_for_all: Committed, at_once: None) -> None:
    told, stranger = generate(rich).json(), committed_for_all.client
    for path in (
        f"/{rich.site.identifier}/websites/{told['id']}",
        f"/{committed_for_all.site.identifier}/websites/{told['id']}",
    ):
        assert stranger.get(path).status_code == 404
        assert stranger.get(f"{path}/preview").status_code == 404
        assert stranger.post(f"{path}/publish").status_code == 404
        assert stranger.post(f"{path}/discard").status_code == 404
    with inside(rich.tenant):
        assert Website.objects.get().state == "draft"
