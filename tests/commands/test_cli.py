"""The command line: exit codes 0, 1 and 2, errors that name file and line, and nothing half done."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass
from hashlib import sha256
from io import StringIO
from pathlib import Path

import pikepdf
import pytest
from typer.testing import CliRunner

from commands import words
from commands.__main__ import app
from commands.staff import person_called
from commands.telling import tell_error
from database.keys import KeyRing
from mailer.bootstrap import wire
from mailer.content import Content
from mailer.places import default_keys
from mailer.services.office import Silence
from mailer.services.translating import messages
from mailer.settings import settings_from
from wording import ExplainedError

ROOT = Path(__file__).resolve().parents[2]
SLUG = "meldpunt-2026-3"


@pytest.fixture
def folder(content: Content, migrated_file: Path) -> Path:
    """The example content without its two-weekly issue, and a database without anybody in it."""
    shutil.rmtree(content.folder / "issues" / "los-2026-24")
    (content.folder / "var").mkdir()
    shutil.copy(migrated_file, content.folder / "var" / "postduif.sqlite")
    return content.folder


@pytest.fixture
def dutch(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LANGUAGE", "nl")
    words.here.cache_clear()
    yield
    words.here.cache_clear()


@dataclass(frozen=True)
class Outcome:
    """What a person or a script sees of one command."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def output(self) -> str:
        return self.stdout + self.stderr


def run(folder: Path, *arguments: str, typed: str | None = None) -> Outcome:
    """One command, as `main` runs it: an error that a person can mend becomes exit code 1 and words."""
    result = CliRunner().invoke(app, ["--content", str(folder), *arguments], prog_name="postduif", input=typed)
    if not isinstance(result.exception, ExplainedError):
        return Outcome(result.exit_code, result.stdout, result.stderr)
    told = StringIO()
    with redirect_stderr(told):
        tell_error(result.exception)
    return Outcome(1, result.stdout, told.getvalue())


