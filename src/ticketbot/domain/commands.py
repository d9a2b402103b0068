"""Commands that staff write at the top of a mail (domain.md CM2, CM3): all or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command as it was written. `args` holds the named arguments of its form, checked, as text."""

    name: str
    args: Mapping[str, str] = field(default_factory=dict)
    line_no: int
    line: str


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


def parse(new_text: str, *, own_name: str = "") -> Parsed:
    """Return the commands at the top of a staff member's new text, and the text below them. Never raises."""
    raise NotImplementedError


def refusals(
    parsed: Parsed, *, has_ticket: bool, is_public: bool, first_response_runs: bool
) -> tuple[CommandError, ...]:
    """Return the commands that this ticket refuses now, with reasons (CM3). *is_public*: the text goes to the client."""
    raise NotImplementedError
