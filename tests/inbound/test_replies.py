# ruff: noqa: E501, RUF001 - what mail programs of many languages really write
"""Whole answers as programs build them: siblings of each kind, program by program, plain and HTML."""

import time

import pytest

from ticketbot.inbound import text as texts
from ticketbot.inbound.quotes import new_text

NEW = "Thanks, but it still fails.\n\nCould you look again?"
OLD = "Dear Casey,\n\nwe have restarted the service.\nPlease try again.\n\nAnn Lee\nVendor Support"
QUOTED = "\n".join(f"> {line}".rstrip() for line in OLD.split("\n"))

#: Introductions that stand over history which is not marked by ">" (or may be): program, language, form.
INTRODUCTIONS = {
    "gmail_id": "Pada tanggal Sen, 16 Nov 2026 pukul 09.12 Ann Lee <ann@vendor.example> menulis:",
    "gmail_vi": "Vào Th 2, 16 thg 11, 2026 vào lúc 09:12 Ann Lee <ann@vendor.example> đã viết:",
    "gmail_th": "ในวันที่ จ. 16 พ.ย. 2026 เวลา 09:12 Ann Lee <ann@vendor.example> เขียนว่า:",
    "gmail_ca": "Missatge de Ann Lee <ann@vendor.example> del dia dl., 16 de nov. 2026 a les 9:12:",
    "gmail_hr": "pon, 16. stu 2026. u 09:12 Ann Lee <ann@vendor.example> napisao je:",
    "gmail_sl": "V V pon., 16. nov. 2026 ob 09:12 je oseba Ann Lee <ann@vendor.example> napisala:",
    "gmail_bg": "На пн, 16.11.2026 г. в 9:12 Ann Lee <ann@vendor.example> написа:",
    "gmail_sr": "пон, 16. нов 2026. у 09:12 Ann Lee <ann@vendor.example> је написао/ла:",
    "gmail_lt": "2026-11-16, pr, 09:12 Ann Lee <ann@vendor.example> rašė:",
    "gmail_lv": "pirmd., 2026. g. 16. nov., plkst. 09:12 — lietotājs Ann Lee (<ann@vendor.example>) rakstīja:",
    "gmail_et": "Kuupäev E, 16. november 2026 kell 09:12 kirjutas Ann Lee <ann@vendor.example>:",
    "gmail_fa": "در تاریخ دوشنبه ۱۶ نوامبر ۲۰۲۶،\u200f ۹:۱۲ Ann Lee <ann@vendor.example> نوشت:",
    "gmail_hi": "सोम, 16 नव॰ 2026 को 9:12 am बजे को Ann Lee <ann@vendor.example> ने लिखा:",
    "gmail_is": "Þann mán., 16. nóv. 2026 kl. 09:12 skrifaði Ann Lee <ann@vendor.example>:",
    "gmail_wrapped_en": "On Mon, Nov 16, 2026 at 9:12 AM Ann Lee from Vendor Support\n<ann.lee.with.long.name@support.vendor.example> wrote:",
    "gmail_wrapped_fr": "Le lun. 16 nov. 2026 à 09:12, Ann Lee du support client\n<ann@vendor.example> a\nécrit :",
    "gmail_wrapped_de": "Am Mo., 16. Nov. 2026 um 09:12 Uhr schrieb Ann Lee\n<ann@vendor.example>:",
    "gmail_wrapped_es": "El lun., 16 de noviembre de 2026 9:12 a. m., Ann Lee <\nann@vendor.example> escribió:",
    "gmail_old_en": "2026/11/16 Ann Lee <ann@vendor.example>",
    "apple_en_12h": "On Nov 16, 2026, at 9:12 AM, Ann Lee <ann@vendor.example> wrote:",
    "apple_es": "El 16 nov 2026, a las 9:12, Ann Lee <ann@vendor.example> escribió:",
    "apple_it": "Il giorno 16 nov 2026, alle ore 09:12, Ann Lee <ann@vendor.example> ha scritto:",
    "apple_nl": "Op 16 nov. 2026, om 09:12 heeft Ann Lee <ann@vendor.example> het volgende geschreven:",
    "apple_pt": "No dia 16/11/2026, às 09:12, Ann Lee <ann@vendor.example> escreveu:",
    "apple_pl": "Wiadomość napisana przez Ann Lee <ann@vendor.example> w dniu 16 lis 2026, o godz. 09:12:",
    "apple_cs": "16. 11. 2026 v 9:12, Ann Lee <ann@vendor.example>:",
    "apple_da": "Den 16. nov. 2026 kl. 09.12 skrev Ann Lee <ann@vendor.example>:",
    "apple_fi": "Ann Lee <ann@vendor.example> kirjoitti 16.11.2026 kello 9.12:",
    "apple_sv": "16 nov. 2026 kl. 09:12 skrev Ann Lee <ann@vendor.example>:",
    "apple_zh": "在 2026年11月16日，09:12，Ann Lee <ann@vendor.example> 写道：",
    "apple_zh_tw": "Ann Lee <ann@vendor.example> 於 2026年11月16日 上午9:12 寫道：",
    "apple_ko": "2026. 11. 16. 오전 9:12, Ann Lee <ann@vendor.example> 작성:",
    "apple_tr": "Ann Lee <ann@vendor.example> şunları yazdı (16 Kas 2026 09:12):",
    "apple_hu": "2026. nov. 16. dátummal, 9:12 időpontban Ann Lee <ann@vendor.example> írta:",
    "apple_uk": "16 лист. 2026 р. о 09:12 Ann Lee <ann@vendor.example> написав(-ла):",
    "apple_el": "Στις 16 Νοε 2026, 9:12 π.μ., ο χρήστης Ann Lee <ann@vendor.example> έγραψε:",
    "apple_no": "16. nov. 2026 kl. 09:12 skrev Ann Lee <ann@vendor.example>:",
    "apple_ro": "Pe 16 nov. 2026, la 09:12, Ann Lee <ann@vendor.example> a scris:",
    "thunderbird_en": "On 16/11/2026 09:12, Ann Lee wrote:",
    "thunderbird_en_us": "On 11/16/26 9:12 AM, Ann Lee via Support wrote:",
    "thunderbird_fr": "Le 16/11/2026 à 09:12, Ann Lee a écrit :",
    "thunderbird_es": "El 16/11/26 a las 9:12, Ann Lee escribió:",
    "thunderbird_pt": "Em 16/11/2026 09:12, Ann Lee escreveu:",
    "thunderbird_da": "Den 16.11.2026 kl. 09.12 skrev Ann Lee:",
    "thunderbird_fi": "Ann Lee kirjoitti 16.11.2026 klo 9.12:",
    "thunderbird_hu": "2026. 11. 16. 9:12 keltezéssel, Ann Lee írta:",
    "thunderbird_ja": "On 2026/11/16 9:12, Ann Lee wrote:",
    "thunderbird_uk": "16.11.26 09:12, Ann Lee пише:",
    "thunderbird_ro": "La 16.11.2026 09:12, Ann Lee a scris:",
    "yahoo_en": "On Monday, 16 November 2026, 09:12:33 GMT, Ann Lee <ann@vendor.example> wrote:",
    "yahoo_de": "Am Montag, 16. November 2026 um 09:12:33 MEZ hat Ann Lee <ann@vendor.example> Folgendes geschrieben:",
    "yahoo_fr": "Le lundi 16 novembre 2026 à 09:12:33 UTC+1, Ann Lee <ann@vendor.example> a écrit :",
    "yahoo_es": "En lunes, 16 de noviembre de 2026, 09:12:33 CET, Ann Lee <ann@vendor.example> escribió:",
    "yahoo_it": "Il lunedì 16 novembre 2026 alle ore 09:12:33 CET, Ann Lee <ann@vendor.example> ha scritto:",
    "yahoo_pt": "Em segunda-feira, 16 de novembro de 2026 09:12:33 BRT, Ann Lee <ann@vendor.example> escreveu:",
    "zoho": "---- On Mon, 16 Nov 2026 09:12:33 +0100 Ann Lee <ann@vendor.example> wrote ----",
    "zoho_fr": "---- Le lun., 16 nov. 2026 09:12:33 +0100 Ann Lee <ann@vendor.example> a écrit ----",
    "proton_en": "On Monday, November 16th, 2026 at 9:12 AM, Ann Lee <ann@vendor.example> wrote:",
    "proton_new": "-------- Original Message --------\nOn Monday, 11/16/26 at 09:12 Ann Lee <ann@vendor.example> wrote:",
    "proton_de": "Am Montag, 16. November 2026 um 09:12, schrieb Ann Lee <ann@vendor.example>:",
    "proton_mobile": "-------- Original Message --------\nOn 16 Nov 2026, 09:12, Ann Lee < ann@vendor.example> wrote:",
    "lotus_block": "Ann Lee <ann@vendor.example>\n16.11.2026 09:12\n\nAn\nCasey Client <casey@client.example>\nKopie\n\nThema\nRe: Login",
    "lotus_inline": 'From:\t"Ann Lee" <ann@vendor.example>\nTo:\tcasey@client.example\nDate:\t16/11/2026 09:12\nSubject:\tRe: Login',
    "lotus_dashes": "-----Ann Lee <ann@vendor.example> schrieb: -----\nAn: casey@client.example\nVon: Ann Lee <ann@vendor.example>\nDatum: 16.11.2026 09:12\nBetreff: Login",
    "lotus_dashes_en": '-----"Ann Lee" <ann@vendor.example> wrote: -----\nTo: casey@client.example\nFrom: "Ann Lee" <ann@vendor.example>\nDate: 11/16/2026 09:12AM\nSubject: Login',
    "outlook_old": "-----Original Message-----\nFrom: Ann Lee [mailto:ann@vendor.example]\nSent: Monday, November 16, 2026 9:12 AM\nTo: Casey\nSubject: Login",
    "outlook_de": "-----Ursprüngliche Nachricht-----\nVon: Ann Lee [mailto:ann@vendor.example] \nGesendet: Montag, 16. November 2026 09:12\nAn: Casey\nBetreff: Login",
    "outlook_fr": "-----Message d'origine-----\nDe : Ann Lee <ann@vendor.example> \nEnvoyé : lundi 16 novembre 2026 09:12\nÀ : Casey\nObjet : Login",
    "outlook_it": "-----Messaggio originale-----\nDa: Ann Lee <ann@vendor.example> \nInviato: lunedì 16 novembre 2026 09:12\nA: Casey\nOggetto: Login",
    "outlook_nl": "-----Oorspronkelijk bericht-----\nVan: Ann Lee <ann@vendor.example> \nVerzonden: maandag 16 november 2026 09:12\nAan: Casey\nOnderwerp: Login",
    "outlook_pl": "-----Oryginalna wiadomość-----\nOd: Ann Lee <ann@vendor.example>\nData: 16.11.2026 09:12\nDo: Casey\nTemat: Login",
    "outlook_bold_cc": "*From:* Ann Lee <ann@vendor.example>\n*Sent:* Monday, November 16, 2026 9:12 AM\n*To:* Casey <casey@client.example>\n*Cc:* Bob <bob@client.example>; Eve <eve@client.example>\n*Subject:* RE: Login",
    "outlook_mac": "From: Ann Lee <ann@vendor.example>\nDate: Monday, November 16, 2026 at 9:12 AM\nTo: Casey <casey@client.example>\nSubject: Re: Login",
    "outlook_mac_de": "Von: Ann Lee <ann@vendor.example>\nDatum: Montag, 16. November 2026 um 09:12\nAn: Casey <casey@client.example>\nBetreff: Re: Login",
    "outlook_ja": "________________________________\n差出人: Ann Lee <ann@vendor.example>\n送信日時: 2026年11月16日 9:12\n宛先: Casey <casey@client.example>\n件名: Re: Login",
    "outlook_ja_from": "From: Ann Lee <ann@vendor.example> \nSent: Monday, November 16, 2026 9:12 AM\nTo: Casey <casey@client.example>\nSubject: Re: Login",
    "outlook_pt_br": "De: Ann Lee <ann@vendor.example>\nEnviada em: segunda-feira, 16 de novembro de 2026 09:12\nPara: Casey\nAssunto: RES: Login",
    "outlook_pt_pt": "De: Ann Lee <ann@vendor.example>\nEnviado: 16 de novembro de 2026 09:12\nPara: Casey\nAssunto: RE: Login",
    "outlook_cs": "-----Původní zpráva-----\nOd: Ann Lee <ann@vendor.example>\nOdesláno: pondělí 16. listopadu 2026 9:12\nKomu: Casey\nPředmět: Login",
    "outlook_hu": "-----Eredeti üzenet-----\nFeladó: Ann Lee <ann@vendor.example>\nKüldve: 2026. november 16., hétfő 9:12\nCímzett: Casey\nTárgy: Login",
    "outlook_tr": "-----Özgün İleti-----\nKimden: Ann Lee <ann@vendor.example>\nGönderme Tarihi: 16 Kasım 2026 Pazartesi 09:12\nKime: Casey\nKonu: Login",
    "outlook_ru": "-----Исходное сообщение-----\nОт: Ann Lee <ann@vendor.example>\nДата: понедельник, 16 ноября 2026 г. 9:12\nКому: Casey\nТема: Login",
    "outlook_ko": "-----원본 메시지-----\n보낸 사람: Ann Lee <ann@vendor.example>\n보낸 시간: 2026년 11월 16일 월요일 오전 9:12\n받는 사람: Casey\n제목: Login",
    "outlook_zh_cn": "-----邮件原件-----\n发件人: Ann Lee <ann@vendor.example>\n发送时间: 2026年11月16日 9:12\n收件人: Casey\n主题: Login",
    "outlook_zh_tw": "寄件者: Ann Lee <ann@vendor.example>\n寄件日期: 2026年11月16日 上午 09:12\n收件者: Casey\n主旨: Login",
    "foxmail_zh": "发件人： Ann Lee\n发送时间： 2026-11-16 09:12\n收件人： Casey\n主题： Login",
    "qq_zh": '------------------ 原始邮件 ------------------\n发件人: "Ann Lee"<ann@vendor.example>;\n发送时间: 2026年11月16日(星期一) 上午9:12\n收件人: "Casey"<casey@client.example>;\n主题: Re: Login',
    "netease_zh": '在 2026-11-16 09:12:33，"Ann Lee" <ann@vendor.example> 写道：',
    "netease_at": 'At 2026-11-16 09:12:33, "Ann Lee" <ann@vendor.example> wrote:',
    "gmx_de": 'Gesendet: Montag, 16. November 2026 um 09:12 Uhr\nVon: "Ann Lee" <ann@vendor.example>\nAn: casey@client.example\nBetreff: Re: Login',
    "mailru": "Понедельник, 16 ноября 2026, 9:12 +03:00 от Ann Lee <ann@vendor.example>:",
    "yandex": '16.11.2026, 09:12, "Ann Lee" <ann@vendor.example>:',
    "seznam": "---------- Původní e-mail ----------\nOd: Ann Lee <ann@vendor.example>\nKomu: casey@client.example\nDatum: 16. 11. 2026 9:12:33\nPředmět: Re: Login",
    "wp_pl": "Dnia 16 listopada 2026 09:12 Ann Lee <ann@vendor.example> napisał(a):",
    "libero_it": "Il 16/11/2026 09:12 Ann Lee <ann@vendor.example> ha scritto:",
    "orange_fr": '> Message du 16/11/26 09:12\n> De : "Ann Lee" <ann@vendor.example>\n> A : casey@client.example\n> Copie à :\n> Objet : Re: Login',
    "tonline_de": '-----Original-Nachricht-----\nBetreff: Re: Login\nDatum: 2026-11-16T09:12:33+0100\nVon: "Ann Lee" <ann@vendor.example>\nAn: "Casey" <casey@client.example>',
    "samsung": "-------- Original message --------\nFrom: Ann Lee <ann@vendor.example>\nDate: 16/11/2026 09:12 (GMT+01:00)\nTo: Casey <casey@client.example>\nSubject: Re: Login",
    "samsung_de": "-------- Ursprüngliche Nachricht --------\nVon: Ann Lee <ann@vendor.example>\nDatum: 16.11.26 09:12 (GMT+01:00)\nAn: Casey <casey@client.example>\nBetreff: Re: Login",
    "horde": "Quoting Ann Lee <ann@vendor.example>:",
    "horde_de": "Zitat von Ann Lee <ann@vendor.example>:",
    "roundcube": "On 2026-11-16 09:12, Ann Lee wrote:",
    "zimbra": 'From: "Ann Lee" <ann@vendor.example>\nTo: "Casey" <casey@client.example>\nSent: Monday, November 16, 2026 9:12:33 AM\nSubject: Re: Login',
    "zimbra_de": 'Von: "Ann Lee" <ann@vendor.example>\nAn: "Casey" <casey@client.example>\nGesendet: Montag, 16. November 2026 09:12:33\nBetreff: Re: Login',
    "groupwise": ">>> Ann Lee <ann@vendor.example> 16.11.2026 09:12 >>>",
    "mutt": "On Mon, Nov 16, 2026 at 09:12:33AM +0100, Ann Lee wrote:",
    "evolution": "On Mon, 2026-11-16 at 09:12 +0100, Ann Lee wrote:",
    "evolution_de": "Am Montag, dem 16.11.2026 um 09:12 +0100 schrieb Ann Lee:",
    "kmail_de": "Am Montag, 16. November 2026, 09:12:33 CET schrieb Ann Lee:",
    "the_bat": "You wrote on Monday, November 16, 2026, 9:12:33 AM:",
    "spark": "On 16 Nov 2026, 09:12 +0100, Ann Lee <ann@vendor.example>, wrote:",
    "front": "On November 16, 2026, 9:12 AM GMT+1 ann@vendor.example wrote:",
    "superhuman": "On Mon, Nov 16, 2026 at 9:12 AM, Ann Lee < ann@vendor.example > wrote:",
    "blackberry": "From: Ann Lee\nSent: Monday, November 16, 2026 9:12 AM\nTo: Casey\nReply To: Ann Lee\nSubject: Re: Login",
    "desk_line_de": "##- Bitte geben Sie Ihre Antwort über dieser Zeile ein. -##",
    "desk_line_fr": "##- Veuillez saisir votre réponse au-dessus de cette ligne -##",
}