def snapshot(folder: Path) -> dict[str, str]:
    """Every file with its hash, to show that a refused command changed nothing."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and "var" not in path.parts)
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in files}


def edit(path: Path, change: Callable[[str], str]) -> None:
    path.write_text(change(path.read_text("utf-8")), "utf-8")


def test_help_names_every_command_and_every_default() -> None:
    result = CliRunner().invoke(app, ["--help"])
    assert result.exit_code == 0
    for command in (
        "init",
        "check",
        "extract",
        "status",
        "approve",
        "preview",
        "publish",
        "mailing",
        "print",
        "worker",
    ):
        assert f" {command} " in result.output
    assert "default" in result.output


def test_a_command_typed_wrong_exits_with_2() -> None:
    assert CliRunner().invoke(app, ["preview", SLUG, "--as", "docx"]).exit_code == 2


@pytest.mark.usefixtures("dutch")
def test_check_says_that_an_issue_is_in_order(folder: Path) -> None:
    result = run(folder, "check", SLUG)
    assert (result.exit_code, result.stdout) == (0, f"{SLUG} is in orde.\n")


def issue(folder: Path) -> Path:
    return folder / "issues" / SLUG / "issue.md"


def bad_front_matter(folder: Path) -> None:
    edit(issue(folder), lambda text: text.replace("date: 2026-12-01", "date: morgen"))


def unknown_audience(folder: Path) -> None:
    edit(issue(folder), lambda text: text.replace('{for="detention"}', '{for="detentie"}'))


def duplicate_heading(folder: Path) -> None:
    edit(issue(folder), lambda text: text.replace("## Belangrijke dagen", "## In het kort"))


def raw_html(folder: Path) -> None:
    edit(issue(folder), lambda text: text.replace("Meezingen mag.", "<b>Meezingen</b> mag."))


def image_outside(folder: Path) -> None:
    edit(folder / "issues" / SLUG / "issue.md", lambda text: text.replace("(brief-en-duif.png", "(../../postduif.toml"))


def image_missing(folder: Path) -> None:
    (folder / "issues" / SLUG / "brief-en-duif.png").unlink()


def image_that_is_none(folder: Path) -> None:
    (folder / "issues" / SLUG / "brief-en-duif.png").write_bytes(b"GIF89a")


def forbidden_link(folder: Path) -> None:
    edit(
        folder / "issues" / SLUG / "issue.md", lambda text: text.replace("(tel:+31100000199)", "(javascript:alert)", 1)
    )


def catalog_cut_off(folder: Path) -> None:
    path = folder / "translations/ar/LC_MESSAGES" / f"{SLUG}.po"
    path.write_bytes(path.read_bytes()[:-40])


def catalog_not_utf8(folder: Path) -> None:
    path = folder / "translations/en/LC_MESSAGES" / f"{SLUG}.po"
    path.write_bytes(path.read_bytes() + b"\n# caf\xe9\n")


def catalog_of_another_language(folder: Path) -> None:
    catalogs = folder / "translations"
    shutil.copy(catalogs / "en/LC_MESSAGES" / f"{SLUG}.po", catalogs / "ar/LC_MESSAGES" / f"{SLUG}.po")


def catalog_missing(folder: Path) -> None:
    (folder / "translations/ar/LC_MESSAGES" / f"{SLUG}.po").unlink()


def message_untranslated(folder: Path) -> None:
    edit(
        folder / "translations/en/LC_MESSAGES" / f"{SLUG}.po",
        lambda text: text.replace('msgstr "In short"', 'msgstr ""').replace('msgstr "In brief"', 'msgstr ""'),
    )


MISTAKES: dict[Callable[[Path], None], tuple[str, str]] = {
    bad_front_matter: ("issue.md:5", "date"),
    unknown_audience: ("issue.md:", "detentie"),
    duplicate_heading: ("issue.md:", "In het kort"),
    raw_html: ("issue.md:", "HTML"),
    image_outside: ("issue.md:15", ""),
    image_missing: ("issue.md:15", "brief-en-duif.png"),
    image_that_is_none: ("issue.md:15", "brief-en-duif.png"),
    forbidden_link: ("issue.md:13", "javascript"),
    catalog_cut_off: ("ar/LC_MESSAGES/meldpunt-2026-3.po:", ""),
    catalog_not_utf8: ("en/LC_MESSAGES/meldpunt-2026-3.po:", "UTF-8"),
    catalog_of_another_language: ("ar/LC_MESSAGES/meldpunt-2026-3.po:", ""),
    catalog_missing: ("ar/LC_MESSAGES/meldpunt-2026-3.po", "klaar voor de vertalers"),
    message_untranslated: ("meldpunt-2026-3", "In het kort"),  # by check of the catalog, by publish of the line
}


@pytest.mark.usefixtures("dutch")
@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.__name__)
@pytest.mark.parametrize("command", ["check", "publish"])
def test_a_mistake_is_told_with_its_place_and_changes_nothing(
    folder: Path, mistake: Callable[[Path], None], command: str
) -> None:
    staff(folder)
    mistake(folder)
    before = snapshot(folder)
    result = run(folder, command, SLUG, *(["--as", "Bram", "--yes"] if command == "publish" else []))
    place, said = MISTAKES[mistake]
    assert result.exit_code == 1
    assert any(place in line and said in line for line in result.stderr.splitlines()), result.stderr
    assert "Traceback" not in result.output
    assert snapshot(folder) == before
    assert json.loads(run(folder, "mailing", "list", "--json", "--as", "Bram").stdout) == []


def staff(folder: Path) -> None:
    KeyRing.create(folder / "var/keys")
    for name, role in (("Bram", "editor"), ("Amina", "approver")):
        added = run(folder, "staff", "add", name, "--role", role, typed=f"{name}@voorbeeld.example\n")
        assert added.exit_code == 0


@pytest.mark.usefixtures("dutch")
def test_check_prints_every_problem_and_not_only_the_first(folder: Path) -> None:
    for mistake in (unknown_audience, duplicate_heading, image_missing):
        mistake(folder)
    result = run(folder, "check", SLUG, "--json")
    problems = json.loads(result.stdout)
    assert result.exit_code == 1
    assert len([one for one in problems if one["severity"] == "error"]) >= 3
    assert all(one["file"] and one["line"] for one in problems)


@pytest.mark.usefixtures("dutch")
def test_check_warns_of_what_should_not_be_in_a_newsletter(folder: Path) -> None:
    added = "Zijn V-nummer 271.234.5678, zijn BSN 111222333 en zijn rekening NL91ABNA0417164300."
    edit(issue(folder), lambda text: text.replace("Meezingen mag.", added))
    warnings = run(folder, "check", SLUG).stderr
    for word in ("V-nummer", "BSN", "IBAN"):
        assert any("let op" in line and word in line for line in warnings.splitlines()), warnings


@pytest.mark.usefixtures("dutch")
def test_publishing_needs_a_second_person(folder: Path) -> None:
    staff(folder)
    parts = wire(folder)
    messages.approve_issue(parts.office(Silence()), person_called(parts, "Bram"), SLUG)
    parts.store.close()
    for at, said in (
        ("2020-01-01 09:00", "is al geweest"),
        ("2027-03-28 02:30", "de klok springt dan naar 03:00"),
        ("2027-10-31 02:30", "twee keer"),
        ("morgen", "2026-12-01"),
        ("2099-12-01 09:00", "eerst goedkeuren"),
    ):
        refused = run(folder, "publish", SLUG, "--at", at, "--as", "Bram", "--yes")
        assert (refused.exit_code, said in refused.stderr) == (1, True), refused.output
    assert run(folder, "approve", SLUG, "--as", "Amina", "--yes").exit_code == 0
    published = run(folder, "publish", SLUG, "--as", "Bram", "--yes")
    assert "heeft nog geen lezers" in published.stdout  # nobody subscribed, so there is nobody to mail
    assert "Iedereen" not in published.stdout


@pytest.mark.usefixtures("dutch")
def test_what_is_approved_is_shown_first_and_without_a_yes_nothing_is(folder: Path) -> None:
    staff(folder)
    parts = wire(folder)
    messages.approve_issue(parts.office(Silence()), person_called(parts, "Bram"), SLUG)
    parts.store.close()
    shown = run(folder, "approve", SLUG, "--as", "Amina")  # nobody types a yes
    assert shown.exit_code == 1
    assert re.search(r"^detention \(ar\): \d+ woorden, \d+ bladzijden, nieuw$", shown.stdout, re.MULTILINE)
    assert re.search(r"^detention-friends \(nl\): \d+ woorden, nieuw$", shown.stdout, re.MULTILINE)
    assert 'approvals": []' in run(folder, "status", SLUG, "--as", "Amina", "--json").stdout
    assert run(folder, "approve", SLUG, "--as", "Amina", "--yes").exit_code == 0
    edit(issue(folder), lambda text: text.replace("| **46** | **23** |", "| **46** | **24** |"))
    again = run(folder, "approve", SLUG, "--as", "Amina", "--yes").stdout
    assert re.search(r"^detention-friends \(nl\): .* veranderd sinds de goedkeuring van \d{4}-", again, re.MULTILINE)
    edited = run(folder, "publish", SLUG, "--as", "Bram", "--yes").stdout
    assert re.search(r"^detention-friends \(nl\): .* zoals goedgekeurd op \d{4}-", edited, re.MULTILINE)


@pytest.mark.promise("P1")
@pytest.mark.usefixtures("dutch")
def test_an_edit_after_the_approval_stops_publishing_and_the_editions_that_changed_are_named(folder: Path) -> None:
    staff(folder)
    parts = wire(folder)
    messages.approve_issue(parts.office(Silence()), person_called(parts, "Bram"), SLUG)
    parts.store.close()
    assert run(folder, "approve", SLUG, "--as", "Amina", "--yes").exit_code == 0
    approved = issue(folder).read_bytes()
    edit(issue(folder), lambda text: text.replace("| **46** | **23** |", "| **46** | **24** |"))
    refused = run(folder, "publish", SLUG, "--as", "Bram", "--yes")
    assert refused.exit_code == 1
    assert "is veranderd sinds" in refused.stderr
    assert "detention-friends (nl)" in refused.stderr
    issue(folder).write_bytes(approved)
    assert (
        "geen nieuwe lezer" in run(folder, "publish", SLUG, "--as", "Bram", "--yes").stdout
    )  # as it was approved it may go


@pytest.mark.parametrize(("form", "begins"), [("html", b"<!DOCTYPE html>"), ("eml", b"From:"), ("pdf", b"%PDF-")])
def test_a_preview_is_written_to_a_file(folder: Path, tmp_path: Path, form: str, begins: bytes) -> None:
    output = tmp_path / f"preview.{form}"
    wanted = ("--audience", "detention-friends", "--locale", "ar", "--as", form, "-o", str(output))
    assert run(folder, "preview", SLUG, *wanted).exit_code == 0
    assert output.read_bytes().startswith(begins)


def test_a_preview_in_large_letters_is_on_a4(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "large.pdf"
    wanted = ("--audience", "detention", "--locale", "nl", "--large", "--as")
    assert run(folder, "preview", SLUG, *wanted, "pdf", "-o", str(output)).exit_code == 0
    with pikepdf.open(output) as pdf:
        assert [round(float(side) / 72 * 25.4) for side in pdf.pages[0].mediabox[2:]] == [210, 297]
    assert run(folder, "preview", SLUG, *wanted, "html", "-o", str(output)).exit_code == 2, "mail has no large edition"


@pytest.mark.usefixtures("dutch")
def test_init_makes_a_folder_whose_issue_is_in_order(tmp_path: Path) -> None:
    folder = tmp_path / "nieuw"
    assert run(tmp_path, "init", str(folder)).exit_code == 0
    assert not (folder / "var").exists(), "keys are kept outside the content folder"
    assert oct((default_keys(folder) / "data.1").stat().st_mode)[-3:] == "400"
    checked = run(folder, "check", "nieuws-2026-1")
    assert (checked.exit_code, checked.stderr) == (0, ""), "in Dutch, and in English too"


def test_what_init_offers_as_an_example_is_a_setting_that_loads(tmp_path: Path) -> None:
    folder = tmp_path / "voorbeeld"
    assert run(tmp_path, "init", str(folder)).exit_code == 0
    toml = (folder / "postduif.toml").read_text("utf-8")
    offered = re.sub(r"^# (?=\[[a-z.-]+\]|[a-z_]+ = )", "", toml, flags=re.MULTILINE)
    (folder / "postduif.toml").write_text(offered.replace('[smtp]\nhost = "localhost"\nport = 25\n', ""), "utf-8")
    settings = settings_from(folder)
    assert set(settings.relays) == {"eigen", "provider"}
    assert settings.limits["grote-provider"].per_minute == 60
    assert settings.quiet is not None


@pytest.mark.usefixtures("dutch")
def test_init_never_writes_into_a_folder_that_is_in_use(folder: Path) -> None:
    before = snapshot(folder)
    assert run(folder, "init", str(folder)).exit_code == 1
    file = run(folder, "init", str(folder / "postduif.toml"))
    assert (file.exit_code, "is een bestand" in file.stderr) == (1, True)
    assert snapshot(folder) == before


@pytest.mark.usefixtures("dutch")
def test_without_keys_nothing_starts(folder: Path) -> None:
    result = run(folder, "mailing", "list", "--as", "Bram")
    assert result.exit_code == 1
    assert "sleutel" in result.stderr


def test_help_reads_no_database_and_no_typesetter() -> None:
    """`postduif --help` answers at once: nothing heavy is imported before a command needs it."""
    heavy = "{'sqlalchemy', 'alembic', 'celery', 'flask', 'pydantic', 'typst', 'pikepdf', 'mjml'}"
    program = f"import sys; import commands.__main__; print(sorted({heavy} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
