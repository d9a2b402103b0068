# ruff: noqa: E501, RUF001 - what mail servers of many languages really write
"""Delivery reports as servers write them, with and without the standard parts, in several languages."""

import time
from email.message import EmailMessage

import pytest

from ticketbot.inbound.describe import describe
from ticketbot.inbound.parse import read

#: Name: (From, Subject, further header lines, text, kind, recipients).
TOLD_IN_WORDS: dict[str, tuple[str, str, str, str, str, list[str]]] = {
    "postfix_text_only": (
        "MAILER-DAEMON@mx.client.example (Mail Delivery System)",
        "Undelivered Mail Returned to Sender",
        "Return-Path: <>",
        "This is the mail system at host mx.client.example.\n\nI'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients. It's attached below.\n\nFor further assistance, please send mail to postmaster.\n\n                   The mail system\n\n<gone@client.example>: host mail.client.example[192.0.2.1] said: 550 5.1.1\n    <gone@client.example>: Recipient address rejected: User unknown (in reply to\n    RCPT TO command)\n",
        "bounce",
        ["gone@client.example"],
    ),
    "postfix_delay_text": (
        "MAILER-DAEMON@mx.client.example (Mail Delivery System)",
        "Delayed Mail (still being retried)",
        "Return-Path: <>",
        "This is the mail system at host mx.client.example.\n\n####################################################################\n# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #\n####################################################################\n\nYour message could not be delivered for more than 4 hour(s).\nIt will be retried until it is 5 day(s) old.\n\n<slow@client.example>: connect to mail.client.example[192.0.2.1]:25: Connection timed out\n",
        "delay",
        ["slow@client.example"],
    ),
    "exim": (
        "Mail Delivery System <Mailer-Daemon@mx.client.example>",
        "Mail delivery failed: returning message to sender",
        "Return-Path: <>\nX-Failed-Recipients: gone@client.example\nAuto-Submitted: auto-replied",
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  gone@client.example\n    SMTP error from remote mail server after RCPT TO:<gone@client.example>:\n    host mail.client.example [192.0.2.1]: 550 No such user here\n\n------ This is a copy of the message, including all the headers. ------\n\nReturn-path: <support@desk.example>\nTo: gone@client.example\nSubject: Your ticket\n",
        "bounce",
        ["gone@client.example"],
    ),
    "exim_without_header": (
        "Mail Delivery System <Mailer-Daemon@mx.client.example>",
        "Mail delivery failed: returning message to sender",
        "",
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  gone@client.example\n    Unrouteable address\n",
        "bounce",
        ["gone@client.example"],
    ),
    "exim_warning": (
        "Mail Delivery System <Mailer-Daemon@mx.client.example>",
        "Warning: message 1abcDE-0001Xy-Ab delayed 24 hours",
        "Return-Path: <>\nAuto-Submitted: auto-replied",
        "This message was created automatically by mail delivery software.\nA message that you sent has not yet been delivered to one or more of its\nrecipients after more than 24 hours on the queue on mx.client.example.\n\nThe address to which the message has not yet been delivered is:\n\n  slow@client.example\n    Delay reason: connection timed out\n\nNo action is required on your part. Delivery attempts will continue for\nsome time, and this warning may be repeated at intervals if the message\nremains undelivered.\n",
        "delay",
        ["slow@client.example"],
    ),
    "qmail": (
        "MAILER-DAEMON@client.example",
        "failure notice",
        "Return-Path: <>",
        "Hi. This is the qmail-send program at client.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<gone@client.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <support@desk.example>\nFrom: support@desk.example\nTo: gone@client.example\n",
        "bounce",
        ["gone@client.example"],
    ),
    "sendmail": (
        "Mail Delivery Subsystem <MAILER-DAEMON@mx.client.example>",
        "Returned mail: see transcript for details",
        "Return-Path: <>\nAuto-Submitted: auto-generated (failure)",
        "The original message was received at Mon, 16 Nov 2026 09:12:33 +0100\nfrom desk.example [192.0.2.7]\n\n   ----- The following addresses had permanent fatal errors -----\n<gone@client.example>\n    (reason: 550 5.1.1 <gone@client.example>... User unknown)\n\n   ----- Transcript of session follows -----\n... while talking to mail.client.example.:\n>>> DATA\n<<< 550 5.1.1 <gone@client.example>... User unknown\n550 5.1.1 <gone@client.example>... User unknown\n",
        "bounce",
        ["gone@client.example"],
    ),
    "sendmail_warning": (
        "Mail Delivery Subsystem <MAILER-DAEMON@mx.client.example>",
        "Warning: could not send message for past 4 hours",
        "Return-Path: <>",
        "    **********************************************\n    **      THIS IS A WARNING MESSAGE ONLY      **\n    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **\n    **********************************************\n\nThe original message was received at Mon, 16 Nov 2026 09:12:33 +0100\n\n   ----- The following addresses had transient non-fatal errors -----\n<slow@client.example>\n\n   ----- Transcript of session follows -----\n<slow@client.example>... Deferred: Connection timed out with mail.client.example.\nWarning: message still undelivered after 4 hours\nWill keep trying until message is 5 days old\n",
        "delay",
        ["slow@client.example"],
    ),
    "courier": (
        '"Courier mail server at mx.client.example" <@>',
        "NOTICE: mail delivery status.",
        "Return-Path: <>",
        "This is a delivery status notification from mx.client.example,\nrunning the Courier mail server, version 0.65.\n\nThe original message was received on Mon, 16 Nov 2026 09:12:33 +0100\nfrom desk.example (desk.example [192.0.2.7])\n\n---------------------------------------------------------------------------\n\n                           UNDELIVERABLE MAIL\n\nYour message to the following recipients cannot be delivered:\n\n<gone@client.example>:\n    mail.client.example [192.0.2.1]:\n>>> RCPT TO:<gone@client.example>\n<<< 550 User unknown.\n\n---------------------------------------------------------------------------\n\nIf your message was also sent to additional recipients, their delivery\nstatus is not included in this report.\n",
        "bounce",
        ["gone@client.example"],
    ),
    "domino": (
        "mail.router@client.example",
        "DELIVERY FAILURE: User gone (gone@client.example) not listed in Domino Directory",
        "Return-Path: <>",
        "Your message\n\n  Subject: Your ticket\n\nwas not delivered to:\n\n  gone@client.example\n\nbecause:\n\n  User gone (gone@client.example) not listed in Domino Directory\n",
        "bounce",
        ["gone@client.example"],
    ),
    "gmail_not_found": (
        "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        "Delivery Status Notification (Failure)",
        "Return-Path: <>\nX-Failed-Recipients: gone@gmail.com\nAuto-Submitted: auto-replied",
        "** Address not found **\n\nYour message wasn't delivered to gone@gmail.com because the address couldn't be found, or is unable to receive mail.\n\nLearn more here: https://support.google.com/mail/?p=NoSuchUser\n\nThe response was:\n\nThe email account that you tried to reach does not exist.\n",
        "bounce",
        ["gone@gmail.com"],
    ),
    "gmail_german": (
        "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        "Delivery Status Notification (Failure)",
        "Return-Path: <>",
        "** Adresse nicht gefunden **\n\nIhre Nachricht wurde nicht an gone@gmail.com zugestellt, weil die Adresse nicht gefunden wurde oder keine E-Mails empfangen kann.\n\nHier finden Sie weitere Informationen: https://support.google.com/mail/?p=NoSuchUser\n\nAntwort:\n\n550 5.1.1 The email account that you tried to reach does not exist.\n",
        "bounce",
        ["gone@gmail.com"],
    ),
    "gmail_delay": (
        "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        "Delivery Status Notification (Delay)",
        "Return-Path: <>",
        "** Delivery incomplete **\n\nThere was a temporary problem delivering your message to slow@client.example. Gmail will retry for 47 more hours. You'll be notified if the delivery fails permanently.\n",
        "delay",
        ["slow@client.example"],
    ),
    "exchange_german": (
        "postmaster@client.example",
        "Unzustellbar: Ihr Ticket",
        "Return-Path: <>",
        "Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Gruppen:\n\nGone, Gerd (gone@client.example)<mailto:gone@client.example>\nDie eingegebene E-Mail-Adresse konnte nicht gefunden werden. Überprüfen Sie die E-Mail-Adresse des Empfängers, und versuchen Sie, die Nachricht erneut zu senden.\n\nDiagnoseinformationen für Administratoren:\n\nGenerierender Server: EX01.client.example\n\ngone@client.example\n#550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup ##\n",
        "bounce",
        ["gone@client.example"],
    ),
    "exchange_french": (
        "postmaster@client.example",
        "Non remis : Votre ticket",
        "Return-Path: <>",
        "Échec de la remise à ces destinataires ou groupes :\n\ngone@client.example\nL'adresse de messagerie que vous avez entrée est introuvable. Vérifiez l'adresse de messagerie du destinataire et essayez de renvoyer le message.\n\nInformations de diagnostic pour les administrateurs :\n\nServeur de génération : EX01.client.example\n\ngone@client.example\n#550 5.1.10 RESOLVER.ADR.RecipientNotFound ##\n",
        "bounce",
        ["gone@client.example"],
    ),
    "exchange_spanish": (
        "postmaster@client.example",
        "No se puede entregar: Su ticket",
        "Return-Path: <>",
        "No se pudo entregar el mensaje a estos destinatarios o grupos:\n\ngone@client.example\nNo se encontró la dirección de correo electrónico que especificó.\n\nInformación de diagnóstico para los administradores:\n\nServidor de generación: EX01.client.example\n\ngone@client.example\n#550 5.1.10 RESOLVER.ADR.RecipientNotFound ##\n",
        "bounce",
        ["gone@client.example"],
    ),
    "exchange_italian": (
        "postmaster@client.example",
        "Non recapitabile: Il tuo ticket",
        "Return-Path: <>",
        "Impossibile recapitare il messaggio ai seguenti destinatari o gruppi:\n\ngone@client.example\nL'indirizzo di posta elettronica immesso non è stato trovato.\n\nInformazioni diagnostiche per gli amministratori:\n\ngone@client.example\n#550 5.1.10 RESOLVER.ADR.RecipientNotFound ##\n",
        "bounce",
        ["gone@client.example"],
    ),
    "exchange_dutch": (
        "postmaster@client.example",
        "Onbestelbaar: Uw ticket",
        "Return-Path: <>",
        "Bezorging aan de volgende geadresseerden of groepen is mislukt:\n\ngone@client.example\nHet e-mailadres dat u hebt ingevoerd is niet gevonden.\n\nDiagnostische gegevens voor beheerders:\n\ngone@client.example\n#550 5.1.10 RESOLVER.ADR.RecipientNotFound ##\n",
        "bounce",
        ["gone@client.example"],
    ),
    "exchange_portuguese": (
        "postmaster@client.example",
        "Não é possível entregar: Seu chamado",
        "Return-Path: <>",
        "Falha na entrega a estes destinatários ou grupos:\n\ngone@client.example\nO endereço de email inserido não foi encontrado.\n\nInformações de diagnóstico para administradores:\n\ngone@client.example\n#550 5.1.10 RESOLVER.ADR.RecipientNotFound ##\n",
        "bounce",
        ["gone@client.example"],
    ),
    "exchange_polish": (
        "postmaster@client.example",
        "Niedostarczona: Zgłoszenie",
        "Return-Path: <>",
        "Dostarczenie wiadomości do następujących adresatów lub grup nie powiodło się:\n\ngone@client.example\nNie można odnaleźć wprowadzonego adresu e-mail.\n\nInformacje diagnostyczne dla administratorów:\n\ngone@client.example\n#550 5.1.10 RESOLVER.ADR.RecipientNotFound ##\n",
        "bounce",
        ["gone@client.example"],
    ),
    "exchange_swedish": (
        "postmaster@client.example",
        "Det gick inte att leverera: Ditt ärende",
        "Return-Path: <>",
        "Det gick inte att leverera till följande mottagare eller grupper:\n\ngone@client.example\nE-postadressen du angav gick inte att hitta.\n\ngone@client.example\n#550 5.1.10 RESOLVER.ADR.RecipientNotFound ##\n",
        "bounce",
        ["gone@client.example"],
    ),
    "exchange_japanese": (
        "postmaster@client.example",
        "配信不能: チケット",
        "Return-Path: <>",
        "次の受信者またはグループへの配信に失敗しました:\n\ngone@client.example\n入力した電子メール アドレスが見つかりませんでした。受信者の電子メール アドレスを確認して、メッセージを再送信してください。\n\n管理者向けの診断情報:\n\ngone@client.example\n#550 5.1.10 RESOLVER.ADR.RecipientNotFound ##\n",
        "bounce",
        ["gone@client.example"],
    ),
    "exchange_chinese": (
        "postmaster@client.example",
        "未送达: 工单",
        "Return-Path: <>",
        "未能向以下收件人或组传递邮件:\n\ngone@client.example\n找不到您输入的电子邮件地址。\n\n管理员诊断信息:\n\ngone@client.example\n#550 5.1.10 RESOLVER.ADR.RecipientNotFound ##\n",
        "bounce",
        ["gone@client.example"],
    ),
    "exchange_russian": (
        "postmaster@client.example",
        "Не удается доставить: Ваша заявка",
        "Return-Path: <>",
        "Сбой доставки следующим получателям или группам:\n\ngone@client.example\nНе удалось найти введенный электронный адрес.\n\ngone@client.example\n#550 5.1.10 RESOLVER.ADR.RecipientNotFound ##\n",
        "bounce",
        ["gone@client.example"],
    ),
    "m365_words_only": (
        "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@client.example>",
        "Undeliverable: Your ticket",
        "Auto-Submitted: auto-replied",
        "Your message to gone@client.example couldn't be delivered.\n\ngone wasn't found at client.example.\n\nsupport\tOffice 365\tgone\nAction Required\t\tRecipient\n\nUnknown To address\n\nHow to Fix It\nThe address may be misspelled or may not exist.\n",
        "bounce",
        ["gone@client.example"],
    ),
    "exchange_2003": (
        "System Administrator <postmaster@client.example>",
        "Undeliverable: Your ticket",
        "",
        "Your message\n\n  To:      gone@client.example\n  Subject: Your ticket\n  Sent:    Mon, 16 Nov 2026 09:12:33 +0100\n\ndid not reach the following recipient(s):\n\ngone@client.example on Mon, 16 Nov 2026 09:12:40 +0100\n    The recipient name is not recognized\n\tThe MTS-ID of the original message is: c=us;a= ;p=client;l=EX01\n    MSEXCH:IMS:Client:HQ:EX01 0 (000C05A6) Unknown Recipient\n",
        "bounce",
        ["gone@client.example"],
    ),
    "ses_text": (
        "MAILER-DAEMON@amazonses.com",
        "Delivery Status Notification (Failure)",
        "Return-Path: <>",
        "An error occurred while trying to deliver the mail to the following recipients:\ngone@client.example\n",
        "bounce",
        ["gone@client.example"],
    ),
    "yahoo": (
        "MAILER-DAEMON@yahoo.com",
        "Failure Notice",
        "Return-Path: <>",
        "Sorry, we were unable to deliver your message to the following address.\n\n<gone@yahoo.com>:\nRemote host said: 554 delivery error: dd This user doesn't have a yahoo.com account (gone@yahoo.com) [0] - mta1.mail.yahoo.com [BODY]\n\n--- Below this line is a copy of the message.\n",
        "bounce",
        ["gone@yahoo.com"],
    ),
    "gmx_german": (
        "GMX Mailer Daemon <mailer-daemon@gmx.de>",
        "Mail delivery failed: returning message to sender",
        "Return-Path: <>",
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of\nits recipients. This is a permanent error. The following address\nfailed:\n\ngone@gmx.de:\nSMTP error from remote server for RCPT TO command, host: mx00.gmx.net (192.0.2.1) reason: 550 Requested action not taken: mailbox unavailable\n",
        "bounce",
        ["gone@gmx.de"],
    ),
    "tonline_german": (
        "Mail Delivery System <mailer-daemon@t-online.de>",
        "Mail delivery failed: Ihre Nachricht konnte nicht zugestellt werden",
        "Return-Path: <>",
        "Ihre E-Mail konnte nicht zugestellt werden.\n\nFolgender Empfänger ist betroffen:\n\ngone@t-online.de\n  Grund: Das Postfach des Empfängers ist voll.\n",
        "bounce",
        ["gone@t-online.de"],
    ),
    "mdaemon": (
        "MDaemon at mail.client.example <MDaemon@client.example>",
        "Permanent Delivery Failure",
        "Return-Path: <>",
        "The attached message had PERMANENT fatal delivery errors!\n\nAfter one or more unsuccessful delivery attempts the attached message has\nbeen removed from the mail queue on this server.\n\nFailed address: gone@client.example\n\n--- Session Transcript ---\n Mon 2026-11-16 09:12:33: <-- 550 5.1.1 User unknown\n--- End Transcript ---\n",
        "bounce",
        ["gone@client.example"],
    ),
    "mailenable": (
        "POSTMASTER@client.example",
        "Message Delivery Failure",
        "Return-Path: <>",
        "MailEnable: Message Delivery Failure.\n\nThe following recipient(s) could not be reached:\n\n\tRecipient: [SMTP:gone@client.example]\n\tReason: The message could not be delivered because the mail server for the recipient rejected it.\n",
        "bounce",
        ["gone@client.example"],
    ),
    "groupwise": (
        "Mailer-Daemon@client.example",
        "Message status - undeliverable",
        "Return-Path: <>",
        "The attached file had the following undeliverable recipient(s):\n\tgone@client.example\n\nTransmission file: xyz\n550 No such recipient\n",
        "bounce",
        ["gone@client.example"],
    ),
    "opensmtpd": (
        "Mailer Daemon <MAILER-DAEMON@mx.client.example>",
        "Delivery status notification: error",
        "Return-Path: <>",
        "    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n    An error has occurred while attempting to deliver a message for\n    the following list of recipients:\n\ngone@client.example: 550 5.1.1 Invalid recipient\n\n    Below is a copy of the original message:\n",
        "bounce",
        ["gone@client.example"],
    ),
    "list_refuses": (
        "users-bounces@lists.client.example",
        "Your message to Users awaits moderator approval",
        "Precedence: bulk\nList-Id: <users.lists.client.example>\nX-List-Administrivia: yes",
        "Your mail to 'Users' with the subject\n\n    Your ticket\n\nIs being held until the list moderator can review it for approval.\n\nThe reason it is being held:\n\n    Post by non-member to a members-only list\n",
        "list",
        [],
    ),
    "fml_refuses": (
        "users-admin@client.example",
        "You support@desk.example are not member (users ML)",
        "X-MLServer: fml [fml 4.0.3 release]\nMailing-List: contact users-help@client.example",
        "You are not a member of this mailing list <users@client.example>.\n\nIf you know the general guide of this list, please send mail.\n",
        "bounce",
        ["users@client.example"],
    ),
    "over_quota_text": (
        "Mail System <postmaster@client.example>",
        "Mail delivery failed",
        "Return-Path: <>",
        "Your message could not be delivered to full@client.example: the mailbox is over quota.\n",
        "bounce",
        ["full@client.example"],
    ),
    "zoho": (
        "mailer-daemon@mail.zoho.com",
        "Undelivered Mail Returned to Sender",
        "Return-Path: <>",
        "This message was created automatically by mail delivery software.\n A message that you sent could not be delivered to one or more of its recipients. This is a permanent error.\n\ngone@client.example Invalid Address, ERROR_CODE :550, ERROR_CODE :5.1.1 <gone@client.example>: Recipient address rejected: User unknown\n",
        "bounce",
        ["gone@client.example"],
    ),
    "mailru": (
        "mailer-daemon@corp.mail.ru",
        "Mail failure.",
        "Return-Path: <>\nX-Failed-Recipients: gone@mail.ru",
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  gone@mail.ru\n    user not found\n",
        "bounce",
        ["gone@mail.ru"],
    ),
    "yandex_russian": (
        "mailer-daemon@yandex.ru",
        "Недоставленное сообщение",
        "Return-Path: <>",
        "Это письмо отправлено почтовым сервером yandex.ru.\n\nК сожалению, мы вынуждены сообщить Вам о том, что Ваше письмо не может\nбыть отправлено одному или нескольким адресатам. Технические подробности можно найти ниже.\n\n<gone@yandex.ru>: host mx.yandex.ru[192.0.2.1] said: 550 5.7.1 No such user!\n",
        "bounce",
        ["gone@yandex.ru"],
    ),
    "qq_chinese": (
        "PostMaster@qq.com",
        "系统退信/Systems bounce",
        "Return-Path: <>",
        "抱歉，您的邮件被退回来了……\n\n收件人邮件地址： gone@qq.com\n退信原因： 收件人邮件地址（gone@qq.com）不存在，邮件无法送达。\nHost mx3.qq.com said 550 Mailbox not found\n",
        "bounce",
        ["gone@qq.com"],
    ),
    "docomo_japanese": (
        "MAILER-DAEMON@docomo.ne.jp",
        "Undelivered Mail Returned to Sender",
        "Return-Path: <>",
        "以下のメールアドレスへの送信ができませんでした。\n\n<gone@docomo.ne.jp>: 550 Unknown user gone@docomo.ne.jp\n",
        "bounce",
        ["gone@docomo.ne.jp"],
    ),
    "naver_korean": (
        "mailer-daemon@naver.com",
        "메일 전송 실패 안내",
        "Return-Path: <>",
        "메일이 정상적으로 전송되지 않았습니다.\n\n받는 사람 : gone@naver.com\n실패 원인 : 550 5.1.1 존재하지 않는 사용자입니다.\n",
        "bounce",
        ["gone@naver.com"],
    ),
    "libero_italian": (
        "Mail Delivery Subsystem <MAILER-DAEMON@libero.it>",
        "Notifica di mancata consegna",
        "Return-Path: <>",
        "Il messaggio non è stato consegnato ai seguenti destinatari:\n\ngone@libero.it\n\n550 RCPT TO:<gone@libero.it> User unknown\n",
        "bounce",
        ["gone@libero.it"],
    ),
    "proofpoint": (
        "MAILER-DAEMON@mx0a.pphosted.example",
        "Undeliverable message",
        "Return-Path: <>",
        "--- The following addresses had delivery problems ---\n<gone@client.example>   (permanent failure)\n\n   ----- Transcript of session follows -----\n550 5.1.1 User Unknown\n",
        "bounce",
        ["gone@client.example"],
    ),
    "mimecast": (
        "Mimecast <postmaster@client.example>",
        "[Postmaster] Email Delivery Failure",
        "",
        "This is a delivery failure notification message indicating that\nan email you addressed to email address :\n-- gone@client.example\n\ncould not be delivered. The problem appears to be :\n-- Recipient email server rejected the message\n\nAdditional information follows :\n-- 5.4.1 Recipient address rejected: Access denied.\n\nThis condition occurred after 1 attempt(s) to deliver over\na period of 0 hour(s).\n",
        "bounce",
        ["gone@client.example"],
    ),
    "relay_denied": (
        "MAILER-DAEMON <>",
        "Delivery failure",
        "Return-Path: <>",
        "Message could not be delivered to the following recipient:\n  gone@client.example\nReason: 554 5.7.1 Relay access denied\n",
        "bounce",
        ["gone@client.example"],
    ),
}


