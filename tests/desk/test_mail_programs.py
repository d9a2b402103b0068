"""Commands from real mail programs: HTML alone, phones, quotes of every kind; only the writer's first words count."""

import pytest
from tests.desk.acts import opened
from tests.desk.driver import BEN, DeskDriver
from tests.factories import a_mail

from ticketbot.store.database import Store

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

HTML = "text/html; charset=utf-8"
GMAIL = (
    '<div dir="ltr"><div>#resolve</div><div><br></div><div>Done.</div></div><br>'
    '<div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Tue, Support wrote:<br></div>'
    '<blockquote class="gmail_quote">#close<br>#spam</blockquote></div>'
)
OUTLOOK = (
    "<html><body><p class=MsoNormal>#resolve<o:p></o:p></p><p class=MsoNormal>Done.<o:p></o:p></p>"
    "<div style='border:none;border-top:solid #E1E1E1 1.0pt'><p class=MsoNormal><b>From:</b> Example Support "
    "&lt;support@desk.example&gt;<br>"
    "<b>Sent:</b> Tuesday, 2 March 2027 10:00<br><b>To:</b> Ben Okafor<br><b>Subject:</b> Report</p></div>"
    "<p>#close</p><p>#spam</p></body></html>"
)
APPLE = (
    "<html><body>#resolve<div><br></div><div>Done.<br><br><div>Sent from my iPhone</div><div><br>"
    "<blockquote type='cite'>On 2 Mar 2027, at 10:00, Support wrote:<br><br></blockquote></div>"
    "<blockquote type='cite'><div>#close</div></blockquote></div></body></html>"
)
PHONE = "#resolve\n\nDone.\n\nSent from my iPhone\n\n> On 2 Mar 2027, at 10:00, Support wrote:\n> #close\n> #spam"
LINES = "#resolve\r\n\r\nDone.\r\n\r\nOn Tue, 2 Mar 2027 at 10:00, Support <support@desk.example> wrote:\r\n> #close"
ORIGINAL = (
    "#resolve\n\nDone.\n\n-----Original Message-----\nFrom: Support\nSent: Tuesday\nTo: Ben\nSubject: x\n\n#close"
)


def write(desk: DeskDriver, body: str, **fields: str) -> None:
    desk.receive(a_mail(sender=BEN, to=desk.answer_address(), body=body, **fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        pytest.param(GMAIL, HTML, id="Gmail, HTML alone"),
        pytest.param(OUTLOOK, HTML, id="Outlook, HTML alone"),
        pytest.param(APPLE, HTML, id="a phone, HTML alone"),
        pytest.param(PHONE, "text/plain", id="a phone, plain"),
        pytest.param(LINES, "text/plain", id="quotes below"),
        pytest.param(ORIGINAL, "text/plain", id="an original message"),
    ],
)
def test_a_command_works_from_every_mail_program_and_a_quoted_one_does_nothing(
    store: Store, body: str, content_type: str
) -> None:
    desk = opened(store)

    write(desk, body, content_type=content_type)

    assert desk.ticket().state == "resolved"
    assert desk.letter("RESOLVED").draft["values"]["text"] == "Done."


@on_sqlite
@pytest.mark.parametrize(
    "body",
    [
        pytest.param("> #close\n> #spam\nThanks, looking at it.", id="the quote first"),
        pytest.param("Looking at it.\n#close", id="below a text"),
        pytest.param("Looking at it.\n\n-- \nBen\n#spam", id="in a signature"),
        pytest.param("Looking at it.\n\nOn Tue, Ana wrote:\n> #close", id="in a quote"),
        pytest.param("##close is what I would write", id="escaped"),
        pytest.param("# close it", id="a heading"),
    ],
)
def test_a_command_anywhere_else_is_text_or_nothing(store: Store, body: str) -> None:
    desk = opened(store)

    write(desk, body)

    assert desk.ticket().state in {"open", "new"}
    assert desk.letters("RESOLVED") == []


@on_sqlite
@pytest.mark.parametrize("mark", ["\u200b", "\ufeff", "\xa0 ", "\t"])
def test_what_phones_put_before_a_command_does_not_hide_it(store: Store, mark: str) -> None:
    desk = opened(store)

    write(desk, f"{mark}#take")

    assert desk.owner() == "ben"


@on_sqlite
def test_a_full_width_sign_is_a_sign(store: Store) -> None:
    desk = opened(store)

    write(desk, "\uff03take")

    assert desk.owner() == "ben"
