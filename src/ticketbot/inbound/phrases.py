# ruff: noqa: E501 - long tables of words
"""The words by which machines and mail programs give themselves away, in the languages that we meet. Data, no logic."""

import re
from typing import Final

BOUNCE_SUBJECT: Final = re.compile(
    r"undeliver|not deliver|non[- ]?deliver|delivery (?:status )?(?:notification|failure|failed|report|problem|error|has failed"
    r"|incomplete|unsuccessful|delayed?)|deliver(?:y|ing).{0,20}(?:fail|problem|delay)|fail(?:ed|ure) (?:notice|delivery|mail)"
    r"|fail(?:ed|ure) to deliver|returned (?:mail|to sender|message|email)|mail (?:delivery|system|could not)|could(?: not|n't) be delivered"
    r"|mail(?:er)? (?:error|failure|status report)|message (?:status|delayed|not sent|rejected|undeliver)|unzustellbar|nicht zustellbar"
    r"|zustellung.{0,20}(?:fehlgeschlagen|gescheitert|verzögert)|fehler bei|fehlerbericht|undelivered|unable to deliver"
    r"|remise|non remis|[ée]chec|impossible de|non consegnat|mancata consegna|no se (?:puede|ha podido|pudo) entregar|no entregado"
    r"|devuelto|devolvid|falha n|não entregue|n[aã]o foi poss[ií]vel|onbestelbaar|kan (?:niet|inte)|olevererbart|ikke levert|kunne ikke"
    r"|toimitus|nedoruč|niedostarcz|недоставлен|не доставлен|ошибка доставки|сбой доставки|配信|送信(?:できません|エラー)|エラーメール"
    r"|退信|退回|未送达|无法送达|系统退信|반송|warning: (?:could not|message)|\bDSN\b|\bNDR?N?:|user unknown|unknown (?:user|recipient)"
    r"|mailbox (?:full|unavailable)|rejected|bounce",
    re.IGNORECASE,
)  # fmt: skip

FAILURE_WORDS: Final = re.compile(
    r"could(?: not|n[o']t) be (?:delivered|sent)|(?:not|never) (?:be )?(?:been )?deliver|undeliver|deliver(?:y|ed).{0,60}fail|fail.{0,40}deliver"
    r"|unable to (?:deliver|relay|send)|was(?: not|n[o']t) (?:delivered|able to|possible)|user (?:is )?unknown|unknown (?:user|recipient|local|address)"
    r"|no such (?:user|recipient|mailbox|address|person)|mailbox (?:is )?(?:full|unavailable|not|does|disabled|exceed)|does(?: not|n't) exist"
    r"|permanent(?:ly)? (?:fatal )?(?:error|fail)|returned (?:to|below|un)|rejected|bounced?\b|address(?:es)? (?:had|failed|couldn)"
    r"|giving up|invalid (?:recipient|address|mailbox)|recipient.{0,30}(?:reject|unknown|not|fail|invalid)|relay(?:ing)? (?:access )?denied"
    r"|\b5\d\d[ -](?:5\.\d\.\d|#?\d|[A-Z])|\b5\.\d\.\d{1,2}\b|quota|over.?quota|delayed|not yet been delivered|remote host said"
    r"|konnte nicht|nicht zugestellt|unzustellbar|n'a pas pu|non remis|no se (?:pudo|puede|ha)|não (?:foi|pôde)|impossibile|non .{0,20}consegn"
    r"|не (?:может|удалось|был|достав)|送信できません|配信でき|届け|退信|无法|not accepted|error transmitting|unrouteable|host (?:unknown|not found)",
    re.IGNORECASE | re.DOTALL,
)  # fmt: skip

DELAY_WORDS: Final = re.compile(
    r"delayed|will (?:continue|keep|be retried|retry|try)|still (?:being )?(?:try|in the queue|undelivered)|not yet been delivered|warning message only"
    r"|do not need to resend|temporar|no action is required|wird weiter|verzögert|noch nicht zugestellt|transient",
    re.IGNORECASE,
)

#: A server that goes on trying says so; one that has given up says that.
STILL_TRYING: Final = re.compile(
    r"(?:do not|don't) need to resend|this is a warning (?:message )?only|(?:it )?will be retried until|still being retried"
    r"|will keep trying|transient non-fatal errors|no action is required on your part|delivery attempts will continue"
    r"|will continue to (?:try|attempt)|weitere zustellversuche|wird weiterhin versucht",
    re.IGNORECASE,
)
GIVEN_UP: Final = re.compile(
    r"permanent(?:ly)? (?:fatal )?(?:error|fail)|giving up|given up|has been (?:removed|deleted)|retry timeout exceeded"
    r"|could not be delivered (?:within|for \d+ days)|undelivered mail returned",
    re.IGNORECASE,
)

