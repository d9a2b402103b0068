"""A ticket's events in plain words, as `ticket show` tells them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Detail = Mapping[str, Any]
CLOCKS = {"FR": "first answer", "NR": "next answer", "RES": "resolution", "UPD": "update"}
#: How far somebody was believed to be who the mail says.
_STANDINGS = {
    "act": "believed",
    "hold_and_challenge": "asked to confirm, the mail is held",
    "note": "heard, as an internal note only",
    "unverified_note": "not vouched for, so an internal note only",
    "triage": "not believed, a person looks at it",
    "quarantine": "not believed, the mail is kept apart",
}
_CHANGES = frozenset({"priority", "severity", "kind", "impact", "urgency", "category"})


def in_words(action: str, detail: Detail) -> str:
    """Return what happened; an action without words of its own is named with all that it tells."""
    if action in _CHANGES and "after" in detail:
        return _change(action, detail)
    tell = _WORDS.get(action)
    return tell(detail) if tell is not None else _other(action, detail)


def _change(action: str, detail: Detail) -> str:
    before = "" if detail.get("before") is None else f"{_plain(detail['before'])} "
    return f"{action} {before}→ {_plain(detail['after'])}{_because(detail.get('reasons'))}"


def _state(detail: Detail) -> str:
    return f"{_plain(detail.get('before'))} → {_plain(detail.get('after'))}{_because(detail.get('act'))}"


def _owner(detail: Detail) -> str:
    return f"belongs to {_plain(detail.get('to') or 'nobody')}{_because(detail.get('why'))}"


def _deadline(detail: Detail) -> str:
    before, after = _short(detail.get("before")), _short(detail.get("after"))
    told = f"due {after} instead of {before}" if before and after else f"due {after}" if after else "rests"
    return f"{_clock(detail)} {told}{_because(detail.get('cause'))}"


def _reminded(detail: Detail) -> str:
    return f"reminded of the {_clock(detail)} at {detail.get('percent')} %"


def _missed(detail: Detail) -> str:
    return f"{_clock(detail)} missed, {detail.get('percent')} %"


def _opened(detail: Detail) -> str:
    names = ("priority", "severity", "kind")
    what = " ".join(_plain(detail[name]) for name in names if detail.get(name))
    by = f", for {detail['requester']}" if detail.get("requester") else ""
    lasted = f", a call of {detail['lasted']}" if detail.get("lasted") else ""
    return f"opened by {_plain(detail.get('channel', 'mail'))}: {what}{by}{lasted}"


def _ruling(detail: Detail) -> str:
    standing = str(detail.get("standing"))
    return f"sender {_STANDINGS.get(standing, standing)}: {detail.get('why') or 'no reason noted'}"


def _refused(detail: Detail) -> str:
    errors = (f"{each.get('line')}: {each.get('reason')}" for each in detail.get("errors", ()))
    return f"commands refused, nothing was done: {'; '.join(errors)}"


def _received(detail: Detail) -> str:
    return f"the client wrote{'' if detail.get('verified') else ', not vouched for'}"


def _plan(detail: Detail) -> str:
    return f"plan changed: {_plain(detail.get('kind'))}{_because(detail.get('reason'))}"


_WORDS: Mapping[str, Callable[[Detail], str]] = {
    "state": _state,
    "owner": _owner,
    "deadline": _deadline,
    "remind": _reminded,
    "breach": _missed,
    "opened": _opened,
    "ruling": _ruling,
    "command_refused": _refused,
    "received": _received,
    "plan": _plan,
    "reply": lambda _: "answered the client",
    "thanks": lambda _: "the client said thanks",
    "chased": lambda detail: f"asked the client again ({detail.get('times')})",
    "joined": lambda detail: f"{detail.get('address')} joined",
    "merged": lambda detail: f"merged into {detail.get('into')}",
    "merged_in": lambda detail: f"{detail.get('number')} was merged into this",
    "release": lambda detail: f"promised for the release of {detail.get('on')}",
}


def _other(action: str, detail: Detail) -> str:
    told = "; ".join(f"{_plain(name)}: {_told(value)}" for name, value in detail.items() if value not in (None, "", []))
    return f"{_plain(action)}{f' ({told})' if told else ''}"


def _told(value: object) -> str:
    """Return a value of any form without the signs of a program."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{_plain(name)} {_told(each)}" for name, each in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(_told, value))
    return str(value)


def _because(reason: object) -> str:
    return f" ({_plain(_told(reason))})" if reason else ""


def _clock(detail: Detail) -> str:
    name = CLOCKS.get(str(detail.get("clock")), "promise")
    cycle = detail.get("cycle", 1)
    return f"{name} {cycle}" if isinstance(cycle, int) and cycle > 1 else name


def _short(at: object) -> str:
    return f"{str(at)[:10]} {str(at)[11:16]}Z" if at else ""


def _plain(value: object) -> str:
    return str(value).replace("_", " ")
