from apps.core.refusal import Refusal


class EmptyFile(Refusal):
    code, status, title = "media.empty", 400, "The file is empty."


class TypeRefused(Refusal):
    """Judged by the bytes, whatever the name and the request say."""

    code, status, title = "media.type.refused", 415, "Files of this kind are not taken here."


class UnsafeFile(Refusal):
    """`reason` says what was found in it."""

    code, status, title = "media.unsafe", 415, "The file holds something that could run in a browser."


class DamagedFile(Refusal):
    code, status, title = "media.damaged", 400, "The file begins like a picture but cannot be read as one."


class TooManyPixels(Refusal):
    """`limit` is the most there may be: pixels of a picture, or frames of a moving one."""

    code, status, title = "media.too_many_pixels", 413, "The picture has more pixels or frames than are taken here."


class MediaInUse(Refusal):
    """`users` lists up to 50 documents that show the file: `{doc_type, doc_id, field}`."""

    code, status, title = "media.in_use", 409, "Documents show this file; force=true deletes it all the same."


class RangeNotSatisfiable(Refusal):
    """`Content-Range` says how long the file is."""

    code, status, title = "media.range", 416, "The range begins behind the end of the file."
