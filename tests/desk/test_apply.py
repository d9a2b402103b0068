"""`desk apply`: a file is put in force whole, changes only what it changed, and never undoes what mail did."""

from datetime import UTC, datetime

import pytest
from tests.test_deskfile import EVERYTHING

from ticketbot.desk.apply import Conflicts, Difference, apply_desk, show_desk
from ticketbot.deskfile import parse_desk
from ticketbot.domain.errors import ConfigurationError, NotFound
from ticketbot.domain.phases import PlanEventKind
from ticketbot.store.database import Store
from ticketbot.store.models import Contact, PlanEvent
from ticketbot.tomlfile import Misconfigured

NOW = datetime(2027, 1, 15, 12, tzinfo=UTC)
DESK = """\
[desk]
name = "Example Support"
timezone = "Europe/Berlin"
[staff.ana]
name = "Ana Silva"
email = "ana@desk.example"
role = "hypercare_lead"
[staff.ben]
name = "Ben Okoro"
email = "ben@desk.example"
[clients.acme]
name = "Acme"
domains = ["acme.example"]
contacts = [{ address = "mara@acme.example", name = "Mara", roles = ["key_user"] }]
[launches."acme/hr"]
name = "Acme HR"
go_live = 2027-03-01T06:00:00
profile = "command30_90"
[launches."acme/hr".roles]
engineer = { staff = "ben", until = 2027-06-01 }
[holidays]
acme = [2027-05-27]
[targets.hypercare]
P1 = { first_response = "10 min" }
"""


def apply(store: Store, text: str, *, now: datetime = NOW, prune: bool = False, dry_run: bool = False) -> Difference:
    with store.work() as work:
        return apply_desk(parse_desk(text), work=work, now=now, prune=prune, dry_run=dry_run)


def conflicts(store: Store, text: str, *, now: datetime = NOW) -> str:
    with pytest.raises(Conflicts) as caught:
        apply(store, text, now=now)
    assert caught.value.exit_code == 1
    return "\n".join(problem.sentence for problem in caught.value.problems)


def without(text: str, *sections: str) -> str:
    """The file without the sections that have these headers."""
    kept: list[str] = []
    dropping = False
    for part in text.splitlines(keepends=True):
        if part.startswith("["):
            dropping = part.strip() in sections
        if not dropping:
            kept.append(part)
    return "".join(kept)


def test_the_first_file_makes_people_clients_and_launches(store: Store) -> None:
    difference = apply(store, DESK)

    with store.look() as work:
        assert [person.slug for person in work.desk.roster()] == ["ana", "ben"]
        client = work.desk.client_named("acme")
        assert client is not None
        assert (client.name, client.timezone, client.holidays) == ("Acme", "Europe/Berlin", {"dates": ["2027-05-27"]})
        assert [domain.domain for domain in work.desk.domains(client.id)] == ["acme.example"]
        assert [contact.roles for contact in work.desk.contacts(client.id)] == [["key_user"]]
        launch = work.desk.launch_named("acme/hr")
        assert launch is not None
        assert (launch.go_live, launch.timezone, launch.profile) == (
            "2027-03-01T06:00:00",
            "Europe/Berlin",
            "command30_90",
        )
        assert launch.roles == {"engineer": {"ben": {"until": "2027-06-01"}}}
        policy = work.desk.policy()
        assert policy is not None
        assert policy.id == difference.version == work.desk.policy_version()
    assert '+ staff ana: name "Ana Silva", email "ana@desk.example"' in "\n".join(difference.lines)
    assert '+ targets.hypercare.P1.first_response: "10 min"' in difference.lines


def test_the_same_file_again_changes_nothing(store: Store) -> None:
    first = apply(store, DESK)

    again = apply(store, "# a comment\n" + DESK)

    assert again == Difference(lines=(), notes=(), version=first.version, was=first.version)


def test_a_dry_run_only_tells(store: Store) -> None:
    difference = apply(store, DESK, dry_run=True)

    assert difference.lines
    with store.look() as work:
        assert not work.desk.roster()
        assert work.desk.policy() is None


