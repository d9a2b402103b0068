"""The house rules that no linter knows, and the documents kept honest (design.md §3, §7)."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ticketbot.config import Settings
from ticketbot.domain.command_specs import CommandName, Who
from ticketbot.domain.command_table import COMMANDS

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "ticketbot"
MODULES = sorted(PACKAGE.rglob("*.py"))
LETTERS = sorted(folder for folder in (ROOT / "templates" / "mail").iterdir() if not folder.name.startswith("_"))
WORDS = "words.txt"  # sentences that a letter's three templates share
LETTERS_WITH_WORDS = sorted((ROOT / "templates" / "mail").glob(f"*/{WORDS}"))
GUIDE = ROOT / "docs" / "operators-guide.md"
WHO = {Who.STAFF: "", Who.LEAD: "leads ", Who.MANAGER: "managers "}
COMMAND_GUIDE = ROOT / "docs" / "commands.md"
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-build.lock")
LONGEST_MODULE = 400


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def calls(path: Path) -> Iterator[tuple[str, str, int]]:
    """Every call of a dotted name: what stands before the last dot, the last word, the line."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield ast.unparse(node.func.value), node.func.attr, node.lineno


def imports(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield ("." * node.level) + (node.module or ""), node.lineno


def test_only_the_store_s_database_commits_or_rolls_back() -> None:
    found = [
        f"{path}:{line}: {owner}.{verb}()"
        for path in MODULES
        if path != PACKAGE / "store" / "database.py"
        for owner, verb, line in calls(path)
        if verb in {"commit", "rollback"}
    ]

    assert not found


def test_only_the_clock_module_reads_the_clock() -> None:
    reads = re.compile(r"(.*\.)?(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns|localtime|gmtime))")

    found = [
        f"{path}:{line}: {owner}.{verb}()"
        for path in MODULES
        if path != PACKAGE / "clock.py"
        for owner, verb, line in calls(path)
        if reads.fullmatch(f"{owner}.{verb}")
    ]

    assert not found


def test_only_the_clock_module_silences_the_ban_on_clocks() -> None:
    assert [path for path in MODULES if "TID251" in path.read_text(encoding="utf-8")] == [PACKAGE / "clock.py"]


def test_modules_stay_short_enough_to_read() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}

    assert not {path: length for path, length in lengths.items() if length > LONGEST_MODULE}


def test_every_module_opens_with_its_purpose() -> None:
    assert not [path for path in MODULES if not ast.get_docstring(tree(path))]


def test_the_domain_needs_the_standard_library_alone() -> None:
    foreign = [
        f"{path}:{line}: {name}"
        for path in (PACKAGE / "domain").rglob("*.py")
        for name, line in imports(path)
        if not name.startswith("ticketbot.domain") and name.partition(".")[0] not in sys.stdlib_module_names
    ]

    assert not foreign


@pytest.mark.parametrize("language", ["", "de"], ids=["English", "German"])
@pytest.mark.parametrize("folder", LETTERS, ids=lambda folder: folder.name)
def test_every_letter_has_its_three_templates(folder: Path, language: str) -> None:
    files = {file.name for file in (folder / language).iterdir() if file.is_file()}

    assert files - {WORDS} == {"subject.txt", "body.txt", "body.html"}


@pytest.mark.parametrize("words", LETTERS_WITH_WORDS, ids=lambda words: words.parent.name)
def test_words_that_a_letter_s_templates_share_are_there_in_every_language(words: Path) -> None:
    assert (words.parent / "de" / WORDS).is_file()


def settings(model: type[BaseModel], *, before: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Every setting under its dotted name, in which NAME stands for the name that a person chooses."""
    for name, field in model.model_fields.items():
        kinds = [kind for kind in (field.annotation, *get_args(field.annotation)) if isinstance(kind, type)]
        section = next((kind for kind in kinds if issubclass(kind, BaseModel)), None)
        if section is None:
            yield f"{before}{name}", field
        else:
            chosen = "" if section is field.annotation else "NAME."
            yield from settings(section, before=f"{before}{name}.{chosen}")


def in_guide(heading: str) -> set[str]:
    """What stands in code type in the first column of the tables below *heading* in the operator's guide."""
    _, found, rest = GUIDE.read_text(encoding="utf-8").partition(f"\n## {heading}\n")
    assert found, f"the operator's guide has no part headed {heading!r}"
    return set(re.findall(r"^\| `([^`]+)` \|", rest.partition("\n## ")[0], flags=re.MULTILINE))


def test_the_operators_guide_explains_every_setting_and_no_other() -> None:
    assert in_guide("Settings") == {name for name, _ in settings(Settings)}


def test_the_guide_to_commands_lists_what_mail_may_give_and_nothing_else() -> None:
    rows = re.findall(r"^\| `#.*$", COMMAND_GUIDE.read_text(encoding="utf-8"), flags=re.MULTILINE)

    escaped = r"\|"
    assert rows == [
        f"| `{spec.example.replace('|', escaped)}` | {spec.says} | {WHO[spec.who]}|"
        for spec in COMMANDS.values()
        if spec.is_served
    ]


def test_the_readme_shows_only_commands_that_mail_may_give() -> None:
    shown = re.findall(r"`#([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8"))

    assert shown
    assert not set(shown) - set(CommandName)


def test_every_setting_says_what_it_is_for() -> None:
    assert not [name for name, field in settings(Settings) if not field.description]


def test_the_operators_guide_lists_every_job_of_the_timetable_and_no_other() -> None:
    jobs = {
        keyword.value.value
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Entry"
        for keyword in node.keywords
        if keyword.arg == "name" and isinstance(keyword.value, ast.Constant)
    }

    assert jobs
    assert in_guide("What happens by itself") == jobs


def pins(lock: str) -> dict[str, str]:
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    return dict(line.split(" ")[0].split("==") for line in lines if "==" in line)


def test_the_locks_agree_on_every_version() -> None:
    everything = pins("requirements-dev.lock")

    for lock in LOCKS:
        assert pins(lock).items() <= everything.items()


def test_the_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    def names(requirements: list[str]) -> set[str]:
        return {re.split(r"[\[<>=~! ]", line)[0].lower().replace(".", "-").replace("_", "-") for line in requirements}

    assert names(project["project"]["dependencies"]) <= pins("requirements.lock").keys()
    assert names(project["dependency-groups"]["build"]) <= pins("requirements-build.lock").keys()
    assert names(project["dependency-groups"]["dev"]) <= pins("requirements-dev.lock").keys()


@pytest.mark.parametrize("lock", LOCKS)
def test_the_locks_name_no_place_to_fetch_from(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")

    assert "://" not in text
    assert "--index-url" not in text
    assert "--find-links" not in text
