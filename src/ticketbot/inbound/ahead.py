"""Reading ahead: of a backlog, the mails in hand are read on every core before their turn to be decided comes."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from ticketbot.domain.messages import Message

Reading = Callable[[], Message]


class Hand:
    """Mails that were claimed together, in the order of their turn. It belongs to one thread."""

    def __init__(self, lanes: int = 1) -> None:
        """Prepare to read in so many *lanes* at a time; with one, a mail is read when its turn has come."""
        self.lanes = lanes
        self._turns: deque[tuple[int, Reading, Future[Message] | None]] = deque()
        self._left: list[int] = []
        self._threads: ThreadPoolExecutor | None = None

    def take(self, mail_ids: Sequence[int], read: Callable[[int], Message]) -> None:
        """Take mails in hand, and begin to *read* them where there are several and more lanes than one."""
        self._left = [mail_id for mail_id in self._left if mail_id not in mail_ids]
        if self.lanes == 1 or len(mail_ids) == 1:
            self._turns.extend((mail_id, partial(read, mail_id), None) for mail_id in mail_ids)
            return
        if self._threads is None:
            self._threads = ThreadPoolExecutor(self.lanes, thread_name_prefix="read")
        for mail_id in mail_ids:
            future = self._threads.submit(read, mail_id)
            self._turns.append((mail_id, future.result, future))

    def next(self) -> tuple[int, Reading] | None:
        """Return the mail whose turn it is, and what gives or raises what came of reading it; None if none is left."""
        if not self._turns:
            return None
        mail_id, reading, _ = self._turns.popleft()
        return mail_id, reading

    def put_down(self) -> list[int]:
        """Put down the mails whose turn has not come; what is being read just now ends unheard.

        Return them, with those that were put down before and never taken again.
        """
        self._left += [mail_id for mail_id, _, _ in self._turns]
        for _, _, future in self._turns:
            if future is not None:
                future.cancel()
        self._turns.clear()
        return list(self._left)

    def close(self) -> None:
        """End the threads once they are free."""
        self.put_down()
        if self._threads is not None:
            self._threads.shutdown(wait=False)
            self._threads = None
