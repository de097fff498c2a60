"""What a camera is changes while it is watched."""

from itertools import pairwise
from pathlib import Path

import av

from tests.commands import wait_until
from tests.videos import number_in, video
from tests.watched import AT_ONCE, BACK_WITHIN, PASSWORD, USER, Watched
from vigilanza.capture.backoff import Backoff
from vigilanza.capture.cause import Cause
from vigilanza.capture.clip import write_clip
from vigilanza.clock import SystemClock
from vigilanza.lab.line import Line
from vigilanza.lab.simcam import CameraServer


def camera() -> CameraServer:
    return CameraServer({"/main": video(rate=20, gop=10)}, user=USER, password=PASSWORD)


def test_parameter_sets_size_and_group_of_pictures_may_change_in_the_middle_of_the_stream(tmp_path: Path) -> None:
    with camera() as server, Watched(server) as watched:
        watched.wait_for_frames(5)
        server.show("/main", video(rate=20, gop=20, size=(640, 360)))
        watched.wait_for(lambda: watched.frames[-1].size_px == (640, 360))
        watched.wait_for_frames(20)
        server.show("/main", video(rate=10, gop=5, size=(320, 180), b_frames=2))
        watched.wait_for(lambda: watched.frames[-1].size_px == (320, 180))
        watched.wait_for_frames(10)
        assert watched.said == ["alive"]
        numbers = [number_in(frame.luma) for frame in watched.frames[-8:]]
        kept = watched.ring.recording(0.0, float("inf"))
    assert len({packet.format for packet in kept.packets}) == 3
    clip = write_clip(kept, tmp_path / "clip.mp4", masks=())
    assert clip.reencoded
    with av.open(str(tmp_path / "clip.mp4")) as container:
        assert sum(1 for _ in container.decode(video=0)) == clip.frames > 30
    assert all(0 < (later - earlier) % 40 <= 6 for earlier, later in pairwise(numbers))
    assert [frame.at for frame in watched.frames] == sorted(frame.at for frame in watched.frames)


def test_a_camera_set_up_anew_with_another_codec_is_seen_again() -> None:
    with camera() as server, Watched(server, backoff=Backoff.of("c")) as watched:
        watched.wait_for_frames(5)
        server.show("/main", video("hevc", rate=20))
        seen = watched.wait_for(lambda: watched.said == ["alive", "lost", "alive"], within=BACK_WITHIN)
        watched.wait_for_frames(10)
        kept = watched.ring.recording(0.0, float("inf"))
    assert {packet.format.codec for packet in kept.packets} == {"h264", "hevc"}
    print(f"other codec: seen again after {seen:.1f} s")


def test_a_password_changed_behind_our_back_calls_for_a_person_until_it_is_put_right() -> None:
    with camera() as server, Watched(server) as watched:
        watched.wait_for_frames(5)
        server.set_password("another")
        server.cut()
        watched.wait_for(lambda: watched.said in (["alive", "lost", "person"], ["alive", "person"]), within=AT_ONCE)
        assert "wrong user or password" in watched.why[-1]
        assert watched.reconnects(Cause.PASSWORD) >= 1
        server.set_password(PASSWORD)
        watched.wait_for(lambda: watched.said[-1] == "alive")
        watched.wait_for_frames(5)


def test_a_camera_that_reboots_is_told_once_and_seen_again() -> None:
    with camera() as server, Watched(server, backoff=Backoff.of("c")) as watched:
        watched.wait_for_frames(5)
        server.unplug()
        watched.wait_for(lambda: watched.said == ["alive", "lost"], within=AT_ONCE)
        tried = watched.metric("connections_total") or 0
        wait_until("further attempts", lambda: (watched.metric("connections_total") or 0) > tried + 1)
        server.plug_in()
        watched.wait_for(lambda: watched.said == ["alive", "lost", "alive"], within=BACK_WITHIN)


def test_a_stream_that_moved_to_another_port_behind_its_name_is_found_there() -> None:
    with camera() as old, camera() as new, Line(old.port) as line:
        with Watched(old, url=f"rtsp://127.0.0.1:{line.port}/main", backoff=Backoff.of("c")) as watched:
            watched.wait_for_frames(5)
            line.target = new.port
            old.unplug()
            watched.wait_for(lambda: watched.said == ["alive", "lost", "alive"], within=AT_ONCE + BACK_WITHIN)
            watched.wait_for_frames(5)
        assert ("PLAY", f"rtsp://127.0.0.1:{line.port}/main/") in new.requests
        old.plug_in()


def tells(watched: Watched, ahead: float) -> bool:
    """Whether the camera's own clock was that many seconds ahead of ours."""
    kept = watched.ring.recording(0.0, float("inf")).packets
    return any(packet.camera_at is not None and abs(packet.camera_at - packet.at - ahead) < 5.0 for packet in kept)


def test_a_jump_of_the_cameras_clock_changes_no_time_of_ours() -> None:
    jump = -3600.0
    with camera() as server, Watched(server) as watched:
        watched.wait_for_frames(10)
        server.faults.clock_skew = server.faults.stamp_jump = jump
        wait_until("the camera to tell its new time", lambda: tells(watched, jump))
        watched.wait_for_frames(5)
        now = SystemClock().now()
        times = [frame.at for frame in watched.frames]
    assert times == sorted(times)
    assert now - 30.0 < times[0] <= times[-1] <= now
    assert watched.said == ["alive"]


def test_a_jump_of_our_own_clock_moves_the_times_with_it() -> None:
    clock = Shifted()
    with camera() as server, Watched(server, clock=clock) as watched:
        watched.wait_for_frames(10)
        clock.shift = 3600.0
        watched.wait_for(lambda: watched.frames[-1].at > SystemClock().now() + 3000.0)
        assert watched.said == ["alive"]
        clock.shift = 0.0
        watched.wait_for(lambda: watched.frames[-1].at < SystemClock().now() + 1.0, within=BACK_WITHIN)
        assert watched.said == ["alive", "lost", "alive"]
        assert watched.reconnects(Cause.CLOCK) == 1
        assert "clock was set back" in watched.why[0]


class Shifted(SystemClock):
    """This machine's clock, which somebody sets."""

    shift = 0.0

    def now(self) -> float:
        return super().now() + self.shift
