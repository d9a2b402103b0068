import json
import queue
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ticketbot.config import load_settings
from ticketbot.domain.errors import UsageError
from ticketbot.sandbox.demo import run
from ticketbot.sandbox.fortnight import DESK, PEOPLE, STARTS_AT, STORY
from ticketbot.sandbox.live import live
from ticketbot.sandbox.people import Person
from ticketbot.sandbox.world import World, world
from ticketbot.store.database import open_store

PATIENCE = 30.0


def silence() -> str | None:
    return None


class Terminal:
    """Somebody at a terminal: what they type, and what they are shown."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.typed: queue.Queue[str | None] = queue.Queue()
        self._news = threading.Condition()

    def say(self, line: str) -> None:
        with self._news:
            self.lines.extend(line.splitlines())
            self._news.notify_all()

    def ask(self) -> str | None:
        return self.typed.get()

    def type(self, line: str, *, shows: str = "") -> None:
        """Type a line, and wait until something shown from then on holds *shows*."""
        before = len(self.lines)
        self.typed.put(line)
        if not shows:
            return
        with self._news:
            found = self._news.wait_for(lambda: any(shows in each for each in self.lines[before:]), PATIENCE)
        assert found, f"{line!r} showed {self.lines[before:]}"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, desk_toml=DESK, starts_at=STARTS_AT) as stage:
        yield stage


@pytest.fixture
def people(stage: World) -> dict[str, Person]:
    return {key: stage.person(name, address) for key, (name, address) in PEOPLE.items()}


@pytest.fixture
def terminal(stage: World, people: dict[str, Person]) -> Iterator[Terminal]:
    """The demo, live."""
    terminal, stop = Terminal(), threading.Event()
    serving = threading.Thread(
        target=live,
        args=(stage,),
        kwargs={
            "say": terminal.say,
            "ask": terminal.ask,
            "stop": stop,
            "people": people,
            "show": lambda: None,
        },
    )
    serving.start()
    yield terminal
    stop.set()
    terminal.typed.put(None)
    serving.join(PATIENCE)
    assert not serving.is_alive()


def eventually(there: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while not there():
        if time.monotonic() > end:
            return False
        threading.Event().wait(0.05)
    return True


def test_every_mail_of_the_fortnight_becomes_what_it_should_and_the_desk_is_kept(tmp_path: Path) -> None:
    said: list[str] = []

    code = run(
        once=True, as_json=True, keep=tmp_path / "desk", port=None, say=said.append, ask=silence, stop=threading.Event()
    )

    summary = json.loads("\n".join(said))
    assert code == 0
    assert summary["ok"] is True
    assert [step["expected"] for step in summary["steps"] if not step["ok"]] == []
    assert len(summary["steps"]) == len(STORY)
    assert {letter["state"] for letter in summary["letters"]} == {"sent"}
    settings = load_settings(tmp_path / "desk" / "ticketbot.toml", environ={})
    store = open_store(settings.database.url)
    with store.look() as work:
        assert {f"T-{each.number}" for each in work.tickets.listed()} == {each["number"] for each in summary["tickets"]}
    store.close()


def test_the_story_is_told_mail_by_mail_and_closed_with_the_tickets(tmp_path: Path) -> None:
    said: list[str] = []

    run(once=True, as_json=False, keep=None, port=None, say=said.append, ask=silence, stop=threading.Event())

    told = "\n".join(said)
    assert "Mara → support@desk.example: Nobody can log in" in told
    assert "ticketbot ⇒ Mara: [T-1001] Nobody can log in" in told
    assert f"{len(STORY)} of {len(STORY)} mails became what they should." in said
    assert any(line.startswith("T-1001 ") for line in said)
    assert not any(file.name.startswith("ticketbot-demo-") for file in tmp_path.iterdir())


def test_the_desk_of_an_earlier_demo_is_not_played_over(tmp_path: Path) -> None:
    (tmp_path / "ticketbot.db").touch()

    with pytest.raises(UsageError, match="name another folder"):
        run(once=True, as_json=True, keep=tmp_path, port=None, say=print, ask=silence, stop=threading.Event())


def test_live_whoever_types_writes_as_a_client_and_answers_as_staff(stage: World, terminal: Terminal) -> None:
    terminal.type("write mara Printer down | It prints nothing.")
    assert eventually(lambda: any(b"Printer down" in each.raw for each in stage.office.messages("ana@desk.example")))
    terminal.type("tickets", shows="Printer down")
    terminal.type("answer ana T-1001 #resolve\\nIt was out of paper.")
    assert eventually(lambda: any(b"out of paper" in each.raw for each in stage.office.messages("mara@acme.example")))

    terminal.type("read mara T-1001", shows="It was out of paper.")
    terminal.type("tickets", shows="resolved")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("help", "write WHO SUBJECT | TEXT"),
        ("sing", "that was not understood"),
        ("write nobody Hello | There", "that was not understood"),
        ("answer ana", "that was not understood"),
        ("read mara T-9999", "got no mail about 'T-9999'"),
    ],
)
def test_live_a_line_that_cannot_be_done_is_answered_with_what_can(terminal: Terminal, typed: str, shown: str) -> None:
    terminal.type("")
    terminal.type(typed, shows=shown)


def test_live_quit_ends_the_demo(stage: World, people: dict[str, Person]) -> None:
    lines = iter(["", "quit"])

    live(
        stage,
        say=lambda _: None,
        ask=lambda: next(lines, None),
        stop=threading.Event(),
        people=people,
        show=lambda: None,
    )

    assert STARTS_AT <= stage.clock.now() < STARTS_AT + timedelta(minutes=5)
