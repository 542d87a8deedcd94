"""Ways in which what is asked of websites is refused."""

from apps.core.refusal import Refusal


class WebsiteNotReady(Refusal):
    """It is still being made, came to nothing, or was discarded."""

    code, status, title = "websites.website.not_ready", 409, "The website is not in a state for this."


class PreviewExpired(Refusal):
    """Its link was made too long ago, or is none of ours; anybody who may read content can make a new one."""

    code, status, title = "websites.preview.expired", 404, "This preview does not exist, or not any more."
