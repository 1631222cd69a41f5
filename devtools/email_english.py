"""The sample e-mail in English: the Dutch one, with other words in the same nodes."""

from __future__ import annotations

from devtools import email_dutch
from mailer.document.nodes import Plain
from mailer.document.walking import mapped

_ENGLISH = {
    "Het was een drukke maand. Bel ": "It was a busy month. Call ",
    "als u vragen hebt.": "if you have questions.",
    "Meldingen": "Reports",
    "telefoontjes kreeg de hulplijn in oktober": "calls came in on the helpline in October",
    "De meeste gingen over ": "Most were about ",
    "medische zorg": "medical care",
    "wachttijden": "waiting times",
    " en ": " and ",
    "eten": "food",
    "15 uit Rotterdam": "15 from Rotterdam",
    "9 uit Schiphol, namelijk:": "9 from Schiphol, namely:",
    "vier over zorg": "four about care",
    "vijf over post.": "five about mail.",
    "brief geschreven": "letter written",
    "antwoord gekregen": "answer received",
    "Centrum": "Centre",
    "Mensen": "People",
    "Uitspraken & recht": "Rulings & law",
    "Eenzame opsluiting duurde te lang": "Solitary confinement lasted too long",
    "Rechtbank Den Haag": "District Court of The Hague",
    "De rechter vond 14 dagen te lang. De man kreeg ": "The judge found 14 days too long. The man received ",
    "Ik wist niet hoe lang het zou duren.": "I did not know how long it would last.",
    "een man van 34": "a man of 34",
    "Agenda": "Events",
    "Informatiemiddag medische zorg": "Information afternoon on medical care",
    "Aanmelden hoeft niet.": "No need to sign up.",
    "Meld u aan": "Sign up",
    "In beeld": "In pictures",
    "Een duif op een muur": "A pigeon on a wall",
    "De binnenplaats in oktober.": "The courtyard in October.",
    "Voor vrijwilligers": "For volunteers",
    "Kom helpen op dinsdag.": "Come and help on Tuesday.",
    "Voor donateurs": "For donors",
    "Een gift helpt.": "A gift helps.",
    "Dank u wel.": "Thank you.",
    "Tot slot": "Finally",
    "Schrijf naar ": "Write to ",
    " of lees de ": " or read the ",
    "folder": "leaflet",
    " met code ": " with code ",
}


def _in_english(node: object) -> Plain | None:
    return Plain(_ENGLISH.get(node.value, node.value)) if isinstance(node, Plain) else None


LEAD = mapped(email_dutch.LEAD, _in_english)
SECTIONS = mapped(email_dutch.SECTIONS, _in_english)