#: What a server says that tells of a delivery because somebody asked it to.
DELIVERED_WORDS: Final = re.compile(
    r"delivery report that you requested|(?:was|were|has been|have been) (?:successfully )?(?:delivered|relayed)|\bsuccessful(?:ly)? (?:mail )?deliver|delivery (?:was |is )?(?:successful|complete)"
    r"|(?:wurde|ist) (?:erfolgreich )?(?:zugestellt|ausgeliefert)|a (?:bien )?été (?:remis|distribué|livré)|(?:ha sido|fue) entregado|è stat[oa] consegnat|foi entregue|is (?:met succes )?(?:afgeleverd|bezorgd)|has levererats|доставлено успешно|успешно доставлен|正常に配信|已成功(?:投递|送达)",
    re.IGNORECASE,
)

#: What no report says that tells of nothing but arrivals.
MISSED_WORDS: Final = re.compile(
    r"\b(?:errors?|fail\w*|unsuccess\w*|not|never|unable|fehl\w*|nicht|keine?[nmr]?|pas|échec|erreur|error\w*|falló|não|non|niet|inte|ikke|не)\b",
    re.IGNORECASE,
)

#: How a person begins a letter.
GREETING: Final = re.compile(
    r"\s*(?:hello|hi|hey|dear|good (?:morning|afternoon|evening)|hallo|guten (?:tag|morgen)|moin|liebe[rs]?|sehr geehrte|bonjour|salut|hola|buen[oa]s|ciao|buongiorno|gentile|olá|bom dia|boa tarde|beste|geachte|hej|hei|dzień dobry|witam|dobrý den|ahoj|здравствуйте|добрый день|привет|merhaba|γεια|szia|tisztelt|bună)\b[^.\n]{0,40}(?:[,!]|\n)",
    re.IGNORECASE,
)
#: Words by which a server speaks of itself and of the letter that it had in hand.
OF_A_SERVER: Final = re.compile(
    r"your (?:e-?mail|mail|message|original)|this (?:is the|is an auto|message|e-?mail|mail)|the following (?:address|recipient|message|error)|(?:message|mail) (?:that )?you sent|recipient|mailer|mail (?:system|server|delivery)|undeliverable|delivery (?:to|of|has|failed|status|notification|attempt)"
    r"|ihre (?:e-?mail|nachricht)|empfänger|\bzustell|votre (?:message|courriel|e-?mail)|destinatair|su mensaje|destinatari|il (?:suo|tuo) messaggio|a sua mensagem|uw (?:bericht|e-?mail)|ditt meddelande|ваше (?:сообщение|письмо)|получател|<[^<>\s@]{1,100}@[^<>\s@]{1,200}>:\s",
    re.IGNORECASE,
)

#: What list programs answer to those who may not write to the list.
NO_MEMBER: Final = re.compile(
    r"not (?:a )?(?:list )?(?:member|subscribe[dr])|non-?member|members?[- ]only|not allowed to (?:post|send)|rejected",
    re.IGNORECASE,
)

#: The beginning of a line, without blanks and rulers before it, below which a copy of the mail stands; and what says
#: so only behind a ruler, soon. Each pattern is asked of a short piece of one line.
ORIGINAL_FOLLOWS: Final = re.compile(
    r"this is a copy of|below this line is|copy of (?:the|your) (?:original )?message|(?:the )?original message (?:header|follows|text)"
    r"|the (?:header|text|body) of the|returned message|message headers? follow|included is|your (?:original )?message (?:follows|was(?=\s*:?\s*$)|reads)"
    r"|unsent message|received: {1,4}from|(?:your )?original (?:message|mail) (?:is )?(?:below|attached|follows)|return-path:",
    re.IGNORECASE,
)
ORIGINAL_BEHIND_RULER: Final = re.compile(
    r"original|returned|message header|unsent|copy of|headers?|transcript", re.IGNORECASE
)
ORIGINAL_BEHIND_STARS: Final = re.compile(r".{0,30}original", re.IGNORECASE)
#: A text without any of these words need not be searched line by line.
ORIGINAL_WORDS: Final = (
    "copy of", "below this line", "original", "the header", "the text of", "the body of", "returned", "header", "included is",
    "your message", "unsent", "received:", "return-path", "transcript", "begin",
)  # fmt: skip
