# ruff: noqa: E501, RUF001 - long tables of words in many scripts
"""How mail programs of many languages introduce what is quoted, and how people and devices sign. Data, no logic.

Every pattern is applied to one line, or to a few joined lines, of at most 500 characters: none has to be clever.
"""

import re
from typing import Final

#: "… wrote:" in the order of how often we meet them.
WROTE: Final = re.compile(
    r"\b(?:wrote|writes|schrieb|geschrieben|schreef|geschreven|escribi[óo]|escreveu|ha scritto|scrisse|skrev|skrifaði|napisał(?:\(?a\)?)?"
    r"|napísal(?:\(?a\)?)?|napsal(?:\(?a\)?)?|pisze|pisał(?:a)?|je napisa[ol]/?(?:la)?|napisao(?:/la)?|a scris|kirjoitti|írta|yazdı|şunu yazdı|rašė|rakstīja"
    r"|kirjutas|va escriure|escrigué|έγραψε|menulis|đã viết|viết|posted|said|idatzi du|escribiu|quoting|zitat von|citando a?|mensaje citado por|citation de|missatge de|napisana przez|napisala)\b|[àa]\s?[ée]crit|пиш(?:ет|е|уть?)\b|написа|писал|כתב[/ה]?|כתבה|كتب|نوشت"
    r"|写道|寫道|書きました|のメール|wrote|작성|เขียน|ने लिखा|লিখেছেন",
    re.IGNORECASE,
)

#: A date or a time of day, in any script's digits.
WHEN: Final = re.compile(
    r"\d{1,2}\s?[:.h時시٫]\s?\d{2}|(?:19|20)\d\d|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}\s*[月월]|[٠-٩]{1,2}[:/][٠-٩]{2}|[٠-٩]{4}"
)
HOUR: Final = re.compile(
    r"\d{1,2}\s?[:.h時时시点點٫]\s?\d{2}(?!\d|[./-]\d)|\d{1,2}\s?(?:[ap]\.?m\b|uhr)", re.IGNORECASE
)
ADDRESS: Final = re.compile(r"[^\s<>\[\]()@;:\"]{1,64}@[^\s<>\[\]()@;:\"]{2,190}")

#: Single lines that stand over history without ending as an introduction does: GroupWise and Orange, which even look
#: like quotes themselves; old Gmail and Tutanota.
HISTORY_BELOW: Final = re.compile(r">>> .{3,120}\d{1,2}[:.]\d\d.{0,8} >>>$|> ?Message du \d\d?[/.]\d\d?[/.]\d{2,4}")
LONE_INTRODUCTION: Final = re.compile(
    r"(?:19|20)\d\d/\d\d?/\d\d? [^<>]{1,80}<[^<>\s@]{1,64}@[^<>\s]{1,190}>$|\d.{8,40} (?:by|von|de|da|van|av|fra|od|от|por|par) [^\s@]{1,64}@[^\s:]{2,190}:$"
)

#: What stands right above a quote and says only whose it is; the words after ARTICLE name a thing, not a person.
SPEAKER: Final = re.compile(
    r"(?:\b(?:wrote|writes|schrieb|schreef|geschreven|escribió|escreveu|scritto|skrev|napisał\(?a?\)?|kirjoitti|írta|yazdı|a scris)|[àa] écrit"
    r"|написала?|写道|寫道) ?[:\uff1a]$|^(?:quoting|zitat von|citando a?) .{2,60}:$|\(.{0,30}\d[:.]\d\d.{0,12}\):$",
    re.IGNORECASE,
)
ARTICLE: Final = re.compile(r"(?:the|this|that|it|der|die|das|es|le|la|les|el|il|lo|un|une?|ein)\s", re.IGNORECASE)

#: What mail programs draw rules with, around such a line.
RULERS: Final = " \t>*_=|~-:\uff1a\u2013\u2014\xa0"

