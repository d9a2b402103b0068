"""What clients say of our work: ratings by mail, recorded and changing no state (domain.md FB1, §3.4)."""

from ticketbot.desk.arrival import Arrival
from ticketbot.desk.outcome import Outcome, joined, suppressed
from ticketbot.domain.addressing import Purpose, read_address

RATING = "rating"


def receive_vote(arrival: Arrival) -> Outcome:
    """Record a rating for its ticket; the words that came with it are kept with the ticket."""
    written_to = [*(each.key for each in arrival.message.people), *arrival.message.delivered_to]
    signed = (read_address(each, keys=arrival.post.keys, now=arrival.now) for each in written_to)
    vote = next((each for each in signed if each is not None and each.purpose is Purpose.RATE), None)
    ticket = arrival.work.tickets.by_number(vote.token.number) if vote is not None else None
    if vote is None or ticket is None:
        return suppressed("a rating of no ticket that is here")
    kept = arrival.keep(ticket, direction="in", audience="internal", author="client")
    arrival.note(RATING, ticket=ticket, score=vote.score, words=arrival.message.new_text.strip()[:1000] or None)
    return joined(ticket.id, kept.id, f"a rating: {vote.score} of 5")
