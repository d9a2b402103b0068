# ruff: noqa: E501, RUF001 - long tables of words in many scripts
"""The forms and words by which absent people's programs answer, in the languages that we meet."""

import re
from typing import Final

#: What programs set before the subject that they answer. A colon follows, or nothing.
_ANSWERS: Final = (
    r"auto(?:matic|mated)?[ -]?(?:reply|response|answer|responder)(?: from .{1,60})?|auto(?:matic)?|auto[ -]?re|automatische (?:antwort|beantwortung|r(?:ü|ue)ckmeldung|e-?mail-antwort)"
    r"|(?:réponse|reponse|message) automatique|répondeur automatique|(?:respuesta|contestación|contestador) autom[áa]tic[ao]|resposta autom[áàa]tica|risposta automatica|risponditore automatico"
    r"|automatisch(?:e)? (?:antwoord|bericht|beantwoording)|autosvar|auto-?svar|automatiskt? (?:svar|svarsmeddelande)|automaattinen vastaus|automaattivastaus|poissaoloviesti"
    r"|odpowiedź automatyczna|automatyczna odpowiedź|autoodpowiedź|automatick[áa] odpove[ďd]ď?|automatická odpověď|automatikus válasz|răspuns automat|raspuns automat"
    r"|автоматический ответ|автоответ(?:чик)?|автоматична відповідь|автовідповідь|автоматичен отговор|аутоматски одговор|automatski odgovor|samodejni odgovor|automaatvastus"
    r"|automatinis atsakymas|automātisk[aā] atbilde|otomatik (?:yanıt|cevap)|αυτόματη απάντηση|תשובה אוטומטית|מענה אוטומטי|(?:ال)?رد (?:ال)?تلقائي|پاسخ خودکار|trả lời tự động|balasan otomatis"
    r"|jawapan automatik|ตอบกลับอัตโนมัติ|自動(?:応答|返信|回覆|回复|答覆)|自动(?:回复|答复|回覆)|자동 ?(?:회신|응답|답장)|sjálfvirkt svar|erantzun automatikoa|resposta automática|स्वचालित उत्तर"
)

#: How subjects begin that say that somebody is away.
_ABSENCES: Final = (
    r"out[ -]of[ -](?:the[ -])?office|ooo\b|away from (?:the office|my (?:desk|mail))|(?:(?:i am|i'm) )?(?:currently )?(?:on (?:annual |sick |maternity |paternity |parental )?leave|on vacation|on holidays?|away|out of town)\b|vacation|holiday (?:notice|message)|absence (?:notice|message)"
    r"|abwesen(?:d|heit(?:snotiz|smeldung|sassistent|sbenachrichtigung|sinfo(?:rmation)?)?)\b|nicht im (?:büro|haus)|au(?:ß|ss)er haus|im urlaub|urlaub\b|absence|absent(?:e)? du bureau|message d['’]absence|en (?:congés?|vacances)"
    r"|fuera de (?:la )?oficina|ausencia|estoy de vacaciones|aus[êe]ncia|fora do escrit[óo]rio|estou de f[ée]rias|fuori (?:sede|ufficio)|assenza|assente|afwezig(?:heid(?:s?bericht|smelding)?)?\b|niet aanwezig|buiten kantoor"
    r"|frånvaro(?:meddelande)?|frånvarande|ej på kontoret|fravær(?:s?besked|smelding)?|fraværende|ikke på kontoret|poissa(?:olo)?|lomalla|nieobecno(?:ść|sc)|poza biurem|na urlopie|nepřítomnost|mimo kancelář|neprítomnosť"
    r"|házon kívül|szabadságon|în concediu|absent[ăa]?|отсутств|не на работе|в отпуск|відсутн|у відпустці|отсъств|odsutn|izvan ureda|odsoten|puhkusel|atostog|atvaļinājum|ofis dışı|izindeyim|εκτός γραφείου|απουσία"
    r"|不在|休暇|外出中|不在办公室|休假|不在辦公室|부재|휴가|מענה|אני לא נמצא|מחוץ למשרד|خارج المكتب|إجازة|vắng mặt|sedang cuti|di luar kantor|ลาพักร้อน|fora de l['’]oficina"
)
#: Of these, what programs set before a subject by themselves, and hardly anybody by hand.
_NOTICES: Final = (
    r"out[ -]of[ -](?:the[ -])?office(?:[ -](?:auto(?:matic)?[ -]?)?(?:reply|response|message|notice|notification))?|ooo|away (?:notice|message)|vacation (?:reply|response|message|notice)|holiday (?:notice|message)|absence (?:notice|message)"
    r"|abwesenheits(?:notiz|meldung|assistent|benachrichtigung|info(?:rmation)?|nachricht)|message d['’]absence|absence du bureau|fuera de (?:la )?oficina|mensaje de ausencia|aviso de ausencia|mensagem de aus[êe]ncia|fora do escrit[óo]rio|messaggio di assenza|fuori (?:sede|ufficio)"
    r"|afwezigheids?(?:bericht|melding|assistent)|frånvaromeddelande|fravær(?:s?besked|smelding)|poissaoloviesti|nieobecność w biurze|poza biurem|nepřítomnost v kanceláři|mimo kancelář|házon kívül|не на работе|ofis dışı|εκτός γραφείου|不在通知|休暇通知|부재중(?: (?:알림|메시지))?|خارج المكتب"
)
#: What follows a word of absence in such a form.
_REST: Final = r"\w*(?: (?:notice|message|note|du bureau|de la oficina|dall['’]ufficio|do escrit[óo]rio|w biurze|v kanceláři|tempor\w+|vom büro|van kantoor|från kontoret))?"
_ANSWER_OF_ANY: Final = r"(?:re|aw|antw|sv|vs|rif|odp|ynt|отв|回复|回覆|返信)"
_REPLIED: Final = rf"(?:{_ANSWER_OF_ANY}\s?[:\uff1a]\s*)*"

