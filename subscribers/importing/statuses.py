"""What a file says of a reader: words for a status in four languages, yes and no, and the columns that say them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from subscribers.importing.moments import NOTHING
from wording import _
from wording.errors import InvalidInputError


class Standing(StrEnum):
    """What the file says of a reader, from good to bad: of two that are said the worse counts."""

    READS = "reads"
    BOUNCED = "bounced"
    LEFT = "left"
    COMPLAINED = "complained"


class RowError(InvalidInputError):
    """One row cannot be taken; `text` says why, and never names anybody."""


_WORDS = {
    Standing.READS: "reads active actief subscribed aangemeld ingeschreven enabled confirmed bevestigd optin opt-in "
    "opted-in aktiv abonniert angemeldet bestätigt actif active abonné abonnée inscrit inscrite confirmé confirmée",
    Standing.LEFT: "left unsubscribed unsubscribe uitgeschreven afgemeld archived gearchiveerd disabled uitgeschakeld "
    "blocklisted blacklisted blocked geblokkeerd cancelled canceled opgezegd deleted verwijderd trash optout opt-out "
    "opted-out abgemeldet ausgetragen gelöscht gesperrt désabonné désabonnée désinscrit désinscrite bloqué supprimé",
    Standing.BOUNCED: "bounced bounce cleaned opgeschoond gebounced hardbounce hardbounced hard-bounced ongeldig "
    "invalid ungültig invalide rejeté zurückgewiesen",
    Standing.COMPLAINED: "complained complaint spam klacht abuse junk beschwerde plainte",
}
STANDINGS: Mapping[str, Standing] = {word: standing for standing, words in _WORDS.items() for word in words.split()}

_NEVER_CONFIRMED = frozenset(
    (
        *("unconfirmed", "not confirmed", "pending", "validating", "onbevestigd", "niet bevestigd"),
        *("unbestätigt", "nicht bestätigt", "non confirmé", "en attente"),
    )
)
YES = frozenset(("yes", "ja", "y", "j", "true", "1", "waar", "x", "on", "aan", "wahr", "oui", "o", "vrai", "checked"))
NO = frozenset(("no", "nee", "n", "false", "0", "onwaar", "off", "uit", "nein", "falsch", "non", "faux", "unchecked"))
_ORDER = tuple(Standing)


def standing_from(word: str) -> Standing:
    """What a status in words means. Raises ValueError."""
    folded = folded_value(word)
    if not folded:
        return Standing.READS
    if folded not in STANDINGS:
        raise ValueError(word)
    return STANDINGS[folded]


def folded_value(value: str) -> str:
    """A value as it is compared: small letters, single spaces."""
    return " ".join(value.split()).casefold()


def worst(standings: Iterable[Standing]) -> Standing:
    return max(standings, key=_ORDER.index, default=Standing.READS)


def standing_in(word: str, value: str, said: Mapping[str, str], column: str) -> Standing:
    """What one cell says. `word` is what its column means, `said` what its values were said to mean.

    Raises RowError for a value nobody knows.
    """
    folded = folded_value(value)
    if folded in said:
        return standing_from(said[folded])
    found = _STATUS[word](folded) if word in _STATUS else _yes_or_no(Standing(word), folded)
    if found is not None:
        return found
    if "*" in said:
        return standing_from(said["*"])
    if folded in _NEVER_CONFIRMED:
        raise RowError(_("heeft nooit bevestigd; alleen wie zich opnieuw aanmeldt, doet mee"))
    raise RowError(
        _("zegt in kolom ‘{column}’ iets wat we niet kennen; geef het met --map een betekenis", column=column)
    )


def is_understood(word: str, value: str) -> bool:
    """Whether a value says something by itself in a column that means `word`; "never confirmed" does."""
    if folded_value(value) in _NEVER_CONFIRMED:
        return True
    try:
        standing_in(word, value, {}, "")
    except RowError:
        return False
    return True


def _status(folded: str) -> Standing | None:
    return STANDINGS.get(folded) if folded else Standing.READS


def _reads(folded: str) -> Standing | None:
    """A column that says yes. A date is a yes; an empty cell says neither."""
    if folded in NO:
        return Standing.LEFT
    if folded in YES or (folded[:1].isdigit() and len(folded) >= len("1-1-2020")):
        return Standing.READS
    return STANDINGS.get(folded)


_STATUS = {"status": _status, "reads": _reads}


def _yes_or_no(standing: Standing, folded: str) -> Standing:
    """A column that says that somebody left, bounced or complained: with yes, a date or a reason."""
    return Standing.READS if folded in NO or folded in NOTHING else standing
