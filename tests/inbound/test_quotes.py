# ruff: noqa: E501, RUF001 - what mail programs of many languages really write
"""What is new in a mail: every program and language that we know, with the look-alikes that must survive."""

import pytest

from ticketbot.inbound import text as texts
from ticketbot.inbound.forwards import passes_on
from ticketbot.inbound.quotes import new_text

NEW = "Hello,\n\nit still fails."
ATTRIBUTIONS = {
    "gmail_en": "On Mon, Nov 16, 2026 at 9:12 AM Ann Lee <ann@desk.example> wrote:",
    "gmail_de": "Am Mo., 16. Nov. 2026 um 09:12 Uhr schrieb Ann Lee <ann@desk.example>:",
    "gmail_fr": "Le lun. 16 nov. 2026 à 09:12, Ann Lee <ann@desk.example> a écrit :",
    "gmail_es": "El lun, 16 nov 2026 a las 9:12, Ann Lee (<ann@desk.example>) escribió:",
    "gmail_it": "Il giorno lun 16 nov 2026 alle ore 09:12 Ann Lee <ann@desk.example> ha scritto:",
    "gmail_pt": "Em seg., 16 de nov. de 2026 às 09:12, Ann Lee <ann@desk.example> escreveu:",
    "gmail_nl": "Op ma 16 nov 2026 om 09:12 schreef Ann Lee <ann@desk.example>:",
    "gmail_pl": "pon., 16 lis 2026 o 09:12 Ann Lee <ann@desk.example> napisał(a):",
    "gmail_sv": "Den mån 16 nov. 2026 kl 09:12 skrev Ann Lee <ann@desk.example>:",
    "gmail_da": "Den man. 16. nov. 2026 kl. 09.12 skrev Ann Lee <ann@desk.example>:",
    "gmail_no": "man. 16. nov. 2026 kl. 09:12 skrev Ann Lee <ann@desk.example>:",
    "gmail_fi": "ma 16. marrask. 2026 klo 9.12 Ann Lee (ann@desk.example) kirjoitti:",
    "gmail_cs": "po 16. 11. 2026 v 9:12 odesílatel Ann Lee <ann@desk.example> napsal:",
    "gmail_hu": "Ann Lee <ann@desk.example> ezt írta (időpont: 2026. nov. 16., H, 9:12):",
    "gmail_ro": "În lun., 16 nov. 2026 la 09:12, Ann Lee <ann@desk.example> a scris:",
    "gmail_ru": "пн, 16 нояб. 2026 г. в 09:12, Ann Lee <ann@desk.example>:",
    "gmail_tr": "Ann Lee <ann@desk.example>, 16 Kas 2026 Pzt, 09:12 tarihinde şunu yazdı:",
    "gmail_ja": "2026年11月16日(月) 9:12 Ann Lee <ann@desk.example>:",
    "gmail_zh": "Ann Lee <ann@desk.example> 于2026年11月16日周一 09:12写道：",
    "gmail_ko": "2026년 11월 16일 (월) 오전 9:12, Ann Lee <ann@desk.example>님이 작성:",
    "gmail_he": "\u05d1\u05ea\u05d0\u05e8\u05d9\u05da \u05d9\u05d5\u05dd \u05d1\u05f3, 16 \u05d1\u05e0\u05d5\u05d1\u05f3 2026 \u05d1-9:12 \u05de\u05d0\u05ea Ann Lee\u200f <ann@desk.example\u200f>:",
    "gmail_ar": "\u0641\u064a \u0627\u0644\u0627\u062b\u0646\u064a\u0646\u060c 16 \u0646\u0648\u0641\u0645\u0628\u0631 2026 \u0641\u064a 9:12 \u0635 \u062a\u0645\u062a \u0643\u062a\u0627\u0628\u0629 \u0645\u0627 \u064a\u0644\u064a \u0628\u0648\u0627\u0633\u0637\u0629 Ann Lee\u200f <ann@desk.example\u200f>:",
    "gmail_el": "Στις Δευ 16 Νοε 2026 στις 9:12 π.μ., ο/η Ann Lee <ann@desk.example> έγραψε:",
    "gmail_uk": "пн, 16 лист. 2026 р. о 09:12 Ann Lee <ann@desk.example> пише:",
    "gmail_sk": "po 16. 11. 2026 o 9:12 Ann Lee <ann@desk.example> napísal(a):",
    "apple_en": "On 16 Nov 2026, at 09:12, Ann Lee <ann@desk.example> wrote:",
    "apple_de": "Am 16.11.2026 um 09:12 schrieb Ann Lee <ann@desk.example>:",
    "apple_ja": "2026/11/16 9:12、Ann Lee <ann@desk.example>のメール:",
    "apple_fr": "Le 16 nov. 2026 à 09:12, Ann Lee <ann@desk.example> a écrit :",
    "apple_ru": "16 нояб. 2026 г., в 09:12, Ann Lee <ann@desk.example> написал(а):",
    "tb_de": "Am 16.11.26 um 09:12 schrieb Ann Lee:",
    "tb_it": "Il 16/11/2026 09:12, Ann Lee ha scritto:",
    "tb_nl": "Op 16-11-2026 om 09:12 schreef Ann Lee:",
    "tb_pl": "W dniu 16.11.2026 o 09:12, Ann Lee pisze:",
    "tb_cs": "Dne 16. 11. 26 v 9:12 Ann Lee napsal(a):",
    "tb_ru": "16.11.2026 9:12, Ann Lee пишет:",
    "tb_sv": "Den 2026-11-16 kl. 09:12, skrev Ann Lee:",
    "zh_qq": "在 2026年11月16日，上午9:12，Ann Lee <ann@desk.example> 写道：",
    "noaddr_name_only": "Ann Lee wrote on 16.11.2026 09:12:",
    "yahoo": "On Monday, November 16, 2026 at 09:12:33 AM GMT+1, Ann Lee <ann@desk.example> wrote:",
    "proton": "------- Original Message -------\nOn Monday, November 16th, 2026 at 9:12 AM, Ann Lee <ann@desk.example> wrote:",
}
LABELS = {
    "en": ("From", "Sent", "To", "Subject"),
    "de": ("Von", "Gesendet", "An", "Betreff"),
    "fr": ("De", "Envoyé", "À", "Objet"),
    "es": ("De", "Enviado el", "Para", "Asunto"),
    "it": ("Da", "Inviato", "A", "Oggetto"),
    "pt": ("De", "Enviada em", "Para", "Assunto"),
    "nl": ("Van", "Verzonden", "Aan", "Onderwerp"),
    "pl": ("Od", "Wysłano", "Do", "Temat"),
    "sv": ("Från", "Skickat", "Till", "Ämne"),
    "da": ("Fra", "Sendt", "Til", "Emne"),
    "no": ("Fra", "Sendt", "Til", "Emne"),
    "fi": ("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"),
    "cs": ("Od", "Odesláno", "Komu", "Předmět"),
    "hu": ("Feladó", "Elküldve", "Címzett", "Tárgy"),
    "ro": ("De la", "Trimis", "Către", "Subiect"),
    "ru": ("От", "Отправлено", "Кому", "Тема"),
    "tr": ("Kimden", "Gönderildi", "Kime", "Konu"),
    "zh": ("发件人", "发送时间", "收件人", "主题"),
    "ja": ("差出人", "送信日時", "宛先", "件名"),
    "ko": ("보낸 사람", "보낸 날짜", "받는 사람", "제목"),
    "el": ("Από", "Στάλθηκε", "Προς", "Θέμα"),
    "he": ("מאת", "נשלח", "אל", "נושא"),
    "ar": ("من", "تم الإرسال", "إلى", "الموضوع"),
    "sk": ("Od", "Odoslané", "Komu", "Predmet"),
    "uk": ("Від", "Надіслано", "Кому", "Тема"),
    "hr": ("Šalje", "Poslano", "Prima", "Predmet"),
}
DEVICES = (
    "Sent from my iPhone",
    "Von meinem iPhone gesendet",
    "Envoyé de mon iPhone",
    "Enviado desde mi iPhone",
    "Inviato da iPhone",
    "Enviado do meu iPhone",
    "Verstuurd vanaf mijn iPhone",
    "Skickat från min iPhone",
    "Sendt fra min iPhone",
    "Lähetetty iPhonesta",
    "Wysłane z iPhone’a",
    "Odesláno z iPhonu",
    "Az iPhone-omról küldve",
    "Trimis de pe iPhone-ul meu",
    "Отправлено с iPhone",
    "iPhone'umdan gönderildi",
    "发自我的 iPhone",
    "iPhoneから送信",
    "나의 iPhone에서 보냄",
    "נשלח מה-iPhone שלי",
    "أُرسلت من الـ iPhone",
    "Στάλθηκε από το iPhone μου",
    "Get Outlook for Android",
    "Gesendet mit der GMX Mail App",
    "Sent from Yahoo Mail on Android",
    "Sent with Proton Mail secure email.",
    "Sent from Mail for Windows",
    "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
    "Outlook für iOS beziehen",
    "Télécharger Outlook pour Android",
    "Enviado desde Outlook para Android",
    "Gesendet von Outlook für Android",
    "Obtener Outlook para iOS",
    "Надіслано з iPhone",
    "Sent from Samsung Mobile",
    "Sent from [Proton Mail](https://proton.me)",
    "Diese E-Mail wurde von meinem Mobiltelefon gesendet",
    "来自我的 iPhone",
    "Téléchargez Outlook pour iOS",
    "Obtenha o Outlook para iOS",
    "下载 Outlook for iOS",
    "取得 iOS 版 Outlook",
    "Outlook for iOS を入手",
    "Get BlueMail for Android",
    "Sent from AOL Mobile Mail",
    "Sent via the Samsung Galaxy S10, an AT&T 5G Evolution smartphone",
)
SIGNATURES = (
    "Best regards,\nCasey Client",
    "Mit freundlichen Grüßen\n\nCasey Client\nKunde GmbH\nTel. +49 30 1234567",
    "Cordialement,\nCasey",
    "Viele Grüße\nCasey",
    "Saludos,\nCasey",
    "-- \nCasey Client\nACME",
    "Met vriendelijke groet,\n\nCasey",
    "Med vänlig hälsning\nCasey",
    "С уважением,\nКейси",
    "Distinti saluti\nCasey",
    "Pozdrawiam\nCasey",
    "MfG\nCasey",
)


