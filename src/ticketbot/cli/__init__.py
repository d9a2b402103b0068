"""The command line: one file for each noun, imported only when its command runs, so that --help is quick."""

import importlib
import sys
import traceback
from collections.abc import Sequence
from typing import Any

import click
from typing_extensions import override

from ticketbot import __version__
from ticketbot.cli.nouns import Noun
from ticketbot.cli.options import Options
from ticketbot.domain.errors import TicketbotError

#: Every command, what it does in a line, in the order of the help. Each is `ticketbot.cli.NAME:NAME`.
COMMANDS = {
    "demo": "Show a whole desk at work, with a mail server inside; needs nothing.",
    "init": "Ask for mailbox, relay and desk, try them, write the configuration.",
    "run": "Serve: fetch, understand, answer, remind, send.",
    "doctor": "Check everything that ticketbot depends on, and say how to mend it.",
    "healthcheck": "Tell whether the running service is well.",
    "config": "Show, explain and check the settings (ticketbot.toml).",
    "desk": "Put the desk file (desk.toml) in force, or show the desk.",
    "db": "Upgrade, back up and restore the database.",
    "mail": "Look at received mails, import files, repeat what went wrong.",
    "ticket": "List and show tickets.",
    "outbox": "List, show, retry and cancel letters.",
    "launch": "See where each launch stands: phase, boundaries, readiness.",
    "report": "Show a report as it would be at any instant.",
    "backtest": "Play past tickets again under another policy: which promises would have been kept.",
    "rehearse": "Play dated mails against a plan: a client's hundred days in seconds.",
}

EXIT_CODES = """\
\b
Exit codes:
  0   done
  1   failed
  2   wrong usage
  69  a server is unavailable
  75  try again later
  78  the configuration is wrong, or the database too new for this program
"""


class _Lazy(Noun):
    """A group whose commands are imported when they are asked for."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"ticketbot.cli.{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        return command

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    @override
    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run, and turn every error into one plain sentence on stderr and an exit code."""
        options = Options()
        try:
            found = super().main(
                args, prog_name or "ticketbot", complete_var, standalone_mode=False, obj=options, **extra
            )
            code = found if isinstance(found, int) else 0
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.ctx.get_help(), err=True)
            code = error.exit_code
        except click.UsageError as error:
            where = f" (see {error.ctx.command_path} --help)" if error.ctx else ""
            _complain(f"{error.format_message().rstrip('.')}{where}", error, options)
            code = error.exit_code
        except click.ClickException as error:
            _complain(error.format_message(), error, options)
            code = error.exit_code
        except click.Abort:
            _complain("interrupted", None, options)
            code = 1
        except TicketbotError as error:
            for problem in getattr(error, "problems", None) or (error,):
                _complain(str(getattr(problem, "sentence", problem)), None, options)
            _trace(error, options)
            code = error.exit_code
        except BrokenPipeError:
            sys.stderr.close()
            code = 0
        except Exception as error:  # noqa: BLE001 - the border of a request: every error gets a sentence
            what = f"something unexpected happened ({type(error).__name__}: {error})"
            _complain(f"{what}; run it again with --debug and report what that prints", error, options)
            code = 1
        sys.exit(code)


def _complain(sentence: str, error: BaseException | None, options: Options) -> None:
    click.echo(f"ticketbot: {' '.join(sentence.split())}", err=True)
    if error is not None:
        _trace(error, options)


def _trace(error: BaseException, options: Options) -> None:
    if options.debug:
        click.echo("".join(traceback.format_exception(error)), err=True, nl=False)


@click.command("ticketbot", cls=_Lazy, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="ticketbot", message="%(prog)s %(version)s")
@Options.shared
def main() -> None:
    """Look after clients by mail in the weeks after their go-live.

    Examples:
      ticketbot demo                 see it at work, in a minute
      ticketbot init                 set up a desk of your own
      ticketbot run                  serve
      ticketbot mail why 17          why did this mail (not) become a ticket?
    """
