"""What a matter teaches, how a client goes on meanwhile, and knowledge from the reply in hand."""

import pytest
from tests.desk.acts import answer, note, opened, refused
from tests.desk.driver import DeskDriver, asking_its_server, vouched
from tests.factories import a_mail

from ticketbot.store.database import Store
from ticketbot.store.models import RegisterItem

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def register(desk: DeskDriver) -> list[RegisterItem]:
    kinds = ("insight", "lesson", "action", "review", "kb", "faq", "docgap")
    with desk.store.look() as work:
        return list(work.register.items(*kinds))


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("#insight gap the menu is hard to find", ("insight", "gap", "kept", "the menu is hard to find", None, None)),
        ("#lesson test the sign-on first", ("lesson", None, "kept", "test the sign-on first", None, None)),
        ("#action call Tom @chen fri", ("action", None, "open", "call Tom", "chen", "2027-03-05")),
        ("#docgap the guide lacks the menu", ("docgap", None, "open", "the guide lacks the menu", "ben", None)),
    ],
)
def test_what_is_learned_is_kept_with_its_ticket(store: Store, line: str, kept: tuple[object, ...]) -> None:
    desk = opened(store)
    before = desk.letters()

    note(desk, line)

    (item,) = register(desk)
    assert (item.kind, item.sort, item.state, item.title, item.owner, item.due_on) == kept
    assert (item.ticket_id, item.client_id, item.actor) == (desk.ticket().id, desk.ticket().client_id, "ben")
    assert desk.codes(since=before) == []


@on_sqlite
def test_what_is_learned_without_a_ticket_is_kept_and_confirmed(store: Store) -> None:
    desk = DeskDriver(store, mailboxes=asking_its_server())

    desk.receive(
        a_mail(sender="ben@desk.example", subject="x", body="#lesson ask early", headers=vouched("ben@desk.example"))
    )

    assert [item.title for item in register(desk)] == ["ask early"]
    assert desk.letter("CMD").draft["values"]["done"] == ["Kept as lesson: ask early"]


@on_sqlite
@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("#action call Tom @bob fri", "nobody here is called bob"),
        ("#action call Tom @chen 2027-02-01", "is past"),
        ("#action call Tom @chen someday", "is not a date"),
        ("#insight idea it is blue", "is not need, gap or praise"),
        ("#doc done", "no gap in a guide is open here"),
        ("#review it was the sign-on", "was never critical"),
        ("#kb How to log in", "no answer on T-1001 to make it from"),
    ],
)
def test_what_cannot_be_kept_is_refused(store: Store, line: str, why: str) -> None:
    desk = opened(store)

    note(desk, line)

    assert why in refused(desk)
    assert register(desk) == []


@on_sqlite
def test_a_gap_in_a_guide_is_open_until_it_is_done(store: Store) -> None:
    desk = opened(store)
    note(desk, "#docgap the guide lacks the menu")

    note(desk, "#doc done")

    (gap,) = register(desk)
    assert (gap.state, gap.done_at) == ("done", desk.now)


@on_sqlite
@pytest.mark.parametrize(("line", "kind"), [("#kb The menu", "kb"), ("#faq Where is the menu?", "faq")])
def test_an_article_is_made_from_the_reply_in_hand(store: Store, line: str, kind: str) -> None:
    desk = opened(store)

    answer(desk, f"{line}\n\nUnder Recruiting, Jobs.")

    (item,) = register(desk)
    assert (item.kind, item.text, item.state, item.owner) == (kind, "Under Recruiting, Jobs.", "review", "ben")
    assert desk.letter("RELAY_OUT").draft["values"]["text"] == "Under Recruiting, Jobs."


@on_sqlite
def test_an_article_may_be_made_of_the_last_answer(store: Store) -> None:
    desk = opened(store)
    answer(desk, "Under Recruiting, Jobs.")

    note(desk, "#faq Where is the menu?")

    assert [item.text for item in register(desk)] == ["Under Recruiting, Jobs."]


@on_sqlite
def test_the_review_of_a_critical_matter_is_kept(store: Store) -> None:
    desk = opened(store)
    note(desk, "#priority P1 nobody can work")

    note(desk, "#review the sign-on, a restart helped, we watch it\n\nLonger words.")

    (item,) = register(desk)
    assert (item.kind, item.title, item.text) == (
        "review",
        "the sign-on, a restart helped, we watch it",
        "Longer words.",
    )


@on_sqlite
def test_a_defect_that_a_test_should_have_found_is_marked(store: Store) -> None:
    desk = opened(store)

    note(desk, "#found test-gap")

    assert desk.ticket().found == "test-gap"


@pytest.mark.parametrize("yes", ["Yes, thank you.", "ok", "That works for us.", "Ja, das geht."])
def test_a_workaround_is_offered_to_the_client_and_accepted_by_their_yes(store: Store, yes: str) -> None:
    desk = opened(store)

    answer(desk, "#workaround Use the old menu.\n\nWe mend it on Friday.")
    text = desk.letter("RELAY_OUT").draft["values"]["text"]
    offered = desk.ticket().workaround
    desk.receive(a_mail(to=desk.client_address(), body=yes))

    assert (
        text == "We mend it on Friday.\n\nUse the old menu.\n\nDoes this let you go on for now? A plain yes is enough."
    )
    assert (offered, desk.ticket().workaround) == ("offered", "accepted")


@on_sqlite
@pytest.mark.parametrize(
    "reply", ["No, that does not help.", "Which menu?", "Yes, but it is slow.", "Yesterday it failed."]
)
def test_anything_but_a_yes_leaves_a_workaround_offered(store: Store, reply: str) -> None:
    desk = opened(store)
    answer(desk, "#workaround Use the old menu.")

    desk.receive(a_mail(to=desk.client_address(), body=reply))

    assert desk.ticket().workaround == "offered"


@on_sqlite
def test_a_workaround_speaks_the_clients_language(store: Store) -> None:
    desk = opened(store)
    with store.work() as work:
        contact = work.desk.contact_at("mara@acme.example")
        assert contact is not None
        contact.locale = "de"

    answer(desk, "#workaround Nehmen Sie das alte Menü.")

    assert desk.letter("RELAY_OUT").draft["values"]["text"].endswith("Ein einfaches Ja genügt.")


@on_sqlite
def test_a_workaround_in_a_note_is_refused(store: Store) -> None:
    desk = opened(store)

    note(desk, "#workaround Use the old menu.")

    assert "write it to the address that answers them" in refused(desk)


@on_sqlite
def test_what_was_written_down_is_taken_back_with_its_step(store: Store) -> None:
    desk = opened(store)
    note(desk, "#take\n#lesson ask early")

    note(desk, "#undo")

    assert [item.state for item in register(desk)] == ["dropped"]
