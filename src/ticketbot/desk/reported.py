"""Answers to reports (CM5): lines that assign, rank and ask are done together; the rest is a note to the lead."""

from dataclasses import replace

from ticketbot.desk import actions, learning
from ticketbot.desk.actions import Acting
from ticketbot.desk.answers import lines_of, status, why
from ticketbot.desk.arrival import Arrival
from ticketbot.desk.care import care_of
from ticketbot.desk.errands import Errand
from ticketbot.desk.guide import help_for_staff
from ticketbot.desk.held import refuse
from ticketbot.desk.outcome import Outcome, suppressed
from ticketbot.desk.plans import receipt
from ticketbot.desk.told import reader_of_told
from ticketbot.domain.command_specs import CommandName
from ticketbot.domain.commands import Command, CommandError, Parsed
from ticketbot.domain.errors import Conflict
from ticketbot.domain.messages import fold
from ticketbot.domain.priority import Priority
from ticketbot.domain.report_lines import Asked, ReportLine, read_report_answer
from ticketbot.domain.signoffs import is_sign_off
from ticketbot.domain.tokens import Token
from ticketbot.outbound.letters import Code
from ticketbot.outbound.letters_desk import Matter, notice
from ticketbot.store.models import Launch, Staff

_REMINDERS = frozenset({Code.REMIND, Code.BREACH, Code.BUNDLE})
_FORMS = "T-1042 ben   or   T-1042 P2 reason   or   action: text @ben fri"


def answers_reminder(arrival: Arrival, person: Staff) -> bool:
    """Return whether a mail answers a reminder of ours by lines alone; with other words it is a note on its ticket."""
    message = arrival.message
    letters = arrival.work.tickets.letters_named([*message.in_reply_to, *message.references[-1:]])
    if not any(each.code in _REMINDERS and each.reader == fold(person.email) for each in letters):
        return False
    answer = read_report_answer(message.new_text)
    return bool(answer.lines) and is_sign_off(answer.rest, own_name=person.name)


def answer_report(arrival: Arrival, person: Staff, token: Token | None) -> Outcome:
    """Do what an answer to a report says, all or nothing; words that have no form go to the lead as a note."""
    answer = read_report_answer(arrival.message.new_text)
    done: list[str] = []
    for line in answer.lines:
        try:
            done.append(_do(arrival, person, line))
        except Conflict as conflict:
            error = CommandError(line_no=1, line=line.line, reason=str(conflict), suggestion=_FORMS)
            raise _Stopped(error) from conflict
    if answer.rest and not is_sign_off(answer.rest, own_name=person.name):
        launch = arrival.post.launch_of(arrival.work, token) if token is not None else None
        if not _tell_lead(arrival, person, answer.rest, launch) and not answer.lines:
            raise _Stopped(_nobody_reads(answer.rest))
    if told := [each for each in done if each]:
        arrival.send(receipt(arrival, person, lines_of(told)))
    what = "; ".join(line.line for line in answer.lines) or "a note to the lead"
    return suppressed(f"answers a report: {what}"[:500])


def answered(arrival: Arrival, person: Staff, token: Token | None) -> Outcome:
    """Return what becomes of an answer to a report: done, or held with the line that stopped it."""
    try:
        with arrival.work.apart():
            return answer_report(arrival, person, token)
    except _Stopped as stopped:
        return refuse(arrival, person, None, Parsed(errors=(stopped.error,)), (stopped.error,))


class _Stopped(Conflict):
    """A line of an answer that cannot be done."""

    def __init__(self, error: CommandError) -> None:
        """Carry the *error* that its writer is shown."""
        self.error = error
        super().__init__(error.reason)


def _do(arrival: Arrival, person: Staff, line: ReportLine) -> str:
    """Carry out one line; return what was done, or what was answered."""
    errand = Errand(arrival=arrival, person=person)
    if line.asked is Asked.ACTION:
        return learning.plan_action(errand, _command("action", line, action=f"{line.text} @{line.who} {line.on}"))
    if line.asked is Asked.LAUNCH:
        return status(errand, _command("status", line, launch=line.text.lower()))
    if line.asked is Asked.HELP:
        return help_for_staff(errand, _command("help", line))
    acting = _acting(arrival, person, line)
    if line.asked is Asked.WHY:
        return why(replace(errand, acting=acting), _command("why", line))
    if line.asked is Asked.PRIORITY:
        if not line.text:
            raise Conflict("a change of priority needs its reason")
        return actions.set_priority(acting, Priority(line.who.upper()), reason=line.text, tells_client=False)
    return _assign(acting, line)


def _assign(acting: Acting, line: ReportLine) -> str:
    roster = acting.arrival.work.desk.roster()
    if line.who.startswith("team:"):
        team = line.who.removeprefix("team:")
        if team not in {fold(person.team) for person in roster if person.team}:
            raise Conflict(f"there is no team {team}")
        return actions.assign(acting, to=None, team=team)
    person = acting.arrival.work.desk.agent(line.who)
    if person is None:
        raise Conflict(f"nobody here is called {line.who}; here are {', '.join(each.slug for each in roster)}")
    return actions.assign(acting, to=person)


def _acting(arrival: Arrival, person: Staff, line: ReportLine) -> Acting:
    found = arrival.work.tickets.by_number(line.number or 0)
    if found is None:
        raise Conflict(f"there is no ticket T-{line.number}")
    ticket = arrival.work.tickets.lock(found)
    care = care_of(arrival.work, ticket, policy=arrival.rules.policy, now=arrival.at)
    return Acting(arrival=arrival, ticket=ticket, care=care, person=person)


def _command(name: str, line: ReportLine, **args: str) -> Command:
    return Command(name=CommandName(name), line_no=1, line=line.line, args=args)


def _nobody_reads(words: str) -> CommandError:
    return CommandError(
        line_no=1,
        line=words.strip().partition("\n")[0][:200],
        reason="there is no lead but you to pass these words on to",
        suggestion=_FORMS,
    )


def _tell_lead(arrival: Arrival, person: Staff, words: str, launch: Launch | None) -> bool:
    """Pass on to the lead what somebody answered in their own words; return whether there is one to read it."""
    is_told = False
    for who in arrival.people().in_role("lead", launch=launch, phase=None):
        if fold(who.address) == fold(person.email):
            continue
        is_told = True
        arrival.send(
            notice(
                reader=reader_of_told(who),
                what=Matter.REPORT_NOTE,
                incident=arrival.message.fingerprint,
                since=arrival.at,
                now=arrival.now,
                facts=(("From", person.name), ("Subject", arrival.message.subject)),
                detail=words,
                cause=arrival.cause,
            )
        )
    return is_told
