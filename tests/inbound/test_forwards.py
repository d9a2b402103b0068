# ruff: noqa: E501, RUF001 - what mail programs of many languages really write
"""Mails that pass on another one: as programs of many languages write them, and answers that only look like it."""

from email.message import EmailMessage
from email.policy import SMTP

import pytest
from tests.factories import BEGUN

from ticketbot.domain.clues import clues
from ticketbot.domain.messages import Message
from ticketbot.domain.tokens import Keyring
from ticketbot.inbound.describe import describe
from ticketbot.inbound.parse import read
from ticketbot.inbound.quotes import new_text

NOTE = "Can you help him?"
WORDS = "It fails for me since Monday."
WHO = ("Bob <bob@client.example>", "16.11.2026 09:12", "Login", "Casey <casey@client.example>")

#: Language and program: what stands over a forwarded mail, and its labels for sender, date, subject and recipient.
MARKS = {
    "apple_en": ("Begin forwarded message:", "From Date Subject To"),
    "apple_de": ("Anfang der weitergeleiteten Nachricht:", "Von Datum Betreff An"),
    "apple_fr": ("Début du message réexpédié :", "De Date Objet À"),
    "apple_ios_fr": ("Début du message transféré :", "De Date Objet À"),
    "apple_es": ("Inicio del mensaje reenviado:", "De Fecha Asunto Para"),
    "apple_it": ("Inizio messaggio inoltrato:", "Da Data Oggetto A"),
    "apple_nl": ("Begin doorgestuurd bericht:", "Van Datum Onderwerp Aan"),
    "apple_pt": ("Início da mensagem reencaminhada:", "De Data Assunto Para"),
    "apple_pt_br": ("Início da mensagem encaminhada:", "De Data Assunto Para"),
    "apple_sv": ("Vidarebefordrat mejl:", "Från Datum Ämne Till"),
    "apple_da": ("Start på videresendt besked:", "Fra Dato Emne Til"),
    "apple_no": ("Videresendt melding:", "Fra Dato Emne Til"),
    "apple_fi": ("Välitetty viesti alkaa:", "Lähettäjä Päivämäärä Aihe Vastaanottaja"),
    "apple_pl": ("Początek przekazywanej wiadomości:", "Od Data Temat Do"),
    "apple_cs": ("Začátek přeposílané zprávy:", "Od Datum Předmět Komu"),
    "apple_sk": ("Začiatok preposlanej správy:", "Od Dátum Predmet Pre"),
    "apple_hu": ("Továbbított levél kezdete:", "Feladó Dátum Tárgy Címzett"),
    "apple_ro": ("Începe mesajul redirecționat:", "Expeditorul Dată Subiectul Destinatarul"),
    "apple_hr": ("Započni proslijeđenu poruku:", "Šalje Datum Predmet Prima"),
    "apple_ru": ("Начало переадресованного сообщения:", "Отправитель Дата Тема Кому"),
    "apple_uk": ("Початок листа, що пересилається:", "Від_кого Дата Тема Кому"),
    "apple_tr": ("İleti başlangıcı:", "Kimden Tarih Konu Kime"),
    "apple_el": ("Αρχή προωθημένου μηνύματος:", "Από Ημερομηνία Θέμα Προς"),
    "apple_ja": ("転送されたメッセージ:", "差出人 日時 件名 宛先"),
    "apple_ko": ("전달된 메시지:", "보낸_사람 날짜 제목 받는_사람"),
    "apple_zh": ("以下是转发的邮件：", "发件人 日期 主题 收件人"),
    "apple_zh_tw": ("開始轉寄郵件：", "寄件人 日期 主旨 收件人"),
    "apple_he": ("תחילת ההודעה שהועברה:", "מאת תאריך נושא אל"),
    "gmail": ("---------- Forwarded message ---------", "From Date Subject To"),
    "gmail_et": ("---------- Forwarded message ---------", "Saatja Date Subject To"),
    "thunderbird_de": ("-------- Weitergeleitete Nachricht --------", "Von Datum Betreff An"),
    "thunderbird_fr": ("-------- Message transféré --------", "De Date Sujet Pour"),
    "thunderbird_it": ("-------- Messaggio Inoltrato --------", "Mittente Data Oggetto A"),
    "thunderbird_pl": ("--- Treść przekazanej wiadomości ---", "Nadawca Data Temat Adresat"),
    "thunderbird_ru": ("-------- Перенаправленное сообщение --------", "От Дата Тема Кому"),
    "thunderbird_uk": ("-------- Переслане повідомлення --------", "Від Дата Тема Кому"),
    "thunderbird_hr": ("-------- Proslijeđena poruka --------", "Šalje Datum Naslov Prima"),
    "thunderbird_fi": ("-------- Välitetty viesti / Fwd.Msg --------", "Lähettäjä Päiväys Aihe Vastaanottaja"),
    "thunderbird_sk": ("-------- Preposlaná správa --- Forwarded Message --------", "Od Dátum Predmet Pre"),
    "thunderbird_tr": ("-------- İletilen İleti --------", "Kimden Tarih Konu Kime"),
    "thunderbird_bg": ("-------- Препратено съобщение --------", "От Дата Тема До"),
    "thunderbird_ja": ("-------- 転送メッセージ --------", "差出人 日付 件名 宛先"),
    "yahoo_fr": ("----- Message transmis -----", "De Envoyé Objet À"),
    "yahoo_es": ("----- Mensaje reenviado -----", "De Enviado Asunto Para"),
    "yahoo_tr": ("----- İletilmiş Mesaj -----", "Kimden Gönderildi Konu Kime"),
    "proton": ("------- Forwarded Message -------", "From Date Subject To"),
    "entourage": ("------ Forwarded Message", "From Date Subject To"),
    "notes": ("----- Forwarded by Casey/ACME on 16.11.2026 09:15 -----", "From Date Subject To"),
    "notes_de": ("----- Weitergeleitet von Casey/ACME am 16.11.2026 09:15 -----", "Von Datum Betreff An"),
    "mail_ru": ("-------- Пересылаемое сообщение --------", "От Дата Тема Кому"),
    "ar": ("---------- رسالة معاد توجيهها ----------", "من التاريخ الموضوع إلى"),
}
ANSWERED = "On Mon, 16 Nov 2026 at 09:12, Ann Lee <ann@desk.example> wrote:"


