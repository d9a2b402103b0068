"""Commands that staff write at the top of a mail (domain.md CM2, CM3): all or nothing.

    mail := {command EOL | blank} [text]
    command := "#" name [" " args]

The block ends at the first other line. `##` is a literal `#`; `# heading` and `#1` are text.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from ticketbot.domain.command_forms import Misfit, fill
from ticketbot.domain.command_specs import ROLES, CommandName, CommandSpec
from ticketbot.domain.command_table import COMMANDS
from ticketbot.domain.signoffs import is_sign_off, without_banners

MOST_COMMANDS = 50
LONGEST_LINE = 2_000
_SHOWN = 200
_SERVED = tuple(spec.name for spec in COMMANDS.values() if spec.is_served)

#: What is suggested where nothing is near: all that works.
_MENU = " ".join(f"#{name}" for name in _SERVED)

#: A line that means to be a command: a letter right after the sign, which some keyboards write full-width.
_COMMAND = re.compile(r"[#\uff03](?P<name>[^\W\d_]\S*)(?P<args>.*)")
_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|-)*")
_OPTIONS = re.compile(r"[a-z-]{1,40}=\S+(?: +[a-z-]{1,40}=\S+)*", re.IGNORECASE)
_LINKED = re.compile(r"\s?[<\[]mailto:[^<>\[\]\s]{0,320}[>\]]", re.IGNORECASE)
_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\xa0 \t\r"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command as it was written. `args` holds the named arguments of its form, each in its one spelling."""

    name: CommandName
    line_no: int
    line: str
    args: Mapping[str, str] = field(default_factory=dict)

    @property
    def spec(self) -> CommandSpec:
        """Return the line of the table that this command follows."""
        return COMMANDS[self.name]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandError:
    """A line that cannot be executed: why, and the nearest valid form."""

    line_no: int
    line: str
    reason: str
    suggestion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A mail's commands, the text after them, and what is wrong. With any error nothing is executed or sent."""

    commands: tuple[Command, ...] = ()
    text: str = ""
    errors: tuple[CommandError, ...] = ()

    @property
    def has_commands(self) -> bool:
        """Return whether the mail begins with commands, good or bad ones."""
        return bool(self.commands or self.errors)

    def has(self, *names: CommandName) -> bool:
        """Return whether one of these commands is among them."""
        return any(each.name in names for each in self.commands)


def parse(new_text: str, *, own_name: str = "") -> Parsed:
    """Return the commands at the top of a staff member's new text, and the text below them. Never raises.

    Where commands were given, a closing formula or *own_name* alone below them is no text (behaviour 77).
    """
    lines = [line.strip(_INVISIBLE) for line in new_text.split("\n")]
    end = next((number for number, line in enumerate(lines) if line and not _COMMAND.fullmatch(line)), len(lines))
    block = [(number, line) for number, line in enumerate(lines[:end], start=1) if line]
    answers = _read_block(block[:MOST_COMMANDS])
    if len(block) > MOST_COMMANDS:
        answers.append(_error(*block[MOST_COMMANDS], f"more than {MOST_COMMANDS} commands in one mail", _MENU))
    if block and (wrapped := _wrapped(lines, end)):
        answers.append(wrapped)
    text = without_banners(_unescaped(new_text.split("\n")[end:]))
    answers += _crowded(answers, has_text=not is_sign_off(text, own_name=own_name))
    return Parsed(
        commands=tuple(each for each in answers if isinstance(each, Command)),
        text="" if block and is_sign_off(text, own_name=own_name) else text,
        errors=tuple(each for each in answers if isinstance(each, CommandError)),
    )


def as_plain_text(new_text: str, *, own_name: str = "") -> str:
    """Return the words of a mail whose commands are not to be carried out (`#ok`); no command ever stands in them.

    That is the text below the commands or, where there is none, the lines that look like commands and mean none.
    """
    parsed = parse(new_text, own_name=own_name)
    if parsed.text.strip():
        return parsed.text.strip()
    lines = [line.strip(_INVISIBLE) for line in new_text.split("\n")]
    return "\n".join(
        line for line in lines if (found := _COMMAND.fullmatch(line)) and not _means_command(found["name"])
    )


def refusals(
    parsed: Parsed,
    *,
    has_ticket: bool,
    is_public: bool,
    first_response_runs: bool,
    roles: Iterable[str] = (),
) -> tuple[CommandError, ...]:
    """Return the commands that are refused here and now, with reasons (CM1, CM3).

    *is_public*: the text goes to the client, as the address it was sent to says; `#note` takes that back. *roles* are
    those that the sender holds.
    """
    is_told = bool(parsed.text.strip()) and is_public and not parsed.has(CommandName.NOTE)
    answers = (
        _refusal(each, has_ticket=has_ticket, is_told=is_told, waits=first_response_runs, roles=frozenset(roles))
        for each in parsed.commands
    )
    return tuple(answer for answer in answers if answer is not None)


