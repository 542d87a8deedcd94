"""A picture, a film and a spoken post, made by the models of this machine soon after the first start."""

from apps.accounts import selectors as accounts
from apps.accounts.models import User
from apps.ai.models import Generation
from apps.content.models import Post
from apps.content.services import speech
from apps.media.models import Media
from apps.media.services.generating import films, pictures
from apps.sites.models import Site

STILLS = 3


def ask(user: User, site: Site) -> None:
    """Begins the three of them, unless anything was ever generated for the site. Nobody is waited for."""
    if Generation.objects.filter(site_id=site.pk).exists():
        return
    actor = accounts.actor_of(user, site.tenant_id)
    pictures.start(
        actor=actor,
        site=site,
        prompt="A lighthouse above the sea at dusk, with two sailing boats",
        name="Lighthouse at dusk",
        aspect_ratio="16:9",
        seed=11,
        model="local/painter",
    )
    stills = Media.objects.filter(site=site, media_type="image/jpeg").order_by("pk").values_list("pk", flat=True)
    films.start(
        actor=actor,
        site=site,
        prompt="A slow look along the coast",
        name="Along the coast",
        media_ids=list(stills[:STILLS]),
        captions=["Along the coast", "Tidewater Field Journal"],
        seconds=5,
        seed=11,
        model="local/projector",
    )
    post = Post.objects.filter(site=site, published_version__isnull=False).order_by("pk").first()
    if post is not None:
        speech.start(actor=actor, site=site, post_id=post.pk, output_format="wav", model="local/espeak")
