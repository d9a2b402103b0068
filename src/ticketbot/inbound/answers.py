# ruff: noqa: E501, RUF001 - long tables of words in many scripts
"""Answers that stand inside the quoted mail: found where the words above it say so, in whatever language."""

import re
from typing import Final

from ticketbot.inbound.dialects import RULERS
from ticketbot.inbound.history import (
    LOOKED_AT,
    PLAIN_QUOTED,
    history_begins,
    is_attribution,
    is_original_line,
    label_of,
)

_MAX_LINES: Final = 10_000
#: Who announces answers below says so in few words; a letter that says "below" somewhere means its own text.
_MOST_LINES: Final = 12
_MOST_HEAD: Final = 16
_ALL_LABELS: Final = 4
_LONGEST: Final = 200
_FEW_WORDS: Final = 3
#: Where the answers stand.
_PLACE: Final = re.compile(
    r"\b(?:below|in-?line|in line|underneath|further down|beneath|between (?:the|your) lines|interspersed|in (?:red|blue|green|bold|colou?r|orange|purple|yellow|italics?|capitals)"
    r"|unten|untenstehend|hierunter|darunter|in (?:rot|blau|grün|fett|farbe)|(?:rot|blau|farbig|grün) (?:markiert|geschrieben)|im text|zwischen den zeilen|inline"
    r"|ci-?dessous|plus bas|ci-après|en (?:rouge|bleu|vert|gras)|dans le texte|abajo|debajo|a continuación|en (?:rojo|azul|verde|negrita)"
    r"|di seguito|sotto|più in basso|in (?:rosso|blu|verde|grassetto)|abaixo|em baixo|(?:em|a) (?:vermelho|azul|verde|negrito)|hieronder|onderaan|in (?:het )?(?:rood|blauw|groen|vet)"
    r"|nedan|i (?:rött|blått|fetstil)|nedenfor|nedenunder|nedenstående|(?:med|i) (?:rødt?|blåt?t?)|alla(?=\W*$)|alempana|alapuolella|punaisella|sinisellä|poniżej|na (?:czerwono|niebiesko)"
    r"|níže|červeně|modře|nižšie|červenou|alább|lent(?=\W*$)|lentebb|pirossal|kékkel|mai jos|cu (?:roșu|albastru)|ниже|красным|синим|нижче|червоним|по-долу|aşağıda|kırmızı|mavi"
    r"|παρακάτω|(?:με )?κόκκινο|ispod|niže|crven\w+|spodaj|rdeče|žemiau|zemāk|allpool|a sota|més avall|bên dưới|di bawah)\b"
    r"|下記|以下|赤字|下面|下方|红色|紅色|蓝色|아래|빨간|파란|למטה|להלן|באדום|أدناه|بالأحمر|ด้านล่าง|در زیر|नीचे",
    re.IGNORECASE,
)
#: What stands there, or the word that sends one there.
_ANSWERS: Final = re.compile(
    r"\b(?:answer|repl(?:y|ies)|respon[sd]|comment|remark|see\b|find\b|notes?\b|added|wrote|written|filled|antwort|siehe|s\. ?u|kommentar|anmerkung|ergänz|geschrieben"
    r"|réponse|répon|voir|voyez|commentaire|remarque|respuesta|respond|ver\b|vea|véase|comentario|rispost|vedi|veda|comment[io]|resposta|respondi|veja|ver\b|comentário"
    r"|antwoord|zie\b|opmerking|svar|se\b|kommentar|vastau|katso|kommen|odpowie|patrz|zobacz|uwagi|odpov|viz\b|komentář|pozri|válasz|lásd|ld\.|răspuns|vezi|coment"
    r"|ответ|см\.|смотри|коммент|відпові|див\.|дивіться|отговор|виж|cevap|yanıt|bakın|yorum|απαντ|δείτε|σχόλι|odgovor|vidi|vidjet|glej|atsakym|žr\.|atbild|skat\.|vastus|vt\b|respost|vegeu"
    r"|trả lời|xem|jawab|lihat)"
    r"|回答|返信|返答|参照|ご覧|回复|回覆|答复|见|見|답변|답장|참조|תשוב|ראה|ראו|إجاب|الرد|ردود|انظر|ตอบ|ดู|پاسخ|उत्तर|देखें",
    re.IGNORECASE,
)


def points_below(new_text: str) -> bool:
    """Return whether somebody's own words say that their answers stand in the quoted mail below."""
    written = [line for line in new_text.split("\n") if line.strip()]
    return len(written) <= _MOST_LINES and any(_points(line) for line in written)


def with_answers(text: str, new_text: str) -> str:
    """Return *new_text* with the quoted part of a mail's whole *text* below it, where it says that answers stand there.

    Never for staff: what they quote is our letter to them, which clients must not read.
    """
    below = answers_below(text, new_text)
    return f"{new_text}\n\n{below}" if below else new_text


def ends_in_quote(text: str, new_text: str) -> bool:
    """Return whether the last of somebody's own words send the reader on into the mail that they quote."""
    last = next((line for line in reversed(new_text.split("\n")) if line.strip()), "")
    return _points(last) and bool(answers_below(text, new_text))


def answers_below(text: str, new_text: str) -> str:
    """Return the quoted part of a mail's whole *text* where its *new_text* says that answers stand in it, or "".

    Without the lines that introduce it. Where it is shown already, or answers between quotes are, there is nothing.
    """
    if not points_below(new_text) or any(PLAIN_QUOTED.match(line) for line in new_text.split("\n")):
        return ""
    lines = text.split("\n")
    if len(lines) > _MAX_LINES:
        return ""
    part = _without_head(lines[_part_begins(lines) :])
    shown = "\n".join(part).strip("\n").rstrip()
    return "" if " ".join(shown.split()) in " ".join(new_text.split()) else shown


def _points(line: str) -> bool:
    told = line.strip()
    if not _PLACE.search(told[:LOOKED_AT]) or len(told) > _LONGEST:
        return False
    return len(told.split()) <= _FEW_WORDS or _ANSWERS.search(told) is not None


def _part_begins(lines: list[str]) -> int:
    """Return where the history begins: by what introduces it, else as the quoted lines at the end."""
    begins = history_begins(lines)
    if begins < len(lines):
        return begins
    written = (n for n in range(len(lines) - 1, -1, -1) if lines[n].strip() and not PLAIN_QUOTED.match(lines[n]))
    return next(written, len(lines) - 1) + 1


def _without_head(part: list[str]) -> list[str]:
    """Take off the ruler, the line "On … Ann wrote:" and the labels that stand over the quoted words."""
    begins = labels = 0
    for number, line in enumerate(part[:_MOST_HEAD]):
        bare = line.strip("> ")[:LOOKED_AT]
        if labels >= _ALL_LABELS and not bare:
            break
        is_label = label_of(line) is not None
        labels += is_label
        is_head = not line.strip(RULERS) or is_original_line(bare) or is_attribution(bare)
        if is_head or (is_label and _belongs(part, number)):
            begins = number + 1
        elif not is_label and begins:
            break
    return part[begins:]


def _belongs(part: list[str], number: int) -> bool:
    """Return whether a label stands beside others: a lone "To: …" may be an answer."""
    beside = [part[each] for each in (number - 2, number - 1, number + 1, number + 2) if 0 <= each < len(part)]
    return any(label_of(line) for line in beside)