#: Lines that stand over what is quoted whole: everything below is history. Matched without the rulers around them.
ORIGINAL: Final = re.compile(
    r"(?:original(?:[ -](?:message|nachricht|e-?mail|appointment|meddelande|melding|mail))|reply message|"
    r"urspr(?:ü|ue|u)ngliche (?:nachricht|mail|e-mail)|originalnachricht|message d['’]origine|message original|courriel original|"
    r"mensaje original|mensagem original|messaggio originale|(?:oorspronkelijk|origineel|originele)(?:e)? (?:bericht|e-?mail)|ursprungligt meddelande|"
    r"originalmeddelande|opprinnelig melding|oprindelig (?:meddelelse|besked)|original besked|alkuperäinen viesti|oryginalna wiadomość|"
    r"wiadomość oryginalna|wiadomość wysłana|původní (?:zpráva|e-mail)|pôvodná správa|eredeti üzenet|mesaj(?:ul)? original|"
    r"(?:исходное|оригинальное|первоначальное) сообщение|оригінальне повідомлення|(?:or[ij]{1,2}inal|özgün|asıl) (?:ileti|mesaj|posta)|"
    r"原始邮件|邮件原件|原始郵件|原始信件|元のメッセージ|元のメール|original message|원본 메시지|원본 메일|הודעה מקורית|ההודעה המקורית|"
    r"(?:ال)?رسالة (?:ال)?أصلية|αρχικό μήνυμα|izvorna poruka|originalna poruka|izvirno sporočilo|missatge original|tin nhắn gốc|thư gốc|"
    r"(?:algne|esialgne) (?:kiri|sõnum)|izvorno sporočilo|оригинална порука|оригинално съобщение|originalus (?:laiškas|pranešimas)|oriģināl(?:ais ziņojums|ā vēstule)|jatorrizko mezua"
    r"|mensaxe orixinal|پیام اصلی|ข้อความ(?:เดิม|ต้นฉบับ)|pesan asli|mesej asal|ursprünglicher text)",
    re.IGNORECASE,
)
FORWARDED: Final = re.compile(
    r"(?:(?:begin|beginn|anfang|début|inicio|comienzo|início|inizio|inici|start|start på|begynnelse|alku|początek|treść|začátek|začiatok|začetek|početak|započni|începutul|începe|αρχή|начало|початок|mulai|bắt đầu)\s)?"
    r"(?:der |of |du |del |de |do |da |van |på |на )?"
    r"(?:forwarded (?:message|mail|e-?mail)|weitergeleitete[nr]? (?:nachricht|mail|e-mail)|(?:message|courriel) (?:transféré|réexpédié|transmis)|missatge reenviat"
    r"|mensaje reenviado|messaggio inoltrato|mensagem (?:encaminhada|reencaminhada)|doorgestuurd(?:e)? (?:bericht|e-?mail)|vidarebefordrat (?:meddelande|brev|mejl|mail)"
    r"|videresendt (?:melding|besked|meddelelse|e-?post|mail)|välitetty viesti(?: alkaa)?|edelleenlähetetty viesti|przekaz(?:ana|anej|ywanej) wiadomoś(?:ć|ci)|wiadomość przekazana"
    r"|přepos(?:laná|ílané|laného) (?:zpráv[ay]|e-?mailu?)|preposlan(?:á|ej) sprá(?:va|vy)|továbbított (?:üzenet|levél|e-mail)(?: kezdete)?|mesaj(?:ul)? (?:redirecționat|înaintat)"
    r"|(?:пересылаемо|пересланно|перенаправленно|переадресованно)(?:е|го) (?:сообщени[ея]|письм[оа])|(?:переслан|перенаправлен)(?:е|ого) повідомлення|листа, що пересилається"
    r"|(?:препратено|препратеното) съобщение|прослеђена порука|proslijeđen[au] poruk[au]|prosleđen[au] poruk[au]|posredovan(?:o|ega) sporočil[oa]"
    r"|(?:iletilen|iletilmiş|yönlendirilen|yönlendirilmiş) (?:ileti|mesaj|e-?posta)(?: başlangıcı)?|ileti başlangıcı|προωθημένο(?:υ)? μ(?:ή|η)ν[υύ]μα(?:τος)?|edas(?:tatud|i saadetud) (?:kiri|sõnum)"
    r"|persi(?:ųstas|unčiamas) (?:laiškas|pranešimas)|pārsūtīt(?:a|s) (?:vēstule|ziņojums)|framsent skeyti|(?:thư|tin nhắn) (?:được|đã) chuyển tiếp|(?:meneruskan )?pesan (?:terusan|yang diteruskan)|meneruskan pesan"
    r"|(?:以下是|开始)?转发的?(?:邮件|消息)|(?:以下是|開始)?轉寄的?(?:郵件|信件)|転送(?:された)?(?:メッセージ|メール)|전달(?:된)? (?:메시지|메일)|(?:תחילת )?ה?הודעה שהועברה"
    r"|(?:بداية )?(?:ال)?رسالة (?:ال)?(?:معاد توجيهها|محولة|مُعاد توجيهها)|پیام (?:ارجاع\S{0,4}شده|فوروارد شده)|ข้อความที่ส่งต่อ|अग्रेषित संदेश)"
    r"(?: (?:/|-{1,3}) (?:fwd\.? ?msg\.?|forwarded message))?"
    r"|(?:forwarded by|weitergeleitet von|transféré par|reenviado por|inoltrato da|doorgestuurd door|encaminhado por|vidarebefordrat av|videresendt af) .{2,60}\d.{0,20}",
    re.IGNORECASE,
)