def understood(raw: str) -> tuple[str, list[str]]:
    facts = next(iter(describe([("x.eml", read(raw.encode()))])))
    return str(facts["kind"]), list(facts["bounce_recipients"])  # type: ignore[call-overload]


def plain(sender: str, subject: str, further: str, text: str) -> str:
    lines = [
        f"From: {sender}",
        "To: support@desk.example",
        f"Subject: {subject}",
        "Date: Mon, 16 Nov 2026 09:12:33 +0100",
        *further.split("\n"),
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
    ]
    return "\n".join(line for line in lines if line) + "\n\n" + text


@pytest.mark.parametrize("name", TOLD_IN_WORDS)
def test_a_servers_words_are_understood(name: str) -> None:
    sender, subject, further, text, kind, recipients = TOLD_IN_WORDS[name]

    assert understood(plain(sender, subject, further, text)) == (kind, recipients)


STATUS = {
    "failed": (
        "Final-Recipient: rfc822; gone@client.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 unknown",
        "bounce",
        ["gone@client.example"],
    ),
    "delayed": (
        "Final-Recipient: rfc822; slow@client.example\nAction: delayed\nStatus: 4.4.1\nWill-Retry-Until: Wed, 18 Nov 2026 09:12:33 +0100",
        "delay",
        ["slow@client.example"],
    ),
    "mixed": (
        "Final-Recipient: rfc822; slow@client.example\nAction: delayed\nStatus: 4.4.1\n\nFinal-Recipient: rfc822; gone@client.example\nAction: failed\nStatus: 5.1.1",
        "bounce",
        ["slow@client.example", "gone@client.example"],
    ),
    "partly_delivered": (
        "Final-Recipient: rfc822; fine@client.example\nAction: delivered\nStatus: 2.0.0\n\nFinal-Recipient: rfc822; gone@client.example\nAction: failed\nStatus: 5.1.1",
        "bounce",
        ["gone@client.example"],
    ),
    "all_delivered": (
        "Final-Recipient: rfc822; fine@client.example\nAction: delivered\nStatus: 2.0.0",
        "auto_reply",
        [],
    ),
    "relayed": ("Final-Recipient: rfc822; fine@client.example\nAction: relayed\nStatus: 2.0.0", "auto_reply", []),
    "no_action": ("Final-Recipient: rfc822; gone@client.example\nStatus: 5.2.2", "bounce", ["gone@client.example"]),
    "capital_words": (
        "FINAL-RECIPIENT: RFC822; gone@client.example\nACTION: Failed\nSTATUS: 5.2.2",
        "bounce",
        ["gone@client.example"],
    ),
    "angle_brackets": (
        "Final-Recipient: rfc822;<gone@client.example>\nAction: failed\nStatus: 5.1.1",
        "bounce",
        ["gone@client.example"],
    ),
    "utf8_form": (
        "Final-Recipient: utf-8; gone@client.example\nAction: failed\nStatus: 5.1.1",
        "bounce",
        ["gone@client.example"],
    ),
    "original_only": (
        "Original-Recipient: rfc822;gone@client.example\nAction: failed\nStatus: 5.0.0",
        "bounce",
        ["gone@client.example"],
    ),
    "forwarded_by_their_server": (
        "Original-Recipient: rfc822;gone@client.example\nFinal-Recipient: rfc822;g.one@store7.client.example\nAction: failed\nStatus: 5.1.1",
        "bounce",
        ["gone@client.example"],
    ),
    "original_is_a_local_name": (
        "Original-Recipient: rfc822;gone@store7\nFinal-Recipient: rfc822;gone@client.example\nAction: failed\nStatus: 5.1.1",
        "bounce",
        ["gone@client.example"],
    ),
    "only_a_local_name": (
        "Final-Recipient: rfc822;gone@store7\nAction: failed\nStatus: 5.1.1",
        "bounce",
        ["gone@store7"],
    ),
    "x400_final": (
        "Original-Recipient: rfc822;gone@client.example\nFinal-Recipient: x400; /O=CLIENT/S=GONE/\nAction: failed\nStatus: 5.1.1",
        "bounce",
        ["gone@client.example"],
    ),
    "action_with_comment": (
        "Final-Recipient: rfc822; gone@client.example\nAction: failed (hard)\nStatus: 5.1.1 (bad mailbox)",
        "bounce",
        ["gone@client.example"],
    ),
}


