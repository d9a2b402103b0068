"""Commands from real mail programs: HTML alone, phones, quotes of every kind; only the writer's first words count."""

import pytest
from tests.desk.acts import opened, reply_to
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


INSIDE = (
    "{0}\n\nFrom: Example Support <support@desk.example>\nSent: Tuesday, 2 March 2027 10:00\nTo: you\nSubject: it\n\n"
    "Is it working?\nNo! It is down for everyone.\n#close"
)


@on_sqlite
def test_a_clients_answers_inside_the_quoted_mail_are_shown(store: Store) -> None:
    desk = opened(store)

    desk.receive(a_mail(to=desk.client_address(), subject="Re: it", body=INSIDE.format("See my answers below.")))

    shown = desk.messages()[-1].new_text
    assert shown == "See my answers below.\n\nIs it working?\nNo! It is down for everyone.\n#close"
    assert desk.ticket().state in {"open", "new"}


@on_sqlite
def test_what_we_sent_is_cut_again_where_a_client_only_points_to_it(store: Store) -> None:
    desk = opened(store)
    write(desk, "We have restarted the export service, could you try it once more?")
    block = INSIDE.partition("Is it")[0].format("I did as you wrote below, it fails.")

    desk.receive(
        a_mail(
            to=desk.client_address(),
            subject="Re: it",
            body=f"{block}We have restarted the export service,\ncould you try it once more?\n",
        )
    )

    assert desk.messages()[-1].new_text == "I did as you wrote below, it fails."


@on_sqlite
@pytest.mark.parametrize("words", ["Answers below.", "#resolve\n\nHello,\nsee my answers inline."])
def test_our_answers_inside_the_quoted_mail_come_back_instead_of_being_lost(store: Store, words: str) -> None:
    desk = opened(store)

    write(desk, INSIDE.format(words), subject="Re: it")

    assert desk.letters("RELAY_OUT") == []
    (error,) = desk.letter("CMD").draft["values"]["errors"]
    assert "the quoted mail does not go to the client" in error["reason"]
    assert desk.ticket().state in {"open", "new"}

    reply_to(desk, desk.letter("CMD"), "#ok")

    assert not any("down for everyone" in each.draft["values"]["text"] for each in desk.letters("RELAY_OUT"))


@on_sqlite
def test_our_answer_that_names_what_is_below_and_says_more_goes_out(store: Store) -> None:
    desk = opened(store)

    write(desk, INSIDE.format("As you see below, it was down.\nIt works again since ten."), subject="Re: it")

    assert (
        desk.letter("RELAY_OUT").draft["values"]["text"] == "As you see below, it was down.\nIt works again since ten."
    )
