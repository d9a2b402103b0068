"""Behaviours of the mail path that no other test is named after, and the list of all (behaviours.md §2, 17 to 77)."""

import ast
from pathlib import Path

import pytest
from tests.desk.driver import BEN, DeskDriver
from tests.factories import a_mail

from ticketbot.inbound.parse import read
from ticketbot.store.database import Store

TESTS = Path(__file__).parents[1]
on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

#: Which tests hold each behaviour of reading, classing and threading. A behaviour may have several.
NAMED: dict[int, tuple[str, ...]] = {
    17: ("test_a_mail_is_fetched_as_it_was_stored_and_stays_unseen",),
    18: ("test_a_mail_of_endless_lines_comes_whole",),
    19: ("test_one_mailbox_is_the_sender", "test_anything_else_is_nobody", "test_two_from_headers_make_no_sender"),
    20: ("test_capitals_in_an_address_make_no_other_person",),
    21: ("test_a_reply_to_that_names_ourselves_or_nobody_is_ignored",),
    22: ("test_the_reply_to_of_an_automatic_answer_does_not_become_the_requester",),
    23: ("test_who_a_list_says_wrote_is_not_believed",),
    24: ("test_a_colleague_of_the_requester_writes_on_the_ticket_and_changes_neither_requester_nor_readers",),
    25: ("test_our_own_addresses_take_part_in_nothing",),
    26: ("test_staff_who_are_a_clients_contact_on_this_ticket_write_as_client",),
    27: ("test_a_crowd_is_only_shown_to_staff",),
    28: ("test_a_blind_copy_finds_its_ticket_and_its_address_takes_part_in_nothing",),
    29: ("test_a_free_mail_domain_never_maps_to_a_client",),
    31: ("test_a_forged_mark_of_ours_makes_no_mail_our_own", "test_a_forged_receipt_proves_nothing"),
    32: ("test_a_reply_address_in_cc_works_as_in_to",),
    33: ("test_an_address_written_in_capitals_on_the_way_is_understood",),
    34: ("test_an_anchor_survives_capitals_and_another_domain", "test_a_reply_joins_its_ticket"),
    35: (
        "test_the_ids_of_a_long_thread_are_tried_from_the_right_and_not_for_ever",
        "test_references_are_read_also_with_tabs_and_commas",
    ),
    36: ("test_long_references_keep_the_first_and_the_latest_oldest_first",),
    37: ("test_an_acknowledgement_answers_the_clients_mail_and_names_the_anchor_first",),
    38: ("test_thread_index_alone_never_threads",),
    39: ("test_a_ticket_that_was_closed_for_long_gets_a_follow_up",),
    40: ("test_our_tag_is_removed_and_other_systems_tags_stay",),
    41: ("test_stacked_prefixes_of_many_languages_give_one_subject",),
    42: ("test_a_reply_joins_its_ticket",),
    43: ("test_staff_write_first_and_the_answer_finds_the_ticket",),
    44: (
        "test_a_reply_to_a_merged_ticket_reaches_the_survivor_and_its_people_come_along",
        "test_a_circle_of_merges_ends_in_a_new_ticket_that_a_person_looks_at",
    ),
    45: ("test_our_tag_is_removed_and_other_systems_tags_stay",),
    46: ("test_a_number_that_merely_looks_like_a_tag_ties_nothing",),
    47: ("test_a_stranger_who_guesses_a_number_writes_on_nothing",),
    48: ("test_a_reply_to_an_internal_letter_stays_internal_whoever_writes_it",),
    49: ("test_mail_to_two_mailboxes_makes_one_ticket_and_one_acknowledgement",),
    50: ("test_mail_from_our_own_address_that_is_not_ours_gets_no_acknowledgement",),
    51: (
        "test_an_automatic_answer_says_so_in_its_headers",
        "test_an_automatic_answer_without_headers_is_known_by_its_words",
        "test_what_says_that_it_is_not_automatic_is_a_persons",
    ),
    52: ("test_an_automatic_reply_does_not_reopen_a_settled_ticket",),
    53: ("test_an_automatic_reply_of_one_of_us_is_never_an_answer",),
    54: ("test_an_automatic_reply_outside_any_thread_is_kept_and_does_nothing",),
    55: (
        "test_acknowledgements_go_to_known_people_within_the_caps",
        "test_at_most_five_acknowledgements_go_to_one_sender_in_an_hour",
        "test_nobody_reads_noreply",
    ),
    56: ("test_the_third_similar_mail_looks_automatic",),
    59: (
        "test_an_automatic_letter_asks_machines_for_silence",
        "test_a_person_who_is_relayed_is_shown_by_name_and_never_as_a_machine",
    ),
    60: (
        "test_a_bounce_without_the_form_is_still_one",
        "test_a_servers_words_are_understood",
        "test_a_bounce_in_words_names_the_letter_that_it_quotes",
    ),
    61: ("test_a_delay_is_told_as_a_delay_and_the_letter_is_still_on_its_way",),
    62: ("test_a_staff_letter_that_comes_back_is_told_to_somebody_else",),
    63: (
        "test_a_deferred_letter_goes_again_later_with_the_same_bytes",
        "test_a_letter_that_was_sent_is_not_sent_again_because_the_database_was_away",
    ),
    65: (
        "test_a_mail_of_nothing_but_a_signature_is_shown",
        "test_an_answer_of_nothing_but_history_is_an_answer_and_is_shown_whole",
        "test_answers_between_quotes_stay_with_their_questions",
    ),
    66: ("test_text_is_what_the_sender_wrote",),
    67: ("test_every_sample_is_read_without_an_error", "test_its_text_stands_in_for_a_mail_without_any"),
    68: ("test_text_is_what_the_sender_wrote",),
    69: (
        "test_continued_file_names_are_joined_before_they_are_decoded",
        "test_file_names_are_labels_and_never_ways",
        "test_unnamed_attachments_have_the_same_names_at_every_reading",
    ),
    70: ("test_an_attached_mail_keeps_its_files_and_its_text_to_itself",),
    72: ("test_the_promise_counts_from_receipt_and_not_from_what_the_mail_says", "test_a_date_that_is_none_is_none"),
    73: ("test_subject_is_one_clean_line", "test_hostile_words_neither_stop_a_letter_nor_add_a_header"),
    74: ("test_every_mail_of_a_known_sender_gets_a_title",),
    75: (
        "test_no_body_takes_more_than_a_second",
        "test_deep_nesting_ends_at_the_cap",
        "test_many_parts_end_at_the_cap",
    ),
    76: ("test_commands_below_a_quote_do_nothing", "test_what_stands_below_the_first_other_line_is_never_a_command"),
    77: ("test_a_phones_signature_below_a_command_is_no_answer",),
}
#: Not reading's: 30 is staff's forwards, 57 and 58 loops, 64 the relay's, 71 the web's.
ELSEWHERE = frozenset((30, 57, 58, 64, 71))


