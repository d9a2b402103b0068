"""What the files of a mail are called: labels to show, never names to store under."""

import re
from typing import Final

from ticketbot.inbound import charsets

_EXTENSIONS: Final = {
    "text/plain": "txt", "text/html": "html", "image/jpeg": "jpg", "image/jpg": "jpg", "image/pjpeg": "jpg",
    "image/x-png": "png", "image/heic": "heic", "video/mp4": "mp4", "audio/mpeg": "mp3", "application/gzip": "gz",
    "application/rtf": "rtf",
    "application/x-zip-compressed": "zip", "application/vnd.ms-powerpoint": "ppt", "video/quicktime": "mov",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "image/png": "png", "image/gif": "gif",
    "application/pdf": "pdf", "message/rfc822": "eml", "text/calendar": "ics", "application/zip": "zip",
    "text/csv": "csv", "text/x-vcard": "vcf", "text/vcard": "vcf", "application/json": "json", "application/xml": "xml",
    "image/svg+xml": "svg", "image/tiff": "tif", "image/bmp": "bmp", "image/webp": "webp", "audio/wav": "wav",
    "application/pgp-signature": "asc", "application/pgp-keys": "asc", "application/pkcs7-signature": "p7s",
    "application/x-pkcs7-signature": "p7s", "application/pkcs7-mime": "p7m", "application/x-pkcs7-mime": "p7m",
    "message/delivery-status": "txt", "message/disposition-notification": "txt", "text/rfc822-headers": "txt",
    "message/feedback-report": "txt", "application/msword": "doc", "application/vnd.ms-excel": "xls",
}  # fmt: skip


def label(name: str) -> str:
    """Return a file name as a label: no folders, no tricks, at most 200 characters, never a name to store under."""
    name = charsets.clean_line(charsets.without_invisible(name))
    if re.match(r"[A-Za-z]:\\|\\\\", name):
        name = name.rpartition("\\")[2]
    name = re.sub(r"[\x00-\x1f/\\]+", "_", name.rpartition("/")[2] if _is_path(name) else name).strip(" .")
    if len(name) > 200:
        stem, dot, extension = name.rpartition(".")
        name = f"{stem[: 199 - len(extension)]}.{extension}" if dot and len(extension) <= 10 else name[:200]
    return name


def stable_name(index: int, kind: str) -> str:
    """Return a name for a part without one: the same at every reading."""
    return f"part-{index + 1}.{_EXTENSIONS.get(kind, 'bin')}"


def _is_path(name: str) -> bool:
    return name.startswith(("/", "./", "../", "~/"))
