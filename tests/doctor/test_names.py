"""What doctor says of DNS: healthy, wrong in each way, and a resolver that lies, hangs or talks nonsense."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import dns.resolver
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mailer.carriers.relay import Relay
from mailer.doctor import names
from mailer.doctor.finding import Level, examine, exit_code
from mailer.doctor.records import records
from mailer.doctor.world import Sending, World
from tests.support.name_server import Manner, name_server

CHECKS = {name: getattr(names, name) for name in ("resolver", "spf", "dkim", "dmarc", "mx", "ptr")}


def public(bits: int) -> str:
    key = generate_private_key(65_537, bits).public_key()
    return base64.b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


LONG, SHORT = public(2048), public(1024)
ZONE = f"""
nieuws.test. 60 IN TXT "v=spf1 include:_spf.relay.test " "-all"
nieuws.test. 60 IN TXT "iets anders"
_spf.relay.test. 60 IN TXT "v=spf1 ip4:192.0.2.0/24 ~all"
_dmarc.nieuws.test. 60 IN TXT "v=DMARC1; p=quarantine; rua=mailto:x@nieuws.test"
een._domainkey.nieuws.test. 60 IN TXT "v=DKIM1; k=rsa; p={LONG[:200]}" "{LONG[200:]}"
nieuws.test. 60 IN MX 10 mail.nieuws.test.
mail.nieuws.test. 60 IN A 192.0.2.7
7.2.0.192.in-addr.arpa. 60 IN PTR mail.nieuws.test.

leeg.test. 60 IN A 192.0.2.1
twee.test. 60 IN TXT "v=spf1 -all"
twee.test. 60 IN TXT "v=spf1 mx -all"
twee.test. 60 IN MX 0 .
kring.test. 60 IN TXT "v=spf1 include:kring.test ~all"
kring.test. 60 IN MX 5 nergens.test.
open.test. 60 IN TXT "v=spf1 +all"
half.test. 60 IN TXT "v=spf1 mx"
_dmarc.half.test. 60 IN TXT "v=DMARC1; p=none"
_dmarc.open.test. 60 IN TXT "v=DMARC1; rua=mailto:x@open.test"
een._domainkey.leeg.test. 60 IN TXT "v=DKIM1; p="
een._domainkey.twee.test. 60 IN TXT "v=DKIM1; p={SHORT}"
een._domainkey.kring.test. 60 IN TXT "v=DKIM1; p=\\255\\254 geen sleutel"
een._domainkey.open.test. 60 IN TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
8.2.0.192.in-addr.arpa. 60 IN PTR mail.nieuws.test.
"""


@pytest.fixture(scope="module")
def honest() -> Iterator[dns.resolver.Resolver]:
    with name_server(ZONE) as resolver:
        yield resolver


def world(resolver: dns.resolver.Resolver, domain: str, *outgoing: str) -> World:
    relay = Relay("smtp.relay.test", 587)
    return World(Path(), resolver, senders=(f"post@{domain}",), sending=(Sending(relay, ("een",), outgoing),))


def levels(world: World) -> dict[str, Level]:
    """The level of the last finding of each check."""
    return {one.check: one.level for one in examine(world, CHECKS)}


def test_a_healthy_domain_has_nothing_to_mend(honest: dns.resolver.Resolver) -> None:
    found = examine(world(honest, "nieuws.test", "192.0.2.7"), CHECKS)
    assert {one.level for one in found} == {Level.OK}
    assert exit_code(found) == 0


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("leeg.test", {"spf": Level.FAIL, "dkim": Level.FAIL, "dmarc": Level.FAIL, "mx": Level.FAIL}),
        ("twee.test", {"spf": Level.FAIL, "dkim": Level.WARN, "mx": Level.FAIL}),
        ("kring.test", {"spf": Level.FAIL, "dkim": Level.FAIL, "mx": Level.FAIL}),
        ("open.test", {"spf": Level.FAIL, "dkim": Level.OK, "dmarc": Level.FAIL}),
        ("half.test", {"spf": Level.WARN, "dkim": Level.FAIL, "dmarc": Level.NOTE}),
        ("nergens.test", {"spf": Level.FAIL, "dkim": Level.FAIL, "dmarc": Level.FAIL, "mx": Level.FAIL}),
    ],
)
def test_what_is_wrong_is_named_with_a_remedy(
    honest: dns.resolver.Resolver, domain: str, expected: dict[str, Level]
) -> None:
    found = examine(world(honest, domain), CHECKS)
    said = {one.check: one.level for one in found}
    assert {name: said[name] for name in expected} == expected
    assert all(one.remedy is not None for one in found if one.level not in (Level.OK, Level.NOTE))
    assert exit_code(found) == 2


def test_an_address_whose_name_is_another_is_a_warning_and_one_without_fails(honest: dns.resolver.Resolver) -> None:
    assert levels(world(honest, "nieuws.test", "192.0.2.8"))["ptr"] is Level.WARN
    assert levels(world(honest, "nieuws.test", "192.0.2.9"))["ptr"] is Level.FAIL


def test_an_address_is_written_in_one_way(honest: dns.resolver.Resolver) -> None:
    """A name that says the address in another spelling of IPv6 is the same address."""
    zone = ZONE + (
        "zes.test. 60 IN AAAA 2001:db8::7\n"
        "7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. 60 IN PTR zes.test.\n"
    )
    with name_server(zone) as resolver:
        assert levels(world(resolver, "nieuws.test", "2001:db8::7"))["ptr"] is Level.OK


@pytest.mark.parametrize("manner", ["hangs", "nonsense"])
def test_no_answer_is_never_taken_for_good(manner: Manner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "SECONDS", 0.3)
    with name_server(ZONE, manner) as resolver:
        found = examine(world(resolver, "nieuws.test", "192.0.2.7"), CHECKS)
    assert {one.level for one in found} == {Level.SKIP}
    assert exit_code(found) == 1


def test_a_resolver_that_invents_answers_is_found_out() -> None:
    with name_server(ZONE, "lies") as resolver:
        found = levels(world(resolver, "nieuws.test"))
    assert found["resolver"] is Level.FAIL


def test_what_is_to_be_set_is_what_doctor_then_finds_good(honest: dns.resolver.Resolver) -> None:
    """The records for this installation, put into a zone with what only its relay knows, are a healthy domain."""
    wanted = list(records(world(honest, "nieuws.test", "192.0.2.7")))
    assert {one.topic for one in wanted} >= {"spf", "dkim", "dmarc", "mx", "ptr", "bounces", "leaving"}
    fill = {"p=…": f"p={LONG}", "10 …": "10 mail.nieuws.test."}
    lines = ["mail.nieuws.test. 60 IN A 192.0.2.7", "7.2.0.192.in-addr.arpa. 60 IN PTR mail.nieuws.test."]
    for one in wanted:
        value = one.value
        for gap, filled in fill.items():
            value = value.replace(gap, filled)
        if one.kind == "TXT":
            quoted = " ".join(f'"{value[at : at + 200]}"' for at in range(0, len(value), 200))
            lines.append(f"{one.name}. 60 IN TXT {quoted}")
        elif one.kind == "MX":
            lines.append(f"{one.name}. 60 IN MX {value}")
    with name_server("\n".join(lines)) as resolver:
        found = examine(world(resolver, "nieuws.test", "192.0.2.7"), CHECKS)
    assert {one.level for one in found} <= {Level.OK, Level.NOTE}