#: The labels of a quoted header block, by what they say.
_LABELS: Final = {
    "from": "from von de da van från fra frá lähettäjä mittente od nadawca feladó expeditor от отправитель від kimden gönderen 发件人 寄件者 寄件人"
    " 差出人 送信者 보낸사람 보낸_사람 מאת من από šalje pošiljatelj nuo no saatja remitente remetente expéditeur afzender avsändare afsender de_la daripada từ"
    " expeditorul від_кого отправлено_от pošiljalac pošiljateljica lähettäjältä ผู้ส่ง จาก dari gửi_từ",
    "date": "sent date gesendet datum envoyé envoyé_le enviado enviado_em enviado_el enviada enviada_em fecha data inviato verzonden skickat sendt dato"
    " lähetetty päiväys päivämäärä wysłano wysłane odesláno odoslané datum_odeslání poslano poslané elküldve dátum küldve trimis отправлено дата дата_отправки надіслано gönderildi"
    " gönderilme_tarihi tarih 发送时间 发送日期 日期 寄件日期 傳送時間 送信日時 日時 送信日 보낸날짜 보낸_날짜 날짜 נשלח תאריך تاريخ_الإرسال التاريخ أُرسلت تم_الإرسال"
    " ημερομηνία στάλθηκε išsiųsta data_de_envio data/ora message_du dikirim ngày sendt_den date_d'envoi"
    " odoslaná отправленное verstuurd verzonden_op sendt_dato data_wysłania gesendet_am dată ngày_gửi tanggal วันที่ ส่งเมื่อ",
    "to": "to an à a para aan till til vastaanottaja do komu címzett către catre кому kime alıcı 收件人 收件者 宛先 받는사람 받는_사람 אל إلى προς za prima kam saaja"
    " destinatario destinataire destinatário mottagare modtager naar pro kepada đến"
    " destinatarul pre pour adresat empfänger ontvanger modtagere vastaanottajat ถึง untuk",
    "subject": "subject betreff thema betr objet sujet asunto assunto oggetto onderwerp ämne emne efni aihe temat předmět predmet tárgy subiect тема konu 主题 主旨 件名 표제 제목"
    " נושא الموضوع θέμα tema zadeva perihal teema chủ_đề rubrik"
    " subiectul naslov titre หัวข้อ เรื่อง subjek",
    "cc": "cc kopie kopia kopi copia copie copie_à másolat копия копія bilgi 抄送 副本 ccへ 참조 עותק نسخة κοιν dw kópia cópia con_copia_a reply-to risposta antwort_an bcc importance priorität attachments anlagen"
    " kopio kopija kopi_til másolatot_kap в_копии reply_to répondre_à responder_a rispondi_a antwoord_aan svar_til svara_till odpovědět_komu odpowiedz_do yanıt_adresi"
    " ответить_кому відповісти bijlagen pièces_jointes allegati adjuntos anexos bilagor vedhæftede_filer załączniki priority wichtigkeit",
}
KIND_OF_LABEL: Final = {word.replace("_", " "): kind for kind, words in _LABELS.items() for word in words.split()}
LABEL: Final = re.compile(r"^[\s>*_|\u200e\u200f]{0,8}([^\W\d_][^\d:\uff1a<>@]{0,28}?)[\s*_]{0,4}[:\uff1a][\s*_]{0,4}")

