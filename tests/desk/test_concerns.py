"""Major concerns: raised and ended by staff, counted by the gate."""

from datetime import timedelta

from tests.desk.driver import BEN, DeskDriver
from tests.desk.test_steering import a_launch, answer, write
from tests.factories import a_mail

from ticketbot.desk.care import care_for
from ticketbot.desk.standing import standing
from ticketbot.store.database import Store


def a_ticket(store: Store) -> DeskDriver:
    desk = a_launch(store)
    desk.receive(a_mail(subject="How do I print?", body="Where is it?"))
    return desk


def say(desk: DeskDriver, body: str) -> str | None:
    desk.wait(minutes=1)
    return write(desk, body, sender=BEN, to=desk.answer_address()).outcome


def against(desk: DeskDriver) -> bool:
    """Return whether the gate counts a concern."""
    desk.wait(minutes=1)
    write(desk, "#ready acme/hr")
    return "G4 concerns 1 ✗ T-1001" in answer(desk)


def test_a_concern_stands_against_the_gate_until_it_is_done(store: Store) -> None:
    desk = a_ticket(store)

    say(desk, "#concern they fear for payday\n#note")
    before = against(desk)
    say(desk, "#concern done\n#note")

    assert (before, against(desk)) == (True, False)
    assert desk.ticket().concern == "done"


def test_to_resolve_the_matter_ends_its_concern(store: Store) -> None:
    desk = a_ticket(store)
    say(desk, "#concern\n#note")

    say(desk, "#resolve\n\nUnder File.")

    assert not against(desk)


def test_a_concern_is_raised_once_and_ended_once(store: Store) -> None:
    desk = a_ticket(store)

    say(desk, "#concern\n#note")
    say(desk, "#concern\n#note")
    say(desk, "#concern done\n#note")
    refused = say(desk, "#concern done\n#note")

    assert refused == "reject"
    assert "has no open concern" in answer(desk)
    with desk.store.look() as work:
        assert [each.detail["state"] for each in work.tickets.events_named("concern")] == ["open", "done"]


def test_what_was_a_concern_then_is_one_when_asked_about_then(store: Store) -> None:
    desk = a_ticket(store)
    say(desk, "#concern\n#note")
    then = desk.now + timedelta(minutes=5)
    desk.wait(hours=1)
    say(desk, "#concern done\n#note")

    with desk.store.look() as work:
        rules = desk.desk.rules(work)
        launch = work.desk.launch_named("acme/hr")
        assert launch is not None
        care = care_for(work, policy=rules.policy, client=None, launch=launch, now=then)
        found = standing(work, rules, care, at=then)

    assert found is not None
    assert found.facts.concerns == (1001,)
