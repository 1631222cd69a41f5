"""What fell away of a text, in words: what and how often, where, and what an editor does about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mailer.intake.losses import Loss, Lost
from wording import Text, _, ngettext

Counted = Callable[[int], Text]


@dataclass(frozen=True)
class Said:
    """`mark` is "warn" for what is gone, "none" for what stands there otherwise, "ok" for what was mended."""

    mark: str
    what: Text
    why: Text
    where: Text | None
    words: tuple[str, ...]


_GONE: Mapping[Lost, tuple[Counted, Text]] = {
    Lost.CLIPBOARD_PICTURE: (
        lambda n: ngettext("{count} foto", "{count} foto’s", n),
        _("Word geeft foto’s niet mee bij plakken. Upload het bestand zelf, dan komen ze wel mee."),
    ),
    Lost.PICTURE: (
        lambda n: ngettext("{count} afbeelding", "{count} afbeeldingen", n),
        _("We halen niets op van internet, en kennen alleen JPEG, PNG, WebP en GIF. Zet haar er zelf in, met Foto."),
    ),
    Lost.CHART: (
        lambda n: ngettext("{count} grafiek", "{count} grafieken", n),
        _("Maak er een afbeelding van, en zet die erin met Foto."),
    ),
    Lost.FORMULA: (
        lambda n: ngettext("{count} formule", "{count} formules", n),
        _("Schrijf haar in woorden, of maak er een afbeelding van."),
    ),
    Lost.EMBEDDED: (
        lambda n: ngettext("{count} ingesloten onderdeel", "{count} ingesloten onderdelen", n),
        _("Een video, een formulier of een bestand van een ander programma kan niet mee. Zet er een link neer."),
    ),
    Lost.BIG_TABLE: (
        lambda n: ngettext("{count} grote tabel", "{count} grote tabellen", n),
        _("Die is te groot voor een nieuwsbrief. Schrijf op wat de lezer eruit nodig heeft."),
    ),
    Lost.DEEP: (
        lambda n: ngettext("{count} stuk dat te diep in elkaar zit", "{count} stukken die te diep in elkaar zitten", n),
        _("Lijsten, citaten en tabellen in elkaar gaan tot acht diep. Kijk of er niets ontbreekt."),
    ),
    Lost.LINK: (
        lambda n: ngettext("{count} link", "{count} links", n),
        _("Alleen https, mailto en tel kunnen in een nieuwsbrief. De woorden staan er nog."),
    ),
    Lost.TEXT_BOX: (
        lambda n: ngettext("{count} tekstvak", "{count} tekstvakken", n),
        _("De tekst ervan staat nu als gewone alinea onder de alinea waar het vak bij hoorde."),
    ),
    Lost.LONG: (
        lambda n: ngettext("{count} te lang stuk tekst", "{count} te lange stukken tekst", n),
        _("Het verloor zijn opmaak. Maak er kortere alinea’s van."),
    ),
}
_OTHERWISE: Mapping[Lost, tuple[Counted, Text]] = {
    Lost.COMMENT: (
        lambda n: ngettext("{count} opmerking in de kantlijn", "{count} opmerkingen in de kantlijn", n),
        _("Opmerkingen gaan niet mee; hier staan ze nog."),
    ),
    Lost.TRACKED: (
        lambda n: ngettext("{count} bijgehouden wijziging", "{count} bijgehouden wijzigingen", n),
        _("Wat is ingevoegd, staat erin; wat is geschrapt, staat er niet meer."),
    ),
    Lost.MERGED: (
        lambda n: ngettext("{count} samengevoegde cel", "{count} samengevoegde cellen", n),
        _("De tekst staat in de eerste cel; de andere zijn leeg."),
    ),
    Lost.IN_CELL: (
        lambda n: ngettext("{count} lijst of kop in een tabel", "{count} lijsten of koppen in een tabel", n),
        _("Die zijn gewone tekst geworden."),
    ),
    Lost.HEADING: (
        lambda n: ngettext("{count} kop in een lijst of citaat", "{count} koppen in een lijst of citaat", n),
        _("Die zijn vet geworden; een heel lange kop werd een alinea."),
    ),
    Lost.EMPHASIS: (
        lambda n: ngettext("Vet of schuin, {count} plek", "Vet of schuin, {count} plekken", n),
        _("Hier was het niet op te schrijven."),
    ),
    Lost.SIGN: (
        lambda n: ngettext("{count} teken uit een symbolenlettertype", "{count} tekens uit een symbolenlettertype", n),
        _("Kijk of het juiste teken er staat."),
    ),
    Lost.UNDERLINE: (
        lambda n: ngettext("Onderstreept, {count} plek", "Onderstreept, {count} plekken", n),
        _("Lezers houden onderstreept voor een link. Vet mag wel."),
    ),
    Lost.RAISED: (
        lambda n: ngettext("Hoog of laag geschreven, {count} plek", "Hoog of laag geschreven, {count} plekken", n),
        _("De tekens staan nu gewoon op de regel."),
    ),
    Lost.COLOUR: (
        lambda n: ngettext("Kleur, {count} plek", "Kleur, {count} plekken", n),
        _("De nieuwsbrief heeft zijn eigen kleuren."),
    ),
    Lost.MENU: (
        lambda n: ngettext("{count} menu", "{count} menu’s", n),
        _("De knoppen van een website horen niet bij de tekst."),
    ),
    Lost.MACRO: (lambda _n: _("Macro’s"), _("Het bestand heeft programma’s in zich. Daar is niet naar gekeken.")),
}
_MENDED: Mapping[Lost, tuple[Counted, Text]] = {
    Lost.HTTP: (
        lambda n: ngettext("{count} link kreeg https", "{count} links kregen https", n),
        _("Kijk of het adres zo werkt."),
    ),
    Lost.TRACKING: (
        lambda n: ngettext("{count} link zonder volgcode", "{count} links zonder volgcode", n),
        _("Wat bijhield wie erop klikt, is eruit."),
    ),
}


def said(loss: Loss) -> Said | None:
    """How a loss is told; None for what came along after all, as a footnote does."""
    where = _("onder ‘{heading}’", heading=loss.under) if loss.under else None
    for mark, table in (("warn", _GONE), ("none", _OTHERWISE), ("ok", _MENDED)):
        if found := table.get(loss.what):
            counted, why = found
            return Said(mark, counted(loss.times), why, where, loss.words)
    return None
