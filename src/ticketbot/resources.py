"""Where the templates and migrations lie: inside the package in a wheel, at the root in a checkout."""

from importlib.resources import files
from pathlib import Path


def shipped(name: str) -> Path:
    """Return the folder *name* (templates or migrations)."""
    package = Path(str(files("ticketbot")))
    installed = package / name
    return installed if installed.is_dir() else package.parents[1] / name