def reported(status: str, *, top: str = "", first: str = "Your message was not delivered.") -> str:
    return (
        f"From: Mail Delivery System <MAILER-DAEMON@mx.client.example>\nTo: support@desk.example\nSubject: Report\n{top}"
        "Return-Path: <>\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        f"--b\nContent-Type: text/plain\n\n{first}\n--b\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; mx.client.example\n\n{status}\n\n--b\nContent-Type: message/rfc822\n\n"
        "From: support@desk.example\nTo: other@client.example\nMessage-ID: <letter@desk.example>\nSubject: Ticket\n\nHello other@elsewhere.example\n--b--\n"
    )


@pytest.mark.parametrize("name", STATUS)
def test_a_standard_status_is_read_by_its_fields(name: str) -> None:
    status, kind, recipients = STATUS[name]

    assert understood(reported(status)) == (kind, recipients)


def test_a_standard_report_with_list_headers_is_still_a_bounce() -> None:
    raw = reported(STATUS["failed"][0], top="Precedence: bulk\nAuto-Submitted: auto-replied\nList-Id: <x.example>\n")

    assert understood(raw) == ("bounce", ["gone@client.example"])


DAEMON = (
    "From: MAILER-DAEMON@mx.client.example\nTo: support@desk.example\nReturn-Path: <>\nSubject: Undelivered Mail\n\n"
)


