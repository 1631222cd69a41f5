"""docs/en/scale.md says what the measured figures come to."""

from __future__ import annotations

import json

from benchmarks.scale import FIGURES, PAGE, Figures, need, page


def test_the_page_is_computed_from_what_was_measured() -> None:
    figures = Figures(**json.loads(FIGURES.read_text("utf-8")))
    assert min(vars(figures).values()) > 0
    assert PAGE.read_text("utf-8") == page(figures), "run: python -m benchmarks.scale"


def test_ten_times_the_readers_need_ten_times_as_much() -> None:
    figures = Figures(0.001, 0.002, 0.0001, 1000, 1)
    one, ten = need(figures, 1_000_000), need(figures, 10_000_000)
    assert (round(one.sender_hours * 3600), round(one.database_hours * 3600)) == (1000, 2000)
    assert ten.gigabytes_kept == 10 * one.gigabytes_kept == 10.0
    assert one.relay_hours[200] * 3600 * 200 == 1_000_000
