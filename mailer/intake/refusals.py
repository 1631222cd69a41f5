"""Why a text is not taken, and what its writer does instead."""

from __future__ import annotations

from collections.abc import Mapping

from mailer.intake.lines import Refusal
from wording import Text, _

REFUSALS: Mapping[Refusal, Text] = {
    Refusal.EMPTY: _("Hier staat geen tekst in. Plak een tekst, of kies een bestand met tekst."),
    Refusal.LARGE: _("Dit is te groot of te ingewikkeld om te lezen. Deel het in stukken en breng ze een voor een."),
    Refusal.LONG: _("Deze tekst is te lang voor een nieuwsbrief. Deel hem in stukken en breng ze een voor een."),
    Refusal.BROKEN: _("Dit bestand is beschadigd of afgekapt. Open het in Word, bewaar het opnieuw en upload dat."),
    Refusal.PASSWORD: _("Dit bestand heeft een wachtwoord. Haal het wachtwoord in Word weg, bewaar het en upload dat."),
    Refusal.DECLARED: _(
        "In dit bestand staat een documenttype, en dat schrijft Word nooit. Bewaar het opnieuw in Word en upload dat."
    ),
    Refusal.OLD_WORD: _("Dit is een oud Word-bestand (.doc). Open het in Word, kies Opslaan als en dan .docx."),
    Refusal.RICH_TEXT: _("Dit is een .rtf-bestand. Open het in Word of LibreOffice, kies Opslaan als en dan .docx."),
    Refusal.PAGES: _("Dit is een bestand van Pages. Kies in Pages Archief, Exporteer naar, Word, en upload dat."),
    Refusal.PDF: _("Dit is een PDF, en daar staat de opmaak niet in. Upload het Word-bestand waar het van gemaakt is."),
    Refusal.OPEN_DOCUMENT: _("Dit is een bestand van LibreOffice (.odt). Kies Opslaan als en dan Word (.docx)."),
    Refusal.SHEET: _("Dit is geen tekst maar een rekenblad of een presentatie. Kopieer wat je wilt, en plak dat."),
    Refusal.PICTURE: _("Dit is een afbeelding en geen tekst. Zet haar in een rubriek met de knop Foto."),
    Refusal.UNKNOWN: _("Dit bestand is geen tekst die we kennen. Upload een .docx, of kopieer de tekst en plak die."),
}