def test_a_status_that_names_nobody_is_filled_in_from_the_words() -> None:
    first = "Your message to <gone@client.example> could not be delivered: user unknown"

    assert understood(reported("Action: failed\nStatus: 5.1.1", first=first)) == ("bounce", ["gone@client.example"])


def test_a_status_that_stands_in_the_text_is_read_by_its_fields() -> None:
    words = (
        "This report was torn on its way. Delivery failed.\n\nFinal-Recipient: rfc822; gone@client.example\nAction: failed\n\n"
        "Final-Recipient: rfc822; slow@client.example\nAction: delayed\n\n"
        "Final-Recipient: rfc822; fine@client.example\nAction: delivered\n"
    )

    kind, recipients = understood(DAEMON + words)

    assert kind == "bounce"
    assert set(recipients) == {"gone@client.example", "slow@client.example"}


def test_a_complaint_without_the_form_is_one() -> None:
    assert understood("From: staff@hotmail.com\nSubject: complaint about message from 192.0.2.1\n\nJunk.")[0] == (
        "feedback_report"
    )


def test_an_empty_envelope_sender_and_a_name_make_a_bounce_of_plain_words() -> None:
    raw = (
        "From: Mail <mail@client.example>\nTo: support@desk.example\nReturn-Path: <>\nSubject: Delivery problem\n\n"
        "Unknown user: gone@client.example\n"
    )

    assert understood(raw) == ("bounce", ["gone@client.example"])


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "8bit"])
@pytest.mark.parametrize("shape", ["plain", "mixed"])
def test_a_bounce_in_words_is_read_however_its_text_is_encoded(encoding: str, shape: str) -> None:
    words = (
        "Hi. This is the qmail-send program at mx.client.example.\nI'm afraid I wasn't able to deliver your message to "
        "the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n"
        "<gone@client.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
        "--- Below this line is a copy of the message.\n\nReturn-Path: <support@desk.example>\nTo: gone@client.example\n"
    )
    part = EmailMessage()
    part.set_content(words, cte=encoding)
    mail = part
    if shape == "mixed":
        mail = EmailMessage()
        mail.make_mixed()
        mail.attach(part)
    mail["From"] = "MAILER-DAEMON@mx.client.example"
    mail["To"] = "support@desk.example"
    mail["Return-Path"] = "<>"
    mail["Subject"] = "failure notice"

    assert understood(mail.as_string()) == ("bounce", ["gone@client.example"])