#: The subject of an automatic answer, however it goes on: a weak hint, which proves nothing by itself.
AUTO_SUBJECT: Final = re.compile(rf"{_REPLIED}(?:(?:{_ANSWERS})(?=\W|$)|{_ABSENCES})", re.IGNORECASE)

#: Programs' own forms: a notice and a colon before the subject that is answered, or a notice alone.
PROGRAM_PREFIX: Final = re.compile(rf"(?:{_ANSWERS}|{_NOTICES})\s?[:\uff1a]\s*(?=\S)", re.IGNORECASE)
ABSENCE_PREFIX: Final = re.compile(
    rf"(?:{_ABSENCES}){_REST}\s?(?:[:\uff1a]\s*(?=\S)|\s(?={_ANSWER_OF_ANY}\s?[:\uff1a]|\[T-))", re.IGNORECASE
)
FORMS: Final = re.compile(
    rf"{_REPLIED}(?:{_ANSWERS}|{_NOTICES}|(?:{_ABSENCES}){_REST})(?:\s?[:\uff1a]|\s(?={_ANSWER_OF_ANY}\s?[:\uff1a]|\[T-)|$)",
    re.IGNORECASE,
)
ONLY_NOTICE: Final = re.compile(
    rf"{_REPLIED}(?:{_ANSWERS}|{_NOTICES}|(?:{_ABSENCES}){_REST})\s?[:\uff1a]?$", re.IGNORECASE
)