def test_every_behaviour_has_its_tests() -> None:
    there = {
        node.name
        for path in TESTS.rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    }

    missing = {name for names in NAMED.values() for name in names} - there
    assert not missing
    assert set(NAMED) | ELSEWHERE == set(range(17, 78))


@on_sqlite
def test_capitals_in_an_address_make_no_other_person(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail())

    mail = desk.receive(a_mail(sender="MARA LIND <Mara@ACME.Example>", subject="Re: [T-1001] Report", body="More."))

    assert mail.outcome == "append"
    assert desk.participants() == ["mara@acme.example"]


@on_sqlite
@pytest.mark.parametrize("reply_to", ["support@desk.example", "x@unknown", "Support <SUPPORT@desk.example>"])
def test_a_reply_to_that_names_ourselves_or_nobody_is_ignored(store: Store, reply_to: str) -> None:
    desk = DeskDriver(store)

    desk.receive(a_mail(headers={"Reply-To": reply_to}))

    assert desk.letter("ACK").to == ["mara@acme.example"]


@on_sqlite
def test_the_reply_to_of_an_automatic_answer_does_not_become_the_requester(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail())
    automatic = {"Auto-Submitted": "auto-replied", "Reply-To": "robot@acme.example"}

    desk.receive(a_mail(to=desk.client_address(), subject="Out of office", headers=automatic))
    desk.receive(a_mail(sender=BEN, to=desk.answer_address(), body="We are on it."))

    assert desk.participants() == ["mara@acme.example"]
    assert desk.letter("RELAY_OUT").to == ["mara@acme.example"]


@pytest.mark.parametrize("header", ["X-Original-From", "X-Original-Sender", "Sender", "Resent-From"])
def test_who_a_list_says_wrote_is_not_believed(header: str) -> None:
    mail = a_mail(sender="Mara via List <list@lists.example>", headers={header: "Mara Lind <mara@acme.example>"})

    sender = read(mail).sender

    assert sender is not None
    assert sender.key == "list@lists.example"


@on_sqlite
def test_our_own_addresses_take_part_in_nothing(store: Store) -> None:
    desk = DeskDriver(store)

    desk.receive(a_mail(cc="support@desk.example, Support <SUPPORT+x@desk.example>, ben@desk.example"))

    assert desk.participants() == ["mara@acme.example"]


@on_sqlite
def test_a_blind_copy_finds_its_ticket_and_its_address_takes_part_in_nothing(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail())
    delivered = {"Delivered-To": desk.client_address(), "X-Original-To": "colleague@acme.example"}

    mail = desk.receive(a_mail(to="undisclosed-recipients:;", body="More.", headers=delivered))

    assert mail.outcome == "append"
    assert desk.participants() == ["mara@acme.example"]


@on_sqlite
def test_our_own_words_that_come_back_unmarked_are_no_news(store: Store) -> None:
    desk = DeskDriver(store)
    desk.receive(a_mail())
    words = "We have restarted the export service.\nCould you try the monthly report once more?"
    desk.receive(a_mail(sender=BEN, to=desk.answer_address(), body=words))

    desk.receive(a_mail(to=desk.client_address(), body=f"It still fails.\n\n{words}\n\n-- \nBen, Support\n"))

    assert desk.messages()[-1].new_text == "It still fails."
    assert words in desk.messages()[-1].text