@pytest.mark.parametrize("name", INTRODUCTIONS)
def test_history_is_cut_however_the_program_introduces_it(name: str) -> None:
    assert new_text(f"{NEW}\n\n{INTRODUCTIONS[name]}\n\n{OLD}\n") == NEW
    assert new_text(f"{NEW}\n\n{INTRODUCTIONS[name]}\n{QUOTED}\n") == NEW


@pytest.mark.parametrize("name", INTRODUCTIONS)
def test_history_is_cut_below_a_phones_line_and_a_signature(name: str) -> None:
    assert new_text(f"{NEW}\n\nSent from my iPhone\n\n{INTRODUCTIONS[name]}\n\n{OLD}\n") == NEW
    assert new_text(f"{NEW}\n\n-- \nCasey\n\n{INTRODUCTIONS[name]}\n{QUOTED}\n") == NEW


HTML = {
    "gmail_reply": '<div dir="ltr">{new}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Mon, Nov 16, 2026 at 9:12 AM Ann Lee &lt;<a href="mailto:ann@vendor.example">ann@vendor.example</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0">{old}</blockquote></div>',
    "gmail_container": '<div dir="ltr">{new}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">Am Mo., 16. Nov. 2026 um 09:12 Uhr schrieb Ann Lee &lt;ann@vendor.example&gt;:<br></div><blockquote class="gmail_quote">{old}</blockquote></div>',
    "apple": '<html><head></head><body style="word-wrap: break-word;">{new}<div><br><blockquote type="cite"><div>On 16. Nov 2026, at 09:12, Ann Lee &lt;ann@vendor.example&gt; wrote:</div><br class="Apple-interchange-newline"><div>{old}</div></blockquote></div><br></body></html>',
    "apple_iphone": '<html><body dir="auto">{new}<div dir="ltr">Sent from my iPhone</div><div dir="ltr"><br><blockquote type="cite">On 16 Nov 2026, at 09:12, Ann Lee &lt;ann@vendor.example&gt; wrote:<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">{old}</div></blockquote></body></html>',
    "thunderbird": '<html><body>{new}<div class="moz-cite-prefix">On 16/11/2026 09:12, Ann Lee wrote:<br></div><blockquote type="cite" cite="mid:x@vendor.example">{old}</blockquote></body></html>',
    "outlook_desktop": '<div class="WordSection1">{new}<p class="MsoNormal"><o:p>&nbsp;</o:p></p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"><p class="MsoNormal"><b>From:</b> Ann Lee &lt;ann@vendor.example&gt; <br><b>Sent:</b> Monday, November 16, 2026 9:12 AM<br><b>To:</b> Casey<br><b>Subject:</b> Login</p></div></div>{old}</div>',
    "outlook_de": '<div class="WordSection1">{new}<div><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal"><b>Von:</b> Ann Lee &lt;ann@vendor.example&gt;<br><b>Gesendet:</b> Montag, 16. November 2026 09:12<br><b>An:</b> Casey<br><b>Betreff:</b> Login</p></div></div>{old}</div>',
    "outlook_web": '<div dir="ltr">{new}</div><div id="appendonsend"></div><hr tabindex="-1" style="display:inline-block; width:98%"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri"><b>From:</b> Ann Lee &lt;ann@vendor.example&gt;<br><b>Sent:</b> Monday, November 16, 2026 9:12 AM<br><b>To:</b> Casey<br><b>Subject:</b> Login</font><div>&nbsp;</div></div>{old}',
    "outlook_phone": '<div dir="auto">{new}</div><div id="ms-outlook-mobile-signature"><div>Get <a href="https://aka.ms/o0ukef">Outlook for iOS</a></div></div><hr><div id="divRplyFwdMsg" dir="ltr"><b>From:</b> Ann Lee &lt;ann@vendor.example&gt;<br><b>Sent:</b> Monday, November 16, 2026 9:12:33 AM<br><b>To:</b> Casey<br><b>Subject:</b> Login</div>{old}',
    "outlook_mac": '<div>{new}</div><div id="mail-editor-reference-message-container"><div><div><div style="border:none;border-top:solid #B5C4DF 1.0pt"><p><b>From: </b>Ann Lee &lt;ann@vendor.example&gt;<br><b>Date: </b>Monday, November 16, 2026 at 9:12<br><b>To: </b>Casey<br><b>Subject: </b>Login</p></div>{old}</div></div></div>',
    "outlook_express": '<div>{new}</div><blockquote style="PADDING-LEFT: 5px; BORDER-LEFT: #000000 2px solid"><div>----- Original Message ----- </div><div><b>From:</b> Ann Lee </div><div><b>To:</b> Casey</div><div><b>Sent:</b> Monday, November 16, 2026 9:12 AM</div><div><b>Subject:</b> Login</div>{old}</blockquote>',
    "outlook_2003": '<div>{new}</div><div class="OutlookMessageHeader" lang="en-us" dir="ltr" align="left"><hr tabindex="-1"><font size="2"><b>From:</b> Ann Lee<br><b>Sent:</b> Monday, November 16, 2026 9:12 AM<br><b>To:</b> Casey<br><b>Subject:</b> Login</font></div>{old}',
    "yahoo": '<div class="ydp1"><div dir="ltr">{new}</div></div><div id="ydp2yahoo_quoted_1" class="ydp2yahoo_quoted yahoo_quoted"><div><div>On Monday, November 16, 2026 at 09:12:33 AM GMT+1, Ann Lee &lt;ann@vendor.example&gt; wrote:</div>{old}</div></div>',
    "yahoo_old": '<div>{new}</div><blockquote style="border-left:2px solid"><div><hr size="1"><font><b><span>From:</span></b> Ann Lee &lt;ann@vendor.example&gt;<br><b><span>To:</span></b> Casey<br><b><span>Sent:</span></b> Monday, November 16, 2026 9:12 AM<br><b><span>Subject:</span></b> Login<br></font></div>{old}</blockquote>',
    "proton": '<div style="font-family: Arial;">{new}</div><div class="protonmail_signature_block"><div class="protonmail_signature_block-proton">Sent with <a href="https://proton.me/">Proton Mail</a> secure email.</div></div><div class="protonmail_quote">On Monday, November 16th, 2026 at 9:12 AM, Ann Lee &lt;ann@vendor.example&gt; wrote:<br><blockquote class="protonmail_quote" type="cite">{old}</blockquote></div>',
    "zoho": '<div>{new}</div><div class="zmail_extra_hr" style="border-top: 1px solid rgb(204,204,204); height: 0px;"><br></div><div class="zmail_extra"><div><br></div><div id="Zm-_Id_-Sgn1">---- On Mon, 16 Nov 2026 09:12:33 +0100 <b>Ann Lee &lt;ann@vendor.example&gt;</b> wrote ---<br></div><blockquote id="blockquote_zmail">{old}</blockquote></div>',
    "gmx": '<div style="font-family: Verdana;"><div>{new}</div><div><div style="margin: 10px 5px 5px 10px; padding: 10px 0 10px 10px; border-left:2px solid #C3D9E5;" name="quote"><div style="margin:0 0 10px 0;"><b>Gesendet:</b>&nbsp;Montag, 16. November 2026 um 09:12 Uhr<br/><b>Von:</b>&nbsp;&quot;Ann Lee&quot; &lt;ann@vendor.example&gt;<br/><b>An:</b>&nbsp;casey@client.example<br/><b>Betreff:</b>&nbsp;Login</div><div name="quoted-content">{old}</div></div></div></div>',
    "tutanota": '<div>{new}</div><div>16 Nov 2026, 09:12 by ann@vendor.example:</div><blockquote class="tutanota_quote">{old}</blockquote>',
    "fastmail": '<div>{new}</div><div>On Mon, Nov 16, 2026, at 9:12 AM, Ann Lee wrote:</div><blockquote type="cite" id="qt">{old}</blockquote>',
    "front": '<div>{new}</div><br><br><div class="front-blockquote">On November 16, 2026, 9:12 AM GMT+1 <a href="mailto:ann@vendor.example">ann@vendor.example</a> wrote:<br><br><blockquote type="cite" class="front-blockquote">{old}</blockquote></div>',
    "lotus": '<div>{new}</div><font color="#990099">-----Ann Lee &lt;ann@vendor.example&gt; wrote: -----</font><div class="iNotesHistory" style="padding-left:5px;"><div style="padding-right:0px;border-left:solid black 2px">To: casey@client.example<br>From: Ann Lee &lt;ann@vendor.example&gt;<br>Date: 16.11.2026 09:12<br>Subject: Login<br><br>{old}</div></div>',
    "spark": '<div name="messageBodySection"><div dir="auto">{new}</div></div><div name="messageReplySection">On 16 Nov 2026, 09:12 +0100, Ann Lee &lt;ann@vendor.example&gt;, wrote:<br><blockquote type="cite">{old}</blockquote></div>',
    "samsung": '<div dir="auto">{new}</div><div id="composer_signature"><div style="font-size:85%;">Sent from my Galaxy</div></div><div><br></div><div style="font-size:100%;"><!-- originalMessage --><div>-------- Original message --------</div><div>From: Ann Lee &lt;ann@vendor.example&gt; </div><div>Date: 16/11/2026  09:12  (GMT+01:00) </div><div>To: Casey </div><div>Subject: Login </div></div>{old}',
    "qq_en": '<div>{new}</div><div style="font-size:12px">------------------&nbsp;Original&nbsp;------------------</div><div style="background:#efefef"><div><b>From: </b>"Ann Lee"&lt;ann@vendor.example&gt;;</div><div><b>Date: </b>Mon, Nov 16, 2026 09:12 AM</div><div><b>To: </b>"Casey";</div><div><b>Subject: </b>Re: Login</div></div>{old}',
    "front_signed": '<div>{new}</div><div class="front-signature">Casey</div><blockquote type="cite" class="front-blockquote"><div>On November 16, 2026, 9:12 AM GMT+1 ann@vendor.example wrote:</div>{old}</blockquote>',
    "tutanota_de": '<div>{new}</div><br><div>16.11.2026, 09:12 von ann@vendor.example:<br><blockquote class="tutanota_quote">{old}</blockquote></div>',
    "notes_table": "<font size=2>{new}</font><br><br><table><tr><td><font size=1><b>Ann Lee &lt;ann@vendor.example&gt;</b></font><p><font size=1>16.11.2026 09:12</font><td><table><tr><td>An<td>Casey<tr><td>Kopie<td><tr><td>Thema<td>Login</table></table><br>{old}",
    "windows_mail": '<div>{new}</div><div>Sent from <a>Mail</a> for Windows</div><div style="border:none;border-top:solid #E1E1E1"><p><b>From: </b>Ann Lee<br><b>Sent: </b>Monday, November 16, 2026 9:12 AM<br><b>To: </b>Casey<br><b>Subject: </b>Login</p></div>{old}',
    "zimbra": '<div>{new}</div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><b>From: </b>"Ann Lee" &lt;ann@vendor.example&gt;<br><b>To: </b>"Casey"<br><b>Sent: </b>Monday, November 16, 2026 9:12:33 AM<br><b>Subject: </b>Re: Login</div><div data-marker="__QUOTED_TEXT__">{old}</div>',
    "freshdesk": '<div>{new}</div><div class="freshdesk_quote"><blockquote class="freshdesk_quote">On Mon, 16 Nov at 9:12 AM , Ann Lee &lt;ann@vendor.example&gt; wrote:<div>{old}</div></blockquote></div>',
    "missive": '<div>{new}</div><div class="missive_quote">On November 16, 2026 at 9:12 AM, Ann Lee (ann@vendor.example) wrote:<blockquote class="missive_quote">{old}</blockquote></div>',
    "blockquote_only": "<p>{new}</p><blockquote>{old}</blockquote>",
    "qq": '<div>{new}</div><div><!--emptysign--></div><div style="font-size: 12px;padding:2px 0 2px 0;">------------------&nbsp;原始邮件&nbsp;------------------</div><div style="font-size: 12px;background:#efefef;padding:8px;"><div><b>发件人:</b> "Ann Lee" &lt;ann@vendor.example&gt;;</div><div><b>发送时间:</b>&nbsp;2026年11月16日(星期一) 上午9:12</div><div><b>收件人:</b>&nbsp;"Casey"&lt;casey@client.example&gt;;</div><div><b>主题:</b>&nbsp;Login</div></div>{old}',
    "netease": '<div>{new}</div><p>At 2026-11-16 09:12:33, "Ann Lee" &lt;ann@vendor.example&gt; wrote:</p><blockquote id="isReplyContent" style="PADDING-LEFT: 1ex;">{old}</blockquote>',
}
HTML_NEW = "<div>Thanks, but it still fails.</div><div><br></div><div>Could you look again?</div>"
HTML_OLD = (
    "<p>Dear Casey,</p><p>we have restarted the service.<br>Please try again.</p><p>Ann Lee<br>Vendor Support</p>"
)


