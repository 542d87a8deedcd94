"""Why an export is refused."""


class ExportError(Exception):
    """The export is refused as a whole; the message is fit to be shown to whoever uploaded it.

    `line` counts from 1 in the file as uploaded, None where no single line is to blame.
    """

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(f"{message} (line {line})" if line else message)
        self.line = line


class UnreadableExport(ExportError):
    """Not XML, not a WordPress export, or cut off."""


class HostileExport(ExportError):
    """Declares a document type or entities, or is built to exhaust memory."""
