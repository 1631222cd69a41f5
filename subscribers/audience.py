"""Who belongs to an audience: a rule over what is known of a reader, and the reason it answers. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from wording import Text, _


@dataclass(frozen=True)
class Traits:
    """What a rule may look at. `audiences` are those the reader is a confirmed member of."""

    audiences: frozenset[str]
    locale: str
    region: str | None = None
    role: str | None = None


@dataclass(frozen=True)
class Rule:
    """A reader belongs when every part that is not empty holds."""

    members_of: tuple[str, ...]
    locales: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


def belongs(rule: Rule, reader: Traits) -> bool:
    """True when the rule takes this reader in."""
    return refusal(rule, reader) is None


def refusal(rule: Rule, reader: Traits) -> Text | None:
    """The first part of the rule that leaves this reader out; None when the reader belongs."""
    if not reader.audiences & set(rule.members_of):
        return _("is geen lid van {audiences}", audiences=", ".join(rule.members_of))
    if rule.locales and reader.locale not in rule.locales:
        return _("leest {locale} en niet {locales}", locale=reader.locale, locales=", ".join(rule.locales))
    if rule.regions and reader.region not in rule.regions:
        return _("hoort niet bij de regio {regions}", regions=", ".join(rule.regions))
    if rule.roles and reader.role not in rule.roles:
        return _("heeft niet de rol {roles}", roles=", ".join(rule.roles))
    return None