@pytest.mark.parametrize("name", HTML)
def test_history_is_cut_from_html_of_every_program(name: str) -> None:
    source = HTML[name].replace("{new}", HTML_NEW).replace("{old}", HTML_OLD)

    assert new_text(texts.from_html(source)) == NEW


CLOSINGS = (
    "Best,\nCasey",
    "Kind regards\n\nCasey Client | ACME Corp | +44 20 1234567",
    "Regards,\nCasey Client\nSenior Manager, Operations\nACME Ltd",
    "Warm regards,\nCasey",
    "With best regards\nCasey",
    "Thanks and regards,\nCasey",
    "Thanks & Regards,\nCasey Client",
    "Best Regards\n*Casey Client*\n*ACME*\nM: +49 170 1234567",
    "Yours sincerely,\nCasey",
    "Freundliche Grüsse\nCasey",
    "Mit besten Grüßen\nCasey",
    "i. A. Casey Client\nKunde GmbH\nTel. 030 1234567",
    "Herzliche Grüße aus Berlin\nCasey",
    "Beste Grüße\nCasey",
    "Schöne Grüße,\nCasey",
    "Gruß\nCasey",
    "LG Casey",
    "VG, Casey",
    "Mit freundlichen Grüßen / Best regards\nCasey",
    "Bien cordialement,\nCasey",
    "Cordialement\n\nCasey CLIENT\nResponsable IT\n01 23 45 67 89",
    "Bonne journée,\nCasey",
    "Salutations,\nCasey",
    "Sincères salutations\nCasey",
    "Un saludo,\nCasey",
    "Saludos cordiales,\nCasey",
    "Atentamente,\nCasey",
    "Gracias y saludos,\nCasey",
    "Reciba un cordial saludo,\nCasey",
    "Cordiali saluti,\nCasey",
    "Un cordiale saluto\nCasey",
    "Grazie e saluti\nCasey",
    "Buona giornata,\nCasey",
    "Atenciosamente,\nCasey",
    "Cumprimentos,\nCasey",
    "Com os melhores cumprimentos,\nCasey",
    "Abraço,\nCasey",
    "Met vriendelijke groet,\nCasey",
    "Groeten,\nCasey",
    "Hartelijke groet\nCasey",
    "Vriendelijke groeten,\nCasey",
    "Med vänliga hälsningar\nCasey",
    "Vänliga hälsningar,\nCasey",
    "Mvh\nCasey",
    "Hälsningar\nCasey",
    "Med venlig hilsen\nCasey",
    "Venlig hilsen / Best regards\nCasey",
    "Vennlig hilsen\nCasey",
    "Med vennlig hilsen,\nCasey",
    "Mvh Casey",
    "Hilsen Casey",
    "Ystävällisin terveisin,\nCasey",
    "Terveisin Casey",
    "Parhain terveisin\nCasey",
    "Pozdrawiam,\nCasey",
    "Z poważaniem\nCasey",
    "Z wyrazami szacunku,\nCasey",
    "Pozdrawiam serdecznie\nCasey",
    "S pozdravem\nCasey",
    "S přátelským pozdravem\nCasey",
    "S pozdravom,\nCasey",
    "Üdvözlettel,\nCasey",
    "Tisztelettel:\nCasey",
    "Cu stimă,\nCasey",
    "Cu drag,\nCasey",
    "С уважением,\nКейси",
    "З повагою,\nКейсі",
    "С наилучшими пожеланиями\nКейси",
    "С уважение,\nКейси",
    "Saygılarımla,\nCasey",
    "İyi çalışmalar dilerim\nCasey",
    "Με εκτίμηση,\nCasey",
    "Φιλικά,\nCasey",
    "Lep pozdrav\nCasey",
    "S poštovanjem,\nCasey",
    "Srdačan pozdrav,\nCasey",
    "よろしくお願いいたします。\nケーシー",
    "此致\n敬礼\nCasey",
    "祝好\nCasey",
    "감사합니다.\n케이시 드림",
    "\u05d1\u05d1\u05e8\u05db\u05d4,\n\u05e7\u05d9\u05d9\u05e1\u05d9",
    "\u0645\u0639 \u0623\u0637\u064a\u0628 \u0627\u0644\u062a\u062d\u064a\u0627\u062a\u060c\n\u0643\u064a\u0633\u064a",
    "\u062a\u062d\u064a\u0627\u062a\u064a\n\u0643\u064a\u0633\u064a",
    "Trân trọng,\nCasey",
    "Salam,\nCasey",
    "Hormat saya,\nCasey",
    "Salutacions,\nCasey",
    "Lugupidamisega\nCasey",
    "Pagarbiai\nCasey",
    "Ar cieņu\nCasey",
    "--\nCasey Client\nACME",
    "-- \nCasey",
    "____________________\nCasey Client\nACME\n+49 30 1234567",
    "Casey Client\nHead of IT\nACME Ltd\nT +44 20 7946 0000\nwww.acme.example\ncasey@client.example",
)


