"""What understanding a typical mail costs, beside mail-parser alone on the same mails in the same run.

    python bench/understand.py            # a table
    python bench/understand.py --check    # ends with 1 when understanding costs more than 1.3 times mail-parser
    python bench/understand.py --profile  # where our time goes

Typical mails are made here: about 5 kB, 1.8 kB of headers with five hops, six languages; new mails, answers with
quoted history, text beside HTML, a small attachment. Both sides read every mail in turn, and the middle of the
rounds' ratios is shown, so that a busy machine disturbs both alike.
"""

import cProfile
import pstats
import statistics
import sys
import time
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP

import mailparser

from ticketbot.inbound.parse import read
from ticketbot.inbound.pool import PooledReader

REACH = 1.3
ROUNDS = 15
#: Sentences of support mails, and how an answer quotes what came before.
TONGUES = {
    "en": (
        "Since this morning nobody in our warehouse can print delivery notes; the queue says it is full.",
        "On Mon, 2 Nov 2026 at 09:12, Support <support@desk.example> wrote:",
        "Kind regards",
    ),
    "de": (
        "Seit heute früh können wir im Lager keine Lieferscheine mehr drucken; die Warteschlange ist angeblich voll.",
        "Am Mo., 2. Nov. 2026 um 09:12 Uhr schrieb Support <support@desk.example>:",
        "Viele Grüße",
    ),
    "fr": (
        "Depuis ce matin, personne à l'entrepôt n'arrive à imprimer les bons de livraison, la file serait pleine.",
        "Le lun. 2 nov. 2026 à 09:12, Support <support@desk.example> a écrit :",
        "Cordialement",
    ),
    "es": (
        "Desde esta mañana nadie en el almacén puede imprimir los albaranes; parece que la cola está llena.",
        "El lun, 2 nov 2026 a las 9:12, Support (<support@desk.example>) escribió:",
        "Un saludo",
    ),
    "pl": (
        "Od rana nikt w magazynie nie może drukować dokumentów dostawy, podobno kolejka jest pełna.",
        "pon., 2 lis 2026 o 09:12 Support <support@desk.example> napisał(a):",
        "Pozdrawiam",
    ),
    "ja": (
        "今朝から倉庫で納品書を印刷できません。キューがいっぱいだと表示されます。確認をお願いします。",
        "2026年11月2日(月) 9:12 Support <support@desk.example>:",
        "よろしくお願いいたします",
    ),
}
HOP = (
    "Received: from mail{n}.client.example (mail{n}.client.example [192.0.2.{n}])\r\n\tby mx{n}.desk.example (Postfix)"
    " with ESMTPS id 4Xq{n}zT3l9z{n}\r\n\tfor <support@desk.example>; Mon,  2 Nov 2026 09:{n}0:00 +0000 (UTC)\r\n"
)
TRACE = (
    "Return-Path: <casey@client.example>\r\nDelivered-To: support@desk.example\r\n"
    + "".join(HOP.format(n=n) for n in range(5, 0, -1))
    + "Authentication-Results: mx.desk.example; dkim=pass header.d=client.example; spf=pass"
    " smtp.mailfrom=client.example;\r\n\tdmarc=pass header.from=client.example\r\n"
    "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=client.example; s=mail;\r\n\th=from:to:subject:date;"
    " bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\r\n\tb=" + "dGlja2V0Ym90" * 20 + "\r\n"
)


