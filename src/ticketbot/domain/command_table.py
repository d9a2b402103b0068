"""Every command that staff may write, as a table: an example, what it does, its arguments, what it needs."""

from collections.abc import Mapping

from ticketbot.domain.command_forms import (
    ACTION,
    ADDRESS,
    CADENCE,
    COMPLEXITY,
    DATE,
    DONE,
    DURATION,
    FORCE,
    INSIGHT,
    KIND,
    LAUNCH,
    LEVEL,
    OWNER,
    PARTY,
    PERSON,
    PLACE,
    PRIORITY,
    REASON,
    SETTING,
    SEVERITY,
    SLUG,
    TEXT,
    TICKET,
    TIME,
    UNTIL,
    YES,
    Argument,
    Form,
    Word,
)
from ticketbot.domain.command_specs import Changes, CommandSpec, Group, Who


def _spec(
    example: str,
    says: str,
    *arguments: Argument,
    who: Who = Who.STAFF,
    options: Mapping[str, Word] | None = None,
    fields: Mapping[str, Word] | None = None,
    needs_ticket: bool = True,
    needs_client_text: bool = False,
    changes: Changes | None = None,
    may_repeat: bool = False,
    stands_alone: bool = False,
) -> CommandSpec:
    """Return a line of the table: an example, whose first word is the name, what it does, and its arguments."""
    return CommandSpec(
        name=example.partition(" ")[0].removeprefix("#"),
        says=says,
        example=example,
        form=Form(arguments=arguments, options=options or {}, fields=fields or {}),
        who=who,
        needs_ticket=needs_ticket,
        needs_client_text=needs_client_text,
        changes=changes,
        may_repeat=may_repeat,
        stands_alone=stands_alone,
    )


def _one(name: str, word: Word) -> Argument:
    """Return an argument that must be there."""
    return Argument(name=name, word=word)


def _maybe(name: str, word: Word) -> Argument:
    """Return an argument that may be there."""
    return Argument(name=name, word=word, is_optional=True)


def _rest(name: str, word: Word = TEXT) -> Argument:
    """Return an argument that takes the rest of the line, and must be there."""
    return Argument(name=name, word=word, is_rest=True)


def _maybe_rest(name: str, word: Word = TEXT) -> Argument:
    """Return an argument that takes the rest of the line, if there is any."""
    return Argument(name=name, word=word, is_rest=True, is_optional=True)


def _plan(example: str, says: str, *arguments: Argument) -> CommandSpec:
    """Return a line about a launch's plan, for leads."""
    return _spec(example, says, _one("launch", LAUNCH), *arguments, who=Who.LEAD, needs_ticket=False)


def _ask(example: str, says: str, *arguments: Argument) -> CommandSpec:
    """Return a line that only asks."""
    return _spec(example, says, *arguments, needs_ticket=False, may_repeat=True)


_STATE, _OWNER = Changes.STATE, Changes.OWNER
_WHEN = (_one("date", DATE), _one("time", TIME), _one("duration", DURATION), _one("place", PLACE))
_TOPIC = {"topic": TEXT, "with": TEXT, "link": TEXT}
_PLAN = {"go-live": DATE, "customised": YES, "complexity": COMPLEXITY, "profile": SLUG, "reason": TEXT}

