"""TOML for people: every complaint names the file, the line and the remedy.

`config` and `deskfile` describe their documents as pydantic models; this package reads the text, remembers on which
line each value stands, and turns what pydantic found into plain sentences.
"""

from ticketbot.tomlfile.check import Section, checked, suggestion
from ticketbot.tomlfile.document import Document, Misconfigured, Place, Problem, Table, parse_document, read_document
from ticketbot.tomlfile.measures import Duration, Size, Span, parse_duration, parse_size, parse_span
from ticketbot.tomlfile.write import as_toml, toml_text

__all__ = [
    "Document", "Duration", "Misconfigured", "Place", "Problem", "Section", "Size", "Span", "Table",
    "as_toml", "checked", "parse_document", "parse_duration", "parse_size", "parse_span", "read_document",
    "suggestion", "toml_text",
]  # fmt: skip
