"""Where settings come from: flags, then environment, then secret files, then ticketbot.toml, then defaults."""

import os
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from ticketbot.config.model import Settings
from ticketbot.tomlfile import Document, Misconfigured, Place, Problem, checked, read_document

FILE_NAME = "ticketbot.toml"
PREFIX = "TICKETBOT_"
SYSTEM_FOLDER = Path("/etc/ticketbot")
#: Variables that begin like settings and are none: the file's own name, and what test suites use.
NOT_SETTINGS = ("TICKETBOT_CONFIG", "TICKETBOT_TEST")
#: Settings that may come from a file whose name stands in `<setting>_file`.
SECRETS = frozenset({"password", "url"})

Tree: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effective:
    """The settings in force, the file that they were read from, and where each value came from."""

    settings: Settings
    file: Path | None
    origins: Mapping[Place, str]

    def origin(self, place: Place) -> str:
        """Return where a value came from, e.g. 'ticketbot.toml line 7' or 'default'."""
        return self.origins.get(place, "default")


def load_settings(
    config: Path | None = None,
    *,
    flags: Mapping[str, object] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Return the settings in force. Raises `Misconfigured`, which names every fault with its line and remedy."""
    return load_effective(config, flags=flags, environ=environ).settings


def load_effective(
    config: Path | None = None,
    *,
    flags: Mapping[str, object] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Effective:
    """Return the settings in force and where each came from. *flags* are dotted names with values."""
    environ = os.environ if environ is None else environ
    file = find_file(config, environ=environ)
    document = read_document(file) if file else Document(name="settings", data={}, lines={})
    layers = _Layers(document=document, folder=file.resolve().parent if file else Path.cwd())
    layers.environment(environ)
    for name, value in (flags or {}).items():
        layers.lay(tuple(name.split(".")), value, origin=f"flag for {name}")
    layers.secret_files(environ)
    layers.settle_paths()
    if layers.problems:
        raise Misconfigured(layers.problems)
    settings = checked(Settings, layers.tree, where=layers.where)
    return Effective(settings=settings, file=file, origins=layers.origins)


def find_file(config: Path | None = None, *, environ: Mapping[str, str] | None = None) -> Path | None:
    """Return the file to read: the one named, or ticketbot.toml here, or in /etc/ticketbot, or none."""
    named = (os.environ if environ is None else environ).get("TICKETBOT_CONFIG")
    if config or named:
        return config or Path(str(named))
    for folder in (Path(), SYSTEM_FOLDER):
        if (folder / FILE_NAME).exists():
            return folder / FILE_NAME
    return None


class _Layers:
    """The tree of values as the layers are put on each other, and the origin of each value."""

    def __init__(self, *, document: Document, folder: Path) -> None:
        self.document = document
        self.folder = folder
        self.tree: Tree = deepcopy(document.data)
        self.origins: dict[Place, str] = {place: document.where(place) for place, _ in _leaves(self.tree)}
        self.laid: set[Place] = set()
        self.problems: list[Problem] = []

    def where(self, place: Place) -> str:
        return self.origins.get(place) or self.document.where(place)

    def get(self, place: Place) -> object:
        here: object = self.tree
        for key in place:
            here = here.get(key) if isinstance(here, dict) else None
        return here

    def lay(self, place: Place, value: object, *, origin: str) -> None:
        here = self.tree
        for key in place[:-1]:
            if not isinstance(here.get(str(key)), dict):
                here[str(key)] = {}
            here = here[str(key)]
        here[str(place[-1])] = value
        self.origins[place] = origin
        self.laid.add(place)

    def environment(self, environ: Mapping[str, str]) -> None:
        for name, value in sorted(environ.items()):
            if name.startswith(PREFIX) and not name.startswith(NOT_SETTINGS) and value:
                place = tuple(name.removeprefix(PREFIX).lower().split("__"))
                self.lay(place, value, origin=f"environment variable {name}")

    def secret_files(self, environ: Mapping[str, str]) -> None:
        above = frozenset(self.laid)
        if folder := environ.get("CREDENTIALS_DIRECTORY"):
            self._credentials(Path(folder), above)
        for place, value in list(_leaves(self.tree)):
            key = str(place[-1])
            target = (*place[:-1], key.removesuffix("_file"))
            if not key.endswith("_file") or target[-1] not in SECRETS or not isinstance(value, str) or target in above:
                continue
            if target in self.origins and target not in self.laid and place not in self.laid:
                both = f"{key} and {target[-1]} are both set; keep one of them"
                self.problems.append(Problem(where=self.where(place), what=both))
            elif (secret := self._read(self._path(place, value), place)) is not None:
                self.lay(target, secret, origin=f"secret file {self._path(place, value)}")

    def _credentials(self, folder: Path, above: frozenset[Place]) -> None:
        for file in sorted(folder.iterdir()) if folder.is_dir() else ():
            place = tuple(file.name.replace("__", ".").split("."))
            if place[0] in Settings.model_fields and place not in above:
                secret = self._read(file, place)
                if secret is not None:
                    self.lay(place, secret, origin=f"credential {file}")

    def _read(self, file: Path, place: Place) -> str | None:
        name = ".".join(map(str, place))
        try:
            secret = file.read_text().rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
            what = f"{name}: {file} cannot be read ({why}); put the secret there or correct the path"
            self.problems.append(Problem(where=self.where(place), what=what))
            return None
        if not secret:
            self.problems.append(
                Problem(where=self.where(place), what=f"{name}: {file} is empty; put the secret there")
            )
        return secret or None

    def _path(self, place: Place, value: str) -> Path:
        base = Path.cwd() if place in self.laid else self.folder
        return base / Path(value).expanduser()

    def settle_paths(self) -> None:
        """Make paths absolute: those in the file are meant from its folder, all others from here."""
        for place, value in list(_leaves(self.tree)):
            if str(place[-1]).endswith("_file") and isinstance(value, str):
                self._put(place, str(self._path(place, value)))
        url = self.get(("database", "url"))
        if url is None and not isinstance(self.tree.setdefault("database", {}), dict):
            return
        url = str(url or "sqlite:///ticketbot.db")
        beside = self.folder
        if url.startswith("sqlite:///") and not url.startswith("sqlite:///:memory:"):
            path, mark, query = url.removeprefix("sqlite:///").partition("?")
            file = self._path(("database", "url"), path)
            beside = file.parent
            self._put(("database", "url"), f"sqlite:///{file}{mark}{query}")
        if self.get(("security", "key_file")) is None and isinstance(self.tree.setdefault("security", {}), dict):
            self._put(("security", "key_file"), str(beside / "ticketbot.key"))

    def _put(self, place: Place, value: str) -> None:
        table = self.get(place[:-1])
        if isinstance(table, dict):
            table[str(place[-1])] = value


def _leaves(tree: Mapping[str, object], place: Place = ()) -> Iterator[tuple[Place, object]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*place, key))
        else:
            yield (*place, key), value
