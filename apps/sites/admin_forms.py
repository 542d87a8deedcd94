"""Forms of the admin for sites."""

from typing import Any

from django import forms

from apps.core.backoffice_fields import JSONText
from apps.sites import settings


class SiteForm(forms.ModelForm):
    """Carries the settings as one document, and the ETag of what was being looked at."""

    document = JSONText(required=False, label="Settings", help_text="What is left out takes its default.")
    etag = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            found = settings.of(self.instance)
            self.initial.update({"document": found.document, "etag": found.etag})
