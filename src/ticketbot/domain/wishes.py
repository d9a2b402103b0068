# ruff: noqa: E501 - long tables of words
"""Whether a few words want something: a request, a question without its mark, an order. English and German."""

import re
from typing import Final

#: Words that want something wherever they stand.
_ANYWHERE: Final = re.compile(
    r"\b(?:please|pls|plz|kindly|asap|let (?:me|us) know|get back to (?:me|us)|(?:if|whether) you (?:can|could|would)"
    r"|(?:i|we|they|he|she)(?:'ll| will)? (?:(?:still|also|just|only|now|really|urgently) )?(?:need|want|require|lack|expect|await)\b"
    r"|(?:would|i'd|we'd) (?:also )?(?:like|love|prefer)(?! to (?:thank|say))|(?:am|are|'m|'re|is) (?:still )?(?:missing|waiting|awaiting)"
    r"|(?:one|some|a few|two) (?:more|other|further) (?!times?\b)\w+|another (?:question|problem|issue|thing|error|request)|any (?:news|update|idea|eta)\b"
    r"|bitte(?! ?sch(?:oe|ö)n)|(?:brauche?[nt]?|benötige?[nt]?|möchte(?:n|st)?|ich will|wir wollen)\b(?!.*\b(?:dank|bedank))|fehl(?:t|en)\b|warte(?:n|t)?\b"
    r"|(?:hätte|würde)n? (?:\w+ )?(?:ich|wir|noch|gern\w*)\b(?!.*\bbedank)|noch (?:ein\w*|etwas|was|folgende\w*)\b|weitere \w+)",
)

#: What a clause begins with that orders something, or asks it.
_AT_THE_START: Final = re.compile(
    r"(?:(?:then|so|also|just|now|next) )?(?:send|resend|check|call|phone|ring|look|see (?:to|if|whether)|reset|restore|add|change|remove|delete|close|reopen|open|update|fix|forward|give"
    r"|tell|try|make|do (?!not worry)|confirm|provide|explain|install|activate|enable|disable|deactivate|set|move|create|cancel|refund|order|start|stop"
    r"|restart|remind|inform|keep (?:me|us)|show|help|ask|write|put|copy|book|schedule|extend|block|unblock|unlock|upload|attach|assign|escalate|review|verify)\b(?! (?:was|is|works|worked|did|has|went|up!?$))"
    r"|(?:can|could|would|will|may|should|shall|is|are|was|were|do|does|did|has|have|had) (?:you|we|i|it|he|she|they|there|this|that|someone|somebody|anyone|any|the)\b"
    r"|(?:when|where|why|who|which|whose)\b|what(?! (?:a|an|you|we)\b)|how (?:long|many|much|often|soon|far|do|does|did|can|could|is|are|to|about|come|will)\b"
    r"|(?!haben|wünschen)\w+e[rl]?n (?:sie|wir) (?!.*\b(?:dank|bedank))|(?:kannst|könntest|könnt|kann|darf|dürfen|können|soll|sollen|muss|ist|sind|gibt|geht|hast|habt|wirst|wird) (?:du|ihr|ich|wir|man|es|das|die|der|sie)\b"
    r"|(?:(?:dann|also|jetzt|nun) )?(?:schicke?|sende?|mache?|schaue?|schau(?:t)? |prüfe?|checke?|rufe?|ruft|melde?t?|gib|gebt|sage?|lege?|lösche?|setze?|stelle?|richte|öffne|schliess?e?|lass(?:t)?|nimm|füge?|trage?|ändere|erinnere?|hilf|antworte|kümmere?|leite) (?:\w+ )*?(?:mir|uns|mich|dich|sie|es|das|die|den|dem|der|ein\w*|nach|an|mal|doch|euch|noch|bei|ob|zu\w*|weiter|ihn|ihm|ihr|dir)\b"
    r"|(?:wann|warum|weshalb|wieso|wer|wem|wen|wo|wohin|woher|welche\w*|wieviel\w*)\b|was (?!für ein|lange währt)|wie (?:lange|viel\w*|oft|kann|können|geht|ist|sind|sieht|komme|kommt|muss|soll\w*|weit|bald)\b",
)
_CLAUSES: Final = re.compile(r"[.,;:!?()\n\u2013\u2014]+|\s-+\s|\b(?:and|und)\b")


def wants_something(text: str) -> bool:
    """Say whether a text asks, orders or needs something, in doubt yes: what is taken for mere thanks is not answered.

    *text* is case folded, with one kind of apostrophe.
    """
    return _ANYWHERE.search(text) is not None or any(
        _AT_THE_START.match(clause.strip()) for clause in _CLAUSES.split(text)
    )
