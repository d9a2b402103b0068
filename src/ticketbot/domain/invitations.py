# ruff: noqa: E501, RUF001 - tables of words in many scripts
"""Answers to invitations: what calendar programs write into them by themselves, and what a person added."""

import re
from typing import Final

#: What programs say of an answer, in a line of its own or beside the name of whoever answers or of the meeting.
_ANSWERED: Final = re.compile(
    r"accept|declin|tentativ|propos|zugesagt|abgelehnt|angenommen|vorbehalt|abgesagt|refus|provisoir|acept|rechaz|provisional|accett|rifiut|aceit|recus"
    r"|geaccepteerd|geweigerd|afgewezen|voorlopig|accepterat|avböj|tackat|preliminär|accepter|afvis|afslå|foreløbig|hyväksy|hylänn|alustav"
    r"|zaakcept|odrzuc|wstępn|přij|odmít|nezávazn|elfogad|elutasít|respins|принят|отклон|прийнят|відхил|kabul|reddet|αποδ|απορρ|承諾|辞退|仮|接受|拒[绝絕]|暂定|수락|거절|잠정|אישר|דחה|قبل|رفض",
    re.IGNORECASE,
)
#: Where programs repeat the invitation: all below is theirs.
_REPEATED: Final = re.compile(
    r"^\s*(?:-{4,}|_{6,}|={4,}|\*~|>|.{0,40}(?:original appointment|ursprünglicher termin|rendez-vous d['’]origine|cita original))",
    re.IGNORECASE,
)
#: Lines that only a program writes: a link or an address and little else, a span of time, and labels such as "When:".
_PROGRAMS: Final = re.compile(
    r"^\W*(?:https?://\S+|[^\s@]+@[^\s@]+\.[^\s@]+)\W*(?:\w+\W*){0,2}$|\d{1,2}(?:[:.h]\d{2})?\s?(?:[ap]m)?\s?[-\u2013\u2014]\s?\d{1,2}[:.h]\d{2}"
    r"|^\W*(?:when|where|time|date|location|subject|organi[sz]er|summary|title|who|wann|wo|ort|zeit|datum|betreff|titel|wer|quand|où|lieu|heure|qui|objet|cuándo|dónde|lugar|asunto|quando|dove|luogo|oggetto|onde|assunto"
    r"|wanneer|waar|plaats|när|var|plats|tid|hvornår|hvor|sted|emne|kiedy|gdzie|kdy|kde|когда|где|место|тема|日時|場所|件名|时间|地点|主题)\s?[:\uff1a]",
    re.IGNORECASE,
)
#: Google sets a person's words in quotes below such a line, between lines of its own.
_NOTED: Final = re.compile(
    r"\b(?:with (?:this|a|the following) note|notiz|note|nota|notat|opmerking)\s?:\s*[\"“„«]([^\"”“»]{2,})",
    re.IGNORECASE,
)
_OF_GOOGLE: Final = re.compile(r"google[ .]|invitation\.ics", re.IGNORECASE)
_WORDS: Final = re.compile(r"[^\W\d_]+")
_LONGEST: Final = 4000
_OUTCRY: Final = 3


def has_own_words(text: str, *, subject: str, name: str) -> bool:
    """Return whether a person added words to a calendar's answer; *name* is the sender's, as programs repeat it.

    What cannot be told from a program's own lines counts as a person's: such a mail is heard, and not answered.
    """
    looked_at = text[:_LONGEST]
    if _OF_GOOGLE.search(looked_at):
        return _NOTED.search(looked_at) is not None
    for line in looked_at.splitlines():
        if _REPEATED.match(line):
            return False
        if not _is_programs(line, subject=subject, name=name):
            return True
    return False


def _is_programs(line: str, *, subject: str, name: str) -> bool:
    words = _WORDS.findall(line.casefold())
    if not words or _PROGRAMS.search(line) or subject.casefold().endswith(f" {line.strip().casefold()}"):
        return True
    names = {*_WORDS.findall(name.casefold()), *_WORDS.findall(subject.casefold())}
    return bool(_ANSWERED.search(line)) and (len(words) <= _OUTCRY or bool(names & set(words[:_OUTCRY])))
