"""A backup as one stream: a tar of the database in parts, the content, and last what must be in it; sealed with age.

age (https://age-encryption.org/v1) seals to public keys of people, so nothing on the server opens a backup. It does
not say who made it: the list of what is in it bears a MAC of the installation's own keys, and is read before any of the
rest is used. In memory there is one part at most.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import os
import tarfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import pyrage

from database.keys import KeyRing
from wording import _
from wording.errors import InvalidInputError, ServiceError

PART = 8 << 20
"""Octets of the database in one member: a member says its size first, and that of the whole is not known by then."""
FORMAT = 1
MANIFEST, SIGNED = "manifest.json", "manifest.mac"
_AGE = b"age-encryption.org/v1"
_LARGEST_LIST = 64 << 20


class DamagedError(InvalidInputError):
    """A backup that is cut off or changed, or that this key does not open."""


@dataclass
class Packing:
    """Members are added one after the other; `members` has the hash and size of each."""

    tar: tarfile.TarFile
    members: dict[str, list[Any]] = field(default_factory=dict)

    def add(self, name: str, size: int, source: IO[bytes]) -> None:
        """Raises OSError when the source is shorter than it said."""
        hashed = _Hashed(source)
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        self.tar.addfile(info, hashed)
        self.members[name] = [hashed.digest.hexdigest(), size]

    def add_stream(self, name: str, stream: IO[bytes]) -> None:
        """What comes, in parts `name/000000` and on."""
        number = 0
        while part := stream.read(PART):
            self.add(f"{name}/{number:06}", len(part), io.BytesIO(part))
            number += 1

    def finish(self, facts: dict[str, Any], keys: KeyRing) -> dict[str, Any]:
        """Add the list; returns it."""
        manifest = {"format": FORMAT, **facts, "members": self.members}
        data = json.dumps(manifest).encode()
        self.add(MANIFEST, len(data), io.BytesIO(data))
        signed = _mac(keys, keys.current("audit"), data).encode()
        self.add(SIGNED, len(signed), io.BytesIO(signed))
        return manifest


@contextmanager
def packed(target: Path, recipients: Sequence[str]) -> Iterator[Packing]:
    """Write a parcel; it has its name when it is whole and on the disk. Without `recipients` it is not sealed.

    Raises ServiceError when the disk is full, and InvalidInputError for what is no public key.
    """
    part = target.with_name(f".{target.name}.part")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(only_for_its_owner(part), "wb") as out:
            with _sealed(out, recipients) as sink, tarfile.open(fileobj=sink, mode="w|", bufsize=1 << 20) as tar:
                yield Packing(tar)
            out.flush()
            os.fsync(out.fileno())
        part.replace(target)
        _sync(target.parent)
    except OSError as error:
        part.unlink(missing_ok=True)
        why = error.strerror or str(error)
        raise ServiceError(_("De back-up is niet gemaakt: {why}.", why=why)) from error
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def public_keys(written: Sequence[str]) -> list[pyrage.x25519.Recipient]:
    """Raises InvalidInputError for what is none."""
    found = []
    for one in written:
        try:
            found.append(pyrage.x25519.Recipient.from_str(one))
        except pyrage.RecipientError:
            raise InvalidInputError(_("‘{key}’ is geen publieke sleutel; die begint met age1.", key=one)) from None
    return found


def new_identity(path: Path) -> str:
    """Write a new private key that only its owner can read; returns the public one. Raises InvalidInputError."""
    identity = pyrage.x25519.Identity.generate()
    try:
        with os.fdopen(only_for_its_owner(path, os.O_EXCL), "w") as file:
            file.write(f"# public key: {identity.to_public()}\n{identity}\n")
    except OSError as error:
        raise InvalidInputError(
            _("{file} is niet te schrijven: {why}.", file=path, why=error.strerror or str(error))
        ) from None
    return str(identity.to_public())


def identities(path: Path) -> list[pyrage.x25519.Identity]:
    """The private keys in a file. Raises InvalidInputError when there is none."""
    try:
        lines = [line.strip() for line in path.read_text("utf-8").splitlines()]
        return [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except (OSError, UnicodeDecodeError, pyrage.IdentityError):
        raise InvalidInputError(_("In {file} staat geen geheime sleutel van age.", file=path)) from None


def manifest_of(
    archive: Path, opened_with: Path | None, keys: KeyRing, read: dict[str, bytes] | None = None
) -> dict[str, Any]:
    """Read all of a parcel, compare it with its list, and return that. Nothing is written. The members that `read`
    names are put in it.

    Raises DamagedError, and KeysError when the keys here are not those of the installation that made it.
    """
    seen: dict[str, list[Any]] = {}
    kept: dict[str, bytes] = {}

    def look(name: str, size: int, source: IO[bytes]) -> None:
        if name in (MANIFEST, SIGNED) and size <= _LARGEST_LIST:
            kept[name] = source.read()
            return
        hashed = _Hashed(source)
        while part := hashed.read(1 << 20):
            if read is not None and name in read:
                read[name] += part
        seen[name] = [hashed.digest.hexdigest(), size]

    unpack(archive, opened_with, look)
    if MANIFEST not in kept or SIGNED not in kept:
        raise DamagedError(_("{file} is afgebroken: er is niets teruggezet.", file=archive))
    data, signed = kept[MANIFEST], kept[SIGNED].decode("ascii", "replace")
    kid = signed.partition(".")[0]
    if not kid.isdecimal() or not hmac.compare_digest(_mac(keys, int(kid), data).encode(), signed.encode()):
        raise DamagedError(
            _("{file} is niet met de sleutels van deze installatie gemaakt: er is niets teruggezet.", file=archive)
        )
    manifest: dict[str, Any] = json.loads(data)
    if manifest["format"] > FORMAT:
        raise DamagedError(_("{file} is gemaakt door een nieuwere versie van Postduif.", file=archive))
    if manifest["members"] != seen:
        raise DamagedError(_("{file} is beschadigd: er is niets teruggezet.", file=archive))
    return manifest


def unpack(archive: Path, opened_with: Path | None, take: Callable[[str, int, IO[bytes]], object]) -> None:
    """Give each member to `take`: its name, size and what is in it. Raises DamagedError and what `take` raises."""
    with _opened(archive, opened_with) as source:
        try:
            with tarfile.open(fileobj=source, mode="r|", bufsize=1 << 20) as tar:
                for info in tar:
                    if (member := tar.extractfile(info)) is not None:
                        take(info.name, info.size, member)
        except (tarfile.TarError, EOFError) as error:
            raise DamagedError(_("{file} is beschadigd of afgebroken.", file=archive)) from error


@contextmanager
def _sealed(out: IO[bytes], recipients: Sequence[str]) -> Iterator[IO[bytes]]:
    if not recipients:
        yield out
        return
    keys = public_keys(recipients)
    with _through(lambda source: pyrage.encrypt_io(source, out, keys), to_us=False) as sink:
        yield sink


@contextmanager
def _opened(archive: Path, opened_with: Path | None) -> Iterator[IO[bytes]]:
    keys = identities(opened_with) if opened_with is not None else []
    try:
        source = archive.open("rb")
    except OSError as error:
        why = error.strerror or str(error)
        raise InvalidInputError(_("{file} is niet te lezen: {why}.", file=archive, why=why)) from None
    with source:
        is_sealed = source.read(len(_AGE)) == _AGE
        source.seek(0)
        if not is_sealed:
            yield source
            return
        if not keys:
            raise InvalidInputError(_("Deze back-up is verzegeld. Geef met --identity de geheime sleutel."))

        def opening(sink: IO[bytes]) -> None:
            try:
                pyrage.decrypt_io(source, sink, keys)
            except (pyrage.DecryptError, OSError) as error:
                if _is_broken_off(error):
                    raise
                raise _unopened(archive, error) from error

        with _through(opening, to_us=True) as plain:
            yield plain


def _unopened(archive: Path, error: Exception) -> DamagedError:
    return DamagedError(
        _("{file} gaat niet open: een andere sleutel, of een beschadigd bestand ({why}).", file=archive, why=error)
    )


@contextmanager
def _through(work: Callable[[IO[bytes]], object], *, to_us: bool) -> Iterator[IO[bytes]]:
    """A pipe with `work` at its other end, in a thread. What that raised comes first: our end then only broke off."""
    reading, writing = os.pipe()
    theirs, ours = (writing, reading) if to_us else (reading, writing)
    raised: list[BaseException] = []

    def run() -> None:
        try:
            with os.fdopen(theirs, "wb" if to_us else "rb") as end:
                work(end)
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run, name="postduif-age", daemon=True)
    thread.start()
    end = os.fdopen(ours, "rb" if to_us else "wb")
    try:
        yield end
        end.close()
    except BaseException as error:
        with suppress(OSError):
            end.close()
        thread.join()
        raise (_cause(raised) or error) from error
    thread.join()
    if (cause := _cause(raised)) is not None:
        raise cause


def _cause(raised: Iterable[BaseException]) -> BaseException | None:
    """What went wrong at the other end, unless it is that ours was closed."""
    return next((one for one in raised if not _is_broken_off(one)), None)


def _is_broken_off(error: BaseException) -> bool:
    return isinstance(error, BrokenPipeError) or "Broken pipe" in str(error)


class _Hashed:
    """A source that is hashed while it is read."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self.digest.update(data)
        return data


class Doubled:
    """A source of which everything that is read goes to a second sink, too. Raises OSError when that breaks off."""

    def __init__(self, source: IO[bytes], second: IO[bytes]) -> None:
        self._source, self._second = source, second

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self._second.write(data)
        return data


def _mac(keys: KeyRing, kid: int, data: bytes) -> str:
    return f"{kid}.{hmac.digest(keys.derive('audit', 'backup', kid), data, 'sha256').hex()}"


def only_for_its_owner(path: Path, flags: int = os.O_TRUNC) -> int:
    """A new file to write that no one else can read."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | flags, 0o600)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
