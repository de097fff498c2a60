"""A back end that is not installed says which extra brings it."""

import sys
from pathlib import Path

import pytest

from vigilanza.app.registry import EXTRAS, PEOPLE, open_people
from vigilanza.config import Detection
from vigilanza.domain.errors import ConfigError


@pytest.mark.parametrize("name", EXTRAS)
def test_a_missing_extra_is_named(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, EXTRAS[name], None)
    with pytest.raises(ConfigError, match=rf"^detection\.people: {name} .*pip install 'vigilanza\[{EXTRAS[name]}\]'$"):
        open_people(Detection(name, tmp_path / "people.onnx"))  # type: ignore[arg-type]  # a name of PEOPLE


def test_only_extras_can_be_missing() -> None:
    assert set(EXTRAS) < set(PEOPLE)
