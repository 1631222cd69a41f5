"""The figures of gates: one that passes says by how much."""

from __future__ import annotations

from collections.abc import Callable

import pytest


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Note a line for the end of the test run."""

    def note(line: str) -> None:
        record_property("figure", line)

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lines = [
        value
        for report in terminalreporter.getreports("passed")
        for name, value in report.user_properties
        if name == "figure" and report.when == "call"
    ]
    if lines:
        terminalreporter.section("figures of the e-mail gates")
        for line in lines:
            terminalreporter.write_line(str(line))
