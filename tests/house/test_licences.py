"""Every locked package is under a licence that is allowed, is the one that is installed, and has all it needs."""

import re
import tomllib
from importlib.metadata import requires, version

import pytest
from packaging.requirements import Requirement

from tests.house.tree import ROOT
from tests.licences import is_allowed, licence_of, locked

LOCKS = ["requirements.lock", "requirements-dev.lock"]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_licence_is_told_and_allowed(lock: str) -> None:
    licences = {name: licence_of(name) for name in locked(ROOT / lock)}
    assert {name: said for name, said in licences.items() if not is_allowed(said)} == {}


def test_everything_that_is_installed_is_named_in_the_notice() -> None:
    notice = (ROOT / "NOTICE").read_text("utf-8")
    names = [
        name for name in locked(ROOT / LOCKS[0]) if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", notice)
    ]
    assert names == []


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("Apache-2.0 AND MIT", True),
        ("GPL-3.0-only OR MIT", True),
        ("MIT AND GPL-3.0-only", False),
        ("AGPL-3.0-only", False),
        ("", False),
    ],
)
def test_one_alternative_must_be_allowed_as_a_whole(expression: str, allowed: bool) -> None:
    assert is_allowed(expression) is allowed


@pytest.mark.parametrize("lock", LOCKS)
def test_what_is_installed_is_what_is_locked(lock: str) -> None:
    assert {name: version(name) for name in locked(ROOT / lock)} == locked(ROOT / lock)


def test_the_locks_satisfy_what_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for lock, declared in (
        (LOCKS[0], project["dependencies"]),
        (LOCKS[1], [*project["dependencies"], *project["optional-dependencies"]["dev"]]),
    ):
        pinned = locked(ROOT / lock)
        wrong = [
            one for one in map(Requirement, declared) if not one.specifier.contains(pinned[one.name.lower()], True)
        ]
        assert wrong == [], lock


@pytest.mark.parametrize("lock", LOCKS)
def test_nothing_that_a_locked_package_needs_is_missing(lock: str) -> None:
    pinned = locked(ROOT / lock)
    missing = [
        f"{name} needs {one}"
        for name in pinned
        for one in map(Requirement, requires(name) or [])
        if one.marker is None or one.marker.evaluate({"extra": ""})
        if one.name.lower().replace("_", "-").replace(".", "-") not in pinned
        or not one.specifier.contains(pinned[one.name.lower().replace("_", "-").replace(".", "-")], True)
    ]
    assert missing == []


def test_every_dependency_has_a_floor() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = [*project["dependencies"], *(one for ones in project["optional-dependencies"].values() for one in ones)]
    bare = [one for one in map(Requirement, declared) if not {spec.operator for spec in one.specifier} & {">=", "=="}]
    assert [one.name for one in bare if not one.name.startswith("types-")] == []
