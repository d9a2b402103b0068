"""desk.toml: the least desk, everything it may change, and a plain sentence for everything that can be wrong."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ticketbot.deskfile import DeskFile, desk_of, parse_desk, policy_of, read_desk
from ticketbot.domain.calendars import Opening
from ticketbot.domain.phases import Phase
from ticketbot.domain.policy import LadderRules, QuietHours, WatchRules, default_policy
from ticketbot.domain.priority import Priority
from ticketbot.domain.profiles import Complexity, HandoverAt
from ticketbot.tomlfile import Misconfigured, parse_span

LEAST = """\
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
name = "Acme Recruiting GmbH"
domains = ["acme.example"]
contacts = [{ address = "mara@acme.example", name = "Mara", roles = ["key_user"] }]
[launches."acme/hr"]
name = "Acme HR"
go_live = 2027-03-01T06:00:00
complexity = "medium"
profile = "command30_90"
"""


NOTHING = '{ first_response = "none", next_response = "none", resolution = "none", update = "none" }'
LAUNCH = '[launches."acme/{}"]\nname = "X"\ngo_live = 2027-03-01\n{}\n'


def desk(extra: str = "") -> DeskFile:
    return parse_desk(LEAST + extra)


def complaint(text: str) -> str:
    with pytest.raises(Misconfigured) as caught:
        parse_desk(text)
    assert caught.value.exit_code == 78
    return "\n".join(problem.sentence for problem in caught.value.problems)


def test_the_least_desk_needs_fewer_than_thirty_lines() -> None:
    found = desk().desk

    assert len(LEAST.splitlines()) < 30
    assert found.zone == ZoneInfo("Europe/Berlin")
    assert (found.address, found.urgent_address, found.alerts_address) == (
        "support@desk.example",
        "urgent@desk.example",
        "alerts@desk.example",
    )
    assert found.client_zone("acme") == found.launch_zone("acme/hr") == "Europe/Berlin"
    assert found.staff["ben"].role == "engineer"
    assert found.schedule.digest.at == time(8)
    assert found.schedule.digest.weekday == 0


def test_the_least_desk_promises_the_usual() -> None:
    assert desk().policy == default_policy(ZoneInfo("Europe/Berlin"))


def test_a_kept_document_gives_the_same_desk_and_policy() -> None:
    applied = desk('[releases]\ntrains = [2027-03-11]\n[schedule]\ndigest = "Tue 09:30"\n')

    again = desk_of(applied.document)

    assert again == applied.desk
    assert policy_of(again) == applied.policy


def test_a_desk_file_is_read_from_disk(tmp_path: Path) -> None:
    file = tmp_path / "desk.toml"
    file.write_text(LEAST)

    assert read_desk(file).desk.desk.name == "Example Support"
    assert read_desk(file).where(("staff", "ben", "email")) == "desk.toml line 10"


def test_calendars_take_lunch_breaks_single_weekdays_half_days_and_nights() -> None:
    calendars = desk("""
[calendars.B]
days = ["mon-thu"]
hours = ["08:00-12:00", "13:00-17:00"]
special = { 2027-12-24 = "08:00-12:00", 2027-12-31 = [] }
[calendars.N]
days = "sat-mon"
hours = "22:00-06:00"
[calendars.W.week]
fri = "08:00-14:00"
[calendars.O]
always_open = true
""").policy.calendars

    assert calendars["B"].weekly[3] == (Opening(480, 720), Opening(780, 1020))
    assert calendars["B"].weekly[4] == ()
    assert calendars["B"].special == ((date(2027, 12, 24), (Opening(480, 720),)), (date(2027, 12, 31), ()))
    assert [bool(day) for day in calendars["N"].weekly] == [True, False, False, False, False, True, True]
    assert calendars["N"].weekly[0] == (Opening(1320, 1800),)
    assert calendars["W"].weekly[4] == (Opening(480, 840),)
    assert calendars["O"].is_around_the_clock
    assert set(calendars) == {"A", "B", "X", "N", "W", "O"}


def test_targets_change_one_number_and_leave_the_others() -> None:
    policy = desk("""
