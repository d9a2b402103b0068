"""What phones and people put below a mail, and nobody means as an answer (behaviour 77)."""

import re

_LONGEST_BANNER = 100


def _phrases(table: str) -> tuple[str, ...]:
    """Return the phrases of a table: several on a line, between bars."""
    return tuple(phrase.strip().casefold() for line in table.strip().splitlines() for phrase in line.split("|"))


#: How phones and mail apps begin when they sign by themselves. A device or an app must be named too, see below.
_BEGINNINGS = _phrases(
    """
    sent from my|sent from outlook|sent from yahoo|sent from proton|sent from samsung|sent from mail|sent from aol
    sent via|sent with|get outlook for|outlook for|outlook für|holen sie sich outlook|obtenez outlook|obtenir outlook
    télécharger outlook|obtener outlook|descarga outlook|scarica outlook|baixe o outlook|obter o outlook
    von meinem|von meiner|gesendet von|gesendet mit|gesendet aus|diese nachricht wurde von meinem
    envoyé de mon|envoyé depuis|envoyé à partir|enviado desde|enviado do|enviado de mi|enviado a partir|enviat des
    inviato da|inviato dal|verzonden vanaf|verzonden met|verzonden via|verstuurd vanaf|skickat från|sendt fra
    lähetetty|wysłane z|wysłano z|odesláno z|odoslané z|poslano sa|poslano z|poslato sa|trimis de pe|trimis din
    отправлено с|отправлено из|надіслано з|изпратено от|στάλθηκε από|εστάλη από|נשלח מ|أرسلت من|أرسل من|مرسل من
    发自我的|發自我的|從我的|ส่งจาก|được gửi từ|đã gửi từ|dikirim dari
    """  # noqa: RUF001 - Cyrillic words
)

#: And how they end where the language puts the verb last.
_ENDINGS = ("gönderildi", "küldve", "から送信", "から送信しました", "에서 보냄", "에서 보냈습니다", "傳送")

_DEVICES = re.compile(
    "iphon|ipad|ipod|android|samsung|galaxy|pixel|huawei|xiaomi|blackberry|handy|smartphone|mobil|móvil|mobiel|tablet"
    "|telefon|téléphone|outlook|gmail|yahoo|proton|aol|mail for windows|mail-app|mail app|手机|手機"
)

_CLOSINGS = frozenset(
    _phrases(
        """
        best|best regards|best wishes|kind regards|warm regards|regards|sincerely|yours sincerely|cheers|br|kr
        all the best|mfg|lg|vg|bg|viele grüße|beste grüße|liebe grüße|schöne grüße|grüße|gruß
        mit freundlichen grüßen|freundliche grüße|cordialement|bien cordialement|bien à vous|salutations|saludos
        un saludo|atentamente|cordiali saluti|saluti|distinti saluti|met vriendelijke groet|groeten|mvh
        med vänliga hälsningar|hilsen|pozdrawiam|s pozdravem|üdvözlettel|atenciosamente|abraços
        """
    )
)
_THANKS = frozenset({"thanks", "thank you", "many thanks", "danke", "vielen dank", "merci", "gracias", "grazie"})
_EDGES = " \t\r,.;:!-*_~()[]<>"


def is_banner(line: str) -> bool:
    """Return whether a phone or a mail app wrote this line by itself."""
    told = line.strip(_EDGES)
    if not told or len(told) > _LONGEST_BANNER:
        return False
    told = told.casefold()
    return (told.startswith(_BEGINNINGS) or told.endswith(_ENDINGS)) and _DEVICES.search(told) is not None


def without_banners(text: str) -> str:
    """Return a text without the blank lines and the banners at its end; a banner stands alone, below a blank line."""
    lines = text.rstrip().split("\n")
    end = len(lines)
    while end and is_banner(lines[end - 1]):
        end -= 1
        while end and not lines[end - 1].strip():
            end -= 1
    stands_alone = end == 0 or end == len(lines) or not lines[end].strip()
    return "\n".join(lines[:end] if stands_alone else lines)


def is_sign_off(text: str, *, own_name: str = "") -> bool:
    """Return whether a text is nothing but a closing formula and the writer's name, or one of them, or empty."""
    said = {line.strip(_EDGES).casefold() for line in text.split("\n")} - {""}
    names = {own_name.strip().casefold(), *own_name.casefold().split()[:1]} - {""}
    return said <= (_CLOSINGS | names | _THANKS if said & names else _CLOSINGS)
