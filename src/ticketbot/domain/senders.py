"""Who a mail's sender is to us: one of our staff, somebody of a client, or a stranger (domain.md OR5)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ticketbot.domain.messages import Authentication

#: Providers whose addresses say nothing about a company. A client's domain list never reaches into them.
FREE_MAIL = frozenset(
    """
    gmail.com googlemail.com outlook.com outlook.de outlook.fr outlook.es outlook.it hotmail.com hotmail.co.uk
    hotmail.de hotmail.fr hotmail.it hotmail.es live.com live.co.uk live.de live.fr live.nl msn.com passport.com
    yahoo.com yahoo.co.uk yahoo.co.in yahoo.co.jp yahoo.de yahoo.fr yahoo.es yahoo.it yahoo.ca yahoo.com.br
    yahoo.com.au yahoo.in ymail.com rocketmail.com aol.com aim.com icloud.com me.com mac.com proton.me protonmail.com
    protonmail.ch pm.me tutanota.com tutanota.de tuta.com tuta.io gmx.de gmx.net gmx.com gmx.at gmx.ch web.de
    t-online.de freenet.de arcor.de 1und1.de online.de mail.de posteo.de posteo.net mailbox.org vodafone.de
    orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr bbox.fr libero.it virgilio.it tiscali.it alice.it tin.it
    terra.es telefonica.net uol.com.br bol.com.br terra.com.br ig.com.br sapo.pt mail.pt
    ziggo.nl kpnmail.nl planet.nl hetnet.nl xs4all.nl telenet.be skynet.be bluewin.ch hispeed.ch aon.at chello.at
    btinternet.com virginmedia.com sky.com talktalk.net ntlworld.com blueyonder.co.uk
    comcast.net verizon.net att.net sbcglobal.net cox.net charter.net earthlink.net bellsouth.net rogers.com shaw.ca
    bigpond.com optusnet.com.au mail.com email.com inbox.com hey.com fastmail.com fastmail.fm zoho.com zohomail.com
    hushmail.com mail.ru bk.ru list.ru inbox.ru yandex.ru yandex.com ya.ru rambler.ru ukr.net i.ua wp.pl o2.pl onet.pl
    interia.pl op.pl poczta.fm gazeta.pl seznam.cz email.cz centrum.cz atlas.cz azet.sk zoznam.sk freemail.hu
    citromail.hu abv.bg mail.bg yahoo.ro net.hr siol.net otenet.gr walla.co.il walla.com
    qq.com foxmail.com 163.com 126.com yeah.net sina.com sina.cn sohu.com aliyun.com 139.com 189.cn
    naver.com daum.net hanmail.net nate.com kakao.com docomo.ne.jp ezweb.ne.jp softbank.ne.jp rediffmail.com
    """.split()  # noqa: SIM905 - a list that reads as words
)

_NOBODY = re.compile(
    r"(?:.*[._+-])?(?:no[._-]?reply|do[._-]?not[._-]?reply|noreply\d*|donotreply|not-?reply|keine?[._-]?antwort"
    r"|nicht[._-]?antworten|nepasrepondre|ne[._-]?pas[._-]?repondre|no[._-]?responder|nao[._-]?responda|non[._-]?rispondere"
    r"|mailer[._-]?daemon|postmaster|bounces?|abuse|listserv|majordomo|auto[._-]?reply|autoresponder|automailer"
    r"|unsubscribe|devnull|nobody|null)(?:[+=_.-].*)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who wrote a mail, as the desk knows them when it arrives.

    `address` is lower case and empty unless there is exactly one From mailbox. `staff` is the slug of the staff member
    with that registered address, `client` the slug of the client whose contact or domain it is. `authserv_configured`
    says whether the mailbox that the mail came through knows its own server's authserv-id.
    """

    address: str = ""
    staff: str | None = None
    client: str | None = None
    is_contact: bool = False
    result: Authentication = Authentication.NONE
    authserv_configured: bool = False

    @property
    def authentication(self) -> Authentication:
        """Return what our own server said; without a configured authserv-id nothing it says can be seen."""
        return self.result if self.authserv_configured else Authentication.NONE

    @property
    def has_failed(self) -> bool:
        """Return whether our server said that somebody else wrote this, or nobody can be named."""
        return not self.address or self.authentication is Authentication.FAIL

    @property
    def is_verified(self) -> bool:
        """Return whether our own server vouches for the sender."""
        return bool(self.address) and self.authentication is Authentication.PASS

    @property
    def is_credible(self) -> bool:
        """Return whether the sender is verified, or nobody on this desk can be."""
        return self.is_verified or (bool(self.address) and not self.authserv_configured)

    @property
    def is_known(self) -> bool:
        """Return whether the sender is a contact, or of a client's domain that is verified where that can be seen."""
        return self.client is not None and not self.has_failed and (self.is_contact or self.is_credible)


def client_of_domain(domain: str, domains: Mapping[str, str], *, free_mail: frozenset[str] = FREE_MAIL) -> str | None:
    """Return the client of a mail domain, or None. *domains* maps `acme.example` or `*.acme.example` to its client.

    A match is exact; a sub-domain counts only where it is listed, itself or by a `*.` rule, of which the longest wins.
    Free-mail domains never map, whatever is listed. Only plain ASCII domains are compared: no letter is folded into
    another, so that a look-alike stays a stranger.
    """
    labels = domain.lower().split(".") if domain.isascii() else []
    parents = [".".join(labels[start:]) for start in range(len(labels))]
    if not free_mail.isdisjoint(parents):
        return None
    listed = [domain.lower(), *(f"*.{parent}" for parent in parents[1:])]
    return next((domains[each] for each in listed if labels and each in domains), None)


def is_nobody(address: str) -> bool:
    """Return whether nobody reads what is sent to this address: noreply, mailer-daemon, bounces and their like."""
    return _NOBODY.fullmatch(address.rpartition("@")[0][:64]) is not None