def test_a_changed_file_changes_what_it_changed_and_makes_a_new_version(store: Store) -> None:
    first = apply(store, DESK)

    difference = apply(store, DESK.replace('"Ben Okoro"', '"Ben O."').replace("10 min", "5 min"))

    assert difference.lines == (
        '~ staff ben name: "Ben Okoro" → "Ben O."',
        '~ targets.hypercare.P1.first_response: "10 min" → "5 min"',
    )
    assert difference.version == first.version + 1


def test_what_mail_changed_stays_where_the_file_did_not_change_it(store: Store) -> None:
    apply(store, DESK)
    with store.work() as work:
        contact = work.desk.contact_at("mara@acme.example")
        assert contact is not None
        contact.name = "Mara Lind"

    apply(store, DESK.replace('"Acme"', '"Acme GmbH"'))

    with store.look() as work:
        contact = work.desk.contact_at("mara@acme.example")
        assert contact is not None
        assert contact.name == "Mara Lind"


def test_what_both_mail_and_file_changed_is_refused_with_its_line_and_nothing_is_changed(store: Store) -> None:
    apply(store, DESK)
    with store.work() as work:
        contact = work.desk.contact_at("mara@acme.example")
        assert contact is not None
        contact.name = "Mara Lind"

    said = conflicts(store, DESK.replace('"Mara"', '"Mara K."').replace('"Acme"', '"Acme GmbH"'))

    assert said.startswith('desk.toml line 14: contact mara@acme.example name is now "Mara Lind", which mail changed')
    with store.look() as work:
        client = work.desk.client_named("acme")
        assert client is not None
        assert client.name == "Acme"


def test_mail_and_file_may_agree(store: Store) -> None:
    apply(store, DESK)
    with store.work() as work:
        contact = work.desk.contact_at("mara@acme.example")
        assert contact is not None
        contact.name = "Mara Lind"

    difference = apply(store, DESK.replace('"Mara"', '"Mara Lind"'))

    assert difference.lines == ()
    assert difference.version == 2


def test_a_contact_that_mail_made_gets_what_it_lacks_and_keeps_what_it_has(store: Store) -> None:
    apply(store, DESK)
    with store.work() as work:
        client = work.desk.client_named("acme")
        assert client is not None
        work.desk.add(Contact(client_id=client.id, address="tom@acme.example", name="Tom", roles=[], origin="mail"))
    listed = DESK.replace('["key_user"] }]', '["key_user"] }, { address = "tom@acme.example", roles = ["vip"] }]')

    said = conflicts(store, listed)
    apply(store, listed.replace('"tom@acme.example",', '"tom@acme.example", name = "Tom",'))

    assert 'contact tom@acme.example name is now "Tom"' in said
    with store.look() as work:
        contact = work.desk.contact_at("tom@acme.example")
        assert contact is not None
        assert (contact.name, contact.roles, contact.origin) == ("Tom", ["vip"], "mail")


def test_what_the_file_no_longer_names_stays_until_it_is_pruned(store: Store) -> None:
    apply(store, DESK)
    less = without(DESK, "[staff.ben]", '[launches."acme/hr"]', '[launches."acme/hr".roles]')

    kept = apply(store, less)
    pruned = apply(store, less, prune=True)

    assert set(kept.notes) == {
        "staff ben is not in the file and stays; --prune removes it",
        "launch acme/hr is not in the file and stays; --prune removes it",
    }
    assert set(pruned.lines) == {"- staff ben", "- launch acme/hr"}
    with store.look() as work:
        assert [person.slug for person in work.desk.roster()] == ["ana"]
        assert not work.desk.launches()


def test_pruning_a_client_takes_its_domains_and_contacts_along(store: Store) -> None:
    apply(store, DESK)
    less = without(DESK, "[clients.acme]", '[launches."acme/hr"]', '[launches."acme/hr".roles]')

    apply(store, less, prune=True)

    with store.look() as work:
        assert not work.desk.clients()
        assert work.desk.contact_at("mara@acme.example") is None
        assert work.desk.domain("acme.example") is None


