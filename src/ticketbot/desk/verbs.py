"""Which verb carries out which command: the one place where a command meets the desk (domain.md §4)."""

from collections.abc import Callable, Mapping

from ticketbot.desk import (
    actions,
    answers,
    behalf,
    classing,
    concerns,
    guide,
    held,
    incidents,
    joining,
    knowledge,
    learning,
    linking,
    meetings,
    plans,
    resting,
    shipping,
    steering,
    undoing,
)
from ticketbot.desk.actions import Acting
from ticketbot.desk.errands import Errand
from ticketbot.domain.commands import Command
from ticketbot.domain.errors import Conflict
from ticketbot.domain.priority import Priority


def _assign(acting: Acting, command: Command) -> str:
    target = command.args["to"]
    remark = "" if acting.goes_out else acting.words
    if target.startswith("team:"):
        return actions.assign(acting, to=None, team=target.removeprefix("team:"), text=remark)
    return actions.assign(acting, to=acting.arrival.work.desk.agent(target), text=remark)


def _only_in_triage(acting: Acting, command: Command) -> str:
    raise Conflict(
        f"#{command.name} answers the mail that shows an unknown sender; T-{acting.ticket.number} has a client"
    )


def _priority(acting: Acting, command: Command) -> str:
    return actions.set_priority(
        acting,
        Priority(command.args["priority"].upper()),
        reason=command.args["reason"],
        tells_client=acting.goes_out and bool(acting.words),
    )


def _pending_silently(acting: Acting, _command: Command) -> str:
    raise Conflict(f"#pending on T-{acting.ticket.number} needs words for the client: what do you ask them?")


#: What is done to the ticket that a mail is about.
ON_TICKET: Mapping[str, Callable[[Acting, Command], str]] = {
    "take": lambda acting, _: actions.take(acting),
    "assign": _assign,
    "note": lambda _acting, _: "",
    "pending": _pending_silently,
    "resolve": lambda acting, _: actions.resolve_silently(acting),
    "close": lambda acting, _: actions.close(acting),
    "reopen": lambda acting, _: actions.reopen(acting),
    "spam": lambda acting, _: actions.spam(acting),
    "notspam": lambda acting, _: actions.not_spam(acting),
    "cc": lambda acting, command: actions.let_take_part(acting, command.args["address"]),
    "priority": _priority,
    "kind": classing.set_kind,
    "sev": classing.set_severity,
    "impact": classing.set_impact,
    "urgency": classing.set_urgency,
    "category": classing.set_category,
    "concern": concerns.set_concern,
    "ic": incidents.take_command,
    "comms": incidents.name_spokesman,
    "merge": joining.merge,
    "problem": joining.name_problem,
    "release": shipping.release_silently,
    "shipped": shipping.ship_silently,
    "launch": plans.launch_of_ticket,
    "for": behalf.only_without_ticket,
    "call": behalf.only_without_ticket,
    "client": _only_in_triage,
    "snooze": resting.snooze,
    "found": learning.mark_found,
    "workaround": learning.offer_workaround,
    "link": linking.link,
    "split": linking.split,
    "to": behalf.only_without_ticket,
    "kb": knowledge.make_article,
    "faq": knowledge.make_article,
    "review": learning.keep_review,
    "meet": meetings.invite,
    "training": meetings.invite,
    "workshop": meetings.invite,
    "webinar": meetings.invite,
    "visit": meetings.invite,
    "ok": held.release,
    "send": held.release,
    "undo": undoing.undo,
}

#: What is done wherever it is written, on a ticket too unless that has a verb of its own above.
ANYWHERE: Mapping[str, Callable[[Errand, Command], str]] = {
    "launch": lambda errand, command: plans.plan_launch(errand.arrival, errand.person, command),
    "help": guide.help_for_staff,
    "status": answers.status,
    "ticket": answers.show_ticket,
    "why": answers.why,
    "digest": answers.send_digest,
    "away": resting.go_away,
    "block": resting.block,
    "docgap": knowledge.note_gap,
    "doc": knowledge.close_gap,
    "insight": learning.write_down,
    "lesson": learning.write_down,
    "action": learning.plan_action,
    **steering.VERBS,
}

#: What goes with the words, or does not, before anything is done.
CHECKS: Mapping[str, Callable[..., object]] = {
    "resolve": shipping.before_resolving,
    "release": shipping.before_releasing,
}
#: A matter that goes elsewhere still takes along what was said in it.
AFTER_WORDS = frozenset({"merge"})


def do_on_ticket(acting: Acting, command: Command) -> str:
    """Carry out a command of a mail that is about a ticket; return what was done."""
    if (verb := ON_TICKET.get(command.name)) is not None:
        return verb(acting, command)
    return ANYWHERE[command.name](Errand(arrival=acting.arrival, person=acting.person, acting=acting), command)
