"""What columns are called, in Dutch, English, German and French: those with a meaning, and those we do not keep.

The names are those of the exports of Mailchimp, Laposta, MailerLite, Brevo, Substack, Ghost, Kit, beehiiv, listmonk and
plug-ins of WordPress, and what people write above a column of their own (decision 25). A name is compared bare: without
spaces, signs, accents and capitals, so that FIRST_NAME, First name and firstname are one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

WORDS = (
    "email", "language", "audiences", "region", "role", "since", "status", "reads", "left", "bounced", "complained",
)  # fmt: skip
"""What a column can mean; whoever imports may say it of any column (`Defaults.columns`)."""

_BARE = re.compile(r"[^a-z0-9]+")


def bare(name: str) -> str:
    """A name of a column as it is compared."""
    return _BARE.sub("", unicodedata.normalize("NFKD", name.replace("ß", "ss")).casefold())


_RANKED: Mapping[str, tuple[str, ...]] = {
    "email": (
        "email emailaddress emailadres emailadresse emailaddresses mail mailadres mailadresse eposta adressemail "
        "adresseemail courriel adressecourriel contactemail subscriberemail useremail primaryemail",
        "subscriber",
    ),
    "language": (
        "language taal sprache langue locale lang preferredlanguage voorkeurstaal emaillanguage userlanguage",
    ),
    "audiences": ("audiences doelgroepen",),
    "region": ("region regio",),
    "role": ("role rol",),
    "since": (
        "since sinds toestemmingop",
        "confirmtime confirmedat confirmationtime confirmationtimestamp confirmedtime datebevestigd bevestigdop "
        "bestatigtam confirmele",
        "optintime optindate optintimestamp optedinat optinat signuptimestamp signupdate signuptime",
        "subscribedat subscribeddate datesubscribed subscriptiondate subscribedon subscribedate aanmelddatum "
        "datumaanmelding aangemeldop inschrijfdatum datuminschrijving datumvaninschrijving ingeschrevenop "
        "inschrijvingsdatum anmeldedatum angemeldetam datumderanmeldung eintragungsdatum eingetragenam "
        "dateinscription datedinscription inscritle abonnele dateabonnement",
    ),
}
"""Of two columns of one meaning the one with the better (earlier) rank counts, and of two of one rank none does."""

_STANDING: Mapping[str, str] = {
    "status": "status state subscriptionstatus emailstatus statut zustand subscriberstatus contactstatus globalstatus "
    "liststatus mailstatus emailmarketing emailmarketingstatus marketingstatus abonnementsstatus",
    "reads": "subscribed subscribedtoemails optin emailoptin optedin newsletter nieuwsbrief aangemeld ingeschreven "
    "acceptsmarketing acceptsemailmarketing marketingconsent emailconsent angemeldet abonne inscrit",
    "left": "unsubscribed unsubscribedat unsubtime unsubscribedate unsubscribeddate dateunsubscribed unsubscribetime "
    "unsubscribedon optout optedout emailoptout optouttime optoutdate hasoptedoutofemail emaildisabled disabled "
    "emailblacklisted emailblocklisted blacklisted blocklisted blacklist blocklist donotmail donotemail donotcontact "
    "geenmail nietmailen afgemeld uitgeschreven afmelddatum datumafmelding afgemeldop uitschrijfdatum "
    "datumuitschrijving uitgeschrevenop abgemeldet abgemeldetam abmeldedatum ausgetragen gesperrt desabonne "
    "desabonnele desinscrit desinscritle datedesinscription datededesinscription deletedat verwijderdop geloschtam",
    "bounced": "bounced bouncedat bouncedate cleantime cleaned hardbounced hardbounce opgeschoond gebounced",
    "complained": "complained complainedat spamcomplaint markedasspam spamklacht",
}
"""Of these a file may have several; the worst that one of them says counts."""

MEANINGS: Mapping[str, tuple[str, int]] = {
    **{name: (word, n) for word, ranks in _RANKED.items() for n, names in enumerate(ranks) for name in names.split()},
    **{name: (word, 0) for word, names in _STANDING.items() for name in names.split()},
}
"""Bare name to (meaning, rank)."""

_NOT_KEPT_NAMES = """
    regel waarom id uuid uid userid memberid contactid subscriberid relatieid externalid extid klantnummer
    lidnummer leid euid ip optinip confirmip signupip confirmationip subscribedip ipadres ipaddress latitude
    longitude gmtoff dstoff timezone contacttimezone tijdzone cc state2 location locatie geo land lander
    country pays ort stadt ville city plaats woonplaats stad province provincie bundesland county zip zipcode
    postcode postalcode plz codepostal straat street strasse rue huisnummer toevoeging tel telnr telefoon
    mobiel mobile gsm handy portable sms whatsapp fax landlinenumber birthday birthdate geboortedatum
    verjaardag geburtstag geburtsdatum anniversaire datedenaissance gender geslacht geschlecht sexe salutation
    aanhef anrede civilite title titel titre initials voorletters tussenvoegsel prefix fname lname nom prenom
    vorname jobtitle functie beruf company bedrijf organisatie organisation organization firma societe
    organisme website url linkedin twitter facebook instagram avatar createdat created createdon createdate
    creationdate datecreated aangemaakt aangemaaktop erstelltam creele addedtime addedon dateadded added
    datumtoegevoegd modifiedtime updatedat updated lastchanged lastupdated lastmodified datumwijziging
    wijzigingsdatum gewijzigdop geandertam modifiele lastactivity lastopen lastclick lastseen lastseenat
    lastemailopened memberrating rating stars sent opens opened clicks clicked openrate clickrate bounces
    score emailopens emailclicks emailopencount emailcount emailopenrate engagementscore notes note notities
    opmerking opmerkingen bemerkung bemerkungen remarque remarques comment comments tags tag labels label
    groups group groepen gruppen groupes lists list lijst lijsten listname listid segments segment interests
    interesses attributes attribs source bron bronurl quelle origine sourceurl referrer referralcode
    referringsite referralsource utmsource utmmedium utmcampaign utmchannel utmterm utmcontent channel
    activesubscription expiry plan tier tiers products complimentaryplan stripecustomerid firstpaymentat
    giftid preferdigests type emailtype doubleoptin token wpuserid wordpressuserid unsubcampaigntitle
    unsubcampaignid unsubreason unsubreasonother cleancampaigntitle cleancampaignid premiumsubscription
    subscriptiontier subscriptionpremiumtiernames stripeid engagement acquisitionsource
"""
_NOT_KEPT = frozenset(_NOT_KEPT_NAMES.split())  # "regel" and "waarom" are of our own file of rows set aside
_PERSONAL = re.compile(
    r"name|naam|vorname|prenom|phone|telefo|mobiel|mobile|portable|address|adres|strasse|straat|geboort"
)
"""Names of people, telephones and addresses, whatever else the name of the column says."""
_MAY_SAY_NO = re.compile(
    r"mail|unsub|subscri|opt|stat[eu]|black|block|bounce|complain|spam|abuse|disab|delet|afmeld|aanmeld|schr|meldet|abonn|"
    r"inscri|consent|toestem|newsletter|nieuwsbrief|sperr"
)
"""A column with such a name is never skipped by itself: it may be the one in which somebody said no."""


def is_not_kept(name: str) -> bool:
    """Whether a column of this bare name holds what we deliberately do not keep."""
    return name in _NOT_KEPT or (bool(_PERSONAL.search(name)) and not _MAY_SAY_NO.search(name))
