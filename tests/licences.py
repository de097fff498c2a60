"""Under which licences the locked packages are, as their own descriptions say.

    python -m tests.licences

writes the report in Markdown. What is allowed, and why:

Permissive licences (MIT, BSD, Apache-2.0, ISC, PSF-2.0, Zlib and such) ask for their notice and for nothing else. Those
with a weak copyleft (MPL-2.0, LGPL-3.0, EPL-2.0) are taken for packages that are used as they are, each by itself: what
they ask concerns their own files, and the EUPL names them as compatible. GPL and AGPL are not allowed: they would reach
the whole.
"""

import re
from importlib.metadata import PackageMetadata, metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]
ALLOWED = {
    *(
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "ISC",
        "MIT",
        "MIT-0",
        "PSF-2.0",
        "Unlicense",
        "Zlib",
    ),
    *("EPL-2.0", "LGPL-3.0-only", "MPL-2.0"),
}
_KNOWN_AS = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache License": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD 2-Clause License": "BSD-2-Clause",
    "BSD License": "BSD-3-Clause",
    "ISC License": "ISC",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "OSI Approved :: Apache Software License": "Apache-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
_HOMES = ("Homepage", "homepage", "Source", "Source Code", "source", "Repository", "repository", "GitHub")
_READ_IN_ITS_FILES = {"axe-playwright-python": "MIT AND MPL-2.0"}
"""What says nothing of it in its description."""


def locked(lock: Path) -> dict[str, str]:
    """Name and version of every package in a lock file."""
    found = re.finditer(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^]]*])?==(\S+)", lock.read_text("utf-8"), re.MULTILINE)
    return {match[1]: match[2] for match in found}


def licence_of(name: str) -> str:
    """An SPDX expression; empty if the installed package does not tell. PackageNotFoundError."""
    said = metadata(name)
    classified = [one.rpartition(" :: ")[2] for one in said.get_all("Classifier") or [] if one.startswith("License ::")]
    texts = [*(said.get_all("License-Expression") or []), *(said.get_all("License") or []), *classified]
    spdx = (_spdx(text) for text in texts if text)
    return next((one for one in spdx if one), _READ_IN_ITS_FILES.get(name, ""))


def is_allowed(expression: str) -> bool:
    """Whether one of its alternatives asks for allowed licences only."""
    return any(all(one in ALLOWED for one in part.split(" AND ")) for part in expression.split(" OR "))


def report() -> str:
    """A table of what `requirements.lock` installs."""
    rows = [
        f"| {name} | {version} | {licence_of(name)} | {_home(metadata(name))} |"
        for name, version in locked(ROOT / "requirements.lock").items()
    ]
    return "\n".join(["| package | version | licence | where it comes from |", "|---|---|---|---|", *rows])


def _spdx(text: str) -> str:
    title = text.strip().splitlines()[0].strip()  # some give the whole licence
    known = _KNOWN_AS.get(title, title)
    return known if re.fullmatch(r"[\w.-]+( (AND|OR) [\w.-]+)*", known) else ""


def _home(said: PackageMetadata) -> str:
    urls = dict(one.split(", ", 1) for one in said.get_all("Project-URL") or [] if ", " in one)
    known = [*(said.get_all("Home-page") or []), *(urls[name] for name in _HOMES if name in urls), *urls.values()]
    return next(iter(known), "")


if __name__ == "__main__":
    print(report())