@pytest.mark.parametrize("signature", CLOSINGS)
def test_signatures_of_many_countries_are_cut(signature: str) -> None:
    history = "\n\nOn Mon, Nov 16, 2026 at 9:12 AM Ann Lee <ann@vendor.example> wrote:\n> Dear Casey\n> try again\n"

    assert new_text(f"{NEW}\n\n{signature}\n") == NEW
    assert new_text(f"{NEW}\n\n{signature}{history}") == NEW


FOOTERS = (
    "This email and any files transmitted with it are confidential and intended solely for the use of the individual to whom they are addressed.",
    "CONFIDENTIALITY NOTICE: This message may contain privileged information.\nIf you are not the intended recipient, delete it.",
    "Diese E-Mail enthält vertrauliche und/oder rechtlich geschützte Informationen.\nWenn Sie nicht der richtige Adressat sind, informieren Sie bitte den Absender.",
    "Ce message et ses pièces jointes peuvent contenir des informations confidentielles.",
    "Este mensaje y sus archivos adjuntos son confidenciales.",
    "AVISO LEGAL: Este mensaje puede contener información confidencial.",
    "Questo messaggio contiene informazioni riservate.",
    "Le informazioni contenute nella presente comunicazione sono riservate.",
    "Dit bericht is uitsluitend bestemd voor de geadresseerde.",
    "Detta meddelande kan innehålla konfidentiell information.",
    "Denne e-mail er fortrolig.",
    "Niniejsza wiadomość jest poufna i przeznaczona wyłącznie dla adresata.",
    "Tato zpráva je důvěrná a určena pouze adresátovi.",
    "Данное сообщение является конфиденциальным.",
    "Bu e-posta gizlidir ve yalnızca alıcısı içindir.",
    "Esta mensagem pode conter informação confidencial.",
    "本邮件及其附件含有保密信息，仅限于发送给上面地址中列出的个人。",
    "このメールには機密情報が含まれている場合があります。",
    "Please consider the environment before printing this e-mail.",
    "P Please consider the environment before printing this email",
    "Virus-free. www.avast.com",
    "Virenfrei. www.avast.com",
    "Diese E-Mail wurde von Avast Antivirus-Software auf Viren geprüft.",
    "This email has been checked for viruses by Avast antivirus software.\nhttps://www.avast.com/antivirus",
    "_______________________________________________\nusers mailing list\nusers@lists.client.example\nhttps://lists.client.example/users",
    'You received this message because you are subscribed to the Google Groups "x" group.',
    "Registered office: 1 Main Street, London. Registered in England no. 123456.",
    "Sitz der Gesellschaft: Berlin, Amtsgericht Charlottenburg HRB 12345, Geschäftsführer: C. Client",
    "IMPORTANT NOTICE: The information in this email is confidential.",
)


