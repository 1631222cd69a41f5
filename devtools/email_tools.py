"""Doors to what judges an e-mail: node's checks, Chromium, and the editions of the example issues."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

from devtools.house import ROOT, house
from devtools.servers import program
from mailer.artefacts.email.artefact import EmailArtefact, email_from
from mailer.artefacts.email.images import Picture
from mailer.content import Content
from mailer.edition import Edition, edition_from
from mailer.organisation import Channel
from mailer.translation.apply import in_source_language, translate
from mailer.translation.extract import STANDING
from wording.interface import interface

ENCODED = "=?utf-8?b?DQpCY2M6IHhAeS5leGFtcGxl?= x"
"""An encoded-word of a line break and a Bcc: whoever typed it gets those letters, and nobody a copy."""

TOOLS = ROOT / "devtools"


@cache
def node_modules() -> Path:
    """The locked checks of devtools/package.json, installed when they are not there yet."""
    folder = TOOLS / "node_modules"
    if not (folder / ".package-lock.json").is_file():
        subprocess.run([program("npm", "npm"), "ci", "--prefix", str(TOOLS)], check=True, capture_output=True)
    return folder


def node(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a script of one of the packages with node."""
    command = [program("node", "nodejs"), str(node_modules() / script), *arguments]
    return subprocess.run(command, cwd=TOOLS, capture_output=True, text=True, check=False)


@cache
def example(slug: str, audience: str, locale: str) -> Edition:
    """An edition of an example issue."""
    content = Content(ROOT, house())
    issue, document = content.issue(slug)
    if locale == house().source_locale:
        translated = in_source_language(issue, document, locale)
    else:
        own, standing = (content.catalog(domain, locale)[0] for domain in (slug, STANDING))
        translated, missing = translate(issue, document, own, standing)
        assert not missing
    return edition_from(translated, house().audiences[audience], house())


@cache
def images(slug: str) -> dict[str, Picture]:
    content = Content(ROOT, house())
    return content.pictures(slug, content.issue(slug)[1])


@cache
def example_email(slug: str, audience: str, locale: str) -> EmailArtefact:
    return email_from(example(slug, audience, locale), house(), interface(locale), images(slug))


def example_keys() -> list[tuple[str, str, str]]:
    """Slug, audience and locale of every e-mail edition of the example issues."""
    content = Content(ROOT, house())
    return [
        (slug, key, locale)
        for slug in content.slugs()
        for key in content.issue(slug)[0].audiences
        if house().audiences[key].channel is Channel.EMAIL
        for locale in house().audiences[key].locales
    ]
