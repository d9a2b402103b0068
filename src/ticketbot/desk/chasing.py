"""The sweep over tickets whose client is silent: asks again, tells of the end, settles, closes (TK6, M27, M40)."""

from dataclasses import dataclass
from datetime import datetime

from ticketbot.desk.calls import host_of, offer
from ticketbot.desk.care import Care, care_of
from ticketbot.desk.clockwork import Timed
from ticketbot.desk.promises import load_clocks, save_clocks
from ticketbot.desk.told import client_reader, client_thread, copies_of, has_client, ticket_facts
from ticketbot.desk.waiting import CHASED, END_TOLD, OFFER_AGAIN, client_zone, plan_wait, wait_of
from ticketbot.domain.command_specs import CommandName
from ticketbot.domain.ladder import client_send_at
from ticketbot.domain.lifecycle import Act, TicketState, closes_at, move
from ticketbot.domain.sla import on_resolved
from ticketbot.domain.waiting import MOST_CHASES, Step, Wait, next_step
from ticketbot.outbound.facts import Cause
from ticketbot.outbound.letters import Code
from ticketbot.outbound.letters_course import autoclose, chase
from ticketbot.store.database import Work
from ticketbot.store.models import OutboxMail, Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence(Timed):
    """Acts on tickets whose client has been silent for long enough, waiting for an answer or settled."""

    def do_one(self, now: datetime) -> bool:
        """Do the step of one ticket that is due; return whether there was one."""
        with self.store.look() as work:
            if not work.tickets.to_act(now=now, limit=1):
                return False
        with self.store.work() as work:
            for row in work.tickets.to_act(now=now, limit=1):
                ticket = work.tickets.lock(row)
                if ticket.act_at is not None and ticket.act_at <= now:
                    self._act(work, ticket, now)
        return True

    def next_at(self, now: datetime) -> datetime | None:
        """Return when the next ticket has waited long enough for something."""
        del now
        with self.store.look() as work:
            return work.tickets.next_act_at()

    def _act(self, work: Work, ticket: Ticket, now: datetime) -> None:
        due_at, act, state = ticket.act_at, ticket.act, TicketState(ticket.state)
        ticket.act_at, ticket.act = None, None
        if due_at is None or act is None:
            return
        if act == Act.AUTO_CLOSE:
            _move(work, ticket, Act.AUTO_CLOSE, at=due_at)
            return
        policy = self.desk.rules(work).policy
        care = care_of(work, ticket, policy=policy, now=now)
        if act == OFFER_AGAIN:
            self._offer_again(work, ticket, care, at=due_at, now=now)
            return
        if state is not TicketState.PENDING_CLIENT:
            return
        step = Step(act)
        if step is Step.END:
            _end(work, ticket, care, at=due_at)
            return
        may_at = client_send_at(now, zone=client_zone(care), quiet=policy.quiet_client)
        if may_at > now:  # the service was down when it was due, and now it is night
            ticket.act_at, ticket.act = may_at, step.value
            return
        wait = wait_of(work, ticket)
        tell = self._chase if step is Step.CHASE else self._tell_end
        tell(work, ticket, care, wait, now)
        plan_wait(work, ticket, care)

    def _offer_again(self, work: Work, ticket: Ticket, care: Care, *, at: datetime, now: datetime) -> None:
        """Offer new times for a call where all that were offered have passed."""
        host = host_of(self.people(work, self.desk.rules(work), now=now), care)
        if host is not None and work.register.meeting(ticket.id, CommandName.MEET) is None:
            cause = Cause.instant(at)
            draft = offer(work, self.desk.post, ticket, care, host=host, cause=cause, now=now, is_again=True)
            self.send(work, [draft] if draft is not None else [], now=now)

    def _chase(self, work: Work, ticket: Ticket, care: Care, wait: Wait, now: datetime) -> None:
        """Ask the client once more what was asked last."""
        times = len(wait.chased) + 1
        question = _question(work, ticket)
        work.tickets.note(CHASED, at=now, actor="ticketbot", ticket=ticket, detail={"times": times})
        if not has_client(work, ticket):
            return
        draft = chase(
            reader=client_reader(work, ticket, care),
            cc=copies_of(work, ticket),
            ticket=ticket_facts(work, ticket, care, now=now),
            question=str(question.draft["values"].get("text", "")) if question is not None else "",
            asked_at=question.created_at if question is not None else wait.since,
            since=wait.since,
            times=times,
            is_last=times == MOST_CHASES,
            thread=client_thread(work, ticket),
            now=now,
            reply_to=self.desk.post.client_address(ticket.number),
        )
        self.send(work, [draft], now=now)

    def _tell_end(self, work: Work, ticket: Ticket, care: Care, wait: Wait, now: datetime) -> None:
        """Tell the client when the ticket counts as settled unless they write."""
        told = Wait(since=wait.since, priority=wait.priority, chased=[now] * MOST_CHASES, told_at=now)
        policy = care.policy
        end = next_step(told, office=care.schedules[policy.office], client_zone=client_zone(care), policy=policy)
        work.tickets.note(END_TOLD, at=now, actor="ticketbot", ticket=ticket)
        if end is None or not has_client(work, ticket):
            return
        draft = autoclose(
            reader=client_reader(work, ticket, care),
            cc=copies_of(work, ticket),
            ticket=ticket_facts(work, ticket, care, now=now),
            since=wait.since,
            resolves_at=end.at,
            thread=client_thread(work, ticket),
            now=now,
            reply_to=self.desk.post.client_address(ticket.number),
        )
        self.send(work, [draft], now=now)


def _end(work: Work, ticket: Ticket, care: Care, *, at: datetime) -> None:
    """Settle a ticket whose client stayed silent; they were told so, and one mail opens it again."""
    save_clocks(work, ticket, on_resolved(load_clocks(work, ticket), at=at), policy=care.policy)
    _move(work, ticket, Act.AUTO_RESOLVE, at=at)
    ticket.resolved_at = at
    ticket.act_at = closes_at(at, schedule=care.schedules[care.policy.office], after=care.policy.closes_after)
    ticket.act = Act.AUTO_CLOSE


def _move(work: Work, ticket: Ticket, act: Act, *, at: datetime) -> None:
    """Make a move that is due, unless it is not legal any more."""
    after = move(TicketState(ticket.state), act)
    if not isinstance(after, TicketState):
        return
    told = {"before": ticket.state, "after": after.value, "act": act.value}
    work.tickets.note("state", at=at, actor="ticketbot", ticket=ticket, detail=told)
    ticket.state, ticket.updated_at = after, at
    if after is TicketState.CLOSED:
        ticket.closed_at = at


def _question(work: Work, ticket: Ticket) -> OutboxMail | None:
    """Return the letter that asked: the last one in which we spoke to the client."""
    letters = [each for each in work.outbox.of_ticket(ticket.id) if each.code == Code.RELAY_OUT]
    return letters[-1] if letters else None
