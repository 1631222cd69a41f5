"""The words that mail servers use for themselves. What a relay says is kept in these and in codes, nothing else.

A list of what is allowed, because names, addresses and the part before the @ have no form of their own: `piet` is a
word like any other. What is not on it becomes "…"; the code and the class beside it say what matters.
"""

from __future__ import annotations

import re

MASK = "…"
_MOST = 300
_CODE = re.compile(r"[245]\.\d{1,3}\.\d{1,3}|[245]\d\d")
_EDGES = " .,;:!?-–/\\()[]{}<>#*\"'‘’“”«»=&|"
_PARTS = re.compile(r"[^\W\d_]+|['’/-]+")

_KNOWN = frozenset(
    """
    a able abort aborted about abuse accept accepted accepting access account action active activity addition
    additional address addressed addresses after again against agent all allocation allow allowed already also an
    and another answer any anymore appears are as ask at attachment attempt attempts auth authenticated
    authentication authoritative auto automatic available away back bad banned be because been being belong black
    blacklist blacklisted block blocked blocking body bounce box bulk busy but by bytes can cannot can't certificate
    challenge change check checked checks clean clear click client close closed closing code command commands
    complete complaint complaints configuration configured confirm connect connected connecting connection
    connections contact contain contained contains content continue control could couldn't current currently daily
    data database day days deactivated deferred delay delayed delete deleted deliver delivered delivery denied deny
    destination detected did directory disabled discontinued disk dkim dmarc dns do does doesn't domain domains
    don't due during each early either email emails enabled encryption end enough enter envelope error errors esmtp
    established exceed exceeded exceeds exim exist existent exists expected expired external fail failed failing
    failure fatal few file filter filtered filtering filters first follow following for forbidden format forward
    forwarding found from full further gateway get give given go gone greylist greylisted greylisting had handshake
    has have header headers hello helo help helpdesk here host hostname hosts hour hourly hours how however http
    https if ignored illegal in inactive inbound inbox incoming incorrect infected info information insufficient
    internal into invalid ip is it its junk keeps know known large later length less let letter limit limited limits
    line lines link list listed listing local locally locked long longer lookup loop low mail mailbox mailboxes
    mailer mails maintenance malformed malware many match matches max maximum may me message messages method minute
    minutes misconfigured missing month more most moved must mx name need needed neither network new next no nobody
    non none nonexistent nor not nothing now number of off offers ok okay older on once one only open operation or
    order original other our out outbound over own page part party password per perform permanent permanently
    permission permitted person phishing pipelining plain please point policies policy poor port possible postmaster
    prohibited problem problems processing program protected protocol provider ptr queue queued quota rate reach
    reached read ready reason receipt receive received receiver receiving recipient recipients record records refuse
    refused refuses register reject rejected rejecting rejection relay relayed relaying remote removed repeat reply
    report reputation request requested require required requires resolve resolved resources response restricted
    retry return returned reverse revoked route router routing rule rules run same score secret secure security see
    seem self send sender senders sending sent server servers service services session shut shutting sign signed
    size slow slowly smtp so soft sorry source space spam spamming speak speaks spf spoke ssl starttls start state
    status still storage store stored subject submission submit succeeded such support suspended suspicious syntax
    system table take taken temporarily temporary terminated terminating test than that the their them then there
    these they this those through throttled time timed timeout times tls to today together too total traffic
    transaction transport tried true trusted try trying two type unable unasked unauthenticated unauthorized
    unavailable undeliverable unexpected unknown unlisted unrecognized unreachable unresolvable unrouteable
    unsolicited unsupported until up update upgrade url us use used user users using valid verification verified
    verify version very via view violates virus visit volume wait waiting want was way we welcome went were what
    when where which while who why will window with within without working would wrong yes yet you your aan
    aangenomen adres afgewezen afzender al alle als bekend beleid ben bent bericht berichten bestaat bestaan bezorgd
    binnen blokkadelijst brievenbus dan dat de deze dit domein door een e-mailadres en er fout geaccepteerd
    geblokkeerd gebruiker geen geleverd gesloten geweigerd groot groter grootte heeft het hier kan kon maximale meer
    met na naar niet om onbekend onbekende onbestelbaar ongeldig ongeldige ontvangen ontvanger ontvangers ook op
    opgeheven opnieuw overschreden postbus postvak probeer te teveel tijdelijk uit van vanwege verbinding verlopen
    voor vol volgens wegens welkom weer wordt zo abgelehnt absender adresse am anhang anwender auf aus benutzer
    bereits bitte das dem den der die dieser diese ein eine empfänger erneut fehler für gelöscht gesperrt grösse
    größe hat ist kein keine konto mehr nachricht nicht noch nur oder postfach sie und unbekannt unbekannter
    unzustellbar verbindung versuchen voll von wegen wird wurde zu zulässig adresses aucun bloqué boîte cette ce cet
    compte courrier délai dépassé des désactivé destinataire du erreur essayer est et existe expéditeur inconnu
    inconnue indésirable introuvable invalide la le les limite ne n'existe n'est par pas pleine plus politique pour
    refusé refusée rejeté réessayer serveur suspendu temporairement trop un une utilisateur votre buzón casella
    correo cuenta desconocido destinatario dirección el errore indirizzo inesistente lleno mensaje piena posta
    rechazado rifiutato servidor servizio usuario utente sconosciuto
    """.split()  # noqa: SIM905 — a list of strings would be eight pages
)


def in_known_words(said: str, *addresses: str) -> str:
    """The words of a server that are on the list, and codes; each run of others is "…".

    A word that is part of one of `addresses` is not kept either, be it on the list or not.
    """
    parts = {part for one in addresses for part in _PARTS.findall(one.lower()) if len(part) > 2}
    kept: list[str] = []
    for word in said.split():
        shown = word if _is_known(word, parts) else f"<{MASK}>" if word[0] == "<" and ">" in word else MASK
        if shown != MASK or kept[-1:] != [MASK]:
            kept.append(shown)
    return " ".join(kept)[:_MOST]


def _is_known(word: str, parts: set[str]) -> bool:
    bare = word.strip(_EDGES)
    if not bare or _CODE.fullmatch(bare):
        return True
    lower = bare.lower()
    if lower in parts or "@" in word:
        return False
    if lower in _KNOWN:
        return True
    pieces = lower.replace("’", "'").replace("/", "-").split("-")
    return len(pieces) < 4 and all(piece in _KNOWN and piece not in parts for piece in pieces)
