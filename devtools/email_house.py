"""The house that sends the sample e-mail, in three languages."""

from __future__ import annotations

from mailer.organisation import (
    Audience,
    Cadence,
    Channel,
    House,
    LocaleSettings,
    Look,
    Organisation,
    Publication,
    Sender,
)

HOUSE = House(
    organisation=Organisation(
        name="Stichting Het Voorbeeld",
        postal_address=("Stichting Het Voorbeeld", "Postbus 99001", "9999 ZZ  VOORBEELDSTAD"),
        return_address="Postbus 99001, 9999 ZZ  VOORBEELDSTAD",
        website="https://www.voorbeeld.example",
        helpline="010-000 0199",
        look=Look(),
    ),
    base_url="https://nieuws.voorbeeld.example",
    source_locale="nl",
    time_zone="Europe/Amsterdam",
    locales={
        "nl": LocaleSettings("nl", "Nederlands", "nl", "ltr"),
        "en": LocaleSettings("en", "English", "en_GB", "ltr"),
        "ar": LocaleSettings("ar", "العربية", "ar_MA", "rtl"),
    },
    audiences={
        "friends": Audience(
            "friends", {"nl": "Vrienden", "en": "Friends", "ar": "الأصدقاء"}, ("nl", "en", "ar"), "nl", Channel.EMAIL
        )
    },
    publications={
        "meldpunt": Publication(
            "meldpunt",
            {"nl": "Bericht van het Meldpunt", "en": "Message from the Helpdesk", "ar": "رسالة مكتب البلاغات"},
            Cadence.MONTHLY,
            Sender(
                {"nl": "Het Meldpunt", "en": "The Helpdesk", "ar": "مكتب البلاغات (Meldpunt)"},
                "nieuws@voorbeeld.example",
                "meldpunt@voorbeeld.example",
            ),
            ("friends",),
        )
    },
    protected=(),
)