def answer(tongue: str, *, size: int) -> str:
    """A body of about *size* characters: an answer above its quoted history."""
    sentence, attribution, greeting = TONGUES[tongue]
    said = f"Hello,\n\n{sentence}\n\n{greeting}\nCasey Jones\n\n{attribution}\n\n"
    quoted = f"> {sentence}\n> \n"
    return said + quoted * max(1, (size - len(said)) // len(quoted))


def new(tongue: str, *, size: int) -> str:
    """A body of about *size* characters without history."""
    sentence, _, greeting = TONGUES[tongue]
    return "Hello,\n\n" + f"{sentence}\n\n" * max(1, size // len(sentence)) + f"{greeting}\nCasey Jones\n"


def page(text: str) -> str:
    """The same words as a mail program's HTML."""
    lines = "".join(f"<div>{line or '<br>'}</div>" for line in text.replace(">", "&gt;").splitlines())
    return f'<html><head><meta charset="utf-8"></head><body><div dir="ltr">{lines}</div></body></html>'


def mail(number: int, tongue: str, kind: str) -> bytes:
    """One mail of about 5 kB."""
    message = EmailMessage(policy=SMTP)
    message["From"] = "Casey Jones <casey@client.example>"
    message["To"] = "Support <support@desk.example>"
    message["Subject"] = TONGUES[tongue][0][:50]
    message["Message-ID"] = f"<{number}.{tongue}@client.example>"
    message["Date"] = "Mon, 02 Nov 2026 09:12:00 +0000"
    if kind == "answer":
        message["In-Reply-To"] = "<first@desk.example>"
        message["References"] = "<zero@client.example> <first@desk.example>"
    narrow = 3 if tongue == "ja" else 1
    size = {"new": 2600, "answer": 2800, "both": 900, "file": 1000}[kind] // narrow
    text = answer(tongue, size=size) if kind in {"answer", "both"} else new(tongue, size=size)
    message.set_content(text)
    if kind == "both":
        message.add_alternative(page(text), subtype="html")
    if kind == "file":
        message.add_attachment(bytes(range(256)) * 6, maintype="image", subtype="png", filename="screen shot.png")
    return TRACE.encode() + bytes(message)


#: As an inbox is mixed (performance.md): short new mails, answers, text beside HTML, a few with a file.
MIX = [
    mail(number, tongue, kind)
    for tongue in TONGUES
    for number, kind in enumerate(["new"] * 8 + ["answer"] * 7 + ["both"] * 4 + ["file"])
]


def vendor(raw: bytes) -> object:
    """What mail-parser alone does for the same questions."""
    found = mailparser.parse_from_bytes(raw)
    return (
        found.message_id, found.from_, found.to, found.cc, found.reply_to, found.subject, found.date,
        found.text_plain, found.text_html, found.attachments,
    )  # fmt: skip


def ours(raw: bytes) -> object:
    """What the service does."""
    return read(raw, authserv_ids=frozenset({"mx.desk.example"}))


def cpu(*readings: Callable[[bytes], object]) -> list[float]:
    """Milliseconds of CPU that each of the readings takes for a mail; they take turns, mail by mail."""
    spent = [0.0] * len(readings)
    for raw in MIX:
        for place, reading in enumerate(readings):
            began = time.process_time()
            reading(raw)
            spent[place] += time.process_time() - began
    return [each / len(MIX) * 1000 for each in spent]


def main(*words: str) -> int:
    sizes = [len(raw) for raw in MIX]
    print(f"{len(MIX)} mails of {min(sizes)} to {max(sizes)} bytes, in the middle {statistics.median(sizes):.0f}")
    cpu(ours, vendor)  # both are warm
    if "--profile" in words:
        with cProfile.Profile() as profile:
            for _ in range(5):
                cpu(ours)
        pstats.Stats(profile).sort_stats("tottime").print_stats(35)
        return 0
    rounds = [cpu(ours, vendor) for _ in range(ROUNDS)]
    ratio = statistics.median(mine / theirs for mine, theirs in rounds)
    print(f"understood by us     {statistics.median(mine for mine, _ in rounds):6.3f} ms of CPU a mail")
    print(f"mail-parser alone    {statistics.median(theirs for _, theirs in rounds):6.3f} ms")
    print(f"ratio                {ratio:6.3f}, to be at most {REACH}")
    with PooledReader(size=1) as pool:
        pool.isolation()
        parent = statistics.median(cpu(pool.read)[0] for _ in range(ROUNDS))
    print(f"the pool's border    {parent:6.3f} ms of CPU in the service, the reading itself in its child")
    return int("--check" in words and ratio > REACH)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