@pytest.mark.parametrize("footer", FOOTERS)
def test_what_lawyers_and_scanners_add_is_no_text(footer: str) -> None:
    assert new_text(f"{NEW}\n\n{footer}\n") == NEW
    assert new_text(f"{NEW}\n\nBest regards,\nCasey\n\n{footer}\n") == NEW


BANNERS = (
    "CAUTION: This email originated from outside of the organization. Do not click links or open attachments unless you recognize the sender.",
    "[EXTERNAL]",
    "[EXTERNAL EMAIL]",
    "**External Email**",
    "ACHTUNG: Diese E-Mail kommt von einem externen Absender.",
    "EXTERNE E-MAIL: Seien Sie vorsichtig beim Öffnen von Anhängen.",
    "⚠ External sender",
    "You don't often get email from casey@client.example. Learn why this is important",
    "Sie erhalten nicht oft E-Mails von casey@client.example. Erfahren Sie, warum dies wichtig ist",
    "ATTENTION : ce message provient d'un expéditeur externe.",
    "Atención: este correo proviene de un remitente externo.",
    "Let op: deze e-mail komt van buiten de organisatie.",
    "This message was sent from outside the company. Please do not click links.",
    "[Extern]",
    "Warning: External sender. Verify before opening links.",
)


@pytest.mark.parametrize("banner", BANNERS)
def test_a_gateways_warning_at_the_top_is_no_text(banner: str) -> None:
    assert new_text(f"{banner}\n\n{NEW}\n") == NEW