@pytest.mark.parametrize("name", ATTRIBUTIONS)
def test_history_under_an_attribution_is_cut(name: str) -> None:
    quoted = f"{NEW}\n\n{ATTRIBUTIONS[name]}\n\n> Dear client,\n> we are on it.\n>\n> Ann\n"
    bare = f"{NEW}\n\n{ATTRIBUTIONS[name]}\n\nDear client,\nwe are on it.\n\nAnn\n"

    assert new_text(quoted) == NEW
    assert new_text(bare) == NEW


@pytest.mark.parametrize("form", ["{label}: {value}", "*{label}:* {value}"])
@pytest.mark.parametrize("language", LABELS)
def test_history_under_a_block_of_labels_is_cut(language: str, form: str) -> None:
    values = ("Ann Lee <ann@desk.example>", "Monday, 16 November 2026 09:12", "casey@client.example", "[T-1042] Login")
    block = "\n".join(form.format(label=a, value=b) for a, b in zip(LABELS[language], values, strict=True))

    assert new_text(f"{NEW}\n________________________________\n{block}\n\nDear client\n") == NEW


@pytest.mark.parametrize("line", DEVICES)
def test_what_a_device_adds_is_no_text(line: str) -> None:
    assert new_text(f"{NEW}\n\n{line}\n") == NEW


