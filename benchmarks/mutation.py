"""What decides, changed one place at a time, and whether the quick tests notice.

Usage: `python benchmarks/mutation.py [MODULE...]`.

By hand and seldom: each mutant is a process of some seconds. CONTRIBUTING.md keeps the last score.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULES = ("model/verdict", "plugin/judging", "checks/refusal", "checks/ala")
TESTS = ("tests/test_refusal.py", "tests/test_judging.py")
FLIPPED = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.Lt: ast.GtE,
}


def mutants(source: str) -> Iterator[tuple[int, str, str]]:
    """Give each mutant: the line, what was done to it, and the whole source."""
    for number in range(sum(1 for _ in ast.walk(ast.parse(source)))):
        tree = ast.parse(source)
        node = list(ast.walk(tree))[number]
        done = change(node)
        if done:
            yield getattr(node, "lineno", 0), done, ast.unparse(ast.fix_missing_locations(tree))


def change(node: ast.AST) -> str:
    """Change a node in place, and say how; nothing where there is nothing to change."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in FLIPPED:
        node.ops[0] = FLIPPED[type(node.ops[0])]()
        return "comparison flipped"
    if isinstance(node, ast.BoolOp):
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        return "and and or swapped"
    if isinstance(node, ast.If):
        node.test = ast.UnaryOp(ast.Not(), node.test)
        return "condition turned"
    if isinstance(node, ast.Constant) and isinstance(node.value, int) and not isinstance(node.value, bool):
        node.value += 1
        return "number changed"
    if isinstance(node, ast.Return) and node.value is not None:
        node.value = ast.Constant(None)
        return "nothing returned"
    return ""


def main(modules: tuple[str, ...]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        copied = Path(scratch, "tree")
        shutil.copytree(ROOT, copied, ignore=shutil.ignore_patterns(".git", ".venv", "reports"))
        (copied / "reports").mkdir()
        variables = {**os.environ, "PYTHONPATH": str(copied), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "pytest", "-q", "-x", *TESTS]
        for module in modules:
            path = copied / "countermand" / f"{module}.py"
            source, killed, survived = path.read_text(encoding="utf-8"), 0, 0
            for line, done, changed in mutants(source):
                path.write_text(changed, encoding="utf-8")
                ended = subprocess.run(command, cwd=copied, env=variables, capture_output=True, check=False).returncode
                killed, survived = killed + bool(ended), survived + (not ended)
                if not ended:
                    print(f"  survived: {module}.py:{line}: {done}", flush=True)
            path.write_text(source, encoding="utf-8")
            print(f"{module}: {killed} of {killed + survived} killed", flush=True)


if __name__ == "__main__":
    main(tuple(sys.argv[1:]) or MODULES)