#: Whether the mail is an answer, and words that only look like history, signature or banner.
LOOK_ALIKES = (
    (
        False,
        "New request via the form:\n\nFrom: casey@client.example\nDate: 2026-11-16 09:12\nSubject: Login\n\nIt fails since Monday.",
    ),
    (False, "Name: Casey\nFrom: casey@client.example\nTo: support\nSubject: Login\nMessage: It fails\nPlease help."),
    (False, "The log says:\n\nFrom: app01\nSent: 2026-11-16 09:12\nTo: db01\nSubject: sync\n\nIs that normal?"),
    (
        True,
        "Kundennummer fehlt.\n\nViele Grüße\nCasey\n\nDie Kundennummer lautet 12345.\nDer Fehler tritt seit Montag bei allen auf.",
    ),
    (True, "Best regards,\nCasey\n\nI forgot to say that it fails only in the test system."),
    (True, "The mail was not\nsent from our server"),
    (True, "These devices fail:\n\nNokia phones with the old firmware\nBlackBerry users on the wifi"),
    (True, "Nokia 3310 users cannot log in any more."),
    (True, "It fails for these:\n\nSent from warehouse 3 and not received\nSent via UPS but lost"),
    (True, "Steps:\n\n1. log in\n2. export\n\n---\n\nThe result is empty.\nPlease fix it by Friday, thanks."),
    (True, "Error:\n\n----------\nORA-00942: table or view does not exist\n----------\n\nWhat now?"),
    (True, "Hi,\n\nthis is what I see:\n\n> select * from t;\n> ERROR\n\nand it happens always."),
    (True, "Please call me\n+49 30 123456\nor write to casey@client.example"),
    (True, "Server: https://app.client.example\nUser: casey@client.example\nPhone: +49 30 1234567"),
    (False, "Hi,\n\nmy data:\n\nCasey Client\ncasey@client.example\n+49 30 1234567"),
    (True, "Confidential: the numbers are wrong.\n\nPlease fix."),
    (True, "This message is confidential only when the flag is set. The flag is never set. Why?"),
    (True, "Warning: this message appears when I log in:\n\nCannot open database"),
    (True, "External users cannot log in, this message appears: 403"),
    (True, "To unsubscribe a user we click on X but nothing happens.\n\nWhat to do?"),
    (True, "Hallo,\n\nam 16.11.2026 um 09:12 schrieb der Server folgende Meldung:\n\nERROR 42\n\nWas tun?"),
    (True, "We had a meeting on 16.11.2026 at 09:12 and Ann said:\n\n- fix login\n- fix export"),
    (True, "MfG"),
    (True, "Thanks\nCasey"),
    (True, "A: yes\nB: no\nC: maybe"),
    (True, "Questions:\n\nQ1> what is the limit?\nQ2> who may approve?\n\nThanks"),
    (True, "Dear Ann,\n\nsee https://client.example/a\nand https://client.example/b"),
    (
        False,
        "Dear team,\n\non Mon, Nov 16, 2026 at 9:12 AM our server sent 400 mails.\n\nPlease check:\n\nhost a\nhost b",
    ),
    (True, "Von: Berlin\nNach: Paris\nDatum: 3. Mai\n\nGeht das?"),
    (True, "diff:\n\n--- a/file\n+++ b/file\n@@ -1 +1 @@\n-old\n+new"),
    (True, "| a | b |\n|---|---|\n| 1 | 2 |"),
    (True, "Bitte denken Sie daran, den Server neu zu starten."),
)