#: What phones and programs add by themselves.
DEVICE: Final = re.compile(
    r"^[\s*_>~-]{0,4}(?:(?-i:Sent) (?:from|via|with|using) (?:my |an? |the |(?-i:[A-Z]|i[A-Z]))(?!.{0,60}\b(?:and|but|please|because|yesterday)\b)|sent (?:from|via|with) (?:my |\[)|get (?:outlook|bluemail|typeapp) for|gesendet (?:von|mit|über|via)|von meinem .{2,40} gesendet"
    r"|diese (?:nachricht|e-?mail) wurde (?:von|mit) (?:meine|einem|de[rm] )|holen sie sich outlook|outlook für .{2,20} (?:abrufen|herunterladen|beziehen)|envoyé (?:de|depuis|à partir|avec|via)|télécharge[rz] outlook|obtenir outlook|obtenez outlook"
    r"|enviado (?:desde|do|de|a partir|com|por)|enviada (?:do|de)|obtener outlook|obt(?:er|enha) o outlook|descarga outlook|baixar o outlook|inviato d(?:a|al|all)|ottieni outlook|scarica outlook|verzonden (?:vanaf|met|via|vanuit)|verstuurd vanaf"
    r"|download outlook|outlook downloaden|skickat från|skickades från|hämta outlook|sendt fra|hent outlook|last ned outlook|lähetetty (?:laitteesta|\w+sta|\w+stä)|hanki outlook|wysłane z|pobierz (?:aplikację )?outlook|wysłano z"
    r"|odesláno z|odoslané z|získat outlook|az .{2,30}(?:küldve|küldöm)|elküldve|trimis de pe|trimis din|descărcați outlook|отправлено (?:с|из)|надіслано з|скачать outlook|изпратено от|.{0,30}(?:'?d[ae]n|tan|ten) gönderildi|στάλθηκε από"
    r"|poslano (?:sa|z|iz|s)|发自|發自|來自我的|从我的.{1,20}发送|(?:获取|下载|取得|下載) (?:ios 版 |适用于 .{3,10}的 )?outlook|outlook for .{3,10}を入手|来自我的|iphoneから送信|.{1,20}から送信|나의 iphone|.{2,20}에서 보냄|נשלח מ|أُ?رسلت من|enviat (?:des|amb)|đã gửi từ|dikirim dari|"
    r"this (?:message|e-?mail) was sent from (?:my|an?) |message envoyé (?:depuis|avec)|sent by newton mail|connected by (?:docomo|motoblur)|blackberry(?:®|\s*$)|.{0,20}yahoo mail (?:for|per|pour|für))",
    re.IGNORECASE,
)

