"""What one IMAP session believes is in its folder: sequence numbers change only when it has been told."""

from bisect import bisect_left, bisect_right

from ticketbot.sandbox.connection import Hangup
from ticketbot.sandbox.imapfetch import flags_item
from ticketbot.sandbox.imapsearch import Candidate
from ticketbot.sandbox.imapsyntax import Token, ranges
from ticketbot.sandbox.postoffice import Folder


class View:
    """A folder as its session last heard of it."""

    def __init__(self, folder: Folder, *, name: str, read_only: bool) -> None:
        """Look for the first time."""
        self.folder = folder
        self.name = name
        self.read_only = read_only
        self.uidvalidity = folder.uidvalidity
        self._version = folder.version
        self._flags = {mail.uid: mail.flags for mail in folder.snapshot()}
        self._uids = list(self._flags)

    @property
    def count(self) -> int:
        """Return how many mails the session knows of."""
        return len(self._uids)

    def news(self) -> list[bytes]:
        """Return the untagged answers that bring the session up to date; a new generation ends it."""
        if self.folder.uidvalidity != self.uidvalidity:
            raise Hangup
        if self.folder.version == self._version:
            return []
        with self.folder.office.lock:
            self._version = self.folder.version
            mails = dict(self.folder.mails)
        told: list[bytes] = []
        for index in range(len(self._uids) - 1, -1, -1):
            if self._uids[index] not in mails:
                del self._flags[self._uids.pop(index)]
                told.append(b"* %d EXPUNGE" % (index + 1))
        arrived = [uid for uid in mails if uid not in self._flags]
        for number, uid in enumerate(self._uids, start=1):
            if mails[uid].flags != self._flags[uid]:
                self._flags[uid] = mails[uid].flags
                told.append(b"* %d FETCH (UID %d %s)" % (number, uid, flags_item(mails[uid])))
        if arrived:
            self._uids += arrived
            self._flags.update({uid: mails[uid].flags for uid in arrived})
            told.append(b"* %d EXISTS" % len(self._uids))
        return told

    def told(self, uid: int) -> None:
        """Remember that the session has heard of this mail's flags."""
        if mail := self.folder.mails.get(uid):
            self._flags[uid] = mail.flags

    def everything(self) -> list[Candidate]:
        """Return the mails that the session knows and that are still there."""
        mails = self.folder.mails
        return [
            Candidate(number=number, mail=mail)
            for number, uid in enumerate(self._uids, start=1)
            if (mail := mails.get(uid))
        ]

    def chosen(self, token: Token, *, by_uid: bool) -> list[Candidate]:
        """Return the mails that a set names."""
        uids, mails = self._uids, self.folder.mails
        largest = (uids[-1] if uids else 0) if by_uid else len(uids)
        picked: set[int] = set()
        for first, last in ranges(token, largest=largest):
            if by_uid:
                picked.update(range(bisect_left(uids, first), bisect_right(uids, last)))
            else:
                picked.update(range(max(first, 1) - 1, min(last, len(uids))))
        return [
            Candidate(number=place + 1, mail=mails[uids[place]]) for place in sorted(picked) if uids[place] in mails
        ]
