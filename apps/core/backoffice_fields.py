"""Form fields of the admin: text that comes back as it went out."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from apps.core.backoffice import pretty
from apps.core.encoding import loads


class Text(forms.CharField):
    """Long text. Browsers send CRLF for every line end; what is kept has the LF it had, and no space is stripped."""

    def __init__(self, *, rows: int = 20, css: str = "", **kwargs: Any) -> None:
        widget = UnfoldAdminTextareaWidget(attrs={"rows": rows, "class": css})
        super().__init__(**{"strip": False, "widget": widget, **kwargs})

    def to_python(self, value: Any) -> Any:
        return str(super().to_python(value)).replace("\r\n", "\n")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((initial or "") != self.to_python(data))


class JSONText(forms.CharField):
    """A JSON object as text. Keys keep the order in which they were typed."""

    widget = UnfoldAdminTextareaWidget

    def __init__(self, *, rows: int = 24, **kwargs: Any) -> None:
        attrs = {"rows": rows, "class": "json-text", "spellcheck": "false", "autocomplete": "off"}
        super().__init__(**{"strip": False, "widget": UnfoldAdminTextareaWidget(attrs=attrs), **kwargs})

    def prepare_value(self, value: Any) -> Any:
        return pretty(value) if isinstance(value, dict | list) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            found = loads(text) if text else {}
        except ValueError as error:
            raise forms.ValidationError(f"This is not JSON: {error}", code="malformed") from None
        if not isinstance(found, dict):
            raise forms.ValidationError("An object in braces is needed here.", code="type")
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class Words(forms.CharField):
    """A list of words or phrases, written with commas between."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": UnfoldAdminTextInputWidget(), "required": False, **kwargs})

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        return [word.strip() for word in super().clean(value).split(",") if word.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or []) != self.clean(data)
