# ruff: noqa: E501, RUF001 - long tables of words in many scripts
"""The words by which absent people's programs answer, in the languages that we meet. Data, no logic."""

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
_REPLIED: Final = r"(?:(?:re|aw|sv|antw|vs|rif|odp)\s*:\s*)*"

#: The subject of an automatic answer, however it goes on. Alone a weak hint.
AUTO_SUBJECT: Final = re.compile(rf"{_REPLIED}(?:(?:{_ANSWERS})(?=\W|$)|{_ABSENCES})", re.IGNORECASE)

#: The same as a program sets it: before the subject that it answers, with nothing of an answer before it.
ANSWER_PREFIX: Final = re.compile(rf"(?:{_ANSWERS})\s?(?:[:\uff1a]|$)", re.IGNORECASE)
ABSENCE_SUBJECT: Final = re.compile(rf"(?:{_ABSENCES})", re.IGNORECASE)

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