@pytest.mark.parametrize(
    "end",
    [
        "----- Original message -----\n\nFrom: support@desk.example\nMessage-ID: <letter@desk.example>\nTo: gone@client.example\n",
        "> From: support@desk.example\n> Message-Id: <letter@desk.example>\n> To: gone@client.example\n",
        "--- The header of the original message is following. ---\nMESSAGE-ID:\n <letter@desk.example>\n",
    ],
)
def test_a_bounce_in_words_names_the_letter_that_it_quotes(end: str) -> None:
    words = f"Your message could not be delivered to:\n\n<gone@client.example>: 550 5.1.1 User unknown\n\n{end}"
    found = read(
        f"From: MAILER-DAEMON@mx.client.example\nSubject: Undelivered mail\nReturn-Path: <>\n\n{words}".encode()
    ).report

    assert found is not None
    assert found.original_ids == ("letter@desk.example",)


def disposed(disposition: str, words: str) -> str:
    return (
        "From: Mail Delivery Subsystem <postmaster@client.example>\nTo: support@desk.example\nSubject: Your mail\n"
        "Auto-Submitted: auto-replied\nMIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n"
        f"--b\nContent-Type: text/plain\n\n{words}\n--b\nContent-Type: message/disposition-notification\n\n"
        "Final-Recipient: rfc822; full@client.example\nOriginal-Message-ID: <letter@desk.example>\n"
        f"Disposition: {disposition}\n--b--\n"
    )


