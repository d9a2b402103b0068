"""What the store knows of a mail's conversation: the fetch between `clues` and `decide` (domain/threads.py)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from ticketbot.domain.clues import Clues, Direction, Known, KnownMessage, KnownTicket, Relative
from ticketbot.domain.messages import fold
from ticketbot.store.models import Client, Message, OutboxMail, Participant, Reference, Ticket, key_of
from ticketbot.store.rows import Rows
from ticketbot.store.tickets import HIGHEST_NUMBER

RELATED_WITHIN = timedelta(days=28)
DUPLICATE_WITHIN = timedelta(hours=24)
_LONGEST_CHAIN = 16
_MOST_FOUND = 64


class ThreadRows(Rows):
    """Conversations, asked for by what a mail shows of them."""

    def known(
        self,
        clues: Clues,
        *,
        sender: str,
        ours: frozenset[str],
        public_codes: Collection[str],
        now: datetime,
    ) -> Known:
        """Return what is known of the ids, numbers and bodies that *clues* name.

        *sender* is the writer's address, *ours* all our addresses, *public_codes* the letters that clients read.
        """
        messages = [*self._letters(clues.message_ids, public_codes), *self._messages(clues.message_ids)]
        relatives = self._relatives(clues.shared_ids, now=now)
        duplicates = self._duplicates(sender=sender, body_key=clues.body_key, now=now) if sender else ()
        numbers = {
            *clues.numbers,
            *(each.ticket for each in messages),
            *(each.ticket for each in relatives),
            *duplicates,
        }
        return Known(
            tickets={each.number: each for each in self._tickets(numbers, ours=ours)},
            messages=tuple(messages),
            relatives=tuple(relatives),
            duplicates=tuple(duplicates),
        )

    def _letters(self, ids: Sequence[str], public_codes: Collection[str]) -> Iterable[KnownMessage]:
        rows = self.session.execute(
            select(OutboxMail, Ticket.number)
            .join(Ticket, Ticket.id == OutboxMail.ticket_id)
            .where(OutboxMail.id_key.in_([key_of(each) for each in ids]))
            .limit(_MOST_FOUND)
        )
        for letter, number in rows:
            yield KnownMessage(
                message_id=letter.message_id,
                ticket=number,
                at=letter.created_at,
                direction=Direction.OUT,
                is_internal=letter.code not in public_codes,
            )

    def _messages(self, ids: Sequence[str]) -> Iterable[KnownMessage]:
        rows = self.session.execute(
            select(Message, Ticket.number)
            .join(Ticket, Ticket.id == Message.ticket_id)
            .where(Message.id_key.in_([key_of(each) for each in ids]))
            .order_by(Message.at.desc())
            .limit(_MOST_FOUND)
        )
        for message, number in rows:
            yield KnownMessage(
                message_id=message.message_id,
                ticket=number,
                at=message.at,
                direction=Direction(message.direction),
                is_internal=message.audience == "internal",
            )

    def _relatives(self, ids: Sequence[str], *, now: datetime) -> list[Relative]:
        by_key = {key_of(each): each for each in ids}
        rows = self.session.execute(
            select(Reference.key, Ticket.number, Message.at)
            .join(Message, Message.id == Reference.message_id)
            .join(Ticket, Ticket.id == Message.ticket_id)
            .where(Reference.key.in_(list(by_key)), Message.at >= now - RELATED_WITHIN)
            .order_by(Message.at.desc())
            .limit(_MOST_FOUND)
        )
        return [Relative(shared_id=by_key[key], ticket=number, at=at) for key, number, at in rows]

    def _duplicates(self, *, sender: str, body_key: str, now: datetime) -> Sequence[int]:
        rows = self.session.scalars(
            select(Ticket.number)
            .join(Message, Message.ticket_id == Ticket.id)
            .where(
                Message.from_key == key_of(fold(sender)),
                Message.body_key == body_key,
                Message.at >= now - DUPLICATE_WITHIN,
            )
            .order_by(Message.at)
            .limit(_MOST_FOUND)
        )
        return list(dict.fromkeys(rows))

    def _tickets(self, numbers: Iterable[int], *, ours: frozenset[str]) -> Iterable[KnownTicket]:
        """Yield the tickets and, step by step, those that merged ones went into."""
        wanted = {number for number in numbers if number <= HIGHEST_NUMBER}
        seen: set[int] = set()
        for _ in range(_LONGEST_CHAIN):
            wanted -= seen
            if not wanted:
                return
            rows = self.session.execute(
                select(Ticket, Client.slug)
                .outerjoin(Client, Client.id == Ticket.client_id)
                .where(Ticket.number.in_(sorted(wanted)[:500]))
            ).all()
            seen |= wanted
            wanted = set()
            for ticket, client in rows:
                target = self._number_of(ticket.merged_into) if ticket.merged_into is not None else None
                if target is not None:
                    wanted.add(target)
                yield KnownTicket(
                    number=ticket.number,
                    client=client,
                    participants=frozenset(
                        {
                            fold(ticket.requester_address),
                            *self.session.scalars(
                                select(Participant.address).where(Participant.ticket_id == ticket.id)
                            ),
                        }
                    ),
                    closed_at=ticket.closed_at if ticket.state == "closed" else None,
                    merged_into=target,
                    mailboxes=self._mailboxes(ticket.id, ours),
                )

    def _number_of(self, ticket_id: int) -> int | None:
        return self.session.scalar(select(Ticket.number).where(Ticket.id == ticket_id))

    def _mailboxes(self, ticket_id: int, ours: frozenset[str]) -> frozenset[str]:
        written_to = self.session.scalars(
            select(Message.to).where(Message.ticket_id == ticket_id, Message.direction == "in").limit(_MOST_FOUND)
        )
        return frozenset(fold(address) for to in written_to for address in to) & ours
