"""A document held against its model: every fault becomes a plain sentence with a remedy."""

import difflib
import re
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError

from ticketbot.tomlfile.document import Misconfigured, Place, Problem


class Section(BaseModel):
    """A table of a configuration file: frozen, and unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


Model = TypeVar("Model", bound=BaseModel)


def checked(model: type[Model], data: Mapping[str, object], *, where: Callable[[Place], str]) -> Model:
    """Return *data* as a *model*, or raise `Misconfigured` with a sentence for each fault."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        found = error.errors(include_url=False)
        places = [_place(each["loc"], data) for each in found]
        sentences = [_sentence(model, each, place) for each, place in zip(found, places, strict=True)]
        problems = [Problem(where=where(place), what=what) for place, what in zip(places, sentences, strict=True)]
        raise Misconfigured(dict.fromkeys(problems)) from error


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return '; did you mean host?', or what is known when nothing is near, or nothing at all."""
    names = sorted(known)
    if near := difflib.get_close_matches(word, names, n=1, cutoff=0.6):
        return f"; did you mean {near[0]}?"
    return f"; known are {', '.join(names)}" if 0 < len(names) <= _LISTED else ""


_LISTED = 24
_SAID = {
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "must be a whole number"),
    **dict.fromkeys(("float_type", "float_parsing"), "must be a number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "must be true or false"),
    **dict.fromkeys(("list_type", "tuple_type"), "must be a list in [ ]"),
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
        "must be a date such as 2027-03-19, without quotes",
    ),
    "string_type": "must be text in quotes",
}
_SECRET = re.compile(r"password|secret|token|key|url", re.IGNORECASE)


def _place(loc: Sequence[str | int], data: object) -> Place:
    """Return the part of pydantic's location that names places in the document (it adds '[key]' and names of types)."""
    place: list[str | int] = []
    here: Any = data
    for step in loc:
        if isinstance(here, dict) and step != "[key]":
            here = here.get(step)
        elif isinstance(here, list | tuple) and isinstance(step, int) and step < len(here):
            here = here[step]
        else:
            break
        place.append(step)
    return tuple(place)


def _sentence(model: type[BaseModel], error: Mapping[str, Any], place: Place) -> str:
    name = _dotted(place)
    leaf = str(place[-1]) if place else ""
    match error["type"]:
        case "extra_forbidden":
            return f"unknown key {name}{suggestion(leaf, _known(model, place[:-1]))}"
        case "value_error":
            what = str(error["ctx"]["error"])
        case "literal_error" | "enum":
            expected = re.findall(r"'([^']*)'", error["ctx"]["expected"])
            given = error["input"]
            near = suggestion(given, expected) if isinstance(given, str) else ""
            what = f"must be one of {', '.join(expected)}{near if 'did you mean' in near else ''}"
        case "missing":
            what = f"is missing{_described(model, place)}"
        case "dict_type" | "model_type" | "model_attributes_type":
            what = f"must be a table{_pattern(model, place)}"
        case kind:
            what = _SAID.get(kind) or error["msg"].removeprefix("Input ").removeprefix("Value error, ")
    given = error["input"]
    shown = isinstance(given, str | int | float) and error["type"] != "missing" and not _SECRET.search(leaf)
    return f"{name} = {given!r} {what}".lstrip() if shown and name else f"{name} {what}".lstrip()


def _dotted(place: Place) -> str:
    text = ""
    for step in place:
        if isinstance(step, int):
            text += f"[{step + 1}]"
        else:
            quoted = step if re.fullmatch(r"[\w-]+", step) else f'"{step}"'
            text += f".{quoted}" if text else quoted
    return text


def _described(model: type[BaseModel], place: Place) -> str:
    around = _model_at(model, place[:-1])
    field = around.model_fields.get(str(place[-1])) if around and place else None
    return f" ({field.description})" if field and field.description else ""


def _pattern(model: type[BaseModel], place: Place) -> str:
    """Return what a table looks like: its field's example, or the heading in its model's docstring."""
    around = _model_at(model, place[:-1])
    fields = {field.alias or name: field for name, field in around.model_fields.items()} if around and place else {}
    field = fields.get(str(place[-1])) if place else None
    if field is not None and field.examples:
        return f", e.g. {place[-1]} = {field.examples[0]}"
    found = _model_at(model, place)
    heading = re.match(r"(\[.*?\](?: \w+ = \{…\})?): ([^.;]*)", (found.__doc__ or "") if found else "")
    return f" such as {heading[1]}: {heading[2]}" if heading else ""


def _known(model: type[BaseModel], place: Place) -> list[str]:
    around = _model_at(model, place)
    return [field.alias or name for name, field in around.model_fields.items()] if around else []


def _model_at(annotation: object, place: Place) -> type[BaseModel] | None:
    """Return the model that describes the table at *place*, seen from *annotation*."""
    for option in _options(annotation):
        if isinstance(option, type) and issubclass(option, BaseModel):
            if not place:
                return option
            fields = {field.alias or name: field for name, field in option.model_fields.items()}
            field = fields.get(str(place[0]))
            if field and (found := _model_at(field.annotation, place[1:])):
                return found
        elif place and get_origin(option) in {dict, tuple, list, Mapping}:
            for inner in get_args(option)[::-1]:
                if inner is not Ellipsis and (found := _model_at(inner, place[1:])):
                    return found
    return None


def _options(annotation: object) -> Iterable[object]:
    origin = get_origin(annotation)
    if origin in {Union, types.UnionType}:
        for each in get_args(annotation):
            yield from _options(each)
    elif origin is Annotated:
        yield from _options(get_args(annotation)[0])
    else:
        yield annotation
