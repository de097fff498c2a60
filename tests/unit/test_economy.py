"""What a box does that cannot look at everything."""

import threading
from dataclasses import dataclass, field

from structlog.testing import capture_logs

from tests.fakes import FakeClock
from tests.unit.test_late import ScriptedSentry, numbers, packets
from vigilanza.capture.decode import Decoder
from vigilanza.capture.economy import RELIEF_S, STEP_S, Ages, Economy, Ladder
from vigilanza.capture.late import LateDecoder


@dataclass
class Camera:
    """A stream that keeps what it was told."""

    camera_id: str
    urgency: int = 1
    told: list[Economy] = field(default_factory=list)

    def spend(self, economy: Economy) -> None:
        self.told.append(economy)

    @property
    def now(self) -> Economy:
        return self.told[-1] if self.told else Economy.NONE


class Box:
    """A ladder and its cameras, whose pictures are so old as they are set to."""

    def __init__(self, *cameras: Camera) -> None:
        self.clock = FakeClock()
        self.cameras = list(cameras)
        self.ages = Ages(clock=self.clock)
        self.ladder = Ladder(self.cameras, ages=self.ages, clock=self.clock)

    def live(self, seconds: float, *, age_s: float) -> None:
        """Let time pass, two pictures a second and camera."""
        for turn in range(round(2 * seconds)):
            self.clock.advance(0.5)
            for camera in self.cameras:
                self.ages.note(camera.camera_id, age_s)
            if turn % 2:
                self.ladder.run_once()

    def steps(self) -> list[Economy]:
        return [camera.now for camera in self.cameras]


def test_a_box_that_keeps_up_saves_nothing() -> None:
    box = Box(Camera("a"), Camera("b"))
    box.live(600.0, age_s=0.2)
    assert not box.cameras[0].told


def test_catching_up_after_a_wake_up_is_not_being_behind() -> None:
    box = Box(Camera("a"))
    for _ in range(100):
        box.live(4.0, age_s=2.0)
        box.live(1.0, age_s=0.2)
    assert box.ladder.step == 0


def test_a_box_that_is_behind_takes_one_step_after_the_other() -> None:
    box = Box(Camera("a"), Camera("b"))
    seen: list[list[Economy]] = []
    for _ in range(40):
        box.live(1.0, age_s=3.0)
        if not seen or box.steps() != seen[-1]:
            seen.append(box.steps())
    none, coarse, keys, parked = Economy
    assert seen == [[none, none], [coarse, coarse], [keys, keys], [parked, keys], [parked, parked]]


def test_a_step_is_given_time_to_help() -> None:
    box = Box(Camera("a"))
    box.live(STEP_S + 2.0, age_s=3.0)
    assert box.ladder.step == 1


def test_the_attacked_doors_are_parked_last() -> None:
    box = Box(Camera("attacked", 3), Camera("no door", 0), Camera("quiet", 1), Camera("loitering", 2))
    order: list[str] = []
    for _ in range(60):
        box.live(1.0, age_s=3.0)
        order += [one.camera_id for one in box.cameras if one.now is Economy.PARKED and one.camera_id not in order]
    assert order == ["no door", "quiet", "loitering", "attacked"]


def test_a_parked_camera_whose_door_is_attacked_is_looked_at_again_at_anothers_cost() -> None:
    one, other = Camera("one"), Camera("other")
    box = Box(one, other)
    while box.ladder.step < 3:
        box.live(1.0, age_s=3.0)
    assert [camera.now for camera in (one, other)] == [Economy.PARKED, Economy.KEY_FRAMES]
    one.urgency = 3
    box.live(1.0, age_s=0.1)
    assert [camera.now for camera in (one, other)] == [Economy.KEY_FRAMES, Economy.PARKED]


def test_it_looks_more_again_once_it_keeps_up_and_ever_more_carefully() -> None:
    box = Box(Camera("a"))
    waits = []
    for _ in range(3):
        box.live(STEP_S + 4.0, age_s=3.0)
        assert box.ladder.step >= 1
        waited = 0
        while box.ladder.step:
            box.live(1.0, age_s=0.1)
            waited += 1
        waits.append(waited)
    assert waits[0] >= RELIEF_S
    assert waits[1] > 1.5 * waits[0]
    assert waits[2] > 1.5 * waits[1]


def test_every_step_is_said() -> None:
    box = Box(Camera("a"), Camera("b"))
    with capture_logs() as logs:
        box.live(STEP_S + 3.0, age_s=3.0)
        box.live(RELIEF_S + 9.0, age_s=0.1)
    assert [(line["step"], line["economy"]) for line in logs] == [(1, "coarse"), (0, "none")]
    assert logs[0]["behind"] == ["a", "b"]


def test_key_frames_only_means_that_whatever_they_show() -> None:
    sentry = ScriptedSentry(woken_by=set(range(100)), may_sleep=False)
    decoder = LateDecoder(decoder=Decoder(camera="c", rate_hz=100), sentry=sentry)
    some = packets()
    shown = numbers(decoder, some[:25])
    assert shown == list(range(25))
    decoder.spend(Economy.KEY_FRAMES)
    assert numbers(decoder, some[25:60]) == [25, 26, 27, 28, 29, 40, 50], "from the next key frame on"
    decoder.spend(Economy.NONE)
    assert numbers(decoder, some[60:80]) == list(range(60, 80))


def test_a_parked_camera_gives_a_sign_of_life_now_and_then() -> None:
    decoder = LateDecoder(decoder=Decoder(camera="c", rate_hz=100), sentry=ScriptedSentry(may_sleep=False))
    decoder.spend(Economy.PARKED)
    assert numbers(decoder, packets(fps=10.0)) == [0]


def test_coarse_pictures_are_all_there() -> None:
    decoder = LateDecoder(decoder=Decoder(camera="c", rate_hz=100), sentry=ScriptedSentry(may_sleep=False))
    some = packets()
    shown = numbers(decoder, some[:15])
    decoder.spend(Economy.COARSE)
    shown += numbers(decoder, some[15:])
    assert shown == list(range(100))


def test_the_ladder_looks_until_it_is_stopped() -> None:
    box = Box(Camera("a"))
    stop = threading.Event()
    stop.set()
    box.ladder.run(stop)
    assert box.clock.waits


def test_a_camera_that_comes_later_saves_as_the_others_do() -> None:
    """As when another box fails, and this one takes its cameras over."""
    box = Box(Camera("a"))
    box.live(2 * STEP_S + 2.0, age_s=3.0)
    assert box.ladder.step >= Economy.COARSE
    box.cameras.append(Camera("b"))
    box.live(1.0, age_s=0.2)
    assert box.steps()[1] == min(box.ladder.step, Economy.KEY_FRAMES)