def test_a_mail_refused_in_the_form_of_a_receipt_is_a_bounce() -> None:
    thrown_away = "automatic-action/MDN-sent-automatically; deleted"
    refused = disposed(thrown_away, "Your message to <full@client.example> was automatically rejected: quota exceeded")

    assert understood(refused) == ("bounce", ["full@client.example"])


def test_a_receipt_that_rejects_nothing_is_none() -> None:
    unread = disposed(
        "automatic-action/MDN-sent-automatically; deleted", "Your message was deleted without being read."
    )
    read = disposed("manual-action/MDN-sent-manually; displayed", "Your message “rejected invoices” was read.")

    assert understood(unread) == ("auto_reply", [])
    assert understood(read) == ("auto_reply", [])


COMPLAINTS = {
    "rfc5965": "Feedback-Type: abuse\nUser-Agent: SomeGenerator/1.0\nVersion: 1\nOriginal-Mail-From: <support@desk.example>\nOriginal-Rcpt-To: <casey@client.example>",
    "hidden_recipient": "Feedback-Type: abuse\nVersion: 1",
    "fraud": "Feedback-Type: fraud\nVersion: 1",
    "opt_out": "Feedback-Type: opt-out\nVersion: 1\nRemoval-Recipient: casey@client.example",
    "auth_failure": "Feedback-Type: auth-failure\nVersion: 1\nAuth-Failure: dmarc",
}


