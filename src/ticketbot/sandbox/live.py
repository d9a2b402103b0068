"""The demo after its story: the service runs for real, and whoever types writes as a client or answers as staff."""

import shlex
import threading
from collections.abc import Callable, Mapping

from ticketbot.app import ALL_ROLES
from ticketbot.domain.errors import TicketbotError
from ticketbot.sandbox.people import Person, text_of
from ticketbot.sandbox.world import PASSWORD, World

HELP = """\
  write WHO SUBJECT | TEXT     a new mail to support@, e.g.  write mara Printer down | It prints nothing.
  answer WHO T-1001 TEXT       answer the last mail about a ticket, e.g.  answer ben T-1005 #resolve
  read WHO [T-1001]            the newest mail of somebody, whole
  tickets                      the table of tickets
  help, quit"""
_LOOK_EVERY = 0.3


def live(
    stage: World,
    *,
    say: Callable[[str], None],
    ask: Callable[[], str | None],
    stop: threading.Event,
    people: Mapping[str, Person],
    show: Callable[[], None],
) -> None:
    """Serve until *stop* is set or somebody types quit; the story's clock goes on at the real pace."""
    stage.clock.run()
    service = stage.app.service(stop, roles=ALL_ROLES)
    service.start(stop)
    say("\nLive now. The desk's clock goes on from the end of the story.")
    say(f"  IMAP 127.0.0.1:{stage.server.imap_port}, SMTP 127.0.0.1:{stage.server.smtp_port}, no TLS")
    say(f"  accounts: {', '.join(sorted(person.address for person in people.values()))}; password: {PASSWORD}")
    say(f"  folder with the configuration: {stage.folder}")
    say(HELP)
    typing = threading.Thread(target=_listen, args=(stage, people, say, ask, stop), name="typing", daemon=True)
    typing.start()
    try:
        while not stop.wait(_LOOK_EVERY):
            show()
    finally:
        stop.set()
        service.stop()


def _listen(
    stage: World,
    people: Mapping[str, Person],
    say: Callable[[str], None],
    ask: Callable[[], str | None],
    stop: threading.Event,
) -> None:
    while not stop.is_set():
        line = ask()
        if line is None:
            return  # no more input: the demo goes on until it is stopped
        try:
            _obey(line.strip(), stage, people, say, stop)
        except TicketbotError as error:
            say(f"  {error}")
        except (ValueError, KeyError):
            say(f"  that was not understood; one of:\n{HELP}")


def _obey(
    line: str, stage: World, people: Mapping[str, Person], say: Callable[[str], None], stop: threading.Event
) -> None:
    word, _, rest = line.partition(" ")
    match word:
        case "":
            return
        case "quit" | "exit":
            stop.set()
        case "write":
            who, _, mail = rest.partition(" ")
            subject, _, text = mail.partition("|")
            people[who].write(to="support@desk.example", subject=subject.strip(), text=text.strip())
        case "answer":
            who, number, text = rest.split(" ", 2)
            people[who].answer(text.replace("\\n", "\n"), about=number)
        case "read":
            who, *about = shlex.split(rest)
            got = people[who].newest(about[0] if about else "")
            say("\n".join([f"{name}: {got[name]}" for name in ("From", "To", "Subject")]))
            say(text_of(got))
        case "tickets":
            with stage.app.store.look() as work:
                for ticket in work.tickets.listed():
                    say(f"  T-{ticket.number}  {ticket.state:<15} {ticket.priority}  {ticket.subject}")
        case "help":
            say(HELP)
        case _:
            raise ValueError(word)
