# ruff: noqa: E501, RUF001 - long tables of words in many scripts
"""The words by which absent people's programs answer, in the languages that we meet. Data, no logic."""

import re
from typing import Final

#: How their subjects begin.
AUTO_SUBJECT: Final = re.compile(
    r"(?:(?:re|aw|sv|antw|vs|rif|odp)\s*:\s*)*(?:auto(?:matic)?[ -]?(?:reply|response|re:|answer)|auto(?:matic)?:|autoreply|auto:|automatische antwort"
    r"|abwesen|out of (?:the )?office|away from|i am (?:away|out)|on vacation|vacation|réponse automatique|absence|absent du bureau"
    r"|respuesta autom[áa]tica|fuera de (?:la )?oficina|resposta autom[áa]tica|risposta automatica|fuori (?:sede|ufficio)|automatisch antwoord"
    r"|afwezig|autosvar|automatiskt? svar|frånvaro|fravær|automaattinen vastaus|poissa|odpowiedź automatyczna|autoodpowiedź|automatická odpověď"
    r"|automatikus válasz|răspuns automat|автоматический ответ|автоответ|otomatik yanıt|自動(?:応答|返信)|不在|自动(?:回复|答复)|자동 ?회신|부재"
    r"|תשובה אוטומטית|מענה|رد تلقائي|αυτόματη απάντηση)",
    re.IGNORECASE,
)  # fmt: skip
AUTO_WORDS: Final = re.compile(
    r"out of (?:the )?office|on (?:vacation|holiday|annual leave|leave)|away (?:from|until|on)|automat(?:ic|ed) (?:reply|response)|will (?:be back|return)"
    r"|do not reply|limited access|nicht im (?:büro|haus)|abwesen|im urlaub|absent|de retour|congé|fuera de|vacaciones|férias|ausente|assente|ferie"
    r"|afwezig|vakantie|semester|ferie|отпуск|休暇|不在|休假",
    re.IGNORECASE,
)
