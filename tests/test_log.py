"""Log lines: one look for people, one for machines, no secret in either."""

import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest
from typing_extensions import override

from ticketbot.log import Action, configure


@pytest.fixture(autouse=True)
def _unchanged_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    for handler in list(root.handlers):
        root.removeHandler(handler)
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(capture=False)


class Terminal(io.StringIO):
    @override
    def isatty(self) -> bool:
        return True


def test_a_line_is_json_with_its_fields_where_no_terminal_listens() -> None:
    out = io.StringIO()
    configure(stream=out)

    logging.getLogger("ticketbot.inbound").info("mail %s done", 5, extra={"action": Action.MAIL_DONE, "mail_id": 5})

    line = json.loads(out.getvalue())
    assert line["event"] == "mail 5 done"
    assert (line["action"], line["mail_id"], line["level"]) == ("mail_done", 5, "info")
    assert line["timestamp"].endswith("Z")
    assert line["logger"] == "ticketbot.inbound"


def test_a_terminal_gets_a_readable_line() -> None:
    out = Terminal()
    configure(stream=out)

    logging.getLogger("ticketbot").info("ready", extra={"action": Action.READY})

    assert "ready" in out.getvalue()
    assert not out.getvalue().startswith("{")


def test_logfmt_is_one_line_of_pairs() -> None:
    out = io.StringIO()
    configure(stream=out, look="logfmt")

    logging.getLogger("ticketbot").warning("slow", extra={"action": Action.RELAY_LOST})

    assert "level=warning event=slow action=relay_lost" in out.getvalue()


@pytest.mark.parametrize("look", ["json", "console", "logfmt"])
def test_no_secret_appears_not_even_in_a_traceback(look: str) -> None:
    out = io.StringIO()
    configure(stream=out, look=look, secrets=['pass"word', "hunter2", ""])

    try:
        int('hunter2 and pass"word')
    except ValueError:
        logging.getLogger("ticketbot").exception("hunter2 failed", extra={"password": "other", "text": 'pass"word'})

    assert "hunter2" not in out.getvalue()
    assert "other" not in out.getvalue()
    assert 'pass"word' not in out.getvalue()
    assert 'pass\\"word' not in out.getvalue()
    assert "Traceback" in out.getvalue()


def test_lines_below_the_level_and_chatter_of_libraries_are_left_out() -> None:
    out = io.StringIO()
    configure(stream=out, level="info")

    logging.getLogger("ticketbot").debug("detail")
    logging.getLogger("apscheduler.scheduler").info("chatter")

    assert out.getvalue() == ""


def test_configuring_twice_writes_each_line_once() -> None:
    out = io.StringIO()
    configure(stream=out)
    configure(stream=out)

    logging.getLogger("ticketbot").info("once")

    assert out.getvalue().count("once") == 1


def test_stderr_is_where_lines_go_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    configure()

    logging.getLogger("ticketbot").info("hello")

    assert "hello" in capsys.readouterr().err
    assert sys.stdout is not None
