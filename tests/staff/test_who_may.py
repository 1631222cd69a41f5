"""A refusal names every role that may, as one sentence in the language of whoever reads it."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from staff.people import Person
from staff.permissions import Permission, require, two_pairs_of_eyes
from staff.roles import Role
from wording.errors import NotAllowedError
from wording.interface import interface

SENTENCES = {
    Permission.KEEP_KEYS: {
        "nl": "Hiervoor is de rol ‘beheerder’ nodig.",
        "en": "This requires the role ‘administrator’.",
        "ar": "هذا يتطلب الدور «مدير النظام».",
    },
    Permission.TRANSLATE: {
        "nl": "Hiervoor is de rol ‘redacteur’ of ‘vertaler’ nodig.",
        "en": "This requires the role ‘editor’ or ‘translator’.",
        "ar": "هذا يتطلب دور «محرر» أو «مترجم».",
    },
    Permission.SEE_MAILINGS: {
        "nl": "Hiervoor is een van deze rollen nodig: redacteur, goedkeurder, beheerder.",
        "en": "This needs one of these roles: editor, approver, administrator.",
        "ar": "يتطلب هذا أحد الأدوار التالية: محرر، مُعتمِد، مدير النظام.",
    },
}


@pytest.mark.parametrize(
    ("roles", "are_two"),
    [
        ([{Role.EDITOR, Role.APPROVER}], False),
        ([{Role.EDITOR}, {Role.EDITOR}], False),
        ([{Role.APPROVER}, {Role.ADMIN}], False),
        ([{Role.EDITOR}, {Role.APPROVER}], True),
        ([{Role.EDITOR, Role.APPROVER}, {Role.APPROVER}], True),
        ([], False),
    ],
)
def test_two_pairs_of_eyes_are_two_people_who_are_here(roles: list[set[Role]], *, are_two: bool) -> None:
    people = [Person(uuid4(), "x", "x@los.example", frozenset(each)) for each in roles]
    assert two_pairs_of_eyes(people) is are_two
    assert not two_pairs_of_eyes([replace(each, active=False) for each in people])


@pytest.mark.parametrize("permission", SENTENCES)
@pytest.mark.parametrize("locale", ["nl", "en", "ar"])
def test_one_two_and_three_roles_are_named(permission: Permission, locale: str) -> None:
    postal = Person(uuid4(), "Bo", "bo@redactie.example", frozenset({Role.POSTAL}))  # prints, and may none of these
    with pytest.raises(NotAllowedError) as refused:
        require(postal, permission)
    assert interface(locale).say(refused.value.text) == SENTENCES[permission][locale]


def test_a_translator_of_another_language_is_told_which_one_it_takes() -> None:
    translator = Person(uuid4(), "Samira", "samira@redactie.example", frozenset({Role.TRANSLATOR}), ("en",))
    require(translator, Permission.TRANSLATE, of="en")
    with pytest.raises(NotAllowedError, match="‘ar’"):
        require(translator, Permission.TRANSLATE, of="ar")