#: Formal closings: below them stands who wrote, not what.
CLOSING: Final = re.compile(
    r"^[\s*_/]{0,4}(?:(?:(?:thanks|thank you|many thanks)[,!]? (?:and|&) |with )?(?:my |our )?(?:best|kind|kindest|warm|warmest|many|sincere)(?: and \w+)? (?:regards|wishes)|(?:(?:thanks|thank you|many thanks)[,!]? (?:and|&) |best |kind )?regards|rgds|brgds|best(?=,\s*$)"
    r"|yours (?:sincerely|faithfully|truly)|sincerely(?: yours)?|respectfully(?: yours)?|i\. ?[av]\.(?= )|p\.? ?p\.?a?\.(?= )"
    r"|mit (?:freundlich|best|herzlich|lieb|viel|sonnig)\w*(?: \w+)? gr(?:ü|ue|u)(?:ß|ss)e?n?|(?:freundliche|beste|viele|liebe|herzliche|schöne|sonnige)[rn]? gr(?:ü|ue)(?:ß|ss)e?|gru(?:ß|ss)|gr(?:ü|ue)(?:ß|ss)e|mfg|vg|lg|hochachtungsvoll"
    r"|(?:bien |très )?cordialement|(?:meilleures|sincères|cordiales) salutations|salutations(?: distinguées)?|bien à vous|bonne (?:journée|soirée|réception)|veuillez agréer.{0,80}|je vous prie d['’]agréer.{0,80}"
    r"|(?:gracias y |un |reciban? un )?(?:cordial(?:es)? )?saludos?(?: cordial(?:es)?)?|atentamente|atte"
    r"|(?:grazie e )?(?:(?:un )?cordial[ei]|distinti)? ?salut[io]|cordialmente|buona (?:giornata|serata)"
    r"|(?:com os )?(?:melhores )?cumprimentos|atenciosamente|cordiais saudações|att|(?:um )?abraços?|(?:met )?(?:vriendelijke|hartelijke|beste) groet(?:en)?|mvg|groet(?:en|jes)?"
    r"|(?:med )?v(?:e|ä)nlig(?:a)? h(?:i|ä)lsning(?:ar)?|med vänliga? hälsningar?|(?:med )?venlig hilsen|(?:de )?bedste hilsner|mvh|vh|(?:med )?(?:vennlig|beste) hilsen|hilsen|hälsningar|bästa hälsningar"
    r"|(?:ystävällisin|parhain) terveisin|terveisin|(?:z poważaniem|pozdrawiam|z wyrazami szacunku|z pozdrowieniami)(?: serdecznie)?|s (?:přátelským |úctou a )?pozdrav[eo]m|s úctou|hezký den|üdvözlettel|tisztelettel|cu (?:stimă|respect|drag)|toate cele bune"
    r"|с уважением|с уважение|с наилучшими пожеланиями|з повагою|поздрави|поздрав|с поштовањем|saygılarım(?:la|ızla)|saygılar|iyi çalışmalar(?: dileri[mz])?|με εκτίμηση|φιλικά|lp|lep pozdrav|s (?:poštovanjem|spoštovanjem)|srdačan pozdrav"
    r"|lugupidamisega|pagarbiai|ar cieņu|salutacions|trân trọng|hormat (?:saya|kami)|salam|敬具|此致|祝好|顺祝商祺|(?:どうぞ)?(?:宜しく|よろしく)お願い(?:いた|致)?します。?|以上|감사합니다\.?|בברכה|(?:ב)?כבוד רב|(?:مع )?(?:أطيب |خالص )?(?:ال)?تحيات[يى]?|مع (?:فائق )?(?:ال)?احترام|با احترام)"
    r"(?: from [\w ]{2,30}| aus [\w ]{2,30})?(?:\s?[/|]\s?[\w ]{2,30})?\s*[,.!;:،，–—-]?\s*(?:\w+(?: \w+)?)?\s*$",
    re.IGNORECASE,
)

