"""What a person reads and may type for the codes of the postal desk; the database and JSON keep the codes."""

from __future__ import annotations

from collections.abc import Mapping

from mailer.ledger.print_states import WORDS, PieceState
from wording import Text, _

ON_AN_ENVELOPE: Mapping[str, Text] = {
    "unknown": _("onbekend"),
    "departed": _("vertrokken"),
    "refused": _("geweigerd"),
    "transferred": _("overgeplaatst"),
}
"""Why a letter comes back."""
REASONS: Mapping[str, Text] = {
    **ON_AN_ENVELOPE,
    "unconfirmed": _("niets meer gehoord"),
    "unprintable": _("niet te printen"),
}
"""Why someone gets no post, or a piece of a run did not go."""
PIECES: Mapping[str, Text] = {state.value: WORDS[state] for state in PieceState}
"""What became of one piece of a print run."""
STEPS: Mapping[str, Text] = {
    "ordered": _("besteld"),
    "opened": _("bestanden geopend"),
    "printed": _("geprint"),
    "posted": _("op de post"),
    "withdrawn": _("uitgehaald"),
    "returned": _("teruggekomen"),
    "reprinted": _("opnieuw geprint"),
    "folded": _("gevouwen"),
    "filled": _("enveloppen gevuld"),
    "undone": _("toch niet teruggekomen"),
    "dropped": _("vervallen"),
}
"""What was done with a print run or a piece of it."""
