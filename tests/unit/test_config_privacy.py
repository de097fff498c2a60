"""Whether the inside of a flat is kept, in the configuration."""

from pathlib import Path

import pytest

from tests.unit.test_config_example import ENVIRON, EXAMPLE
from vigilanza.config import Config, Privacy, advice, load
from vigilanza.domain.errors import ConfigError


def loaded(folder: Path, privacy: str) -> Config:
    path = folder / "cameras.yaml"
    path.write_text(f"site: {{id: s, name: s}}\ncameras: [{{id: a, source: rtsp://h/a}}]\n{privacy}\n", "utf-8")
    return load(path, environ={})


def test_it_is_black_unless_told_otherwise(tmp_path: Path) -> None:
    assert loaded(tmp_path, "").privacy == Privacy("black", None)
    assert not any("interiors" in line for line in advice(loaded(tmp_path, "")))


def test_who_shows_it_says_why_and_is_reminded(tmp_path: Path) -> None:
    config = loaded(tmp_path, "privacy: {interiors: shown, interiors_reason: empty since 2024}")
    assert config.privacy == Privacy("shown", "empty since 2024")
    assert any(line.startswith("privacy.interiors:") for line in advice(config))


def test_a_week_is_for_urban_security(tmp_path: Path) -> None:
    text = "storage: {retention_hours: 168, retention_reason: x}\nprivacy: {purpose: urban_security}"
    assert loaded(tmp_path, text).storage.retention_hours == 168


@pytest.mark.parametrize(
    ("privacy", "told"),
    [
        ("privacy: {interiors: shown}", "3:11: privacy.interiors: keeping the inside of a flat needs a recorded"),
        (
            "storage: {retention_hours: 168, retention_reason: x}",
            "storage.retention_hours: more than 72 is for the municipality's urban security alone",
        ),
        ("privacy: {controllers: [{name: ALER}]}", "privacy.controllers[0].contact"),
        ("privacy: {interiors: grey}", "privacy.interiors: must be black or shown"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, privacy: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, privacy)
    assert told in str(caught.value)


def test_the_commented_line_of_the_example_loads(tmp_path: Path) -> None:
    text = EXAMPLE.read_text("utf-8").replace("interiors: black ", "interiors: shown ")
    text = text.replace("  # interiors_reason:", "  interiors_reason:")
    (tmp_path / "shown.yaml").write_text(text, "utf-8")
    assert load(tmp_path / "shown.yaml", environ=ENVIRON).privacy.interiors_reason is not None