def _refusal(
    command: Command, *, has_ticket: bool, is_told: bool, waits: bool, roles: frozenset[str]
) -> CommandError | None:
    """Return why one command is refused, and what would do."""
    spec = command.spec
    allowed = ROLES[spec.who]
    if allowed is not None and allowed.isdisjoint(roles):
        return _error(command.line_no, command.line, f"only a {' or '.join(sorted(allowed))} may do that", _MENU)
    if spec.needs_ticket and not has_ticket:
        reason = "this mail is about no ticket; reply to one of the ticket's mails"
        return _error(command.line_no, command.line, reason, spec.example)
    if is_told or not (spec.needs_client_text or (waits and command.name is CommandName.RESOLVE)):
        return None
    why = "the client still waits for a first answer" if waits else "the client must be told what you need"
    reason = f"{why}: write it below the command, to the address that answers the client"
    return _error(command.line_no, command.line, reason, f"{command.line}\n\n(your words to the client)")


def _read_block(block: Sequence[tuple[int, str]]) -> list[Command | CommandError]:
    """Return what each line of the block says."""
    answers: list[Command | CommandError] = []
    for number, line in block:
        before = [each for each in answers if isinstance(each, Command)]
        answers.append(_read(number, line, before))
    return answers


def _read(number: int, line: str, before: Sequence[Command]) -> Command | CommandError:
    """Return the command that a line gives, or what is wrong with it."""
    found = _COMMAND.fullmatch(line)
    assert found is not None, "the block holds such lines only"
    written, args = found["name"], _LINKED.sub("", found["args"]).strip(_INVISIBLE)
    name = written.casefold()
    if len(line) > LONGEST_LINE:
        return _error(number, line, f"the line is longer than {LONGEST_LINE} characters", _MENU)
    if name not in COMMANDS:
        return _error(number, line, f"there is no command “#{written[:60]}”", _nearest(name, args))
    spec = COMMANDS[name]
    if not spec.is_served:
        return _error(number, line, f"“#{name}” does not work in this version yet", _MENU)
    if clash := _clash(spec, before):
        return _error(number, line, clash, before[-1].line)
    filled = fill(spec.form, args)
    if isinstance(filled, Misfit):
        return _error(number, line, filled.reason, _corrected(spec, args, filled))
    return Command(name=CommandName(name), line_no=number, line=line, args=filled)


def _crowded(answers: Sequence[Command | CommandError], *, has_text: bool) -> list[CommandError]:
    """Return an error for a command that stands beside others, or above a text, and goes with neither."""
    alone = next((each for each in answers if isinstance(each, Command) and each.spec.stands_alone), None)
    if alone is None or (len(answers) == 1 and not has_text):
        return []
    reason = f"“#{alone.name}” stands alone in its mail; write nothing else with it"
    return [_error(alone.line_no, alone.line, reason, f"#{alone.name}")]


def _means_command(name: str) -> bool:
    """Return whether a word after the sign is a command of the table, or was probably meant to be one."""
    letters = _NAME.match(name.casefold())
    return bool(letters and get_close_matches(letters[0][:40], COMMANDS, n=1))


def _clash(spec: CommandSpec, before: Sequence[Command]) -> str:
    """Return why a command does not go together with those before it, or an empty string."""
    if not spec.may_repeat and any(each.name == spec.name for each in before):
        return f"“#{spec.name}” stands there twice"
    rivals = (each.name for each in before if spec.changes is not None and each.spec.changes is spec.changes)
    rival = next(rivals, None)
    return f"“#{rival}” and “#{spec.name}” do not go together in one mail" if rival else ""


def _nearest(name: str, args: str) -> str:
    """Return the command that was probably meant, with these arguments where they fit it."""
    letters = _NAME.match(name)
    close = get_close_matches(letters[0][:40], _SERVED, n=1) if letters else []
    if not close:
        return _MENU
    spec = COMMANDS[close[0]]
    fits = not isinstance(fill(spec.form, args[:LONGEST_LINE]), Misfit)
    return f"#{spec.name} {args}".strip()[:_SHOWN] if fits else spec.example


def _corrected(spec: CommandSpec, args: str, misfit: Misfit) -> str:
    """Return a command with the wrong word made right, or without it, or else its example."""
    attempt = args.replace(misfit.wrong, misfit.nearest or "", 1).strip() if misfit.wrong else args
    if isinstance(fill(spec.form, attempt), Misfit):
        return spec.example
    return f"#{spec.name} {attempt}".strip()[:_SHOWN]


def _wrapped(lines: Sequence[str], end: int) -> CommandError | None:
    """Return an error where the text begins right below a command with what looks like more of its options."""
    if not 0 < end < len(lines) or not lines[end - 1] or not _OPTIONS.fullmatch(lines[end][:LONGEST_LINE]):
        return None
    reason = "this looks like the end of the line above; write both as one line"
    return _error(end + 1, lines[end], reason, f"{lines[end - 1]} {lines[end]}"[:_SHOWN])


def _unescaped(lines: Sequence[str]) -> str:
    """Return the text below the commands; `##` at its beginning was a literal `#`."""
    text = "\n".join(lines).strip("\n")
    return text.replace("##", "#", 1) if text.lstrip(_INVISIBLE).startswith("##") else text


def _error(number: int, line: str, reason: str, suggestion: str) -> CommandError:
    """Return an error about a line, of which no more is shown than a person needs."""
    return CommandError(line_no=number, line=line[:_SHOWN], reason=reason, suggestion=suggestion)