@pytest.mark.parametrize("signature", SIGNATURES)
def test_signatures_are_cut_with_and_without_history_below(signature: str) -> None:
    history = "\n\nOn Mon, Nov 16, 2026 at 9:12 AM Ann Lee <ann@desk.example> wrote:\n> Dear\n> client\n"

    assert new_text(f"{NEW}\n\n{signature}\n") == NEW
    assert new_text(f"{NEW}\n\n{signature}\n{history}") == NEW


@pytest.mark.parametrize(
    "body",
    [
        "Hello\n\nSQL> select 1;\nERROR\nSQL> select 2;\n\nwhat now?",
        "Log:\n\nFrom: 10.0.0.1\nTo: 10.0.0.2\nstatus 500\n\nplease help",
        "On Monday the auditor wrote:\n\nThe report is late.\n\nCan you help?",
        "It fails.\n\nBest regards,\nCasey\n\nPS: it also fails on Tuesdays, could you look?",
        "> all of it\n> is quoted",
        "> This is a quote.\n\nAnd this is some text.",
        "Thanks!",
        "#launch acme/hr golive 2027-03-01",
        "FYI\n\n---------- Forwarded message ----------\nFrom: A <a@b.example>\nDate: Mon, 16 Nov 2026\nSubject: x\n\nbody",
    ],
)
def test_what_only_looks_like_history_stays(body: str) -> None:
    assert new_text(body) == body


