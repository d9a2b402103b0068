"""Whether a few words want something."""

import pytest

from ticketbot.domain.kinds import is_pure_thanks, plain
from ticketbot.domain.lexicons import ENGLISH, GERMAN
from ticketbot.domain.wishes import wants_something


@pytest.mark.parametrize(
    "text",
    [
        "Thanks, please send the file.",
        "Thanks! Pls check again",
        "Thank you. Send me the invoice",
        "Thanks and call me tomorrow",
        "Many thanks - reset the password for Tom",
        "Thanks, I still need the report",
        "Thanks, we're waiting for the second part",
        "Thanks, let me know when it is done",
        "Thanks. When will it be live",
        "Thanks, how long does the import take",
        "Thanks, can you do the same for Lisbon",
        "Thanks. I would like a copy",
        "Thanks, one more question",
        "Thanks, another problem",
        "Thanks\nClose the other ticket too",
        "Thanks, is it live now",
        "Thanks, any news",
        "Thanks, who is in charge",
        "Thanks, then update the other server",
        "Danke, bitte die Datei schicken",
        "Danke! Schicken Sie mir die Datei",
        "Danke, schick mir noch die Rechnung",
        "Danke, ich brauche noch den Bericht",
        "Danke, der Export fehlt",
        "Danke, wann geht es live",
        "Danke, können Sie das auch für Wien machen",
        "Danke und melde dich morgen",
        "Danke, noch eine Frage",
        "Danke, ich hätte gern eine Kopie",
        "Danke. Wie lange dauert der Import",
        "Danke, wir warten auf den zweiten Teil",
        "Danke, schließ das andere Ticket",
        "Danke, ich möchte eine Kopie",
    ],
)
def test_thanks_that_want_something_are_not_pure(text: str) -> None:
    lexicon = GERMAN if text.startswith("Danke") else ENGLISH

    assert wants_something(plain(*text.splitlines()))
    assert not is_pure_thanks(text, has_attachment=False, lexicon=lexicon)


@pytest.mark.parametrize(
    "text",
    [
        "Thanks!",
        "Thank you so much for your help",
        "Thanks a lot, that's all I needed.",
        "Thanks, it works now. Have a nice weekend",
        "Great, thanks. What a fast answer!",
        "Thank you very much and best regards",
        "Thanks, that will do",
        "Thanks one more time",
        "Many thanks, problem solved",
        "Thanks. You can close this",
        "Thanks, looks good",
        "I would like to thank you",
        "Thanks, I did what you said",
        "Vielen Dank!",
        "Vielen Dank, jetzt geht es wieder",
        "Danke, hat geklappt. Schönes Wochenende",
        "Bitte schön und danke",
        "Haben Sie vielen Dank",
        "Ich möchte mich bedanken, vielen Dank",
        "Danke, alles bestens und viele Grüße",
        "Danke, was für ein toller Service",
        "Danke, wie besprochen",
        "Danke für die schnelle Hilfe",
    ],
)
def test_thanks_that_want_nothing_are_pure(text: str) -> None:
    lexicon = GERMAN if "ank" in text and "hank" not in text else ENGLISH

    assert not wants_something(plain(*text.splitlines()))
    assert is_pure_thanks(text, has_attachment=False, lexicon=lexicon)
