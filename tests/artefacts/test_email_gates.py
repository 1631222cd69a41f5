"""What others say of our e-mails: html-validate, axe, the reference MJML, SpamAssassin. Each gate prints its figure."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from devtools.email_house import HOUSE
from devtools.email_samples import IMAGES, edition
from devtools.email_tools import TOOLS, example, example_email, example_keys, node, node_modules
from devtools.servers import program
from mailer.artefacts.email import artefact as making
from mailer.artefacts.email.artefact import EmailArtefact
from mailer.artefacts.email.message import message_from
from mailer.artefacts.email.mjml import Placed
from mailer.artefacts.email.preview import page_from, sample_values
from tests.artefacts.test_email_message import values
from tests.support.house import house
from wording.interface import interface

KEYS = example_keys()
GATED = [("los-2026-24", "legal-aid", "nl"), *(key for key in KEYS if key[0] == "meldpunt-2026-3")]
"""The longest edition, and one issue in every language."""

VALIDATE = (
    "html-validate/bin/html-validate.mjs",
    "--formatter",
    "json",
    "--config",
    str(TOOLS / "html-validate-mail.json"),
)
AXE = """async () => (await axe.run(document,
    {rules: {region: {enabled: false}, 'landmark-one-main': {enabled: false}}})).violations.map(
    violation => [violation.id, violation.nodes.map(node => node.html.slice(0, 200))])"""
Figure = Callable[[str], None]


def name(key: tuple[str, str, str]) -> str:
    return "-".join(key)


def pages(folder: Path) -> list[str]:
    """Every e-mail of the examples, and the sample with every construct, as a file with filled slots."""
    artefacts = {name(key): (example_email(*key), key[2]) for key in KEYS}
    for locale in ("nl", "ar"):
        artefacts[f"sample-{locale}"] = (sample(locale), locale)
    for title, (artefact, locale) in artefacts.items():
        page = page_from(artefact, sample_values(interface(locale)))
        (folder / f"{title}.html").write_text(re.sub(r"data:image/[^\"]+", "picture.png", page), "utf-8")
    return sorted(str(path) for path in folder.glob("*.html"))


def sample(locale: str) -> EmailArtefact:
    return making.email_from(edition(locale), HOUSE, interface(locale), IMAGES)


def test_html_validate_has_nothing_to_say(tmp_path: Path, figure: Figure) -> None:
    files = pages(tmp_path)
    result = node(*VALIDATE, *files)
    messages = [
        f"{Path(report['filePath']).name}:{message['line']}: {message['ruleId']}: {message['message']}"
        for report in json.loads(result.stdout)
        for message in report["messages"]
    ]
    assert messages == []
    assert result.returncode == 0
    figure(f"html-validate: 0 messages on {len(files)} editions")


def test_html_validate_would_say_so(tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text("<!DOCTYPE html><title>x</title><p><img src='a'><a>", "utf-8")
    assert node(*VALIDATE, str(tmp_path / "bad.html")).returncode == 1


def violations(browser: Browser, html: str, scheme: str) -> list[object]:
    page = browser.new_page(
        color_scheme="dark" if scheme == "dark" else "light", viewport={"width": 640, "height": 900}
    )
    try:
        page.set_content(html)
        page.evaluate((node_modules() / "axe-core" / "axe.min.js").read_text("utf-8"))
        found: list[object] = page.evaluate(AXE)
        return found
    finally:
        page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("key", GATED, ids=name)
def test_axe_finds_no_violation(browser: Browser, key: tuple[str, str, str], scheme: str, figure: Figure) -> None:
    """Landmarks are off: a mail program is the page around the message."""
    html = page_from(example_email(*key), sample_values(interface(key[2])))
    assert violations(browser, html, scheme) == []
    figure(f"axe: 0 violations in {name(key)}, {scheme}")


def test_axe_would_say_so(browser: Browser) -> None:
    assert violations(browser, "<title>x</title><p style='color:#ccc;background:#fff'>grijs</p><img src='x'>", "light")


@pytest.mark.parametrize("locale", ["nl", "ar"])
def test_the_reference_mjml_accepts_the_template_strictly(
    locale: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, figure: Figure
) -> None:
    sources: list[str] = []

    def kept(source: str, placed: Placed, direction: str) -> str:
        sources.append(source)
        return ""

    monkeypatch.setattr(making, "html_from", kept)
    making.email_from(edition(locale), HOUSE, interface(locale), IMAGES)
    (tmp_path / "newsletter.mjml").write_text(sources[0], "utf-8")
    result = strict_mjml(tmp_path / "newsletter.mjml")
    assert result.stderr == ""
    assert result.returncode == 0
    assert "<table" in result.stdout
    figure(f"mjml 5 strict: 0 errors in the template, {locale}")


def test_the_reference_mjml_would_say_so(tmp_path: Path) -> None:
    (tmp_path / "bad.mjml").write_text("<mjml><mj-body><mj-text colour='red'>x</mj-text></mj-body></mjml>", "utf-8")
    assert strict_mjml(tmp_path / "bad.mjml").returncode != 0


def strict_mjml(path: Path) -> subprocess.CompletedProcess[str]:
    return node("mjml/bin/mjml", "--config.validationLevel=strict", str(path), "-s")


@pytest.mark.parametrize("key", [GATED[0], GATED[-1]], ids=name)
def test_spamassassin_counts_less_than_one_point(key: tuple[str, str, str], figure: Figure) -> None:
    message = message_from(example_email(*key), example(*key), house()).fill(values(greeting="Beste Fatima"))
    # -L: local tests only, no network; -t: report the points of any message
    result = subprocess.run(
        [program("spamassassin", "spamassassin"), "-L", "-t"], input=message, capture_output=True, check=True
    )
    found = re.search(rb"Content analysis details:\s+\((-?[\d.]+) points", result.stdout)
    assert found, result.stdout[:2000]
    report = result.stdout[found.start() :].decode("utf-8", "replace")
    figure(f"spamassassin -L: {float(found[1])} points for {name(key)}")
    assert float(found[1]) < 1.0, report
