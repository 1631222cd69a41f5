"""Certificates for a relay, good and bad, each vouched for by nobody but itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


def self_signed(path: Path, *, other_host: bool = False, begins: int = -1, ends: int = 2, weak: bool = False) -> str:
    """A PEM file with a key and its certificate for 127.0.0.1; `begins` and `ends` are days from now."""
    now = datetime.now(UTC)
    weak_key = rsa.generate_private_key(65_537, 1024) if weak else None  # noqa: S505 - it is to be refused
    key = weak_key or ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "relay")])
    host = x509.DNSName("elders.example") if other_host else x509.IPAddress(IPv4Address("127.0.0.1"))
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now + begins * DAY).not_valid_after(now + ends * DAY)
    builder = builder.add_extension(x509.SubjectAlternativeName([host]), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    certificate = builder.sign(key, hashes.SHA256())
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + certificate.public_bytes(Encoding.PEM))
    return str(path)
