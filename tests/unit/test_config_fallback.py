"""Whom another destination may stand in for."""

from pathlib import Path

import pytest

from tests.unit.test_config_errors import GOOD, complaint
from tests.unit.test_config_example import ENVIRON
from vigilanza.config import advice, load


def test_a_fallback_is_another_of_the_same_kind_that_asks_for_no_more(tmp_path: Path) -> None:
    def told(first: str, second: str) -> str:
        common = 'channel: webhook, url: "https://room.example.org/x", secret_env: VMS_SECRET'
        both = f"  - {{id: a, {common}, {first}}}\n  - {{id: b, {common}, {second}}}\n"
        return complaint(tmp_path, f"{GOOD}destinations:\n{both}")

    room, vms = "kind: control_room", "kind: municipal_vms"
    assert 'destinations[0].fallback: there is no other destination called "c"' in told(f"{room}, fallback: c", room)
    assert 'destinations[0].fallback: there is no other destination called "a"' in told(f"{room}, fallback: a", room)
    assert "destinations[0].fallback: must be a destination of the same kind" in told(f"{room}, fallback: b", vms)
    assert '"b" has a fallback itself' in told(f"{room}, fallback: b", f"{room}, fallback: a")
    assert "destinations[1].standby: no destination names this one" in told(room, f"{room}, standby: true")
    assert '"b" has a higher minimum_avs' in told(f"{room}, fallback: b", f"{room}, minimum_avs: 3")
    assert '"b" has a higher minimum_avs' in told(f"{room}, minimum_avs: 1, fallback: b", room)


@pytest.mark.parametrize(("score", "warned"), [(1, True), (2, False), (4, False)])
def test_what_nobody_could_verify_is_not_for_police(tmp_path: Path, score: int, warned: bool) -> None:
    room = f'{{id: a, kind: control_room, minimum_avs: {score}, channel: webhook, url: "https://room.example.org/x"'
    path = tmp_path / "cameras.yaml"
    path.write_text(f"{GOOD}destinations:\n  - {room}, secret_env: VMS_SECRET}}\n", "utf-8")
    said = advice(load(path, environ=ENVIRON))
    assert any("destination a: minimum_avs 1" in line for line in said) == warned
