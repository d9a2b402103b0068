"""Commands as click knows them: a noun holds verbs, and the examples in their help keep their lines."""

import difflib
import inspect
import re
from typing import Any, TypeAlias

import click
from typing_extensions import override

Resolved: TypeAlias = tuple[str | None, click.Command | None, list[str]]


def _told(help_text: str | None) -> str | None:
    """Mark the examples of a help text, so that click does not fold their lines."""
    return re.sub(r"^(Examples?:)$", "\b\n\\1", inspect.cleandoc(help_text), flags=re.MULTILINE) if help_text else None


class Verb(click.Command):
    """A command."""

    def __init__(self, *args: Any, **extra: Any) -> None:  # noqa: ANN401 - click's own
        """Keep the lines of examples."""
        super().__init__(*args, **extra)
        self.help = _told(self.help)


class Noun(click.Group):
    """A group of commands that suggests the nearest one."""

    command_class = Verb

    def __init__(self, *args: Any, **extra: Any) -> None:  # noqa: ANN401 - click's own
        """Keep the lines of examples."""
        super().__init__(*args, **extra)
        self.help = _told(self.help)

    @override
    def resolve_command(self, ctx: click.Context, args: list[str]) -> Resolved:
        known = self.list_commands(ctx)
        if args and args[0] not in known:
            near = difflib.get_close_matches(args[0], known, n=1)
            hint = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(known)}"
            raise click.UsageError(f"there is no command {args[0]!r}{hint}", ctx)
        return super().resolve_command(ctx, args)