@pytest.mark.parametrize("name", COMPLAINTS)
def test_a_complaint_is_no_bounce_and_no_ticket(name: str) -> None:
    raw = (
        "From: feedback@isp.example\nTo: support@desk.example\nSubject: FW: Ticket\nMIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\nContent-Type: text/plain\n\n"
        "This is an email abuse report.\n--b\nContent-Type: message/feedback-report\n\n"
        f"{COMPLAINTS[name]}\n\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <letter@desk.example>\n\nx\n--b--\n"
    )

    assert understood(raw) == ("feedback_report", [])


PEOPLE = {
    "asks_about_a_bounce": (
        "Casey <casey@client.example>",
        "Re: Undelivered Mail Returned to Sender",
        "In-Reply-To: <x@y>",
        "I got this when I wrote to you, could you help?\n\n> <gone@client.example>: 550 5.1.1 User unknown\n",
        "reply",
    ),
    "mail_admin_writes": (
        "Ann Postmaster <ann.postmaster@client.example>",
        "Mailbox moves tonight",
        "",
        "We move mailboxes tonight. Some mail may be delayed, nothing is rejected.\n",
        "new",
    ),
    "reports_a_log": (
        "Casey <casey@client.example>",
        "Delivery problem in our shop",
        "",
        "The courier could not deliver parcel 550 to gone@client.example.\nPlease check.\n",
        "new",
    ),
    "root_cron": (
        "root <root@client.example>",
        "Backup failed",
        "",
        "The backup on host db1 failed with status 550.\n",
        "new",
    ),
    "admin_person": (
        "Admin <admin@client.example>",
        "User unknown error in login form",
        "",
        "Our users see 'user unknown' when they log in with ann@client.example. It fails since Monday.\n",
        "new",
    ),
    "german_question": (
        "Kim <kim@client.example>",
        "Zustellung fehlgeschlagen?",
        "",
        "Guten Tag, warum ist die Zustellung an weg@client.example fehlgeschlagen? Danke!\n",
        "new",
    ),
}


@pytest.mark.parametrize("name", PEOPLE)
def test_people_who_write_of_failures_are_people(name: str) -> None:
    sender, subject, further, text, kind = PEOPLE[name]

    assert understood(plain(sender, subject, further, text)) == (kind, [])


