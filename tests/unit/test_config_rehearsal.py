from pathlib import Path
from typing import get_args

import pytest

from vigilanza.config.rehearsal import load_rehearsal
from vigilanza.domain.errors import ConfigError
from vigilanza.lab.rehearsal import FaultName
from vigilanza.lab.stage import cues

EXAMPLE = Path(__file__).parents[2] / "config" / "scene.yaml"


@pytest.fixture
def write(tmp_path: Path) -> "Write":
    (tmp_path / "a.mp4").write_bytes(b"")
    return Write(tmp_path / "scene.yaml")


class Write:
    """Writes a scene with one camera and the given timeline or more cameras, and loads it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def text(self, text: str) -> list[str]:
        """What is wrong, a line each, without the folder."""
        self.path.write_text(text, "utf-8")
        with pytest.raises(ConfigError) as caught:
            load_rehearsal(self.path, environ={})
        return str(caught.value).replace(f"{self.path.parent}/", "").splitlines()

    def timeline(self, *lines: str) -> list[str]:
        return self.text(
            "cameras:\n  - {id: b3, streams: {/main: a.mp4}, count: 2}\ntimeline:\n"
            + "\n".join(f"  - {line}" for line in lines)
        )


def test_the_example_names_every_fault_and_every_key() -> None:
    rehearsal = load_rehearsal(EXAMPLE, environ={})
    text = EXAMPLE.read_text("utf-8")
    assert not [name for name in get_args(FaultName) if name not in text.rpartition("# All faults:")[2]]
    assert [camera.id for camera in rehearsal.cameras] == ["b3", *(f"stairs-{number}" for number in range(1, 5))]
    assert [camera.port for camera in rehearsal.cameras] == list(range(8554, 8559))
    assert rehearsal.cameras[0].offset == 5.0
    assert all(file.is_file() for camera in rehearsal.cameras for file in camera.streams.values())
    outage = next(one for one in rehearsal.happenings if one.fault == "unplug")
    assert (outage.at, outage.lasts, len(outage.cameras)) == (90.0, 15.0, 5)
    drawn = next(one for one in rehearsal.happenings if one.fault == "loss")
    assert 30.0 <= drawn.at <= 90.0
    assert drawn == next(one for one in load_rehearsal(EXAMPLE, environ={}).happenings if one.fault == "loss")


def test_cues_come_in_order_and_an_end_before_a_beginning(write: Write) -> None:
    write.path.write_text(
        "cameras: [{id: b3, streams: {/main: a.mp4}}]\n"
        "timeline: [{at: 2s, fault: freeze, for: 3s}, {at: 5s, fault: freeze}, {at: 1min, fault: reboot}]",
        "utf-8",
    )
    found = cues(load_rehearsal(write.path, environ={}).happenings)
    assert [(cue.at, cue.fault, cue.begins) for cue in found] == [
        (2.0, "freeze", True),
        (5.0, "freeze", False),
        (5.0, "freeze", True),
        (60.0, "reboot", True),
        (80.0, "reboot", False),
    ]
    assert str(found[1]) == "     5.0 s  b3  freeze is over"


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{at: 5, fault: cut}", 'timeline[0].at: must be text: put it in quotes, e.g. "0423"'),
        ("{at: soon, fault: cut}", 'timeline[0].at: a time is "30s", "2min" or "1h", or'),
        ("{at: 5s, fault: frozen}", 'did you mean "freeze"?'),
        ("{at: 5s, fault: freeze, value: 1}", "timeline[0].value: freeze takes no value"),
        ("{at: 5s, fault: loss}", "timeline[0].value: must be a share from 0 to 1"),
        ("{at: 5s, fault: loss, value: true}", "timeline[0].value: must be a share from 0 to 1"),
        ("{at: 5s, fault: clock_skew, value: late}", "timeline[0].value: must be seconds, a number"),
        ("{at: 5s, fault: answer, value: nicely}", "timeline[0].value: must be one of right, dripped"),
        ("{at: 5s, fault: show, value: none.mp4}", "timeline[0].value: no such file"),
        ("{at: 5s, fault: cut, camera: b4}", "timeline[0].camera: there is no camera called b4"),
        ("{at: 5s, fault: cut, camera: [b3-1, b3-3]}", "timeline[0].camera: there is no camera called b3-3"),
        ("{at: 5s, fault: cut, camera: 3}", "timeline[0].camera: must be a camera's id or a list of them"),
        ("{at: 5s, fault: cut, during: 5s}", 'unknown key "during"'),
        ("{at: 5s, fault: freeze, for: 5}", "timeline[0].for: must be text"),
        ("{at: 5s, fault: [cut]}", "timeline[0].fault: must be announce, answer"),
        ("{at: 5s, fault: motion}", "timeline[0].fault: no camera speaks ONVIF: give one onvif: true"),
        ("{at: 5s, fault: never_off, camera: b3-1}", "timeline[0].camera: b3-1 does not speak ONVIF"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(write: Write, line: str, complaint: str) -> None:
    said = write.timeline(line)
    assert len(said) == 1
    assert said[0].startswith("scene.yaml:4:")
    assert complaint in said[0]


def test_what_befalls_by_onvif_befalls_those_that_speak_it(write: Write) -> None:
    write.path.write_text(
        "port: 9500\nonvif_port: 9600\ncameras:\n  - {id: a, streams: {/main: a.mp4}}\n"
        "  - {id: b, streams: {/main: a.mp4}, count: 2, onvif: true, user: u, password_env: PASSWORD}\n"
        "timeline:\n  - {at: 1s, fault: motion, for: 2s}\n  - {at: 2s, fault: contact, value: IN2}\n"
        "  - {at: 3s, fault: onvif_slow, value: 1.5}\n  - {at: 4s, fault: cut}",
        "utf-8",
    )
    rehearsal = load_rehearsal(write.path, environ={"PASSWORD": "p"})
    assert [(one.port, one.onvif_port) for one in rehearsal.cameras] == [(9500, None), (9501, 9601), (9502, 9602)]
    assert [(one.fault, one.value, one.cameras) for one in rehearsal.happenings] == [
        ("motion", True, ("b-1", "b-2")),
        ("contact", "IN2", ("b-1", "b-2")),
        ("onvif_slow", 1.5, ("b-1", "b-2")),
        ("cut", True, ("a", "b-1", "b-2")),
    ]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{at: 5s, fault: motion, value: 1}", "timeline[0].value: motion takes no value"),
        ("{at: 5s, fault: contact, value: 1}", "timeline[0].value: must be the name of an input, such as IN1"),
        ("{at: 5s, fault: onvif_slow}", "timeline[0].value: must be seconds, a number"),
        ("{at: 5s, fault: no_media2, value: yes}", "timeline[0].value: no_media2 takes no value"),
    ],
)
def test_what_cannot_befall_by_onvif_is_told(write: Write, line: str, complaint: str) -> None:
    camera = "{id: b, streams: {/main: a.mp4}, onvif: true, user: u, password_env: P}"
    write.path.write_text(f"cameras:\n  - {camera}\ntimeline:\n  - {line}", "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_rehearsal(write.path, environ={"P": "p"})
    assert complaint in str(caught.value)


def test_a_camera_that_speaks_onvif_needs_a_user(write: Write) -> None:
    said = write.text("cameras:\n  - {id: b3, streams: {/main: a.mp4}, onvif: true}\n")
    assert said == ["scene.yaml:2:39: cameras[0].onvif: who speaks ONVIF asks for a user: give user and password_env"]


def test_cameras_that_clash_or_have_half_a_login_are_told(write: Write) -> None:
    said = write.text(
        "cameras:\n  - {id: b3, streams: {/main: a.mp4}, count: 2}\n"
        "  - {id: b3-2, streams: {/main: a.mp4}}\n  - {id: c, user: u, streams: {main: none.mp4}}\n"
    )
    assert said == [
        "scene.yaml:3:6: cameras[1].id: there is another camera called b3-2",
        "scene.yaml:4:5: cameras[2]: user and password_env belong together",
        "scene.yaml:4:32: cameras[2].streams.main.[key]: the path of a stream begins with / and has letters, digits, "
        "'.', '_', '-' and '/' only",
        "scene.yaml:4:32: cameras[2].streams.main: no such file (relative paths start at the YAML's folder)",
    ]