def test_answers_between_quotes_stay_with_their_questions() -> None:
    head = "On Mon, Nov 16, 2026 at 9:12 AM Ann Lee <ann@desk.example> wrote:\n\n"
    body = "> Does it fail?\n\nYes.\n\n> Since when?\n\nMonday."

    assert new_text(head + body) == body


def test_an_answer_below_the_quote_is_found() -> None:
    head = "On Mon, Nov 16, 2026 at 9:12 AM Ann Lee <ann@desk.example> wrote:\n\n"

    assert new_text(head + "> Does it fail?\n> Since when?\n\nYes, since Monday.") == "Yes, since Monday."


def test_a_gateways_banner_and_a_lawyers_footer_are_no_text() -> None:
    body = (
        "CAUTION: This email originated from outside of the organization.\n\nIt fails.\n\n"
        "This e-mail and any attachments are confidential and intended solely for the addressee.\nDelete it."
    )

    assert new_text(body) == "It fails."


def test_a_bare_forward_shows_what_was_forwarded() -> None:
    body = "---------- Forwarded message ----------\nFrom: A <a@b.example>\nSubject: x\n\nThe text."

    assert new_text(body) == "\nThe text.".strip()
    assert passes_on(body, follows=False, holds_mails=False)


def test_above_our_own_line_is_the_answer() -> None:
    assert new_text("It fails.\n\n##- Please type your reply above this line -##\n\nDear client") == "It fails."


@pytest.mark.parametrize(
    "line",
    [
        "-----Original Message-----",
        "-------- Original-Nachricht --------",
        "-----Ursprüngliche Nachricht-----",
        "-------- Message original --------",
        "-----Message d'origine-----",
        "-------- Mensaje original --------",
        "-------- Messaggio originale --------",
        "-------- Origineel bericht --------",
        "-----Oorspronkelijk bericht-----",
        "-------- Mensagem original --------",
        "-------- Originalmeddelande --------",
        "-------- Oprindelig meddelelse --------",
        "-------- Opprinnelig melding --------",
        "-------- Alkuperäinen viesti --------",
        "-------- Wiadomość oryginalna --------",
        "-------- Původní zpráva --------",
        "-------- Pôvodná správa --------",
        "-------- Eredeti üzenet --------",
        "-------- Mesajul original --------",
        "-------- Исходное сообщение --------",
        "-------- Оригінальне повідомлення --------",
        "-------- Оригинално съобщение --------",
        "-------- Orjinal İleti --------",
        "-------- Αρχικό μήνυμα --------",
        "-------- Izvorna poruka --------",
        "-------- Izvorno sporočilo --------",
        "-------- Algne kiri --------",
        "-------- Originalus laiškas --------",
        "-------- Oriģinālais ziņojums --------",
        "-------- 原始邮件 --------",
        "-------- 原始郵件 --------",
        "-------- 元のメッセージ --------",
        "-------- 원본 메시지 --------",
        "-------- הודעה מקורית --------",
        "-------- الرسالة الأصلية --------",
        "-------- پیام اصلی --------",
        "-------- ข้อความเดิม --------",
        "-------- Thư gốc --------",
    ],
)
def test_below_the_line_over_the_original_is_history(line: str) -> None:
    assert new_text(f"{NEW}\n\n{line}\nDear client,\nit is done.") == NEW