#: Warnings that a company's gateway puts over a mail.
BANNER: Final = re.compile(
    r"^[\s*\[(⚠️!]{0,6}(?:(?:caution|warning|attention|achtung|vorsicht|important|external(?: e-?mail| sender| message)?|extern|externe e-?mail|notice|security notice|cuidado|atención|précaution|attenzione|let op|obs|varning|uwaga)\b[\s:*!\])\u2013-]{0,6}.{0,80}"
    r"(?:outside (?:of )?(?:the |our |your |this |my )?(?:organi[sz]ation|company|network|firm|domain|university|business|group)|external (?:sender|source|e-?mail|address|party|origin)|externe[nrms]? (?:absender|e-?mail|quelle|nachricht|mail|afzender|bron)|von extern|außerhalb (?:der|des|unserer|ihrer)"
    r"|originated (?:from )?outside|expéditeur (?:externe|extérieur)|(?:l['’]extérieur|extérieure?) (?:de|à)|remitente externo|fuera de (?:la|su|nuestra) organización|mittente esterno|esterna? all|buiten (?:de|onze|uw) organisatie|externt? (?:avsändare|mejl|e-post)|spoza (?:organizacji|firmy)|fora da organização|remetente externo)"
    r"|you don'?t often get e-?mail from|sie erhalten nicht (?:oft|häufig) e-?mails? von|some people who received this message don'?t often|vous n['’]obtenez pas souvent|no suele recibir correo|non si riceve spesso|u ontvangt niet vaak"
    r"|\[?external(?: e-?mail| sender)?[\]*!]{0,3}\s*$|externe e-?mail\s?:|\[extern\]\s*$|this (?:e-?mail|message) (?:originated|came|was sent) from (?:outside|an external)|do not click (?:on )?(?:any )?links|diese (?:e-?mail|nachricht) (?:stammt|kommt|wurde) von (?:außerhalb|extern)"
    r"|ce (?:message|courriel|mail) (?:provient|vient) de l['’]extérieur|este (?:correo|mensaje) (?:proviene|procede) de fuera)",
    re.IGNORECASE,
)

#: The first words of what lawyers put under a mail, and of footers that virus scanners and lists add.
DISCLAIMER: Final = re.compile(
    r"^[\s*_#-]{0,6}(?:(?:important(?: notice)?\s?:\s?)?(?:this|the information (?:in|contained in) this|the contents? of this|the information transmitted) (?:e-?mail|message|communication|transmission|electronic|correspondence).{0,120}(?:confidential|privileged|intended|solely)"
    r"|(?:confidentiality|legal|privacy|e-?mail)[ -](?:notice|disclaimer|note)|disclaimer\s*:?\s*$|confidential(?:ity)?\s*(?:notice)\s*:|diese (?:e-?mail|nachricht).{0,80}(?:vertraulich|rechtlich|auf viren)|der inhalt dieser (?:e-?mail|nachricht)|vertraulichkeitshinweis"
    r"|ce (?:message|courriel|mail|email).{0,100}(?:confidentiel|exclusivement|destin)|avis de confidentialité|(?:aviso legal|aviso de confidencialidad|nota di riservatezza|aviso de confidencialidade)\b|este (?:mensaje|correo|e-?mail).{0,100}(?:confidencial|dirigido)|esta mensagem.{0,80}confidencia"
    r"|questo messaggio.{0,100}(?:riservat|confidenzial|analizzat)|le informazioni contenute (?:in|nel)|dit (?:bericht|e-?mailbericht).{0,80}(?:vertrouwelijk|bestemd)|(?:detta|denna) (?:e-?post|meddelande|mejl).{0,80}konfident|denne (?:e-?mail|e-?post|mail).{0,80}(?:fortrolig|konfidensiell)"
    r"|(?:niniejsza|ta) wiadomość.{0,80}(?:pouf|przeznaczon)|tato (?:zpráva|e-?mail).{0,80}důvěrn|táto (?:správa|e-?mail).{0,80}dôvern|ez az (?:üzenet|e-?mail).{0,80}bizalmas|acest (?:mesaj|e-?mail).{0,80}confiden|(?:данное|это|настоящее) (?:сообщение|письмо).{0,80}конфиденциальн|це повідомлення.{0,80}конфіденційн"
    r"|bu (?:e-?posta|mesaj|ileti).{0,80}(?:gizli|yalnızca|sadece)|本邮件.{0,40}(?:保密|机密)|此(?:电子)?邮件.{0,40}(?:保密|机密)|この(?:電子)?メール.{0,40}(?:機密|秘密)|본 (?:메일|이메일|전자우편).{0,40}(?:기밀|비밀)"
    r"|(?:p )?please consider the environment|think before you print|before printing|bitte (?:denken|prüfen) sie.{0,60}(?:drucken|umwelt|ausdruck)|pensez à l['’]environnement|virus-free\.|virenfrei\.|scanned by|this e-?mail (?:has been|was) (?:scanned|checked)|questa e-?mail è stata controllata|l['’]absence de virus|garanti sans virus"
    r"|registered (?:office|in england)\b.{0,90}(?:registered|no\b|number|street|road|london)|sitz der gesellschaft\s?:|(?:amtsgericht|handelsregister|registergericht)\b.{0,40}\bhr ?[ab]\b"
    r"|you (?:are receiving|received) this (?:e-?mail|message) because|to unsubscribe(?: from|,| ?:| send)|you are subscribed|.{2,60} mailing list\s*$)",
    re.IGNORECASE,
)

