"""What tests, benchmarks and developer tools share lives in `devtools`: neither it nor a benchmark imports a test."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def imported_by(path: Path) -> set[str]:
    """The packages that a module names in its imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def test_no_benchmark_and_no_tool_imports_a_test() -> None:
    modules = [*ROOT.glob("devtools/*.py"), *ROOT.glob("benchmarks/**/*.py")]
    assert len(modules) > 40
    assert [str(path.relative_to(ROOT)) for path in modules if "tests" in imported_by(path)] == []


def test_the_product_imports_neither(tmp_path: Path) -> None:
    product = [path for room in ("mailer", "web", "worker", "commands") for path in ROOT.glob(f"{room}/**/*.py")]
    assert len(product) > 100
    assert [path.name for path in product if {"tests", "devtools", "benchmarks"} & imported_by(path)] == []
    (tmp_path / "wrong.py").write_text("from devtools.mailings import desk\n", "utf-8")
    assert imported_by(tmp_path / "wrong.py") == {"devtools"}
