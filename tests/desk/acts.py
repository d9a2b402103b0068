"""Our own people at work by mail, for tests of what their mail does."""

from tests.desk.driver import BEN, DeskDriver
from tests.factories import a_mail

from ticketbot.store.database import Store
from ticketbot.store.models import InboxMail, OutboxMail

CHEN = "Chen Wei <chen@desk.example>"
DANA = "Dana Moore <dana@desk.example>"


def opened(store: Store, **mail: str) -> DeskDriver:
    """Return a desk with one new ticket of Acme's."""
    desk = DeskDriver(store)
    desk.receive(a_mail(message_id="first@acme.example", **mail))  # type: ignore[arg-type]
    return desk


def answer(desk: DeskDriver, body: str, *, sender: str = BEN, number: int = 1001, **fields: str) -> InboxMail:
    """Let one of our people answer the client."""
    agent = sender.partition("<")[2].rstrip(">")
    return desk.receive(a_mail(sender=sender, to=desk.answer_address(number, agent=agent), body=body, **fields))  # type: ignore[arg-type]


def note(desk: DeskDriver, body: str, *, sender: str = BEN, number: int = 1001, **fields: str) -> InboxMail:
    """Let one of our people write to the address that leaves a note."""
    agent = sender.partition("<")[2].rstrip(">")
    return desk.receive(a_mail(sender=sender, to=desk.note_address(number, agent=agent), body=body, **fields))  # type: ignore[arg-type]


def reply_to(desk: DeskDriver, letter: OutboxMail, body: str, *, sender: str = BEN) -> InboxMail:
    """Let one of our people answer a letter where it asks to be answered, as mail programs do."""
    to = letter.draft["reply_to"] or "support@desk.example"
    return desk.receive(a_mail(sender=sender, to=to, body=body, in_reply_to=letter.message_id))


def refused(desk: DeskDriver) -> str:
    """Return why the last command mail was refused."""
    values = desk.letter("CMD").draft["values"]
    assert values["variant"] == "error", values
    return str(values["errors"][0]["reason"])