#: Words that lawyers and list programs use in the lines that follow, whoever wrote the mail.
LEGAL: Final = re.compile(
    r"confiden|privileg|recipient|addressee|intended|disclos|disseminat|unauthori[sz]|prohibit|liab|warrant|virus|malware|attachment|delete|sender|notify|in error|registered|company n"
    r"|vat\b|monitor|mailing list|subscri|google groups|e-?mail|vertraulich|empfänger|adressat|absender|unbefugt|löschen|irrtümlich|haftung|geschäftsführ|handelsregister|gesellschaft|umwelt"
    r"|destinat|expédit|divulg|supprim|erreur|responsab|remitente|borra|elimin|riservat|mittente|error|notific|ontvanger|afzender|vertrouwelijk|verwijder|mottagar|avsändar|modtager|afsender"
    r"|mottaker|avsender|vastaanottaj|lähettäj|luottamuks|odbiorc|nadawc|poufn|adresát|příjemc|odesílatel|důvěrn|címzett|bizalmas|получател|отправител|конфиденц|одержувач|gizli|alıcı"
    r"|机密|保密|機密|기밀",
    re.IGNORECASE,
)

#: Our own line, and that of other desks, above which the answer belongs.
REPLY_ABOVE: Final = re.compile(
    r"(?:reply|respond|write|type your (?:reply|response)|antwort\w*|schreiben|répon\w+|respon[ds]\w+|resposta|respuesta|escriba|digit\w+|rispo\w+|antwoord|svar\w*)"
    r".{0,40}(?:above|over|oberhalb|über|au-dessus|encima|acima|sopra|boven|ovanför|ovenfor) (?:(?:de )?(?:this|desta|the|dieser?|cette|esta|questa|deze|den här|denna|denne))? ?(?:line|linie|zeile|ligne|línea|linha|riga|regel|lijn|raden|linjen?)\b"
    r"|powyżej tej lini|wpisz.{0,30}nad t[ąę] lini|выше этой (?:строки|линии)|вище (?:цього рядка|цієї лінії)|nad t(?:ento řádek|uto čáru|ento riadok|ento riadkom|ímto řádkem)|rivin yläpuolelle"
    r"|e (?:sor|vonal) fölé|deasupra acestei linii|bu satırın üz|この(?:線|行)(?:より|の)上|(?:此|这|這)(?:行|线|線)(?:以)?上|이 (?:줄|선) 위|מעל (?:ה)?שורה (?:זו|הזו)|فوق هذا (?:السطر|الخط)|πάνω από αυτή τη γραμμή|iznad ove linije",
    re.IGNORECASE,
)
#: A word of each form above: a text without any of them need not be searched.
LINE_WORDS: Final = (
    "line", "linie", "zeile", "ligne", "línea", "linha", "riga", "regel", "lijn", "raden", "linje", "lini", "строк", "лини", "рядк", "ліні",
    "řád", "čáru", "riad", "rivin", "fölé", "satır", "線", "线", "行", "줄", "선", "שורה", "السطر", "الخط", "γραμμή",
)  # fmt: skip