#: What a status names, and whom it says was missed: addresses of other scripts whole, or nobody (RFC 6533).
SCRIPTS = {
    "as_they_are": ("utf-8; jürgen@müller.example", ["jürgen@müller.example"]),
    "in_brackets": ("utf-8; <jürgen@müller.example>", ["jürgen@müller.example"]),
    "escaped": ("utf-8; j\\x{FC}rgen@m\\x{fc}ller.example", ["jürgen@müller.example"]),
    "cyrillic": ("utf-8; иван@почта.example", ["иван@почта.example"]),
    "chinese": ("UTF-8;用户@例子.公司", ["用户@例子.公司"]),
    "under_the_old_name": ("rfc822; jürgen@müller.example", ["jürgen@müller.example"]),
    "plain": ("utf-8; ann@client.example", ["ann@client.example"]),
    "lost_in_decoding": ("utf-8; j\ufffdrgen@m\ufffdller.example", []),
    "escaped_beyond_all_characters": ("utf-8; j\\x{FFFFFF}rgen@client.example", []),
    "escaped_half_a_pair": ("utf-8; j\\x{D800}rgen@client.example", []),
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_an_address_beyond_ascii_is_read_whole_or_not_at_all(name: str) -> None:
    told, recipients = SCRIPTS[name]
    raw = (
        "From: MAILER-DAEMON@mx.client.example\nTo: support@desk.example\nSubject: Undelivered\nMIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=global-delivery-status; boundary=u\n\n"
        "--u\nContent-Type: text/plain\n\nIt failed.\n"
        "--u\nContent-Type: message/global-delivery-status\n\nReporting-MTA: dns; mx.client.example\n\n"
        f"Original-Recipient: {told}\nFinal-Recipient: {told}\nAction: failed\nStatus: 5.1.1\n\n--u--\n"
    )

    assert understood(raw) == ("bounce", recipients)


@pytest.mark.parametrize("address", ["jürgen@müller.example", "ιωάννης@client.example", "ann@müller.example"])
def test_an_address_beyond_ascii_is_whole_in_words_too(address: str) -> None:
    text = f"This is the mail system at host mx.\n\nYour message could not be delivered.\n\n<{address}>: 550 5.1.1 user unknown\n"
    raw = (
        "From: MAILER-DAEMON@mx.client.example\nTo: support@desk.example\nSubject: Undelivered Mail Returned to Sender\n"
        f"Return-Path: <>\nContent-Type: text/plain; charset=utf-8\n\n{text}"
    )

    assert understood(raw) == ("bounce", [address])


#: Reports in words that a mail arrived, which somebody asked for.
ARRIVED = (
    "This is the mail system at host mx.\n\nEnclosed is the mail delivery report that you requested.\n\n<ok@client.example>: delivery via mx: 250 ok",
    "Your message was successfully delivered to ok@client.example.",
    "Ihre Nachricht an ok@client.example wurde erfolgreich zugestellt.",
    "Votre message pour ok@client.example a bien été remis.",
)


@pytest.mark.parametrize("text", ARRIVED)
def test_a_report_that_a_mail_arrived_is_no_bounce(text: str) -> None:
    raw = plain("MAILER-DAEMON@mx.client.example", "Mail Delivery Status Report", "Return-Path: <>", text)

    assert understood(raw) == ("auto_reply", [])


def test_a_report_that_one_arrived_and_another_did_not_is_a_bounce() -> None:
    text = (
        "Enclosed is the mail delivery report that you requested.\n\n"
        "<ok@client.example>: delivery via mx: 250 ok\n<gone@client.example>: 550 5.1.1 User unknown"
    )
    raw = plain("MAILER-DAEMON@mx.client.example", "Mail Delivery Status Report", "Return-Path: <>", text)

    kind, recipients = understood(raw)

    assert (kind, "gone@client.example" in recipients) == ("bounce", True)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (
            "Undelivered mail",
            "Hello, some payslips were undelivered. Kim <kim@client.example> did not get hers: 550 no such user.",
        ),
        (
            "Mail delivery failed",
            "Guten Tag,\n\nunsere Abrechnung an kim@client.example kam als unzustellbar zurück: 550.",
        ),
        ("Export rejected", "Dear team,\n\nthe export was rejected with 550. Please help.\n\nAnn (mail administrator)"),
    ],
)
def test_a_person_who_writes_from_a_servers_role_address_is_a_person(subject: str, text: str) -> None:
    assert understood(plain("Postmaster Team <postmaster@client.example>", subject, "", text)) == ("new", [])


def test_a_server_that_greets_is_a_server() -> None:
    text = "Hello,\n\nyour message to gone@client.example could not be delivered: 550 5.1.1 user unknown."

    assert understood(plain("postmaster@client.example", "Undeliverable", "", text)) == (
        "bounce",
        ["gone@client.example"],
    )


@pytest.mark.parametrize("status", ["552 5.3.4", "552 Message size exceeds limit"])
def test_a_mail_that_was_too_large_names_whom_it_missed(status: str) -> None:
    text = f"Your message was rejected because it is larger than 10 MB. Recipient: bob@client.example\n{status}"

    assert understood(plain("postmaster@client.example", "Message too large", "", text)) == (
        "bounce",
        ["bob@client.example"],
    )


@pytest.mark.parametrize("torn", ["<", "<a@", "a@a.", "was "])
def test_torn_words_from_a_role_address_take_no_time(torn: str) -> None:
    text = f"Hello,\n\n{torn * 20_000}"
    before = time.process_time()

    understood(plain("postmaster@client.example", "Undelivered mail", "", text))

    assert time.process_time() - before < 5
