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


class SourceRefused(Refusal):
    """`answered` is the status of the other server."""

    code, status, title = "media.source", 502, "The address does not answer with a file."


class PartsMissing(Refusal):
    """`parts` lists up to 100 numbers of parts that have not come, or are of another size."""

    code, status, title = "media.upload.parts", 409, "Parts of the file are missing."


class TooManyUploads(Refusal):
    code, status, title = "media.upload.limit", 409, "A site has at most 100 uploads under way."


class MediaInUse(Refusal):
    """`users` lists up to 50 documents that show the file: `{doc_type, doc_id, field}`."""

    code, status, title = "media.in_use", 409, "Documents show this file; force=true deletes it all the same."


class MediaChanged(Refusal):
    """`revision` is that of the file which the media has now."""

    code, status, title = "media.changed", 409, "The media has got another file meanwhile."


class PictureNeeded(Refusal):
    code, status, title = "media.picture.needed", 409, "This can be done with pictures made of pixels only."


class BulkRefused(Refusal):
    """`items` is the report: what stands against which item; nothing was done."""

    code, status, title = "media.bulk.refused", 409, "Not all of it can be done, so nothing was."


class FolderNameTaken(Refusal):
    code, status, title = "media.folder.taken", 409, "There is a folder of this name here."


class FolderCycle(Refusal):
    code, status, title = "media.folder.cycle", 409, "A folder cannot be below itself."


class FolderTooDeep(Refusal):
    code, status, title = "media.folder.too_deep", 409, "Folders are at most 20 levels deep."


class FolderLimitReached(Refusal):
    code, status, title = "media.folder.limit", 409, "A site has at most 5,000 folders."


class FolderNotEmpty(Refusal):
    """`media` and `folders`: how many are in it."""

    code, status, title = (
        "media.folder.not_empty",
        409,
        "Something is in this folder; force=true deletes it, and the files go to the folder above.",
    )


class RangeNotSatisfiable(Refusal):
    """`Content-Range` says how long the file is."""

    code, status, title = "media.range", 416, "The range begins behind the end of the file."