def passed_on(name: str, prefix: str = "") -> str:
    """Return the forwarded part as the program writes it."""
    mark, labels = MARKS[name]
    block = (f"{label.replace('_', ' ')}: {value}" for label, value in zip(labels.split(), WHO, strict=True))
    return "\n".join(f"{prefix}{line}" for line in (mark, "", *block, "", WORDS))


def mail(body: str, *, subject: str = "Login", **fields: str) -> Message:
    """Return what is understood of a mail with this body."""
    message = EmailMessage(policy=SMTP)
    message["From"] = "Casey <casey@client.example>"
    message["To"] = "support@desk.example"
    message["Subject"] = subject
    message["Message-ID"] = "<1@client.example>"
    for field, value in fields.items():
        message[field.replace("_", "-")] = value
    message.set_content(body)
    return read(bytes(message))


def kind(message: Message) -> object:
    """Return the one word for a mail."""
    return next(iter(describe([("a.eml", message)])))["kind"]


@pytest.mark.parametrize("name", MARKS)
def test_a_forward_is_known_by_its_form_and_is_kept_whole(name: str) -> None:
    body = f"{NOTE}\n\n{passed_on(name)}"
    message = mail(body)

    assert kind(message) == "forward"
    assert message.new_text == body


@pytest.mark.parametrize("name", MARKS)
def test_a_bare_forward_says_what_was_passed_on(name: str) -> None:
    message = mail(passed_on(name))

    assert kind(message) == "forward"
    assert message.new_text == WORDS


@pytest.mark.parametrize("name", MARKS)
def test_a_forward_in_the_history_makes_no_forward_of_the_answer(name: str) -> None:
    quoted = mail(
        f"Thanks!\n\n{ANSWERED}\n\n{passed_on(name, '> ')}\n", subject="Re: Login", In_Reply_To="<2@b.example>"
    )
    bare = mail(f"Thanks!\n\n{ANSWERED}\n\nHi,\n\n{passed_on(name)}\n", In_Reply_To="<2@b.example>")

    assert (kind(quoted), kind(bare)) == ("reply", "reply")
    assert (quoted.new_text, bare.new_text) == ("Thanks!", "Thanks!")