[targets.hypercare]
P1 = { first_response = "10 min", update = "none" }
P2 = { calendar = "X" }
[contracts.acme.standard]
P3 = { resolution = "40 h" }
""").policy
    usual = default_policy().targets[Phase.HYPERCARE]

    changed = policy.targets[Phase.HYPERCARE]
    assert changed[Priority.P1].first_response == timedelta(minutes=10)
    assert changed[Priority.P1].update is None
    assert changed[Priority.P1].resolution == usual[Priority.P1].resolution
    assert changed[Priority.P2].calendar == "X"
    assert changed[Priority.P3] == usual[Priority.P3]
    contract = policy.contracts["acme"]
    assert contract[Phase.STANDARD][Priority.P3].resolution == timedelta(hours=40)
    assert contract[Phase.HYPERCARE] == changed


def test_ladder_quiet_hours_and_chase_are_configurable() -> None:
    policy = desk("""
[ladder]
P4 = [80, 100]
update = [50, 100]
[quiet]
staff = "21:00-08:00"
[chase]
P1 = "2 h"
""").policy

    assert policy.thresholds[Priority.P4] == (80, 100)
    assert policy.thresholds[Priority.P1] == default_policy().thresholds[Priority.P1]
    assert policy.update_thresholds == (50, 100)
    assert policy.quiet_staff == QuietHours(begins=time(21), ends=time(8))
    assert policy.quiet_client == default_policy().quiet_client
    assert policy.chase[Priority.P1] == timedelta(hours=2)
    assert policy.chase[Priority.P2] == default_policy().chase[Priority.P2]


def test_reminders_closing_nudges_watch_and_timetable_are_configurable() -> None:
    policy = desk(EVERYTHING).policy

    assert policy.ladder == LadderRules(
        lead_from=50, manager_from=90, director_from=200, bundle_over=3, bundle_within=timedelta(minutes=5)
    )
    assert (policy.chase_days[Priority.P3], policy.chase_days[Priority.P4]) == (1, 5)
    assert (policy.office, policy.closes_after, policy.reopens_within) == ("X", timedelta(hours=24), timedelta(days=7))
    assert (policy.resolves_after_days, policy.resolve_told_days_before) == (10, 3)
    assert policy.nudges_every == timedelta(days=14)
    assert policy.watch == WatchRules(
        pressing_owner_within=timedelta(minutes=10),
        owner_within=timedelta(hours=1),
        calendar="B",
        reply_within=timedelta(hours=8),
        owners=2,
        unanswered=2,
    )
    assert (policy.timetable.digest.weekday, policy.timetable.digest.at) == (1, time(9, 30))
    assert (policy.timetable.ready.at, policy.timetable.ready_days_before) == (time(7, 30), (7, 3))
    assert (policy.timetable.decision.at, policy.timetable.decision_days_before) == (time(11), 2)


EVERYTHING = """
[ladder]
lead_from = 50
manager_from = 90
director_from = 200
bundle_over = 3
bundle_within = "5 min"
[chase]
P3 = 1
P4 = 5
[closing]
calendar = "X"
closes_after = "24 h"
reopens_within = "7 days"
resolves_after_days = 10
told_days_before = 3
[nudge]
every = "14 days"
[watch]
pressing_owner_within = "10 min"
owner_within = "1 h"
calendar = "B"
reply_within = "8 h"
owners = 2
unanswered = 2
[schedule]
digest = "Tue 09:30"
ready = "07:30"
ready_days_before = [7, 3]
decision = "11:00"
decision_days_before = 2
"""


def test_profiles_are_changed_or_made_from_another() -> None:
    profiles = desk("""
