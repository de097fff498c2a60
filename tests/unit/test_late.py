"""What a camera that sleeps shows: nothing is missed, whatever wakes it."""

import threading
from dataclasses import dataclass, field, replace
from itertools import pairwise

import pytest

from tests.videos import number_in, video
from vigilanza.capture.decode import Decoder
from vigilanza.capture.file import FileSource
from vigilanza.capture.gop import LONGEST_S
from vigilanza.capture.late import LateDecoder
from vigilanza.capture.packet import Packet
from vigilanza.domain.frame import Frame


@dataclass
class ScriptedSentry:
    """Lets the camera sleep, and is woken by the key frames with these numbers."""

    woken_by: set[int] = field(default_factory=set)
    may_sleep: bool = True

    def wakes(self, frame: Frame) -> bool:
        found = number_in(frame.luma) in self.woken_by
        self.may_sleep = self.may_sleep and not found
        return found


def packets(
    codec: str = "h264", *, gop: int = 10, b_frames: int = 0, open_groups: bool = False, fps: float = 2.5
) -> list[Packet]:
    """A hundred pictures; as configured, groups of four seconds, of which each is looked at."""
    if codec == "mjpeg":
        path = video(codec, frames=100, pixels="yuvj420p", container="avi")
    else:
        path = video(codec, frames=100, gop=gop, b_frames=b_frames, open_groups=open_groups)
    some = FileSource(path=path, start_at=0.0).packets(threading.Event())
    return [replace(packet, at=packet.at * 10.0 / fps) for packet in some]


def late(sentry: ScriptedSentry) -> LateDecoder:
    return LateDecoder(decoder=Decoder(camera="c", rate_hz=100), sentry=sentry)


def numbers(decoder: LateDecoder, some: list[Packet]) -> list[int]:
    frames = [frame for packet in some for frame in decoder.frames(packet)]
    assert [frame.at for frame in frames] == sorted({frame.at for frame in frames})
    return [number_in(frame.luma) for frame in frames]


@pytest.mark.parametrize("codec", ["h264", "hevc"])
@pytest.mark.parametrize("b_frames", [0, 2])
def test_a_quiet_camera_shows_its_key_frames_and_none_of_the_rest(codec: str, b_frames: int) -> None:
    decoder = late(ScriptedSentry())
    shown = numbers(decoder, packets(codec, b_frames=b_frames))
    awake = [number for number in shown if number % 10]
    assert awake == [number for number in range(10) if number % 10], "asleep once the first group was measured"
    assert shown[-8:] == [20, 30, 40, 50, 60, 70, 80, 90]
    assert not decoder.awake


@pytest.mark.parametrize("codec", ["h264", "hevc"])
@pytest.mark.parametrize("b_frames", [0, 2])
def test_what_wakes_it_brings_back_every_picture_since_the_last_quiet_one(codec: str, b_frames: int) -> None:
    decoder = late(ScriptedSentry(woken_by={60}))
    shown = numbers(decoder, packets(codec, b_frames=b_frames))
    shown += [number_in(frame.luma) for frame in decoder.flush()]
    assert shown[shown.index(40) :] == [40, *range(50, 100)]
    assert decoder.wakes == 1


def test_it_falls_asleep_again() -> None:
    sentry = ScriptedSentry(woken_by={40})
    decoder = late(sentry)
    some = packets()
    shown = numbers(decoder, some[:55])
    assert shown[-5:] == [50, 51, 52, 53, 54]
    sentry.may_sleep = True
    assert numbers(decoder, some[55:]) == [55, 56, 57, 58, 59, 60, 70, 80, 90]


def test_a_call_wakes_it_within_the_group() -> None:
    sentry = ScriptedSentry()
    decoder = late(sentry)
    some = packets()
    numbers(decoder, some[:55])
    assert not decoder.awake
    sentry.may_sleep = False
    decoder.call()
    assert numbers(decoder, some[55:60]) == [51, 52, 53, 54, 55, 56, 57, 58, 59]


def test_what_is_seen_in_a_key_frame_itself_keeps_it_awake_from_then_on() -> None:
    sentry = ScriptedSentry()
    decoder = late(sentry)
    some = packets()
    shown = numbers(decoder, some[:50])
    assert shown[-1] == 40
    for packet in some[50:]:
        for frame in decoder.frames(packet):
            shown.append(number_in(frame.luma))
            sentry.may_sleep = sentry.may_sleep and shown[-1] < 60
    assert shown[shown.index(40) :] == [40, 50, *range(60, 100)]


def test_a_damaged_key_frame_wakes_it() -> None:
    decoder = late(ScriptedSentry())
    some = packets()
    broken = replace(some[50], data=some[50].data[:40])
    numbers(decoder, [*some[:50], broken])
    assert decoder.awake