@pytest.mark.parametrize(("is_reply", "body"), LOOK_ALIKES)
def test_what_people_write_is_never_taken_for_something_else(is_reply: bool, body: str) -> None:
    assert new_text(body, is_reply=is_reply) == body


FORWARDS = (
    "Please see below, can you help?\n\n---------- Forwarded message ---------\nFrom: Bob <bob@client.example>\nDate: Mon, 16 Nov 2026 at 09:12\nSubject: Login\nTo: Casey <casey@client.example>\n\nIt fails for me.",
    "FYI\n\nBegin forwarded message:\n\nFrom: Bob <bob@client.example>\nSubject: Login\nDate: 16 November 2026 at 09:12:33 CET\nTo: Casey <casey@client.example>\n\nIt fails for me.",
    "siehe unten\n\n-------- Weitergeleitete Nachricht --------\nBetreff: \tLogin\nDatum: \tMon, 16 Nov 2026 09:12:33 +0100\nVon: \tBob <bob@client.example>\nAn: \tCasey <casey@client.example>\n\nEs geht nicht.",
    "Pour info\n\n---------- Forwarded message ---------\nDe : Bob <bob@client.example>\nDate: lun. 16 nov. 2026 à 09:12\nSubject: Login\nTo: <casey@client.example>\n\nÇa échoue.",
)


