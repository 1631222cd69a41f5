"""What the world reads about our senders in DNS: SPF, DKIM, DMARC, where returned mail arrives, names of addresses.

No answer is no finding: what the resolver raises becomes a skip (`finding.examine`). An answer is a stranger's text:
only its own words of a closed set, numbers and lengths are looked at.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Iterator

import dns.resolver
import dns.reversename
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from mailer.doctor.finding import Finding, Level
from mailer.doctor.world import World
from wording import _

SECONDS = 4.0
"""For one question, over all servers of the resolver."""
LOOKUPS = 10
"""RFC 7208 §4.6.4: receivers stop after so many."""
SHORTEST = 2048
"""Bits of an RSA key that the large receivers ask for; RFC 8301 §3.2 asks for 1024 at least."""


def asked(world: World, name: str, kind: str) -> list[dns.rdata.Rdata]:
    """The records of a name; none when it has none of the kind. Raises DNSException when nothing can be said."""
    try:
        return list(world.resolver.resolve(name, kind, lifetime=SECONDS, search=False))
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []


def texts(world: World, name: str) -> list[str]:
    """The TXT records of a name, each with its strings put together (RFC 7208 §3.3)."""
    return [b"".join(one.strings).decode("utf-8", "replace") for one in asked(world, name, "TXT")]  # type: ignore[attr-defined]


def resolver(world: World) -> Iterator[Finding]:
    """Whether the resolver tells the truth about a name that cannot be there (RFC 6761 §6.4)."""
    if asked(world, f"postduif-{secrets.token_hex(8)}.invalid.", "A"):
        said = _("De naamserver (DNS) verzint antwoorden: hij kent een naam die niet bestaat.")
        remedy = _("Geef deze machine een andere naamserver; geloof wat hier verder over DNS staat tot dan niet.")
        yield Finding("resolver", Level.FAIL, said, remedy)
    else:
        yield Finding("resolver", Level.OK, _("De naamserver (DNS) antwoordt, en verzint niets."))


def spf(world: World) -> Iterator[Finding]:
    """RFC 7208: which machines may send in the name of each domain."""
    for domain in world.domains:
        yield _spf_of(world, domain)


def _spf_of(world: World, domain: str) -> Finding:
    found = [text for text in texts(world, domain) if _is_spf(text)]
    if not found:
        remedy = _('Zet bij {domain} een TXT-record: "{record}"', domain=domain, record=spf_record(world))
        return Finding("spf", Level.FAIL, _("{domain} heeft geen SPF-record.", domain=domain), remedy)
    if len(found) > 1:
        said = _("{domain} heeft {count} SPF-records; ontvangers lezen er dan geen.", domain=domain, count=len(found))
        return Finding("spf", Level.FAIL, said, _("Houd er één, met alle verzenders erin."))
    if (lookups := _lookups(world, found[0])) > LOOKUPS:
        said = _("SPF van {domain} vraagt meer dan {most} keer om een naam; ontvangers stoppen daar.", domain=domain,
                 most=LOOKUPS)  # fmt: skip
        return Finding("spf", Level.FAIL, said, _("Haal `include:` weg van diensten die jullie niet meer gebruiken."))
    last = found[0].split()[-1].casefold()
    if last in ("+all", "all"):
        said = _("SPF van {domain} laat iedereen in jullie naam versturen (+all).", domain=domain)
        return Finding("spf", Level.FAIL, said, _("Laat het record eindigen op -all of ~all."))
    if not (last.endswith("all") or "redirect=" in found[0].casefold()):
        said = _("SPF van {domain} zegt niet wat met andere verzenders moet (geen -all).", domain=domain)
        return Finding("spf", Level.WARN, said, _("Laat het record eindigen op -all of ~all."))
    return Finding("spf", Level.OK, _("SPF van {domain} klopt; er zijn {count} namen voor nodig.", domain=domain,
                                      count=lookups))  # fmt: skip


def _is_spf(text: str) -> bool:
    return text.casefold() == "v=spf1" or text.casefold().startswith("v=spf1 ")


def _lookups(world: World, record: str) -> int:
    """How many names a receiver must ask for; it stops counting just over the limit, so a circle ends."""
    count, waiting = 0, [record]
    while waiting and count <= LOOKUPS:
        for term in waiting.pop().split()[1:]:
            name, _colon, value = term.lstrip("+-~?").partition(":")
            name = name.partition("/")[0].casefold()
            if name.startswith("redirect="):
                name, value = "include", term.partition("=")[2]
            if name in ("a", "mx", "ptr", "exists", "include"):
                count += 1
            if name == "include" and value and count <= LOOKUPS and "%" not in value:
                waiting += [text for text in texts(world, value) if _is_spf(text)][:1]
    return count


def spf_record(world: World) -> str:
    """What to set when there is nothing yet: our own addresses, or the host of each relay."""
    addresses = [one for each in world.sending for one in each.outgoing]
    parts = [f"ip6:{one}" if ":" in one else f"ip4:{one}" for one in addresses]
    parts = parts or [f"a:{each.relay.host}" for each in world.sending if "." in each.relay.host] or ["mx"]
    return f"v=spf1 {' '.join(parts)} -all"


def dkim(world: World) -> Iterator[Finding]:
    """RFC 6376: the keys with which the relays sign."""
    selectors = list(dict.fromkeys(one for each in world.sending for one in each.selectors))
    if not selectors:
        said = _("Met welke sleutel (DKIM) de mailserver ondertekent, is niet bekend.")
        remedy = _("Zet dkim_selectors bij [smtp], of laat een brief het zeggen: `postduif doctor --loop`")
        yield Finding("dkim", Level.SKIP, said, remedy)
    for domain in world.domains:
        for selector in selectors:
            yield _key(world, f"{selector}._domainkey.{domain}")


def _key(world: World, name: str) -> Finding:
    found = [tags for text in texts(world, name) if "p" in (tags := tags_of(text))]
    if not found:
        remedy = _("Zet daar het TXT-record dat de mailserver bij DKIM toont.")
        return Finding("dkim", Level.FAIL, _("Er staat geen sleutel (DKIM) bij {name}.", name=name), remedy)
    public = found[0]["p"]
    again = _("Maak bij de mailserver een nieuwe sleutel van minstens {bits} bits, en zet die in DNS.", bits=SHORTEST)
    if not public:
        return Finding("dkim", Level.FAIL, _("De sleutel bij {name} is ingetrokken (lege p=).", name=name), again)
    if found[0].get("k", "rsa").casefold() == "ed25519":
        return Finding("dkim", Level.OK, _("Bij {name} staat een sleutel ({kind}).", name=name, kind="ed25519"))
    bits = _bits(public)
    if bits is None:
        return Finding("dkim", Level.FAIL, _("Wat bij {name} staat, is geen sleutel.", name=name), again)
    if bits < SHORTEST:
        said = _("De sleutel bij {name} is kort: {bits} bits.", name=name, bits=bits)
        return Finding("dkim", Level.WARN, said, again)
    return Finding("dkim", Level.OK, _("Bij {name} staat een sleutel ({kind}).", name=name, kind=f"rsa {bits}"))


def tags_of(text: str) -> dict[str, str]:
    """The tags of a record or a signature (RFC 6376 §3.2), names in small letters, values without spaces."""
    pairs = (part.partition("=") for part in text.split(";") if "=" in part)
    return {name.strip().casefold(): "".join(value.split()) for name, _equals, value in pairs}


def _bits(public: str) -> int | None:
    try:
        key = load_der_public_key(base64.b64decode(public + "=" * (-len(public) % 4), validate=True))
    except (ValueError, binascii.Error, UnsupportedAlgorithm):
        return None
    return key.key_size if isinstance(key, RSAPublicKey) else None


def dmarc(world: World) -> Iterator[Finding]:
    """RFC 7489: what receivers do with mail in our name that nobody signed."""
    for domain in world.domains:
        found = [text for text in texts(world, f"_dmarc.{domain}") if tags_of(text).get("v", "").casefold() == "dmarc1"]
        if len(found) != 1:
            said = (
                _("{domain} heeft meer dan één DMARC-record; ontvangers lezen er dan geen.", domain=domain)
                if found
                else _("{domain} heeft geen DMARC-record; grote ontvangers eisen dat.", domain=domain)
            )
            remedy = _(
                'Zet bij {name} één TXT-record: "{record}"', name=f"_dmarc.{domain}", record=dmarc_record(domain)
            )
            yield Finding("dmarc", Level.FAIL, said, remedy)
            continue
        policy = tags_of(found[0]).get("p", "").casefold()
        if policy not in ("quarantine", "reject", "none"):
            said = _("Het DMARC-record van {domain} zegt niet wat ontvangers moeten doen (p=).", domain=domain)
            yield Finding("dmarc", Level.FAIL, said, _("Begin met p=none."))
        elif policy == "none":
            said = _("DMARC van {domain} vraagt ontvangers alleen om verslag (p=none).", domain=domain)
            yield Finding("dmarc", Level.NOTE, said, _("Zien de verslagen er goed uit? Ga dan naar p=quarantine."))
        else:
            yield Finding("dmarc", Level.OK, _("DMARC van {domain} klopt (p={policy}).", domain=domain, policy=policy))


def dmarc_record(domain: str) -> str:
    """To begin with: ask for reports only."""
    return f"v=DMARC1; p=none; rua=mailto:postmaster@{domain}"


def mx(world: World) -> Iterator[Finding]:
    """RFC 5321 §5.1, RFC 7505: whether each domain takes the mail that comes back."""
    for domain in world.domains:
        found = sorted(asked(world, domain, "MX"), key=lambda one: int(one.preference))  # type: ignore[attr-defined]
        if not found:
            said = _("{domain} ontvangt geen mail: wat terugkomt en wie zich afmeldt, gaat verloren.", domain=domain)
            remedy = _("Zet bij {domain} een MX-record, of verstuur vanuit een ander domein.", domain=domain)
            yield Finding("mx", Level.FAIL, said, remedy)
            continue
        host = str(found[0].exchange).rstrip(".")  # type: ignore[attr-defined]
        if not host:
            said = _("{domain} zegt dat het geen mail ontvangt (leeg MX-record).", domain=domain)
            yield Finding("mx", Level.FAIL, said, _("Verstuur vanuit een domein dat mail ontvangt."))
        elif not (asked(world, host, "A") or asked(world, host, "AAAA")):
            said = _("{domain} ontvangt mail op {host}, en die naam heeft geen adres.", domain=domain, host=host)
            yield Finding("mx", Level.FAIL, said, _("Geef {host} een A-record.", host=host))
        else:
            yield Finding("mx", Level.OK, _("{domain} ontvangt mail op {host}.", domain=domain, host=host))


def ptr(world: World) -> Iterator[Finding]:
    """RFC 1912 §2.1: each address we send from has a name, and that name has the address."""
    addresses = [one for each in world.sending for one in each.outgoing]
    if not addresses:
        said = _("Vanaf welk adres de mailserver verstuurt, is niet bekend.")
        remedy = _("Is het een eigen mailserver, zet dan outgoing bij [smtp]; anders zorgt de aanbieder hiervoor.")
        yield Finding("ptr", Level.NOTE, said, remedy)
    for address in addresses:
        names = [str(one).rstrip(".") for one in asked(world, str(dns.reversename.from_address(address)), "PTR")]
        if not names:
            remedy = _("Vraag wie het adres verhuurt om een naam (reverse DNS).")
            yield Finding("ptr", Level.FAIL, _("{address} heeft geen naam (PTR).", address=address), remedy)
            continue
        kind = "AAAA" if ":" in address else "A"
        if any(str(one) == address for one in asked(world, names[0], kind)):
            yield Finding("ptr", Level.OK, _("{address} heet {name}.", address=address, name=names[0]))
        else:
            said = _("{address} heet {name}, maar {name} is een ander adres.", address=address, name=names[0])
            yield Finding("ptr", Level.WARN, said, _("Geef {name} een record met dit adres.", name=names[0]))