#: The whole table of domain.md §4. To serve one more, name it in CommandName and write its verb in the desk.
TABLE: Mapping[Group, tuple[CommandSpec, ...]] = {
    Group.WORK: (
        _spec("#take", "the ticket is yours", changes=_OWNER),
        _spec("#assign ben", "give it to a person or a team", _one("to", OWNER), changes=_OWNER),
        _spec("#note", "the text stays among us", _maybe_rest("text")),
        _spec("#pending", "wait for the client's answer", needs_client_text=True, changes=_STATE),
        _spec("#resolve", "it is settled", _maybe_rest("how"), changes=_STATE),
        _spec("#reopen", "it is not settled after all", changes=_STATE),
        _spec("#close", "a resolved ticket is done with", changes=_STATE),
        _spec("#spam", "nobody should have got this", changes=_STATE),
        _spec("#notspam", "it was no spam", changes=_STATE),
        _spec("#snooze 2d", "out of sight until then", _one("until", DATE)),
        _spec("#away until fri", "you are away", _one("until_word", UNTIL), _one("until", DATE), needs_ticket=False),
        _spec("#send", "send the draft that was offered, or the answer that was held", stands_alone=True),
        _spec("#ok", "send the words of the mail that was held, without its commands", stands_alone=True),
        _spec("#undo", "take back your last step, within 10 minutes", stands_alone=True),
    ),
    Group.CLASS: (
        _spec("#kind question", "what it is", _one("kind", KIND)),
        _spec("#sev 2", "how bad it is", _one("severity", SEVERITY), needs_ticket=False),
        _spec("#impact 1", "whom it hits", _one("impact", LEVEL), needs_ticket=False),
        _spec("#urgency 1", "how soon it hurts", _one("urgency", LEVEL), needs_ticket=False),
        _spec("#priority P1 reason", "the order of work", _one("priority", PRIORITY), _rest("reason", REASON)),
        _spec("#category payroll", "what it is about", _rest("category")),
        _spec("#found test-gap", "how it could have been found before", _one("found", SLUG)),
        _spec("#client acme", "whose it is", _one("client", SLUG), needs_ticket=False),
        _spec("#cc tom@acme.example", "who takes part from now on", _one("address", ADDRESS), may_repeat=True),
        _spec("#block spam.example", "who is not heard", _one("party", PARTY), needs_ticket=False, may_repeat=True),
        _spec("#concern", "the client is worried", _maybe("done", DONE), _maybe_rest("text")),
    ),
    Group.JOIN: (
        _spec("#merge T-9", "it is the same matter as another", _one("ticket", TICKET), changes=_STATE),
        _spec("#split", "this mail is a matter of its own"),
        _spec("#link T-9", "it has to do with another", _one("ticket", TICKET), may_repeat=True),
        _spec("#problem title | owner ben", "what lies behind it", _rest("title"), fields={"owner": OWNER}),
        _spec("#workaround text", "how the client can go on meanwhile", _rest("text")),
    ),
    Group.RELEASE: (
        _spec(
            "#release 2027-04-08",
            "it comes with a release",
            _one("date", DATE),
            _maybe("force", FORCE),
            changes=_STATE,
        ),
        _spec("#shipped", "the release is out", changes=_STATE),
    ),
    Group.BEHALF: (
        _spec("#for tom@acme.example", "open it for somebody else", _one("address", ADDRESS), needs_ticket=False),
        _spec(
            "#call tom@acme.example 15m",
            "they called",
            _one("address", ADDRESS),
            _maybe("duration", DURATION),
            needs_ticket=False,
        ),
        _spec("#to tom@acme.example", "write to them first", _one("address", ADDRESS), needs_ticket=False),
    ),
    Group.MEET: (
        _spec("#meet 2027-03-18 14:00 30m remote", "a meeting", *_WHEN, fields=_TOPIC),
        _spec("#training 2027-03-18 14:00 60m remote", "a training", *_WHEN, fields=_TOPIC),
        _spec("#workshop 2027-03-18 14:00 60m remote", "a workshop", *_WHEN, fields=_TOPIC),
        _spec("#webinar 2027-03-18 14:00 60m remote", "a webinar", *_WHEN, fields=_TOPIC),
        _spec("#visit 2027-03-18 14:00 2h onsite", "a visit", *_WHEN, fields=_TOPIC),
        _spec("#kb title", "the reply becomes an article", _rest("title")),
        _spec("#faq question", "the reply becomes an answer to a frequent question", _rest("question")),
        _spec("#docgap text", "a guide lacks something", _rest("text"), needs_ticket=False),
        _spec("#doc done", "the guide is up to date", _one("done", DONE), needs_ticket=False),
    ),
    Group.LEARN: (
        _spec(
            "#insight need text",
            "what we learned of the client",
            _one("class", INSIGHT),
            _rest("text"),
            needs_ticket=False,
            may_repeat=True,
        ),
        _spec("#lesson text", "what the next launch should know", _rest("text"), needs_ticket=False, may_repeat=True),
        _spec(
            "#action text @ben fri",
            "somebody does it by then",
            _rest("action", ACTION),
            needs_ticket=False,
            may_repeat=True,
        ),
        _spec("#review cause, what helped, actions", "the review of an incident", _rest("text")),
        _spec("#ic", "who commands", _maybe("person", PERSON)),
        _spec("#comms ben", "who writes to the client", _one("person", PERSON)),
    ),
    Group.PLAN: (
        _spec(
            "#launch acme/hr go-live=2027-03-01T06:00 customised=yes complexity=medium profile=command30_90",
            "plan a launch, or say which one it is about",
            _one("launch", LAUNCH),
            options=_PLAN,
            needs_ticket=False,
        ),
        _plan(
            "#golive acme/hr 2027-03-01T06:00",
            "move the go-live; once live, roll back to before it",
            _one("date", DATE),
            _maybe("time", TIME),
        ),
        _plan(
            "#extend acme/hr 7d reason",
            "lengthen the phase by days",
            _one("duration", DURATION),
            _rest("reason", REASON),
        ),
        _plan("#exit acme/hr reason", "end the phase after a whole business day", _rest("reason", REASON)),
        _plan("#pause acme/hr", "stop the days", _maybe_rest("reason")),
        _plan("#resume acme/hr", "let the days go on", _maybe_rest("reason")),
        _plan("#relapse acme/hr", "7 more days of hypercare", _maybe_rest("reason")),
        _plan("#accept acme/hr", "standard support takes over", _maybe_rest("text")),
        _plan("#cadence acme/hr biweekly", "how often the client is told", _one("cadence", CADENCE)),
        _spec(
            "#config acme/hr key = value",
            "a line of the configuration record",
            _maybe("launch", LAUNCH),
            _rest("setting", SETTING),
            who=Who.LEAD,
            needs_ticket=False,
            may_repeat=True,
        ),
        _spec(
            "#forget tom@acme.example",
            "erase a person",
            _one("address", ADDRESS),
            who=Who.LEAD,
            needs_ticket=False,
        ),
    ),
    Group.ASK: (
        _ask("#help", "this guide", _maybe_rest("about")),
        _ask("#status acme/hr", "where a launch stands", _maybe("launch", LAUNCH)),
        _ask("#ticket T-9", "a ticket, whole", _maybe("ticket", TICKET)),
        _ask("#why T-9", "the arithmetic of each due time", _maybe("ticket", TICKET)),
        _ask("#ready acme/hr", "what is still to settle", _one("launch", LAUNCH)),
        _ask("#digest 7d", "the figures of some days", _maybe("span", DURATION)),
        _ask("#dashboard", "the screen by mail", _maybe("launch", LAUNCH)),
    ),
}

#: The same by name.
COMMANDS: Mapping[str, CommandSpec] = {spec.name: spec for row in TABLE.values() for spec in row}