@pytest.mark.parametrize(
    "line",
    [
        "##- Please type your reply above this line -##",
        "--- Reply above this line ---",
        "Reply ABOVE THIS LINE to add a note to this request",
        "##- Bitte antworten Sie oberhalb dieser Zeile -##",
        "##- Veuillez saisir une réponse au-dessus de cette ligne. -##",
        "##- Escriba su respuesta por encima de esta línea -##",
        "##- Por favor, digite sua resposta acima desta linha -##",
        "##- Digita la tua risposta sopra questa riga -##",
        "##- Typ uw antwoord boven deze regel -##",
        "##- Skriv ditt svar ovanför den här raden -##",
        "##- Indtast venligst dit svar over denne linje -##",
        "##- Wpisz swoją odpowiedź powyżej tej linii -##",
        "##- Odpovězte nad tento řádek -##",
        "##- Kirjoita vastauksesi tämän rivin yläpuolelle -##",
        "##- Írja válaszát e vonal fölé -##",
        "##- Пожалуйста, введите ответ выше этой строки -##",
        "##- Введіть відповідь вище цього рядка -##",
        "##- この線より上に返信を入力してください -##",
        "##- 请在此行上方输入您的回复 -##",
        "##- 이 줄 위에 답장을 입력하세요 -##",
        "##- Lütfen yanıtınızı bu satırın üzerine yazın -##",
        "##- נא להקליד תשובה מעל שורה זו -##",
        "##- يرجى كتابة ردك فوق هذا السطر -##",
        "##- Πληκτρολογήστε πάνω από αυτή τη γραμμή -##",
    ],
)
def test_above_a_desks_line_in_any_language_is_the_answer(line: str) -> None:
    assert new_text(f"{NEW}\n\n{line}\n\nDear client,\nit is done.") == NEW


@pytest.mark.parametrize(
    "line",
    [
        "Ann Lee wrote:",
        "Ann schrieb:",
        "Ann Lee a écrit :",
        "On Monday you wrote:",
        "Quoting Ann Lee:",
        "Ann Lee (2026-11-16 09:12):",
        "Ann escribió:",
        "Ann Lee ha scritto:",
        "Анна написала:",
    ],
)
def test_a_line_that_only_says_who_speaks_goes_with_its_quote(line: str) -> None:
    assert new_text(f"{NEW}\n\n{line}\n> Dear client,\n> it is done.") == NEW


@pytest.mark.parametrize("line", ["The log wrote:", "Der Server schrieb:", "This is the error:", "It wrote:", "wrote:"])
def test_a_line_that_says_what_is_quoted_stays(line: str) -> None:
    assert line in new_text(f"It fails.\n\n{line}\n> Error 42\n\nWhat now?")
    assert new_text(f"{NEW}\n\nAnn wrote:\nnothing at all.") == f"{NEW}\n\nAnn wrote:\nnothing at all."


def test_marked_signatures_in_html_are_cut() -> None:
    html = '<div>It fails.</div><div class="gmail_signature"><div>Casey</div><div>ACME</div></div>'

    assert new_text(texts.from_html(html)) == "It fails."


def test_a_mail_of_nothing_but_a_signature_is_shown() -> None:
    assert new_text("Best regards,\nCasey") == "Best regards,\nCasey"


def test_a_quote_at_the_end_of_a_first_mail_stays() -> None:
    html = "<p>The policy says:</p><blockquote>All logins are logged.</blockquote>"

    assert new_text(texts.from_html(html), is_reply=False) == "The policy says:\n\n> All logins are logged."
    assert (
        new_text("Hello\n\n> On 16 Nov 2026, at 09:12, Ann <ann@desk.example> wrote:\n> Hi", is_reply=False) == "Hello"
    )
