"""The policy that a desk file makes: domain.md's numbers, changed where the file says so."""

from collections.abc import Mapping
from dataclasses import replace

from ticketbot.deskfile.model import Desk
from ticketbot.deskfile.promises import CalendarSection, LexiconSection, ProfileSection, TargetSection
from ticketbot.deskfile.promises import Targets as TargetSections
from ticketbot.domain.calendars import BusinessCalendar, around_the_clock
from ticketbot.domain.kinds import Lexicon
from ticketbot.domain.policy import ClockName, Policy, QuietHours, Targets, TargetTable, default_policy
from ticketbot.domain.profiles import Length, Profile

_CLOCKS = {
    "first_response": ClockName.FIRST_RESPONSE,
    "next_response": ClockName.NEXT_RESPONSE,
    "resolution": ClockName.RESOLUTION,
    "update": ClockName.UPDATE,
}


def policy_of(desk: Desk) -> Policy:
    """Return the policy of a desk file."""
    usual = default_policy(desk.zone)
    targets = _targets(usual.targets, desk.targets)
    ladder, quiet, chase = desk.ladder, desk.quiet, desk.chase
    return replace(
        usual,
        zone=desk.zone,
        calendars={**usual.calendars, **{name: _calendar(name, each) for name, each in desk.calendars.items()}},
        targets=targets,
        contracts={
            client: _targets(targets, sections, is_contract=True) for client, sections in desk.contracts.items()
        },
        thresholds={priority: getattr(ladder, priority.value) or steps for priority, steps in usual.thresholds.items()},
        update_thresholds=ladder.update or usual.update_thresholds,
        quiet_staff=QuietHours(begins=quiet.staff.begins, ends=quiet.staff.ends) if quiet.staff else usual.quiet_staff,
        quiet_client=(
            QuietHours(begins=quiet.client.begins, ends=quiet.client.ends) if quiet.client else usual.quiet_client
        ),
        chase={priority: getattr(chase, priority.value) or within for priority, within in usual.chase.items()},
        chase_days={priority: getattr(chase, priority.value) or days for priority, days in usual.chase_days.items()},
        office=desk.closing.calendar,
        closes_after=desk.closing.closes_after,
        reopens_within=desk.closing.reopens_within,
        resolves_after_days=desk.closing.resolves_after_days,
        resolve_told_days_before=desk.closing.told_days_before,
        nudges_every=desk.nudge.every,
        watch=desk.watch.rules,
        ladder=ladder.rules,
        timetable=desk.schedule.timetable,
        profiles=_profiles(usual.profiles, desk.profiles),
        gate=desk.gate.rules,
        lexicons={
            **usual.lexicons,
            **{lang: _lexicon(usual.lexicons.get(lang, Lexicon()), each) for lang, each in desk.lexicon.items()},
        },
        stopwords={
            **usual.stopwords,
            **{lang: frozenset(each.stopwords) for lang, each in desk.lexicon.items() if each.stopwords is not None},
        },
    )


def _calendar(name: str, section: CalendarSection) -> BusinessCalendar:
    if section.always_open:
        return around_the_clock(name)
    return BusinessCalendar(name=name, weekly=section.weekly, special=tuple(sorted(section.special.items())))


def _targets(usual: TargetTable, sections: TargetSections, *, is_contract: bool = False) -> TargetTable:
    """Return the whole table with what the sections name in place of what was there."""
    return {
        phase: {
            priority: _changed(usual[phase][priority], sections.get(phase, {}).get(priority), is_contract=is_contract)
            for priority in usual[phase]
        }
        for phase in usual
    }


def _changed(usual: Targets, section: TargetSection | None, *, is_contract: bool) -> Targets:
    if section is None:
        return usual
    given = {name: getattr(section, name) for name in _CLOCKS if name in section.model_fields_set}
    changed = [name for field, name in _CLOCKS.items() if field in given or section.calendar is not None]
    contracted = frozenset(changed) if is_contract else usual.contracted
    return replace(usual, **given, calendar=section.calendar or usual.calendar, contracted=contracted)


def _profiles(usual: Mapping[str, Profile], sections: Mapping[str, ProfileSection]) -> dict[str, Profile]:
    found = dict(usual)
    for name in _in_order(sections):
        section = sections[name]
        base = found.get(name) or found.get(section.based_on) or usual["focused14"]
        renamed = {"standup": "has_standup", "daily": "has_daily"}
        plain = ("standup", "daily", "handover_at", "replaces_calendars", "calm_hours", "taper_from_percent",
                 "nudge_from_percent", "min_transition_days", "included", "excluded")  # fmt: skip
        given = {
            renamed.get(field, field): getattr(section, field) for field in plain if getattr(section, field) is not None
        }
        lengths = {
            complexity: Length(hypercare_end_day=hypercare, transition_end_day=transition)
            for complexity, (hypercare, transition) in section.lengths.items()
        }
        found[name] = replace(base, name=name, lengths={**base.lengths, **lengths}, **given)
    return found


def _in_order(sections: Mapping[str, ProfileSection]) -> list[str]:
    """Return the names of profiles, each after the one that it is based on, wherever that stands in the file."""
    ordered: list[str] = []

    def visit(name: str, around: frozenset[str]) -> None:
        if name in sections and name not in around and name not in ordered:
            visit(sections[name].based_on, around | {name})
            ordered.append(name)

    for name in sections:
        visit(name, frozenset())
    return ordered


def _lexicon(usual: Lexicon, section: LexiconSection) -> Lexicon:
    given = {
        name: getattr(section, name)
        for name in section.model_fields_set
        if name != "stopwords" and getattr(section, name) is not None
    }
    return replace(usual, **given)
