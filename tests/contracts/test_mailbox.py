"""What every mailbox promises: the fake, the sandbox's and Dovecot's alike."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from tests.contracts.boxes import MAX_SIZE, Box, DovecotBox, FakeBox, SandboxBox

from ticketbot.domain.errors import MailboxUnavailable
from ticketbot.inbound.mailbox import Shelf

AT = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)


@pytest.fixture(params=["fake", "sandbox", "dovecot"])
def box(request: pytest.FixtureRequest) -> Iterator[Box]:
    made: Box
    match request.param:
        case "fake":
            made = FakeBox()
        case "sandbox":
            made = SandboxBox(request.getfixturevalue("sandbox"))
        case _:
            made = DovecotBox(request.getfixturevalue("dovecot"))
    yield made
    made.mailbox.close()


def a_mail(subject: str = "Payroll is late", *, octets: int = 0) -> bytes:
    head = f"From: mara@acme.example\r\nSubject: {subject}\r\n\r\n"
    return (head + "Since noon.\r\n" + "0123456789abcdef\r\n" * (octets // 18)).encode()


def test_an_empty_folder_has_no_uids(box: Box) -> None:
    opened = box.mailbox.open()

    assert opened.mails == 0
    assert opened.uidvalidity > 0
    assert not opened.is_read_only
    assert box.mailbox.uids() == []


def test_uids_come_in_order_and_from_any_point_on(box: Box) -> None:
    for number in range(4):
        box.drop(a_mail(str(number)), at=AT)

    assert box.mailbox.open().mails == 4
    uids = box.mailbox.uids()

    assert len(uids) == 4
    assert uids == sorted(uids)
    assert box.mailbox.uids(after=uids[1]) == uids[2:]


def test_nothing_is_newer_than_the_newest(box: Box) -> None:
    box.drop(a_mail(), at=AT)
    box.mailbox.open()
    (uid,) = box.mailbox.uids()

    assert box.mailbox.uids(after=uid) == []
    assert box.mailbox.uids(after=uid + 500) == []


def test_no_flag_hides_a_mail(box: Box) -> None:
    box.drop(a_mail("read"), at=AT)
    box.drop(a_mail("thrown away"), at=AT)
    box.mailbox.open()
    first, second = box.mailbox.uids()

    box.flag(first, "\\Seen", "\\Answered")
    box.flag(second, "\\Deleted")

    assert box.mailbox.uids() == [first, second]
    assert len(box.mailbox.fetch(box.mailbox.listing([first, second]))) == 2


def test_a_listing_tells_size_and_time_of_receipt(box: Box) -> None:
    box.drop(a_mail(), at=AT + timedelta(hours=3))
    box.mailbox.open()

    (listed,) = box.mailbox.listing(box.mailbox.uids())

    assert listed.size == len(a_mail())
    assert listed.internal_at == AT + timedelta(hours=3)


def test_fetching_gives_the_very_bytes_and_marks_nothing_as_read(box: Box) -> None:
    mails = [a_mail(str(number)) for number in range(3)]
    for mail in mails:
        box.drop(mail, at=AT)
    box.mailbox.open()
    listed = box.mailbox.listing(box.mailbox.uids())

    fetched = box.mailbox.fetch(listed)

    assert [mail.raw for mail in fetched] == mails
    assert [mail.listed for mail in fetched] == listed
    assert not any(mail.is_oversize for mail in fetched)
    assert box.flags() == [frozenset()] * 3


def test_a_mail_that_is_gone_is_left_out_and_the_others_come(box: Box) -> None:
    box.drop(a_mail("stays"), at=AT)
    box.drop(a_mail("goes"), at=AT)
    box.mailbox.open()
    stays, goes = box.mailbox.uids()
    listed = box.mailbox.listing([stays, goes])

    box.mailbox.put_away([goes], Shelf.PROCESSED)

    assert [mail.listed.uid for mail in box.mailbox.fetch(listed)] == [stays]
    assert [mail.uid for mail in box.mailbox.listing([stays, goes])] == [stays]


def test_a_large_mail_comes_whole(box: Box) -> None:
    large = a_mail(octets=5_000_000)
    box.drop(large, at=AT)
    box.mailbox.open()

    (fetched,) = box.mailbox.fetch(box.mailbox.listing(box.mailbox.uids()))

    assert fetched.raw == large
    assert not fetched.is_oversize


def test_a_mail_of_endless_lines_comes_whole(box: Box) -> None:
    endless = a_mail("endless") + b"x" * 100_000 + b"\r\n" + b"y" * 3_000 + b"\r\n"
    box.drop(endless, at=AT)
    box.mailbox.open()

    (fetched,) = box.mailbox.fetch(box.mailbox.listing(box.mailbox.uids()))

    assert fetched.raw == endless


def test_of_an_oversize_mail_the_beginning_comes(box: Box) -> None:
    box.drop(a_mail("too large", octets=MAX_SIZE + 100), at=AT)
    box.mailbox.open()

    (fetched,) = box.mailbox.fetch(box.mailbox.listing(box.mailbox.uids()))

    assert fetched.is_oversize
    assert fetched.raw.startswith(a_mail("too large"))
    assert len(fetched.raw) < MAX_SIZE
    assert fetched.listed.size > MAX_SIZE


@pytest.mark.parametrize("shelf", Shelf)
def test_what_is_done_is_put_on_its_shelf(box: Box, shelf: Shelf) -> None:
    box.drop(a_mail("done"), at=AT)
    box.drop(a_mail("not done"), at=AT)
    box.mailbox.open()

    box.mailbox.put_away(box.mailbox.uids()[:1], shelf)
    box.mailbox.put_away([], shelf)

    assert box.inbox() == [a_mail("not done")]
    assert box.shelf(shelf) == [a_mail("done")]


def test_putting_away_what_is_gone_is_no_error(box: Box) -> None:
    box.drop(a_mail("here"), at=AT)
    box.mailbox.open()
    (uid,) = box.mailbox.uids()

    box.mailbox.put_away([uid, uid + 1, uid + 700], Shelf.PROCESSED)
    box.mailbox.put_away([uid], Shelf.PROCESSED)

    assert box.shelf(Shelf.PROCESSED) == [a_mail("here")]


def test_waiting_ends_with_news(box: Box) -> None:
    box.mailbox.open()
    arrival = threading.Timer(0.1, lambda: box.drop(a_mail(), at=AT))
    arrival.start()

    has_news = box.mailbox.wait(10)

    arrival.join()
    assert has_news
    assert len(box.mailbox.uids()) == 1


def test_what_came_between_listing_and_waiting_is_news_at_once(box: Box) -> None:
    box.mailbox.open()
    box.mailbox.uids()
    box.drop(a_mail(), at=AT)
    since = monotonic()

    assert box.mailbox.wait(20)

    assert monotonic() - since < 5
    assert len(box.mailbox.uids()) == 1


def test_waiting_ends_when_somebody_wakes_us(box: Box) -> None:
    box.mailbox.open()
    alarm = threading.Timer(0.1, box.mailbox.wake)
    alarm.start()

    assert not box.mailbox.wait(30)

    alarm.join()
    assert box.mailbox.uids() == []


def test_a_call_that_came_early_ends_the_next_wait(box: Box) -> None:
    box.mailbox.open()

    box.mailbox.wake()

    assert not box.mailbox.wait(30)


def test_waiting_ends_in_time_and_the_line_is_good_afterwards(box: Box) -> None:
    box.drop(a_mail(), at=AT)
    box.mailbox.open()

    assert not box.mailbox.wait(0.3)
    assert not box.mailbox.wait(0)
    assert len(box.mailbox.uids()) == 1


def test_a_closed_mailbox_says_so_and_opens_again(box: Box) -> None:
    box.drop(a_mail(), at=AT)
    before = box.mailbox.open()
    box.mailbox.close()

    assert not box.mailbox.is_open
    with pytest.raises(MailboxUnavailable):
        box.mailbox.uids()
    assert box.mailbox.open() == before
    assert box.mailbox.is_open


def test_a_mailbox_that_is_shut_from_outside_ends_what_it_does(box: Box) -> None:
    box.mailbox.open()
    end = threading.Timer(0.1, box.mailbox.shut)
    end.start()

    try:
        box.mailbox.wait(30)
        box.mailbox.uids()
    except MailboxUnavailable:
        pass
    else:  # pragma: no cover - the line would live on
        pytest.fail("the line lives on")
    end.join()

    assert not box.mailbox.is_open
    box.mailbox.open()


def test_a_new_generation_of_uids_is_seen_when_the_folder_is_opened(box: Box) -> None:
    box.drop(a_mail(), at=AT)
    before = box.mailbox.open()
    box.mailbox.uids()
    box.mailbox.close()

    box.renumber()

    assert box.mailbox.open().uidvalidity != before.uidvalidity
    assert len(box.mailbox.uids()) == 1
