"""What stands in the repository's texts: names that exist, and no place that is not the reader's."""

import re
from pathlib import Path

from tests.house.tree import ROOT, shown, text_files

# Written in two halves, so that this file does not find itself.
REGISTRIES = ["pypi" + ".org", "python" + "hosted.org", "npmjs" + ".org", "npmjs" + ".com", "docker" + ".io"]
REGISTRIES += ["ghcr" + ".io", "quay" + ".io", "proxy.golang" + ".org", "crates" + ".io", "huggingface" + ".co"]
WORKPLACES = ["/wo" + "rk/", "/ho" + "me/", "/ro" + "ot/"]
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)")
DOCUMENT = re.compile(r"\b[\w./-]*[A-Za-z]\.md\b")


def test_no_registry_host_is_named() -> None:
    found = [
        f"{shown(path)}: {host}" for path in text_files() for host in REGISTRIES if host in path.read_text("utf-8")
    ]
    assert not found


def test_no_path_of_one_machine_is_named() -> None:
    found = [
        f"{shown(path)}: {place}" for path in text_files() for place in WORKPLACES if place in path.read_text("utf-8")
    ]
    assert not found


def test_links_in_documents_lead_somewhere() -> None:
    broken = []
    for path in text_files():
        if path.suffix != ".md":
            continue
        for target in LINK.findall(path.read_text("utf-8")):
            if "://" not in target and not target.startswith("mailto:") and not (path.parent / target).exists():
                broken.append(f"{shown(path)}: {target}")
    assert not broken


def test_documents_named_in_code_exist() -> None:
    known = {path.name for path in text_files() if path.suffix == ".md"}
    missing = [
        f"{shown(path)}: {name}"
        for path in text_files()
        if path.suffix == ".py"
        for name in DOCUMENT.findall(path.read_text("utf-8"))
        if Path(name).name not in known
    ]
    assert not missing


def test_readme_names_the_two_commands_and_ci_runs_the_second() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "make demo" in readme
    assert "make test" in readme
    assert "make test" in (ROOT / ".ci" / "run").read_text("utf-8")


def test_licence_is_complete() -> None:
    licence = (ROOT / "LICENSE").read_text("utf-8")
    assert licence.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    assert [number for number in range(1, 16) if not re.search(rf"^{number}\.\w", licence, re.MULTILINE)] == []
    assert "‘Compatible Licences’ according to Article 5 EUPL" in licence