def test_pruning_never_touches_what_mail_made(store: Store) -> None:
    apply(store, DESK)
    with store.work() as work:
        client = work.desk.client_named("acme")
        assert client is not None
        work.desk.add(Contact(client_id=client.id, address="tom@acme.example", name="Tom", origin="mail"))

    difference = apply(store, DESK, prune=True)

    assert difference.lines == ()
    with store.look() as work:
        assert work.desk.contact_at("tom@acme.example") is not None


def test_what_was_pruned_comes_back_with_the_file(store: Store) -> None:
    apply(store, DESK)
    less = without(DESK, "[clients.acme]", "[staff.ben]", '[launches."acme/hr"]', '[launches."acme/hr".roles]')
    apply(store, less, prune=True)

    apply(store, DESK.replace('"Ben Okoro"', '"Ben O."'))

    with store.look() as work:
        assert [person.name for person in work.desk.roster()] == ["Ana Silva", "Ben O."]
        assert work.desk.contact_at("mara@acme.example") is not None
        assert [launch.slug for launch in work.desk.launches()] == ["acme/hr"]


def test_a_plan_may_be_corrected_before_it_begins(store: Store) -> None:
    apply(store, DESK)

    difference = apply(store, DESK.replace("2027-03-01T06", "2027-03-08T06"))

    assert difference.lines == ('~ launch acme/hr go_live: "2027-03-01T06:00:00" → "2027-03-08T06:00:00"',)


def test_a_plan_that_has_begun_is_changed_by_mail_only(store: Store) -> None:
    apply(store, DESK)
    later = datetime(2027, 3, 1, 5, 0, tzinfo=UTC)

    said = conflicts(store, DESK.replace("2027-03-01T06", "2027-03-08T06"), now=later)

    assert "desk.toml line 17: launch acme/hr go_live is part of a plan that has begun" in said


def test_a_plan_cannot_be_moved_into_the_past(store: Store) -> None:
    apply(store, DESK)

    assert "part of a plan that has begun" in conflicts(store, DESK.replace("2027-03-01T06", "2027-01-01T06"))


def test_a_plan_that_mail_changed_is_changed_by_mail_only(store: Store) -> None:
    apply(store, DESK)
    with store.work() as work:
        launch = work.desk.launch_named("acme/hr")
        assert launch is not None
        event = PlanEvent(launch_id=launch.id, recorded_at=NOW, kind=PlanEventKind.REPLAN, detail={})
        work.desk.add(event)

    assert "desk.toml line 18" in conflicts(store, DESK.replace("command30_90", "focused14"))


def test_other_facts_of_a_live_launch_may_change(store: Store) -> None:
    apply(store, DESK)
    later = datetime(2027, 4, 1, tzinfo=UTC)

    text = DESK.replace('"Acme HR"', '"Acme People"').replace(
        "[holidays]", '[launches."acme/hr".knowledge]\nadmin_guide = 2027-04-05T10:00:00\n[holidays]'
    )
    apply(store, text, now=later)

    with store.look() as work:
        launch = work.desk.launch_named("acme/hr")
        assert launch is not None
        assert launch.name == "Acme People"
        assert launch.settings["knowledge"] == {"admin_guide": "2027-04-05T10:00:00"}


def test_a_country_without_known_holidays_is_refused_with_its_line(store: Store) -> None:
    text = DESK.replace("acme = [2027-05-27]\n", "").replace("[holidays]", '[holidays.acme]\ncountry = "QQ"')

    with pytest.raises(ConfigurationError, match=r"desk\.toml line 21: holidays"):
        apply(store, text)


def test_every_application_leaves_an_event(store: Store) -> None:
    apply(store, DESK)

    with store.look() as work:
        events = work.tickets.events_of(["desk_applied"], since=NOW, until=datetime(2028, 1, 1, tzinfo=UTC))
        assert events[0].detail["version"] == 1
        assert events[0].detail["changes"]


def test_the_desk_that_is_shown_can_be_applied_and_changes_nothing(store: Store) -> None:
    apply(store, DESK)

    with store.look() as work:
        shown = show_desk(work)

    difference = apply(store, shown)
    assert difference.lines == ()
    assert parse_desk(shown).policy == parse_desk(DESK).policy
    assert '[launches."acme/hr"]' in shown