def test_a_group_that_turns_out_long_is_not_slept_through() -> None:
    decoder = late(ScriptedSentry())
    short, long = packets(fps=10.0), packets(gop=300, fps=10.0)
    numbers(decoder, short)
    assert not decoder.awake
    shown = []
    for packet in (replace(packet, at=packet.at + 10.0) for packet in long):
        shown += [number_in(frame.luma) for frame in decoder.frames(packet)]
        if packet.at - 10.0 > LONGEST_S + 0.15:
            break
    held = list(range(91, 100))
    assert shown == [*held, *range(len(shown) - len(held))], "caught up to the last picture"
    assert len(shown) > LONGEST_S * 10


@pytest.mark.parametrize(("gop", "open_groups"), [(50, False), (10, True)])
def test_a_stream_that_does_not_suit_never_sleeps(gop: int, open_groups: bool) -> None:
    decoder = late(ScriptedSentry())
    shown = numbers(decoder, packets(gop=gop, open_groups=open_groups))
    shown += [number_in(frame.luma) for frame in decoder.flush()]
    assert shown == list(range(100))


@pytest.mark.parametrize(
    ("gop", "fps", "every"),
    [(10, 10.0, 40), (10, 5.0, 20), (10, 4.7, 10), (20, 10.0, 40), (30, 10.0, 30), (40, 10.0, 40)],
    ids=["1 s", "2 s", "2.1 s", "2 s at 10", "3 s", "4 s"],
)
def test_the_last_key_frame_within_four_seconds_is_looked_at(gop: int, fps: float, every: int) -> None:
    some = packets(gop=gop, fps=fps)
    decoder = late(ScriptedSentry())
    shown = numbers(decoder, some)
    assert {later - sooner for sooner, later in pairwise(shown) if sooner >= gop} == {every}
    assert not decoder.awake
    assert decoder.wakes == 0


def test_of_pictures_that_are_all_key_one_in_four_seconds_is_looked_at_and_none_is_lost() -> None:
    sentry = ScriptedSentry()
    decoder = late(sentry)
    some = packets("mjpeg", fps=10.0)
    shown = numbers(decoder, some[:90])
    assert shown == [0, 1, 43, 85]
    sentry.may_sleep = False
    decoder.call()
    assert numbers(decoder, some[90:92]) == list(range(shown[-1] + 1, 92))


def test_a_new_connection_begins_awake_and_forgets_what_it_held() -> None:
    decoder = late(ScriptedSentry())
    numbers(decoder, packets()[:55])
    decoder.reset()
    assert decoder.awake
    again = [replace(packet, at=packet.at + 100.0) for packet in packets()[:8]]
    assert numbers(decoder, again) == list(range(8))


def swollen(some: list[Packet], *numbers: int, factor: float = 4.0) -> list[Packet]:
    """Some of the packets so many times as large as the largest between key frames: zeros at the end mean nothing."""
    largest = max(len(packet.data) for packet in some if not packet.is_keyframe)
    return [
        replace(packet, data=packet.data.ljust(round(factor * largest), b"\0")) if number in numbers else packet
        for number, packet in enumerate(some)
    ]


def test_packets_far_larger_than_all_of_the_quiet_ones_wake_it() -> None:
    decoder = late(ScriptedSentry())
    shown = numbers(decoder, swollen(packets(), 74, 75))
    assert shown[shown.index(60) :] == [60, *range(70, 81), 90], "back to the last quiet key frame, and asleep again"
    assert (decoder.wakes, decoder.surges) == (1, 1)


@pytest.mark.parametrize(
    ("large", "factor"), [((74,), 9.0), ((74, 84), 9.0), ((44, 45), 9.0), ((74, 75), 2.0)], ids=str
)
def test_one_packet_or_an_early_or_a_slightly_larger_one_wakes_nobody(large: tuple[int, ...], factor: float) -> None:
    decoder = late(ScriptedSentry())
    numbers(decoder, swollen(packets(), *large, factor=factor))
    assert decoder.wakes == 0


def test_who_woke_it_in_vain_is_believed_half_as_much_until_there_was_a_reason() -> None:
    sentry = ScriptedSentry()
    decoder = late(sentry)
    long = [replace(one, at=one.at + 40.0 * turn) for turn in range(6) for one in packets()]
    numbers(decoder, swollen(long, 74, 75, 184, 185))
    assert decoder.surges == 1, "four times is no longer enough"
    again = swollen([replace(one, at=one.at + 240.0) for one in packets()], 24, 25, factor=7.0)
    numbers(decoder, again[:30])
    assert decoder.surges == 2
    sentry.may_sleep = False
    numbers(decoder, again[30:80])
    sentry.may_sleep = True
    rest = [replace(one, at=one.at + 280.0 + 40.0 * turn) for turn in range(2) for one in packets()]
    numbers(decoder, [*again[80:], *swollen(rest, 94, 95)])
    assert decoder.surges == 3
