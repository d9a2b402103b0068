"""What goes wrong on purpose: switches for the sandbox's servers, and for any test server that asks here."""

import threading
from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class Fault:
    """One trouble, waiting for its verb."""

    verb: str
    about: str | None
    before: str | None = None
    answer: str | None = None
    cut_after: int | None = None
    seconds: float = 0.0
    times: int | None = None

    def concerns(self, verb: str, about: str) -> bool:
        """Tell whether it strikes now."""
        return self.verb == verb and self.about in {None, about.lower()}


class Faults:
    """The troubles in wait; the oldest that fits strikes first, and each as often as its *times* (None: always).

    Verbs are those of the protocols (LOGIN for every way of signing in to IMAP, AUTH for SMTP; FETCH, MOVE, RCPT,
    DATA …) and four moments: IMAP and SMTP (the greeting), DOT (the end of a mail), NEWS (a word to somebody in
    IDLE). *about* is the recipient, sender, folder or user that the verb names.
    """

    def __init__(self) -> None:
        """Have none."""
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []

    def answer(
        self, verb: str, text: str, *, before: str | None = None, about: str | None = None, times: int | None = None
    ) -> None:
        """Say *text* instead of doing it, after the lines *before*: "NO [LIMIT] later" or "451 4.3.0 later"."""
        self._add(Fault(verb=verb, about=about, before=before, answer=text, times=times))

    def insert(self, verb: str, line: str, *, about: str | None = None, times: int | None = 1) -> None:
        """Say a line that nobody asked for, such as "* 1 FETCH (FLAGS ())", then do what is asked."""
        self._add(Fault(verb=verb, about=about, before=line, times=times))

    def cut(self, verb: str, *, about: str | None = None, times: int | None = 1) -> None:
        """Close the connection before anything is done."""
        self._add(Fault(verb=verb, about=about, cut_after=-1, times=times))

    def lose_reply(self, verb: str, *, about: str | None = None, octets: int = 0, times: int | None = 1) -> None:
        """Do it, say the first *octets* of the answer, and close the connection."""
        self._add(Fault(verb=verb, about=about, cut_after=octets, times=times))

    def stall(self, verb: str, *, seconds: float, about: str | None = None, times: int | None = 1) -> None:
        """Say nothing for so long, then go on."""
        self._add(Fault(verb=verb, about=about, seconds=seconds, times=times))

    def refuse_logins(self, *, user: str | None = None, times: int | None = None) -> None:
        """Let nobody in, or not *user*."""
        self.answer("LOGIN", "NO [AUTHENTICATIONFAILED] Invalid credentials", about=user, times=times)
        self.answer("AUTH", "535 5.7.8 Authentication credentials invalid", about=user, times=times)

    def lose_250(self, *, times: int | None = 1) -> None:
        """Accept and deliver a mail, and close the connection before saying so."""
        self.lose_reply("DOT", times=times)

    def clear(self) -> None:
        """Let everything work again."""
        with self._lock:
            self._waiting.clear()

    def take(self, verb: str, about: str = "") -> Fault | None:
        """Return the trouble that strikes now, once less to come."""
        with self._lock:
            for fault in self._waiting:
                if fault.concerns(verb, about):
                    if fault.times is not None:
                        fault.times -= 1
                        if fault.times <= 0:
                            self._waiting.remove(fault)
                    return fault
            return None

    def _add(self, fault: Fault) -> None:
        fault.verb = fault.verb.upper()
        fault.about = fault.about.lower() if fault.about is not None else None
        with self._lock:
            self._waiting.append(fault)
