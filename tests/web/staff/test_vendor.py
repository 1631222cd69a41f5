"""What others made is unchanged, byte for byte; our own scripts and styles stay small and within the policy."""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
STATIC = ROOT / "web" / "static"
HASHES = {
    "vendor/htmx.min.js": "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130",
    "vendor/simplewebauthn.umd.min.js": "29bb0699b45bc39a350d992a13bfc1a4d40d89531390581e1f57f1142c6e221d",
}
FORBIDDEN = {
    "an inline style": re.compile(r"\sstyle\s*="),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)"),
    "a handler in the markup": re.compile(r"\son[a-z]+\s*="),
    "htmx code in the markup": re.compile(r"hx-on|js:|hx-vals|hx-trigger=\"[^\"]*\["),
    "unescaped output": re.compile(r"\|\s*safe"),
    "an address elsewhere": re.compile(r"https?://"),
}
PHYSICAL = re.compile(r"(?<![\w-])(margin|padding|border|inset)?-?(left|right)\s*:|text-align:\s*(left|right)")
MOST_SCRIPT_KIB = 40


def test_every_vendored_file_has_its_hash() -> None:
    found = {
        path.relative_to(STATIC).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (STATIC / "vendor").glob("*.js")
    }
    assert found == HASHES


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_of_the_staff_holds_what_the_policy_forbids(what: str) -> None:
    folders = [ROOT / "templates" / "web" / name for name in ("staff", "parts")]
    found = [
        path.name
        for folder in folders
        for path in folder.rglob("*.jinja")
        if FORBIDDEN[what].search(path.read_text("utf-8"))
    ]
    assert found == []


def test_the_style_knows_no_left_and_no_right() -> None:
    lines = [line for path in STATIC.glob("*.css") for line in path.read_text("utf-8").splitlines()]
    assert [line for line in lines if PHYSICAL.search(line)] == []


def test_all_scripts_together_are_small() -> None:
    own = [path for path in STATIC.rglob("*.js") if "simplewebauthn" not in path.name]
    assert sum(len(gzip.compress(path.read_bytes())) for path in own) < MOST_SCRIPT_KIB * 1024