[profiles.focused14]
calm_hours = 48
[profiles.gentle]
based_on = "command30_90"
lengths = { medium = [20, 60] }
standup = false
handover_at = "end_of_hypercare"
included = { en = ["A weekly call"] }
""").policy.profiles

    assert profiles["focused14"].calm_hours == 48
    gentle = profiles["gentle"]
    assert gentle.name == "gentle"
    assert gentle.lengths[Complexity.MEDIUM].hypercare_end_day == 20
    assert gentle.lengths[Complexity.LOW] == profiles["command30_90"].lengths[Complexity.LOW]
    assert (gentle.has_standup, gentle.has_daily) == (False, True)
    assert gentle.handover_at is HandoverAt.END_OF_HYPERCARE
    assert gentle.included["en"] == ("A weekly call",)


def test_word_lists_are_replaced_one_by_one() -> None:
    policy = desk("""
[lexicon.en]
outage = ["everything is down"]
stopwords = ["the"]
categories = { payroll = ["payslip"] }
[lexicon.xx]
incident = ["kaputt"]
""").policy

    english = policy.lexicons["en"]
    assert english.outage == ("everything is down",)
    assert english.incident == default_policy().lexicons["en"].incident
    assert english.categories == {"payroll": ("payslip",)}
    assert policy.stopwords["en"] == {"the"}
    assert policy.lexicons["xx"].incident == ("kaputt",)


def test_holidays_are_a_country_a_list_or_both_and_belong_to_the_client_of_that_name() -> None:
    found = desk("""
[clients.borealis]
name = "Borealis Oy"
holidays = "finland"
[clients.zenit]
name = "Zenit"
[holidays]
acme = [2027-05-27]
[holidays.finland]
country = "FI"
dates = [2027-06-25]
""").desk

    assert found.holidays_of("acme") == {"dates": ["2027-05-27"]}
    assert found.holidays_of("borealis") == {"country": "FI", "dates": ["2027-06-25"]}
    assert found.holidays_of("zenit") == {}


def test_a_launch_knows_who_holds_which_role_and_when() -> None:
    found = desk("""
