"""Forms of the admin for content types, elements and posts."""

from typing import Any, ClassVar

from django import forms
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from apps.content.serializers import PlaceOut
from apps.core.backoffice_fields import JSONText, Text, Words


class TaggedForm(forms.ModelForm):
    """Carries the ETag of what was being looked at, so that nobody overwrites a change not seen."""

    etag = forms.CharField(required=False, widget=forms.HiddenInput)
    own: ClassVar[tuple[str, ...]] = ("etag",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.update({name: getattr(self.instance, name) for name in self.own})

    def changes(self, *names: str) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in names if name in self.changed_data}


class TypeForm(TaggedForm):
    schema = JSONText(help_text="JSON Schema 2020-12. Formats such as post_id and media_id make references.")
    renames = JSONText(
        required=False,
        initial={},
        rows=3,
        help_text='Fields that got another name: {"old": "new"}. Their values go along; without it they stay.',
    )
    confirmed = forms.BooleanField(
        required=False,
        label="Change the schema",
        widget=UnfoldBooleanSwitchWidget,
        help_text="Saving without this shows what the change would do.",
    )
    own = ("etag", "schema")


class DocumentForm(TaggedForm):
    published = forms.BooleanField(required=False, widget=UnfoldBooleanSwitchWidget, help_text="Seen by the public.")
    locale = forms.CharField(
        max_length=35, required=False, widget=UnfoldAdminTextInputWidget, help_text="Empty: the site's."
    )


class ElementForm(DocumentForm):
    data = JSONText(initial={}, help_text="As the type's schema asks for it.")  # type: ignore[assignment]
    tags = Words(help_text="Separated by commas.")
    own = ("etag", "published", "data")


class PageForm(DocumentForm):
    slug = forms.CharField(
        max_length=200, required=False, widget=UnfoldAdminTextInputWidget, help_text="Empty: made of the title."
    )
    description = Text(required=False, rows=3)
    parent_id = forms.IntegerField(
        required=False, label="Parent", widget=UnfoldAdminIntegerFieldWidget, help_text="Its number; empty: at the top."
    )
    seo = JSONText(
        label="SEO",
        initial={},
        required=False,
        rows=8,
        help_text="title, description, canonical, robots, og_title, og_description, image_media_id, twitter_card.",
    )
    elements = JSONText(
        initial={"page_elements": []},
        required=False,
        help_text="page_elements: each with content_element_id, section, position and layout_config.",
    )
    in_navigation = forms.BooleanField(required=False, initial=True, widget=UnfoldBooleanSwitchWidget)
    own = ("etag", "published", "seo", "parent_id")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["elements"] = {"page_elements": PlaceOut(self.instance.page_elements, many=True).data}


class PostForm(DocumentForm):
    slug = forms.CharField(
        max_length=200, required=False, widget=UnfoldAdminTextInputWidget, help_text="Empty: made of the title."
    )
    content = Text(required=False, rows=26, css="markdown-text", help_text="Markdown.")
    short_description = Text(required=False, rows=3)
    keywords = Words(help_text="Separated by commas.")
    own = ("etag", "published")


class TranslationForm(TaggedForm):
    """The text members of all kinds; shown are those of the kind at hand. Empty: the document's own."""

    data = JSONText(required=False, help_text="Members laid over the element's.")  # type: ignore[assignment]
    title = forms.CharField(max_length=500, required=False, widget=UnfoldAdminTextInputWidget)
    slug = forms.CharField(max_length=200, required=False, widget=UnfoldAdminTextInputWidget)
    short_description = Text(required=False, rows=3)
    content = Text(required=False, rows=26, css="markdown-text", help_text="Markdown.")
    keywords = Words(help_text="Separated by commas.")
    description = Text(required=False, rows=3)
    seo = JSONText(required=False, help_text="Members laid over those of the page.")
    published = forms.BooleanField(required=False, widget=UnfoldBooleanSwitchWidget, help_text="Seen by the public.")
    own = ("etag", "published")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update(self.instance.members)