#: What absent people say, in the first lines.
AUTO_WORDS: Final = re.compile(
    r"out of (?:the |my )?office|on (?:vacation|holidays?|annual leave|leave|business travel|maternity|paternity|parental)|away (?:from|until|on|till)|automat(?:ic|ed) (?:reply|response|message)|will (?:be back|return|be out|be away|not be)|back (?:on|in the office)"
    r"|do not reply|limited (?:access|availability)|no access to|nicht im (?:büro|haus)|au(?:ß|ss)er haus|abwesen|im urlaub|urlaub bis|nicht erreichbar|wieder (?:erreichbar|da|für sie)|automatisch (?:erstellt|generiert|versandt)|in elternzeit"
    r"|absente?\b|de retour|congés?\b|en vacances|en déplacement|fuera de|vacaciones|ausente|regres(?:o|aré)|f[ée]rias|fora do escrit|retorn(?:o|arei)|assente|in ferie|fuori (?:sede|ufficio)|rientr(?:o|erò)|afwezig|vakantie|niet aanwezig|terug op|verlof"
    r"|semester|inte på kontoret|åter (?:på|den|igen)?|tjänstledig|föräldraledig|ferie|ikke på kontoret|tilbage (?:den|igen)|tilbake|lomalla|poissa|palaan|urlop|nieobecn|poza biurem|wracam|dovolen|mimo kancelář|nepřítom|neprítom|szabadság|házon kívül|távol"
    r"|concediu|absent\b|lipsesc|отпуск|отсутств|вернусь|командировк|відпустц|відсутн|odmor|ured[ua]|odsut|dopust|odsot|puhkus|kontorist|atostog|komandiruot|atvaļinājum|prombūtn|izin(?:de|li|deyim)|ofis dışı|tatil|άδεια|εκτός γραφείου|απουσιάζω|επιστρέψω"
    r"|休暇|不在|出張|休み|戻ります|休假|不在(?:办公室|辦公室)?|出差|年假|휴가|부재|출장|복귀|חופש|לא במשרד|אחזור|אעדר|إجازة|خارج المكتب|سأعود|مرخصی|nghỉ phép|vắng mặt|cuti|di luar kantor|ลาพัก|ลาหยุด|ไม่อยู่|vacances|orlofi|frí|छुट्टी|oporretan",
    re.IGNORECASE,
)

#: What else stands in a notice: thanks, who stands in, until when, and how it closes.
_NOTICE_WORDS: Final = re.compile(
    r"thank|dear|hello|\bhi\b|contact|urgent|until|colleague|regards|sincerely|your (?:mail|e-?mail|message)|monday|tuesday|wednesday|thursday|friday"
    r"|dank|guten tag|hallo|wenden|dringend|vertret|kolleg|bis (?:zum|einschließlich)|grü(?:ß|ss)|ihre (?:mail|e-mail|nachricht)"
    r"|merci|bonjour|contacte|urgen|jusqu|collègue|cordialement|gracias|hola|hasta|colega|saludos|grazie|buongiorno|fino a|contatt|colleg|saluti|obrigad|olá|até|contacta"
    r"|bedankt|tot (?:en met)?|dringend|neem|groet|tack|till|brådskande|hälsning|mvh|tak\b|hilsen|kontakt|kiitos|terveisin|dzięk|pilny|pozdraw|děk|naléhav|pozdrav|köszön|sürgős"
    r"|спасибо|срочн|обращ|до \d|дякую|термінов|teşekkür|acil|連絡|ありがとう|谢谢|謝謝|联系|聯絡|감사|연락|תודה|شكر",
    re.IGNORECASE,
)
_CLAUSES: Final = re.compile(r"[.,;:!\n\u2026\u3002\u3001\uff0c\uff01]+")
_QUESTIONS: Final = re.compile("[?\uff1f\u061f]")
_LOOKED_AT: Final = 1500


def is_only_notice(text: str) -> bool:
    """Return whether a text says that somebody is away, and nothing else: no clause in it is about anything else.

    A person who writes of an absence also says what is wrong; then some clause has no word of a notice in it.
    """
    looked_at = text[:_LOOKED_AT]
    if len(text) > _LOOKED_AT or _QUESTIONS.search(looked_at) or not AUTO_WORDS.search(looked_at):
        return False
    clauses = [clause.split() for clause in _CLAUSES.split(looked_at)]
    return all(_belongs_to_notice(words) for words in clauses)


def _belongs_to_notice(words: list[str]) -> bool:
    said = " ".join(words)
    is_name_or_date = len(words) <= _LONGEST_NAME and all(not word[0].islower() for word in words)
    return is_name_or_date or bool(AUTO_WORDS.search(said) or _NOTICE_WORDS.search(said))


def is_brief(text: str) -> bool:
    """Return whether a text has no more words than the shortest notices, and asks nothing."""
    return len(text.split(None, _BRIEF + 1)) <= _BRIEF and not _QUESTIONS.search(text)


_BRIEF: Final = 6
_LONGEST_NAME: Final = 3
