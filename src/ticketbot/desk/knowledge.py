"""Knowledge from the reply in hand: articles, frequent questions, and guides that lack something (KB1, KB3)."""

from ticketbot.desk.actions import Acting
from ticketbot.desk.errands import Errand
from ticketbot.desk.learning import DONE, OPEN, noted
from ticketbot.domain.commands import Command
from ticketbot.domain.errors import Conflict

#: An article waits for its owner's look before anybody else reads it.
REVIEW = "review"


def make_article(acting: Acting, command: Command) -> str:
    """Make an article, or an answer to a frequent question, from the words in hand or the last answer (KB1)."""
    title = command.args.get("title") or command.args["question"]
    text = acting.words or _last_answer(acting)
    if not text:
        raise Conflict(f"there is no answer on T-{acting.ticket.number} to make it from; write it below the command")
    errand = Errand(arrival=acting.arrival, person=acting.person, acting=acting)
    noted(errand, command.name, title=title, text=text, state=REVIEW, owner=acting.person.slug)
    return f"Kept for review: {title}"


def note_gap(errand: Errand, command: Command) -> str:
    """Note that a guide lacks something; it stays open until `#doc done` (KB3)."""
    noted(errand, "docgap", title=command.args["text"], state=OPEN, owner=errand.person.slug)
    return f"Noted that a guide lacks this: {command.args['text']}"


def close_gap(errand: Errand, _command: Command) -> str:
    """Note that the guide is up to date: this ticket's gaps are closed, else the newest of one's own."""
    register = errand.arrival.work.register
    gaps = register.items("docgap", states=[OPEN])
    if errand.acting is not None:
        found = [each for each in gaps if each.ticket_id == errand.acting.ticket.id]
    else:
        found = [each for each in gaps if each.owner == errand.person.slug][-1:]
    if not found:
        raise Conflict("no gap in a guide is open here; #docgap notes one")
    for gap in found:
        gap.state, gap.done_at = DONE, errand.arrival.at
    return f"Closed: {'; '.join(gap.title for gap in found)}"


def _last_answer(acting: Acting) -> str:
    sent = [each for each in acting.arrival.work.tickets.messages(acting.ticket.id) if each.direction == "out"]
    return sent[-1].new_text.strip() if sent else ""
