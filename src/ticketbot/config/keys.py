"""The file that holds our signing keys: one `id:hex` a line, readable by its owner only."""

import os
import secrets
from pathlib import Path

from ticketbot.domain.errors import ConfigurationError
from ticketbot.domain.tokens import Keyring

KEY_BYTES = 32
_LARGEST_ID = 255


def load_keyring(path: Path, *, create: bool = False) -> Keyring:
    """Return the keys in *path*; with *create*, make the file with a first key when there is none.

    Several processes may start at once: the first file stands, and all of them read it.
    Raises ConfigurationError when the file is missing (and not to be made), unreadable or damaged.
    """
    if create and not path.exists():
        _make(path)
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"the key file {path} does not exist; `ticketbot run` makes it, a backup holds it"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"the key file {path} cannot be read by this user; check its owner and mode 0600"
        ) from error
    keys: dict[int, bytes] = {}
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.startswith("#"):
            key_id, key = _parsed(line, where=f"the key file {path} line {number}")
            if key_id in keys:
                raise ConfigurationError(
                    f"the key file {path} line {number}: key {key_id} stands there twice; keep one"
                )
            keys[key_id] = key
    if not keys:
        raise ConfigurationError(f"the key file {path} holds no key; restore it from a backup")
    return Keyring(keys)


def write_keyring(path: Path, keys: Keyring) -> None:
    """Put *keys* in place of the file at *path*, at once or not at all."""
    fresh = _written(path, keys)
    fresh.replace(path)


def _make(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = _written(path, Keyring({1: secrets.token_bytes(KEY_BYTES)}))
    except OSError as error:
        raise ConfigurationError(
            f"the key file {path} cannot be made ({error.strerror}); set security.key_file"
        ) from error
    try:
        os.link(fresh, path)  # unlike a rename, it never replaces the file of a process that was quicker
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def _written(path: Path, keys: Keyring) -> Path:
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    text = "".join(f"{key_id}:{key.hex()}\n" for key_id, key in sorted(keys.keys.items()))
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(
            "# ticketbot's signing keys. The highest id signs, all verify. Keep this file secret and backed up.\n"
        )
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return fresh


def _parsed(line: str, *, where: str) -> tuple[int, bytes]:
    key_id, _, text = line.strip().partition(":")
    try:
        number, key = int(key_id), bytes.fromhex(text)
    except ValueError:
        number, key = 0, b""
    if not 0 < number <= _LARGEST_ID or len(key) < KEY_BYTES // 2:
        raise ConfigurationError(
            f"{where} is not ID:HEX (an id of 1 to 255 and at least 16 bytes); restore it from a backup"
        )
    return number, key
