"""Shows every letter in every language: `python -m bench.gallery [folder [letter …]]`.

A page shows one letter as a desk, a phone (320 px), both in dark mode, and a terminal show it. With Chromium there is
a picture of each page beside it.
"""

import html
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from tests.outbound.samples import DESK, KEYS, samples

from ticketbot.outbound.compose import compose

LOCALES = ("en", "de")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--hide-scrollbars",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-device-scale-factor=1",
)
WIDTH = 2010
TALLEST = 9_000
PAGE = """<!doctype html><html lang="{locale}"><meta charset="utf-8"><title>{title}</title>
<style>
body {{ margin: 20px; background: #c9ced0; font: 14px/1.4 sans-serif; color: #222; width: 1970px; }}
h1 {{ font-size: 18px; margin: 0 0 4px; }} p {{ margin: 0 0 14px; }}
.row {{ display: flex; gap: 16px; align-items: flex-start; }}
iframe {{ border: 0; background: #fff; display: block; }} .dark {{ color-scheme: dark; background: #121615; }}
pre {{ margin: 0; padding: 14px; background: #fff; width: 79ch; font: 12px/1.4 monospace; white-space: pre-wrap; }}
</style>
<h1>{subject}</h1><p>{sender} → {to} · {name} · {locale}</p>
<div class="row">
<div><iframe width="640" srcdoc="{letter}"></iframe><br>
<iframe class="dark" width="640" srcdoc="{letter}"></iframe></div>
<iframe width="320" srcdoc="{letter}"></iframe><iframe class="dark" width="320" srcdoc="{letter}"></iframe>
<pre>{text}</pre>
</div>
<script>
addEventListener("load", () => {{
  for (const frame of document.querySelectorAll("iframe"))
    frame.style.height = frame.contentDocument.documentElement.scrollHeight + "px";
  document.body.dataset.height = document.documentElement.scrollHeight;
}});
</script></html>
"""


def main(arguments: Sequence[str], *, browsers: Sequence[str] = BROWSERS) -> int:
    """Write the gallery, or the letters named, into the folder named first, or into gallery/."""
    folder = Path(arguments[0] if arguments else "gallery")
    pages = list(_pages(folder, wanted=frozenset(arguments[1:])))
    links = "\n".join(f'<li><a href="{page.relative_to(folder)}">{page.relative_to(folder)}</a>' for page in pages)
    index = f"<!doctype html><meta charset=utf-8><title>Letters</title><ul>{links}</ul>"
    (folder / "index.html").write_text(index, encoding="utf-8")
    browser = next(filter(None, map(shutil.which, browsers)), None)
    print(f"{len(pages)} pages in {folder}/index.html")
    if browser is None:
        print("No pictures: chromium is not installed (apt-get install chromium).")
        return 0
    for page in pages:
        _picture(browser, page)
    print(f"{len(pages)} pictures beside them")
    return 0


def _pages(folder: Path, *, wanted: frozenset[str]) -> Iterator[Path]:
    for locale in LOCALES:
        (folder / locale).mkdir(parents=True, exist_ok=True)
        chosen = {name: draft for name, draft in samples(locale).items() if not wanted or name in wanted}
        for name, draft in chosen.items():
            raw = compose(draft, keys=KEYS, desk=DESK, message_id="sample@desk.example", date=draft.send_at)
            mail = message_from_bytes(raw, policy=policy.default)
            letter = _part(mail, "html")
            (folder / locale / f"{name}.eml").write_bytes(raw)
            page = folder / locale / f"{name}.html"
            page.write_text(
                PAGE.format(
                    locale=locale,
                    title=html.escape(name),
                    subject=html.escape(str(mail["Subject"])),
                    sender=html.escape(str(mail["From"])),
                    to=html.escape(str(mail["To"])),
                    name=name,
                    letter=html.escape(letter),
                    text=html.escape(_part(mail, "plain")),
                ),
                encoding="utf-8",
            )
            yield page


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def _picture(browser: str, page: Path) -> None:
    dom = _run(browser, page, f"--window-size={WIDTH},1000", "--dump-dom")
    found = re.search(r'data-height="(\d+)"', dom)
    height = min(TALLEST, int(found[1]) + 20) if found else 2_000
    _run(browser, page, f"--window-size={WIDTH},{height}", f"--screenshot={page.with_suffix('.png').absolute()}")


def _run(browser: str, page: Path, *extra: str) -> str:
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run(
            [browser, *FLAGS, f"--user-data-dir={profile}", *extra, page.absolute().as_uri()],
            check=True,
            capture_output=True,
            timeout=60,
            text=True,
        )
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