@pytest.mark.parametrize("body", FORWARDS)
def test_a_forward_keeps_what_was_passed_on(body: str) -> None:
    assert new_text(body) == body


PLACES = {
    "bottom": (
        "On Mon, Nov 16, 2026 at 9:12 AM Ann <ann@vendor.example> wrote:\n> Did you try?\n> Ann\n\nThanks, but it still fails.\n\nCould you look again?",
        "Thanks, but it still fails.\n\nCould you look again?",
    ),
    "bottom_sig": (
        "On Mon, Nov 16, 2026 at 9:12 AM Ann <ann@vendor.example> wrote:\n> Did you try?\n> Ann\n\nThanks, but it still fails.\n\nCould you look again?\n\n-- \nCasey",
        "Thanks, but it still fails.\n\nCould you look again?",
    ),
    "bottom_tb": (
        "Am 16.11.26 um 09:12 schrieb Ann Lee:\n> Did you try?\n>\n> Ann\n\nThanks, but it still fails.\n\nCould you look again?\n",
        "Thanks, but it still fails.\n\nCould you look again?",
    ),
    "device_mid": (
        "Thanks, but it still fails.\n\nCould you look again?\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\nFrom: Ann Lee <ann@vendor.example>\nSent: Monday, November 16, 2026 9:12:33 AM\nTo: Casey <casey@client.example>\nSubject: Re: Login\n\nDear Casey",
        "Thanks, but it still fails.\n\nCould you look again?",
    ),
    "url_wrap": (
        "Thanks, but it still fails.\n\nCould you look again?\n\nOn Mon, Nov 16, 2026 at 9:12 AM Ann Lee <ann@vendor.example<mailto:ann@vendor.example>> wrote:\n\nDear",
        "Thanks, but it still fails.\n\nCould you look again?",
    ),
    "two": (
        "Thanks, but it still fails.\n\nCould you look again?\n\nOn Mon, Nov 16, 2026 at 9:12 AM Ann <ann@vendor.example> wrote:\n\n> Hi\n>\n> On Sun, Nov 15, 2026 at 9:12 AM Casey <casey@client.example> wrote:\n>\n>> It fails\n",
        "Thanks, but it still fails.\n\nCould you look again?",
    ),
    "nbsp": (
        "Thanks,\xa0but\xa0it\xa0still\xa0fails.\n\nCould\xa0you\xa0look\xa0again?\n\nOn\xa0Mon, Nov 16, 2026 at 9:12\u202fAM Ann Lee <ann@vendor.example> wrote:\n> x",
        "Thanks,\xa0but\xa0it\xa0still\xa0fails.\n\nCould\xa0you\xa0look\xa0again?",
    ),
    "crlf-safe": (
        "Thanks, but it still fails.\n\nCould you look again?\n\n\n\n\nFrom: Ann Lee <ann@vendor.example>\n\nSent: Monday, November 16, 2026 9:12 AM\n\nTo: Casey\n\nSubject: Login\n\nDear",
        "Thanks, but it still fails.\n\nCould you look again?",
    ),
    "reply_all_block": (
        "Thanks, but it still fails.\n\nCould you look again?\n\nFrom: Ann Lee via Support <support@vendor.example>\nReply-To: Support <support@vendor.example>\nDate: Monday, 16 November 2026 at 09:12\nTo: Casey\nCc: Bob, Eve\nSubject: Re: Login\n\nDear",
        "Thanks, but it still fails.\n\nCould you look again?",
    ),
}


@pytest.mark.parametrize("name", PLACES)
def test_new_words_are_found_wherever_they_stand(name: str) -> None:
    body, expected = PLACES[name]

    assert new_text(body) == expected


@pytest.mark.parametrize(
    "line",
    [
        "a 2026 b@c.de:",
        "On Mon 2026 wrote:",
        "From: a@b.c",
        "16.11.2026 09:12",
        "An",
        "Best regards",
        "Sent from my ",
        ">a",
        "> Begin forwarded message:",
        "(((((((((( 9:12):",
        "----- " + "a" * 400 + " -----",
        "-----" + "a_" * 200,
        "reply above " * 40,
        "##- above this",
        "An  Casey",
        "Quoting " + "a" * 400 + ":",
    ],
)
def test_endless_lines_of_one_kind_take_no_time(line: str) -> None:
    label_block = "From: a@b.example\nSent: Monday, 16 November 2026 09:12\nTo: c\nSubject: d\n"

    for text in (f"{line}\n" * 2_500, f"{line}" * 2_500, f"{line}\n" * 2_500 + label_block):
        began = time.process_time()
        new_text(text)
        assert time.process_time() - began < 1