def test_a_quoted_forward_as_apple_sets_it_is_one() -> None:
    body = f"{NOTE}\n\n{passed_on('apple_en', '> ')}"

    assert kind(mail(body)) == "forward"
    assert mail(body).new_text == "\n".join(line.rstrip() for line in body.split("\n"))


def test_a_quote_that_only_tells_of_a_forward_is_none() -> None:
    assert kind(mail("You wrote\n\n> Begin forwarded message:\n> and then nothing\n")) == "new"
    assert kind(mail("You wrote\n\n> Hello\n\nBegin forwarded message:\n\nFrom: Bob")) == "new"


BLOCK = "From: Bob <bob@client.example>\nSent: Monday, 16 November 2026 09:12\nTo: Casey <casey@client.example>\nSubject: Login"


@pytest.mark.parametrize("subject", ["FW: Login", "WG: Login", "TR : Login", "RV: Login", "I: Login", "Fwd: Re: Login"])
def test_outlooks_forward_is_kept_under_the_note(subject: str) -> None:
    body = f"{NOTE}\n\n________________________________\n{BLOCK}\n\n{WORDS}"

    assert mail(body, subject=subject).new_text == body
    assert kind(mail(body, subject=subject)) == "forward"


def test_the_same_block_under_an_answer_is_history() -> None:
    body = f"{NOTE}\n\n________________________________\n{BLOCK}\n\n{WORDS}"

    assert mail(body, subject="RE: FW: Login").new_text == NOTE
    assert kind(mail(body, subject="RE: FW: Login")) == "reply"


@pytest.mark.parametrize("above", ["", "________________________________\n", "-----Original Message-----\n", "\n\n"])
@pytest.mark.parametrize("subject", ["Login", "FW: Login"])
def test_a_block_of_labels_with_nothing_above_is_a_forward(above: str, subject: str) -> None:
    assert kind(mail(f"{above}{BLOCK}\n\n{WORDS}", subject=subject)) == "forward"


def test_a_bare_block_of_labels_under_a_forwards_subject_shows_what_was_passed_on() -> None:
    assert mail(f"{BLOCK}\n\n{WORDS}", subject="FW: Login").new_text == WORDS
    assert mail(f"-----Original Message-----\n{BLOCK}\n\n{WORDS}", subject="FW: Login").new_text == WORDS


def test_an_answer_of_nothing_but_history_is_an_answer_and_is_shown_whole() -> None:
    body = f"-----Original Message-----\nSubject: Login\n{BLOCK}\n\n{WORDS}"
    message = mail(body, In_Reply_To="<2@b.example>")

    assert kind(message) == "reply"
    assert message.new_text == body


@pytest.mark.parametrize("body", ["", "\n\n", "_______\n"])
def test_a_mail_without_words_is_no_forward(body: str) -> None:
    assert kind(mail(body)) == "new"
    assert mail(body, subject="Fwd: Login").new_text == body.strip()


def test_a_mail_that_only_carries_another_is_a_forward() -> None:
    inner = EmailMessage(policy=SMTP)
    inner["From"] = "Bob <bob@client.example>"
    inner.set_content(WORDS)
    outer = EmailMessage(policy=SMTP)
    outer["From"] = "Casey <casey@client.example>"
    outer["Subject"] = "Login"
    outer.add_attachment(inner)
    told = EmailMessage(policy=SMTP)
    told["Subject"] = "Login"
    told.set_content("The mail that we received is attached.")
    told.add_attachment(inner)

    assert kind(read(bytes(outer))) == "forward"
    assert kind(read(bytes(told))) == "new"


def test_words_that_look_like_an_order_stay_below_the_block_of_whom_they_are() -> None:
    body = f"---------- Forwarded message ---------\n{BLOCK}\n\n#close\n\nThanks"

    assert new_text(body).startswith("---------- Forwarded message")
    assert new_text(f"{BLOCK}\n\n\u200b\uff03close", is_forward=True).startswith("From: Bob")


def test_a_forward_by_its_form_is_one_for_threading() -> None:
    message = mail(f"{NOTE}\n\n{passed_on('gmail')}")

    assert clues(message, keys=Keyring({}), now=BEGUN).is_forward
    assert not clues(mail(NOTE), keys=Keyring({}), now=BEGUN).is_forward