def test_the_desk_that_is_shown_holds_what_mail_changed(store: Store) -> None:
    apply(store, DESK + '[clients.zenit]\nname = "Zenit"\nholidays = "de"\n[holidays.de]\ncountry = "DE"\n')
    with store.work() as work:
        client = work.desk.client_named("acme")
        contact = work.desk.contact_at("mara@acme.example")
        assert client is not None
        assert contact is not None
        contact.name = 'Mara "M" Lind'
        work.desk.add(Contact(client_id=client.id, address="tom@acme.example", name="Tom", origin="mail"))

    with store.look() as work:
        shown = show_desk(work)

    desk = parse_desk(shown).desk
    assert [contact.name for contact in desk.clients["acme"].contacts] == ['Mara "M" Lind', "Tom"]
    assert desk.holidays_of("zenit") == {"country": "DE"}
    assert apply(store, shown).lines == ()


def test_a_client_that_stays_unnamed_keeps_its_holidays_when_the_desk_is_shown(store: Store) -> None:
    apply(store, DESK)
    apply(store, without(DESK, "[clients.acme]", '[launches."acme/hr"]', '[launches."acme/hr".roles]', "[holidays]"))

    with store.look() as work:
        shown = show_desk(work)

    assert parse_desk(shown).desk.holidays_of("acme") == {"dates": ["2027-05-27"]}


def test_before_the_first_file_there_is_nothing_to_show(store: Store) -> None:
    with store.look() as work, pytest.raises(NotFound, match="no desk file was applied yet"):
        show_desk(work)


def test_the_desk_that_is_shown_applies_without_a_difference_whatever_it_sets(store: Store) -> None:
    apply(store, DESK + EVERYTHING + MORE)
    with store.look() as work:
        shown = show_desk(work)

    again = apply(store, shown)

    assert (again.lines, again.notes, again.moved) == ((), (), 0)
    with store.look() as work:
        assert show_desk(work) == shown


#: Calendars, contracts, profiles and words, as a desk file may set them.
MORE = """
[calendars.B]
hours = ["09:00-12:00", "13:00-17:00"]
special = { 2027-12-24 = "09:00-12:00", 2027-12-31 = [] }
[calendars.N]
days = "mon-sat"
hours = "22:00-06:00"
[contracts.acme.standard]
P1 = { first_response = "20 min", calendar = "N" }
[profiles.long]
based_on = "command30_90"
lengths = { medium = [40, 100] }
[lexicon.en]
outage = ["everything is down"]
[releases]
trains = [2027-03-11]
window_days = [20, 40]
[quiet]
staff = "21:00-06:30"
[gate]
threshold = 80
"""


@pytest.mark.parametrize(
    ("off", "hint"), [("NUDG", "did you mean NUDGE?"), ("nudge", "did you mean NUDGE?"), ("WELCOM", "no such letter")]
)
def test_a_letter_that_does_not_exist_cannot_be_switched_off(store: Store, off: str, hint: str) -> None:
    with pytest.raises(Misconfigured, match=hint):
        apply(store, DESK + f'\n[letters]\noff = ["{off}"]\n')


def test_what_has_no_effect_is_told_when_it_is_applied(store: Store) -> None:
    text = DESK + '\n[staff.cy]\nname = "Cy"\nemail = "cy@desk.example"\nrole = "boss"\n'

    difference = apply(store, text)

    assert any(note.startswith("staff.cy.role 'boss' gives the rights of an engineer") for note in difference.notes)


def test_another_go_live_of_a_launch_that_began_is_sent_to_the_right_command(store: Store) -> None:
    apply(store, DESK)
    moved = DESK.replace("go_live = 2027-03-01T06:00:00", "go_live = 2027-03-08T06:00:00")

    assert moved != DESK
    assert "e.g. #golive acme/hr 2027-03-08T06:00 reason" in conflicts(
        store, moved, now=datetime(2027, 3, 2, tzinfo=UTC)
    )