[launches."acme/hr".roles]
hypercare_lead = "ana"
engineer = ["ana", "ben"]
project_manager = { staff = "ben", until = 2027-03-01 }
[launches."acme/hr".knowledge]
admin_guide = 2027-04-05T10:00:00
""").desk.launches["acme/hr"]

    assert [each.staff for each in found.roles["engineer"]] == ["ana", "ben"]
    assert found.roles["project_manager"][0].until == date(2027, 3, 1)
    assert found.knowledge == {"admin_guide": datetime(2027, 4, 5, 10)}  # noqa: DTZ001 - a wall time


def test_a_date_alone_goes_live_at_its_midnight() -> None:
    found = parse_desk(LEAST.replace("2027-03-01T06:00:00", "2027-03-01")).desk

    assert found.launches["acme/hr"].go_live == datetime(2027, 3, 1)  # noqa: DTZ001 - a wall time


def test_addresses_and_domains_are_compared_in_lower_case() -> None:
    found = parse_desk(LEAST.replace("ana@desk.example", "Ana@Desk.Example").replace('"acme.ex', '"ACME.ex')).desk

    assert found.staff["ana"].email == "ana@desk.example"
    assert found.clients["acme"].domains == ("acme.example",)


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        ("[calendars.B]\n", "line 20: calendars.B has no open hour; give hours"),
        ('[calendars.B]\nhours = "09:00-17:00"\ndays = []\n', "calendars.B has no open hour"),
        ('[calendars.B]\nhours = "9-17"\n', "has wrong hours: '9' is not a time of day"),
        ('[calendars.B]\nhours = "0900"\n', "line 21: calendars.B.hours = '0900' must be hours such as"),
        ("[calendars.B]\nhours = 9\n", "must be hours such as"),
        ('[calendars.B]\nhours = ["09:00-12:00", "11:00-17:00"]\n', "has hours that overlap"),
        ('[calendars.B]\nhours = "09:00-17:00"\ndays = "monday-fryday"\n', "has 'monday-fryday', which is no weekday"),
        ("[calendars.B]\nalways_open = true\n[calendars.B.week]\nmon = []\n", "is always_open and has hours"),
        ('[calendars.B]\nhours = "09:00-17:00"\n[calendars.B.week]\nmon = []\n', "has hours and a week"),
        ("[calendars.B]\ndays = 5\n", "must be weekdays such as"),
        ('[targets.hypercare]\nP1 = { first_response = "soon" }\n', 'must be a duration such as "10 min"'),
        ('[targets.hypercare]\nP1 = { calendar = "Z" }\n', "hypercare P1 names 'Z', and there is no such calendar"),
        ('[targets.hypercare]\nP1 = { first_response = "9 h" }\n', "line 21: P1 is to be resolved before it is first"),
        ('[targets.hypercare]\nP9 = { first_response = "9 h" }\n', "targets.hypercare.P9"),
        ('[targets.hyperkare]\nP1 = { first_response = "9 h" }\n', "must be one of pre_live, hypercare"),
        ('[targets.pre_live]\nP1 = { first_response = "9 h" }\n', "pre_live has no targets of its own"),
        ('[contracts.nobody.standard]\nP1 = { first_response = "1 h" }\n', "there is no such client; known are acme"),
        ("[ladder]\nP1 = [50, 40]\n", "line 21: ladder.P1 must be percents above 0, each higher"),
        ("[ladder]\nP1 = []\n", "must be percents above 0"),
        ("[ladder]\nP5 = [50]\n", "line 21: unknown key ladder.P5; known are P1, P2"),
        ('[quiet]\nstaff = "22"\n', 'must be a span such as "22:00-07:00"'),
        ('[quiet]\nstaff = "22:00-25:00"\n', 'must be a span such as "22:00-07:00", each a time of day'),
        ('[quiet]\nstaff = "22-7"\n', 'must be a span such as "22:00-07:00"'),
        ("[targets.standard]\nP1 = { first_response = 1 }\n", 'has no unit; write "1 h", "1 min" or "1 s"'),
        ('[targets.standard]\nP1 = { first_response = "90" }\n', 'has no unit; write "90 h", "90 min" or "90 s"'),
        ('[targets.standard]\nP1 = { first_response = "1 h 30" }\n', 'without its unit; write it like "1 h 30 min"'),
        ("[closing]\ncloses_after = 40\n", 'has no unit; write "40 h"'),
        ("[ladder]\nP1 = [50, 75, 90]\n", "line 21: ladder.P1 lacks 100: nobody would be told of a miss"),
        ("[ladder]\nupdate = [75, 150]\n", "ladder.update lacks 100"),
        ("[holidays]\nacmee = [2027-01-01]\n", "line 21: holidays.acmee is used by no client; did you mean acme?"),
        ('[profiles.x]\nbased_on = "comand30_90"\n', "profiles.x.based_on names 'comand30_90', and there"),
        ('[profiles.x]\nbased_on = "y"\n[profiles.y]\nbased_on = "x"\n', "x is based on itself in the end"),
        ('[staff.cy]\nname = "Cy"\nemail = "cy@x.example"\nlocale = "xx"\n', "is no language; write it like"),
        (
            '[clients.b]\nname = "B"\ncontacts = [{ address = "x@b.example" }, { address = "X@b.example" }]\n',
            "x@b.example stands here twice",
        ),
        ('[staff.cy]\nname = "C"\nemail = "c@x.example"\ntimezone = "IST"\n', "is ambiguous; name the place: Asia/"),
        ('[staff.cy]\nname = "C"\nemail = "c@x.example"\ntimezone = "CEST"\n', "is an abbreviation, not a time zone"),
        ('[staff.cy]\nname = "C"\nemail = "c@x.example"\ntimezone = "XYT"\n', "is no time zone; write it like Europe"),
        ('[staff.cy]\nname = "C"\nemail = "c@x.example"\ntimezone = "new york"\n', "did you mean America/New_York?"),
        ('[releases]\ntrains = ["April"]\n', "must be a date such as 2027-03-19, without quotes"),
        (
            '[calendars.B]\nhours = "09:00-17:00"\nspecial = { "19 March" = [] }\n',
            "must be a date such as 2027-03-19",
        ),
        ("[releases]\ntrains = [2027-02-30]\n", "line 21: 2027-02-30 is no day of the calendar"),
        ('[lexicon]\nincident = ["broken"]\n', "must be a table such as [lexicon.LANGUAGE]: the words"),
        ("[profiles.x]\nlengths = [1, 2]\n", "must be a table, e.g. lengths = { medium = [30, 90] }"),
        (LAUNCH.format("x", 'customised = false\nprofile = "focused14"'), "is not customised and yet with hypercare"),
        (LAUNCH.format("x", "customised = false\nhypercare_days = 14"), "say why with reason ="),
        ('[schedule]\ndigest = "Mon"\n', 'must be a weekday and a time such as "Mon 08:00"'),
        ('[schedule]\ndigest = "Mon 24:00"\n', "must be a time of day"),
        ("[profiles.x]\nlengths = { medium = [30, 14] }\n", "must be two days each, hypercare's end first"),
        ('[profiles.x]\nreplaces_calendars = { A = "Q" }\n', "replaces_calendars names 'Q'"),
        ('[holidays.acme]\ncountry = "Germany"\n', "line 21: holidays.acme.country"),
        ('[disciplines]\nit = ["benn"]\n', "there is no such person; did you mean ben?"),
        ('[staff.cy]\nname = "Cy"\nemail = "ANA@desk.example"\n', "line 22: staff.cy.email is ana's too"),
        ('[staff.cy]\nname = "Cy"\nemail = "support@desk.example"\n', "staff.cy.email is the desk's own address"),
        ('[staff.cy]\nname = "Cy"\nemail = "cy"\n', "must be one bare address"),
        ('[staff.cy]\nname = "Cy"\nemail = "cy@x.example"\nrole = "hypercare_leed"\n', "did you mean hypercare_lead?"),
        ('[staff.cy]\nname = "Cy"\nemail = "cy@x.example"\nrole = "Chief!"\n', "must be lower-case letters"),
        ('[staff."C Y"]\nname = "Cy"\nemail = "cy@x.example"\n', "must be a short name of lower-case letters"),
        ('[staff.cy]\nname = "Cy"\nemail = "cy@x.example"\ntimezone = "Europe/Berlyn"\n', "mean Europe/Berlin?"),
        ('[staff.cy]\nname = "Cy"\nemail = "cy@x.example"\ntimezone = "Mars"\n', "is no time zone; write it like"),
        ('[staff.cy]\nname = "Cy"\nemail = "cy@x.example"\nlocale = "english"\n', "must be a language such as"),
        ('[clients.b]\nname = "B"\ndomains = ["acme.example"]\n', "line 22: acme.example is acme's too"),
        ('[clients.b]\nname = "B"\ndomains = ["gmail.com"]\n', "gmail.com gives mail to anybody; list this client's"),
        ('[clients.b]\nname = "B"\ndomains = ["desk.example"]\n', "desk.example is the staff's own domain"),
        ('[clients.b]\nname = "B"\ndomains = ["nodots"]\n', "must be a mail domain such as"),
        ('[clients.b]\nname = "B"\ncontacts = [{ address = "mara@acme.example" }]\n', "is a contact of acme too"),
        ('[clients.b]\nname = "B"\ncontacts = [{ address = "ana@desk.example" }]\n', "is one of the staff"),
        ('[clients.b]\nname = "B"\ncontacts = [{ address = "x@b.example", roles = ["boss"] }]\n', "no role of a"),
        ('[clients.b]\nname = "B"\ncontacts = [{ address = "x@b.example", roles = ["vipp"] }]\n', "did you mean vip?"),
        ('[clients.b]\nname = "B"\nholidays = "de"\n', "clients.b.holidays names 'de', and there is no such list"),
        ('[launches."b/x"]\nname = "X"\ngo_live = 2027-03-01\n', "line 20: launches.\"b/x\" names 'b', and"),
        ('[launches.hr]\nname = "X"\ngo_live = 2027-03-01\n', 'must be client/launch such as "acme/hr"'),
        ('[launches."acme/x"]\nname = "X"\n', 'launches."acme/x".go_live is missing (wall time'),
        ('[launches."acme/x"]\nname = "X"\ngo_live = "soon"\n', "must be a date and time such as"),
        ('[launches."acme/x"]\nname = "X"\ngo_live = 5\n', "must be a date and time such as"),
        ('[launches."acme/x"]\nname = "X"\ngo_live = 2027-03-01T06:00:00Z\n', "leave out the offset"),
        ('[launches."acme/x"]\nname = "X"\ngo_live = 2027-03-28T02:30:00\n', "02:30 does not exist in Europe/Berlin"),
        (LAUNCH.format("x", 'profile = "focused"'), "did you mean focused14?"),
        (LAUNCH.format("x", 'complexity = "hard"'), "must be one of low, medium"),
        (LAUNCH.format("x", 'roles = { manager = "zoe" }'), "names 'zoe'"),
        (
            LAUNCH.format("x", "hypercare_days = 30\ntransition_end_day = 14"),
            "has a transition that ends before hypercare does",
        ),
        (
            LAUNCH.format("x", 'address = "hr@desk.example"') + LAUNCH.format("y", 'address = "hr@desk.example"'),
            "hr@desk.example is acme/x's too",
        ),
        ('[clientz.b]\nname = "B"\n', "line 20: unknown key clientz; did you mean clients?"),
        ("[ladder]\nP1 = [50, 40]\n", "must be percents above 0, each higher than the one before"),
        ("[ladder]\nP1 = [50, 5000]\n", "must be percents of the promise, 1000 at most: 200 is twice its time"),
        ("[ladder]\nlead_from = 120\n", "let lead_from, manager_from, director_from rise"),
        ("[ladder]\ndirector_from = 0\n", "director_from = 0"),
        (
            "".join(f"[targets.{phase}]\nP4 = {NOTHING}\n" for phase in ("hypercare", "transition", "standard"))
            + "[ladder]\nP4 = [90]\n",
            "line 27: P4 has steps, and nothing is promised for P4; remove them, or give it a target",
        ),
        (
            "".join(
                f"[targets.{phase}]\n" + "".join(f'P{rank} = {{ update = "none" }}\n' for rank in (1, 2, 3, 4))
                for phase in ("hypercare", "transition", "standard")
            )
            + "[ladder]\nupdate = [75]\n",
            "updates have steps, and no update is promised; remove them, or give one a target",
        ),
        ('[targets.hypercare]\nP1 = { first_response = "0 min" }\n', 'cannot be kept; give a span such as "4 h"'),
        ('[closing]\ncalendar = "Q"\n', "line 21: closing.calendar names 'Q', and there is no such calendar"),
        ('[watch]\ncalendar = "Q"\n', "line 21: watch.calendar names 'Q', and there is no such calendar"),
        ("[closing]\nresolves_after_days = 2\n", "make told_days_before smaller"),
        ("[closing]\nresolves_after_days = 0\n", "closing.resolves_after_days = 0"),
        ('[closing]\ncloses_after = "soon"\n', 'must be a duration such as "10 min"'),
        ("[chase]\nP3 = 0\n", "chase.P3 = 0"),
        ("[watch]\nowners = 0\n", "watch.owners = 0"),
        ('[nudge]\nevery = "often"\n', 'must be a duration such as "10 min"'),
        ("[releases]\nwindow_days = [45, 30]\n", "has a window that ends before it begins; give two days such as"),
        ('[schedule]\nready = "8"\n', 'must be a time of day such as "08:00"'),
        ("[schedule]\ndecision_days_before = 4\n", "let ready_days_before be larger"),
    ],
)  # fmt: skip
def test_a_wrong_desk_file_is_answered_with_line_and_remedy(extra: str, says: str) -> None:
    said = complaint(LEAST + extra)

    assert says in said
    assert said.startswith("desk.toml line ")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[staff.ana]\nname = "A"\nemail = "a@b.example"\n', "desk.toml: desk is missing (the organisation)"),
        ('[desk]\nname = "X"\n', "desk.toml: staff is missing (our people)"),
        ('[desk]\nname = "X"\n[staff]\n', "staff"),
        ('[desk]\nname = "X"\ntriage = "zoe"\n[staff.a]\nname = "A"\nemail = "a@b.example"\n', "3: desk.triage names"),
        ('[desk]\nname = "X"\noncall = "zoe"\n[staff.a]\nname = "A"\nemail = "a@b.example"\n', "3: desk.oncall names"),
        ('[desk]\nname = "X"\ntimezone = "../etc"\n[staff.a]\nname = "A"\nemail = "a@b.example"\n', "is no time zone"),
    ],
)  # fmt: skip
def test_a_desk_needs_a_name_and_people(text: str, says: str) -> None:
    assert says in complaint(text)


def test_the_on_call_may_be_an_address_outside_the_roster() -> None:
    found = parse_desk(LEAST.replace('name = "Example', 'oncall = "oncall@desk.example"\nname = "Example')).desk

    assert found.desk.oncall == "oncall@desk.example"


def test_the_operators_guide_writes_every_default_and_no_other() -> None:
    guide = (Path(__file__).parents[1] / "docs" / "operators-guide.md").read_text(encoding="utf-8")
    block = guide.partition("### What desk.toml promises")[2].partition("```toml\n")[2].partition("```")[0]

    written = desk(block)

    assert written.policy == default_policy(ZoneInfo("Europe/Berlin"))
    for section in ("ladder", "quiet", "chase", "closing", "nudge", "watch", "schedule"):
        fields = type(getattr(written.desk, section)).model_fields
        assert set(fields) <= set(written.document[section]), section


def test_a_launch_that_is_not_customised_gets_hypercare_with_a_reason() -> None:
    found = desk(LAUNCH.format("x", 'customised = false\nprofile = "focused14"\nreason = "payroll cut-over"'))

    assert found.desk.launches["acme/x"].reason == "payroll cut-over"


def test_a_profile_may_be_based_on_one_that_stands_below_it() -> None:
    text = '[profiles.swift]\nbased_on = "calm"\n[profiles.calm]\nbased_on = "command30_90"\ncalm_hours = 9\n'

    profiles = desk(text).policy.profiles

    assert profiles["swift"].calm_hours == 9
    assert profiles["swift"].lengths == profiles["command30_90"].lengths


def test_what_is_allowed_and_has_no_effect_is_noticed() -> None:
    text = '[holidays]\nmars = [2027-01-01]\n[staff.cy]\nname = "C"\nemail = "c@desk.example"\nrole = "boss"\n'

    notices = desk(text + LAUNCH.format("x", 'roles = { sommelier = "ben" }')).notices

    assert [notice.partition("; ")[0] for notice in notices] == [
        "staff.cy.role 'boss' gives the rights of an engineer",
        "holidays.mars is used by no client",
        'launches."acme/x".roles.sommelier is no role that the rules know',
    ]
    assert desk().notices == ()


@pytest.mark.parametrize("given", ["0 min", 0, "1h30m"])
def test_nothing_needs_no_unit(given: object) -> None:
    text = f"[ladder]\nbundle_within = {given!r}\n".replace("'", '"')

    assert desk(text).policy.ladder.bundle_within == parse_span(given)
