"""Front matter as fields: what is not changed stays byte for byte, and what is changed is read back as it was typed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from mailer.document.front_matter import Value, fields_of, with_fields

LINES = (
    *("title: a\n", "title: 'x''y'\n", "subject: |\n  a\n  b\n", "subject: >-\n  a\n\n", "# why\n", "\n"),
    *(
        "audiences: [a, b]\n",
        "audiences:\n  - a\n  - b\n",
        "date: 2026-01-01\n",
        "preheader:\n",
        'preheader: "a\\nb"\n',
    ),
    *("copies: each   # why\n", "title: a\n  b\n", "qr: true\n"),
)
TYPED = some.text(some.characters(exclude_categories=["C", "Z"]) | some.just(" "), max_size=30).map(
    lambda typed: " ".join(typed.split())
)
CHANGES: some.SearchStrategy[dict[str, Value]] = some.fixed_dictionaries(
    {},
    optional={
        "title": TYPED,
        "subject": TYPED,
        "audiences": some.sampled_from([(), ("a",), ("b", "c")]),
        "date": some.sampled_from(["", "2026-02-03", "morgen", "2026: x"]),
        "qr": some.sampled_from(["", "true"]),
    },
)


@given(some.lists(some.sampled_from(LINES), max_size=5), CHANGES)
def test_a_field_that_is_changed_is_read_back_and_all_else_stays(lines: list[str], changes: dict[str, Value]) -> None:
    front = f"---\n{''.join(lines)}---\n"
    before = fields_of(front)
    if before is None:
        return
    assert with_fields(front, before) == front
    after = fields_of(with_fields(front, changes))
    assert after is not None
    wanted = before | changes
    changed = {key: value for key, value in changes.items() if before.get(key, type(value)()) != value}
    assert {key: value for key, value in after.items() if value} == {
        key: value for key, value in wanted.items() if value and (key in before or key in changed)
    }
    assert with_fields(front, changes).count("# why") == front.count("# why") - (
        "copies" in changed and "copies: each   # why\n" in lines
    )


def test_comments_order_and_quotes_stay() -> None:
    front = '---\ntitle: "A: b" # x\n# c\naudiences:\n- a\n- b\n# d\ndate: 2026-11-26\n---\n'
    assert with_fields(front, {"title": "Nieuw: dit", "audiences": ("b",), "copies": "each"}) == (
        "---\ntitle: 'Nieuw: dit' # x\n# c\naudiences: [b]\n# d\ndate: 2026-11-26\ncopies: each\n---\n"
    )


def test_what_is_no_mapping_has_no_fields() -> None:
    for front in ("---\n- a\n---\n", "---\ntitle: 'a\n---\n", "---\n{title: a}\n---\n", "---\na: {b: c}\n---\n"):
        assert fields_of(front) is None
