"""Subjects: reply and forward prefixes of many languages, our own tags, and what is left when both are gone."""

import re

#: What mail programs put before the subject of an answer. VS is a reply in Finnish and a forward in Danish and
#: Norwegian; it stands here because a reply that is taken for a forward would leave its ticket.
REPLY_PREFIXES = (
    ("English, French, Spanish …", ("re",)),
    ("German", ("aw", "antw", "antwort")),
    ("Dutch", ("antw", "beantw")),
    ("Danish, Norwegian, Swedish, Icelandic", ("sv",)),
    ("Finnish, Estonian", ("vs", "vast")),
    ("French", ("rép", "rep", "réf", "réponse")),
    ("Italian", ("r", "rif", "ris")),
    ("Portuguese, Spanish", ("res", "resp")),
    ("Polish, Czech, Slovak", ("odp", "odpoveď", "odpověď")),
    ("Slovenian, Croatian, Serbian", ("odg", "одг")),
    ("Hungarian", ("vá", "válasz")),
    ("Romanian", ("răsp", "răspuns")),
    ("Turkish", ("ynt", "yan")),
    ("Greek", ("απ", "απάντ", "σχετ")),
    ("Russian, Ukrainian, Bulgarian", ("отв", "ответ", "відп", "отг")),
    ("Lithuanian, Latvian", ("ats", "atb")),
    ("Hebrew, Arabic", ("השב", "תגובה", "רד", "رد", "الرد")),
    ("Chinese", ("回复", "回覆", "答复", "答覆", "回")),
    ("Japanese, Korean", ("返信", "返", "답장", "회신")),
    ("Vietnamese, Thai, Indonesian, Welsh", ("trả lời", "ตอบ", "ตอบกลับ", "bls", "atb")),
)

#: What they put before the subject of a mail that is passed on.
FORWARD_PREFIXES = (
    ("English …", ("fw", "fwd", "forward", "forwarded")),
    ("German", ("wg", "weitergeleitet", "weiterl")),
    ("Dutch", ("doorst", "doorgestuurd")),
    ("Swedish, Icelandic, Finnish", ("vb", "fs", "vl")),
    ("Danish, Norwegian", ("videresend", "videresendt")),
    ("French", ("tr", "transf", "transféré")),
    ("Spanish, Portuguese", ("rv", "reenv", "reenviado", "enc", "encaminhada")),
    ("Italian", ("i", "inoltro", "inoltrato")),
    ("Polish, Czech, Slovak", ("pd", "podaj dalej", "přep", "posl")),
    ("Slovenian, Croatian, Serbian", ("posr", "proslj", "прослеђено")),
    ("Hungarian", ("tov", "továbbítás", "továbbított")),
    ("Romanian", ("redir", "redirecționat", "transmis")),
    ("Turkish", ("ilt",)),
    ("Greek", ("πρθ", "προωθ")),
    ("Russian, Ukrainian, Bulgarian", ("пересл", "пересылка", "перес", "препр")),
    ("Lithuanian, Latvian", ("pers", "pārs")),
    ("Hebrew, Arabic", ("הועבר", "העברה", "إعادة توجيه")),
    ("Chinese", ("转发", "轉寄", "轉發")),
    ("Japanese, Korean", ("転送", "전달")),
    ("Vietnamese, Thai, Indonesian, Welsh", ("chuyển tiếp", "ส่งต่อ", "trs", "yml")),
)

LONGEST_SUBJECT = 2_000
_TAGS_READ = 8
_TAG = re.compile(r"\[T-([1-9][0-9]{0,8})\]")
_SPACE = re.compile(r"\s+")


def _any_of(table: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    """Return a pattern for every word of a table, longest first."""
    words = {word for _, row in table for word in row}
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


_PREFIX = re.compile(
    rf" ?(?:(?P<forward>{_any_of(FORWARD_PREFIXES)})|(?:{_any_of(REPLY_PREFIXES)}))\.?"
    r" ?(?:\[[0-9]{1,4}\]|\([0-9]{1,4}\)|[\^*]?[0-9]{1,4})? ?[:\uff1a\ufe55]",
    re.IGNORECASE,
)

#: What our letters to our own people put before a subject, in each language; cut only where an answer repeats it.
OUR_PREFIXES = (
    "done", "not done", "held", "unknown sender", "no ticket", "ticketbot",
    "erledigt", "nicht ausgeführt", "zurückgehalten", "unbekannter Absender", "kein Ticket",
)  # fmt: skip
_OURS = re.compile(
    rf" ?\[(?:{'|'.join(map(re.escape, OUR_PREFIXES))})\](?: T-[1-9][0-9]{{0,8}}(?![0-9]))?", re.IGNORECASE
)


def tag(number: int) -> str:
    """Return the tag that names a ticket in every subject."""
    return f"[T-{number}]"


def tags_in(subject: str) -> tuple[int, ...]:
    """Return the ticket numbers tagged in a subject, leftmost first, in exactly our form."""
    return tuple(dict.fromkeys(int(found) for found in _TAG.findall(subject[:LONGEST_SUBJECT])))[:_TAGS_READ]


def strip_own_tags(subject: str) -> str:
    """Return a subject without our tags; those of other systems stay (behaviours 40, 45)."""
    return _SPACE.sub(" ", _TAG.sub(" ", subject)).strip()


def bare_subject(subject: str) -> str:
    """Return a subject without our tags and without reply and forward prefixes, however many are stacked.

    What our own letters put before a subject goes with the prefix of the answer that repeats it.
    """
    bare = strip_own_tags(subject[:LONGEST_SUBJECT])
    start = 0
    while found := _PREFIX.match(bare, start):
        start = found.end()
        if ours := _OURS.match(bare, start):
            start = ours.end()
    return bare[start:].strip()


def subject_key(subject: str) -> str:
    """Return what is compared when two subjects are said to be the same."""
    return bare_subject(subject).casefold()


def is_forward(subject: str) -> bool:
    """Return whether the outermost prefix says that the mail was passed on, in any language."""
    found = _outermost(subject)
    return found is not None and found["forward"] is not None


def is_answer(subject: str) -> bool:
    """Return whether the outermost prefix says that the mail answers another one, in any language."""
    found = _outermost(subject)
    return found is not None and found["forward"] is None


def _outermost(subject: str) -> re.Match[str] | None:
    return _PREFIX.match(strip_own_tags(subject[:LONGEST_SUBJECT]))
