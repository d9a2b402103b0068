"""Who is who for a ticket: roles, for a launch and a time, and who takes over where nobody holds one."""

from datetime import date

import pytest
from tests.factories import DESK, a_desk

from ticketbot.desk.people import People
from ticketbot.domain.phases import Phase
from ticketbot.store.database import Store

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
TODAY = date(2027, 3, 2)
ONE_PERSON = '[desk]\nname = "Small"\n[staff.zoe]\nname = "Zoe"\nemail = "zoe@desk.example"\n'


def holders(
    store: Store, role: str, *, phase: Phase | None = Phase.HYPERCARE, launch: str | None = "acme/hr",
    today: date = TODAY, oncall: str | None = None,
) -> list[str]:  # fmt: skip
    """Return who holds a role."""
    with store.look() as work:
        people = People(work, today=today, oncall_address=oncall)
        row = work.desk.launch_named(launch) if launch else None
        return [each.address.partition("@")[0] for each in people.in_role(role, launch=row, phase=phase)]


@pytest.mark.parametrize(
    ("role", "phase", "launch", "found"),
    [
        pytest.param("lead", Phase.PRE_LIVE, "acme/hr", ["ana"], id="lead before go-live"),
        pytest.param("lead", Phase.HYPERCARE, "acme/hr", ["ana"], id="lead in hypercare"),
        pytest.param("lead", Phase.TRANSITION, "acme/hr", ["ana"], id="lead in transition"),
        pytest.param("lead", Phase.STANDARD, "acme/hr", ["chen"], id="lead in standard support"),
        pytest.param("lead", None, None, ["chen"], id="lead without launch"),
        pytest.param("manager", Phase.HYPERCARE, "acme/hr", ["dana"], id="manager"),
        pytest.param("director", Phase.HYPERCARE, "acme/hr", ["ravi"], id="director"),
        pytest.param("oncall", Phase.HYPERCARE, "acme/hr", ["ana"], id="on-call falls to the lead"),
    ],
)
def test_the_roster_by_role(store: Store, role: str, phase: Phase | None, launch: str | None, found: list[str]) -> None:
    a_desk(store)

    assert holders(store, role, phase=phase, launch=launch) == found


@pytest.mark.parametrize("role", ["lead", "manager", "director", "oncall"])
def test_one_person_holds_every_role_of_a_small_desk(store: Store, role: str) -> None:
    a_desk(store, ONE_PERSON)

    assert holders(store, role, launch=None) == ["zoe"]


def test_a_role_that_nobody_holds_falls_to_the_next(store: Store) -> None:
    a_desk(
        store, DESK.replace('role = "director"', 'role = "engineer"').replace('role = "manager"', 'role = "engineer"')
    )

    assert holders(store, "director") == holders(store, "manager") == ["ana"]


def test_where_no_lead_of_this_kind_is_the_other_leads(store: Store) -> None:
    a_desk(store, DESK.replace('role = "hypercare_lead"', 'role = "engineer"'))

    assert holders(store, "lead") == ["chen"]


@pytest.mark.parametrize(
    ("today", "found"),
    [
        (date(2027, 3, 9), ["ana"]),
        (date(2027, 3, 10), ["ben"]),
        (date(2027, 3, 19), ["ben"]),
        (date(2027, 3, 20), ["ana"]),
    ],
)
def test_a_launch_has_its_own_lead_for_a_time(store: Store, today: date, found: list[str]) -> None:
    roles = 'roles = { hypercare_lead = { staff = "ben", since = 2027-03-10, until = 2027-03-20 } }\n'
    a_desk(store, DESK.replace('name = "Acme HR"\n', f'name = "Acme HR"\n{roles}'))

    assert holders(store, "lead", today=today) == found


@pytest.mark.parametrize(
    ("oncall", "found"), [("ben", ["ben"]), ("ben@desk.example", ["ben"]), ("duty@pager.example", ["duty"])]
)
def test_on_call_is_a_person_or_an_address(store: Store, oncall: str, found: list[str]) -> None:
    a_desk(store)

    assert holders(store, "oncall", oncall=oncall) == found


def test_an_unowned_ticket_is_shown_to_the_launchs_team_and_its_lead(store: Store) -> None:
    a_desk(store)

    with store.look() as work:
        people, launch = People(work, today=TODAY), work.desk.launch_named("acme/hr")
        shown = {
            phase: [each.slug for each in people.triage(launch, phase)] for phase in (Phase.HYPERCARE, Phase.STANDARD)
        }

    assert shown == {Phase.HYPERCARE: ["ana", "ben"], Phase.STANDARD: ["chen"]}


def test_an_owner_who_left_owns_nothing(store: Store) -> None:
    from tests.factories import a_ticket, an_agent  # noqa: PLC0415

    with store.work() as work:
        gone = an_agent(work, is_active=False)
        ticket = a_ticket(work, owner_id=gone.id)
        people = People(work, today=TODAY)

        assert people.owner(ticket) is None
        assert people.owner(a_ticket(work)) is None
