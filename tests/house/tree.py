"""The repository's own files, without what tools leave behind."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
_LEFT_BEHIND = {".git", ".venv", "var", "dist", "build", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
_LEFT_BEHIND |= {".hypothesis", ".import_linter_cache", ".venv-ultralytics", ".onvif-peers", ".supply", ".venv-lowest"}
_TEXT = {
    ".py",
    ".service",
    ".sysusers",
    ".md",
    ".yaml",
    ".yml",
    ".toml",
    ".lock",
    ".in",
    ".html",
    ".css",
    ".js",
    ".json",
    ".txt",
    ".sh",
    "",
}


def python_files(*folders: str) -> list[Path]:
    """All .py files below the folders, in order."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def text_files() -> Iterator[Path]:
    """Every file a person may read, up to 1 MB each."""
    for path in sorted(ROOT.rglob("*")):
        inside = path.relative_to(ROOT)
        if _LEFT_BEHIND & set(inside.parts) or any(part.endswith(".egg-info") for part in inside.parts):
            continue
        if path.is_file() and path.suffix in _TEXT and path.stat().st_size <= 1_000_000:
            yield path


def shown(path: Path) -> str:
    """The path as messages name it."""
    return str(path.relative_to(ROOT))
