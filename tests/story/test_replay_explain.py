"""`vigilanza replay --explain` and `--annotate`: what a technician checks a camera with."""

import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from tests.commands import VIDEOS, configuration
from tests.recordings import cut
from tests.story.test_replay import run_replay

CLIP = "dev_pos_comes_out_of_sealed_unit"
SECONDS = 12
RATE = 5
MASK = [[0.6, 0.6], [0.95, 0.6], [0.95, 0.95], [0.6, 0.95]]
Pictures = list[NDArray[np.uint8]]


@dataclass(frozen=True, slots=True)
class Run:
    """One replay with both options: what it printed, and the film it wrote."""

    printed: list[str]
    film: Path
    folder: Path


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("explain")
    config, clip, film = configuration(folder, CLIP), cut(CLIP, folder, SECONDS), folder / "seen.mp4"
    document = yaml.safe_load(config.read_text("utf-8"))
    document["cameras"][0]["masks"] = [MASK]
    config.write_text(yaml.safe_dump(document), "utf-8")
    ended = run_replay(clip, config, "--explain", "--annotate", str(film))
    assert (ended.returncode, ended.stderr) == (0, "")
    return Run(ended.stdout.splitlines(), film, folder)


def decoded(path: Path) -> Pictures:
    with av.open(str(path)) as container:
        return [np.asarray(frame.to_ndarray(format="bgr24"), np.uint8) for frame in container.decode(video=0)]


def lines_at(run: Run, second: int, place: str) -> list[str]:
    found = [line for line in run.printed if re.match(rf" *{second}\.\d s  {place}  ", line)]
    assert found, (second, place)
    return found


def test_the_size_of_the_door_is_told_first_and_once(run: Run) -> None:
    (first,) = [line for line in run.printed if " leaf of " in line]
    assert first == run.printed[0]
    assert re.fullmatch(
        r" *0\.0 s  S  leaf of \d+ pixels per metre, \d+ pixels wide: (large enough|.* needed: .*)", first
    )


def test_every_second_tells_light_view_and_door(run: Run) -> None:
    for second in range(SECONDS):
        (view,) = lines_at(run, second, "cam")
        assert "colour; view " in view
        door, *reasons = [line for line in lines_at(run, second, "S") if " leaf of " not in line]
        assert re.search(r"phase \w+; leaf (unknown|sealed|partly changed|changed|hidden)", door)
        assert reasons


def test_states_come_with_their_score_and_what_is_still_lacking(run: Run) -> None:
    sealed = lines_at(run, 6, "S")
    assert re.search(r"phase quiet; leaf sealed, 0\.\d\d unlike; nobody$", sealed[0])
    assert sealed[1].endswith("nothing seen that could rise")
    opened = [line for line in run.printed if "leaf changed" in line and "  S  phase" in line]
    assert re.search(r"leaf changed, 0\.[2-9]\d unlike", opened[0])
    assert any(re.search(r"door_opened alarm: leaf changed 0\.\d of 1\.0 s \(leaf share", line) for line in run.printed)


def test_the_event_stands_between_its_seconds_with_its_sentence(run: Run) -> None:
    (event,) = [index for index, line in enumerate(run.printed) if re.match(r" *[\d.]+ s  alarm ", line)]
    assert re.search(r"door_opened +S  At door S: door opened at [\d.]+ s", run.printed[event])
    assert "phase quiet" in [line for line in run.printed[:event] if "  S  phase" in line][-1]
    assert "phase forced" in next(line for line in run.printed[event:] if "  S  phase" in line)


def test_the_film_shows_every_analysed_picture_and_nothing_can_be_heard(run: Run) -> None:
    with av.open(str(run.film)) as container:
        assert [stream.type for stream in container.streams] == ["video"]
        assert container.streams.video[0].codec_context.name == "h264"
        times = [
            frame.pts * (frame.time_base or Fraction(0)) for frame in container.decode(video=0) if frame.pts is not None
        ]
    assert len(times) == pytest.approx(SECONDS * RATE, abs=1)
    assert [float(time) for time in times] == pytest.approx([count / RATE for count in range(len(times))], abs=0.05)
    assert sorted(path.name for path in run.folder.iterdir()) == [f"{CLIP}.mp4", "seen.mp4", "vigilanza.yaml"]


def test_doors_and_reasons_are_drawn_and_masks_are_black(run: Run) -> None:
    pictures = decoded(run.folder / f"{CLIP}.mp4")
    before = pictures[:: len(pictures) // (SECONDS * RATE)]
    drawn = decoded(run.film)
    height, width = (2 * side for side in before[0].shape[:2])
    plain = cv2.resize(before[30], (width, height), interpolation=cv2.INTER_LINEAR).astype(int)
    picture, panel = drawn[30][:height].astype(int), drawn[30][height:]
    assert drawn[30].shape[1] == width
    assert panel.max() > 200, "the reasons are written below"
    top, bottom, left, right = (
        round(part * side) for part, side in ((0.62, height), (0.93, height), (0.62, width), (0.93, width))
    )
    assert picture[top:bottom, left:right].max() < 40, "the mask is black"
    assert plain[top:bottom, left:right].max() > 60, "and something was there"
    assert (np.abs(picture - plain)[: int(0.55 * height)] > 60).any(axis=2).sum() > 300, "the door is outlined"


def test_a_sentence_is_shown_for_three_seconds(run: Run) -> None:
    """It stands on a darkened strip at the top."""
    raised = float(next(line for line in run.printed if re.match(r" *[\d.]+ s  alarm ", line)).split()[0])
    dark = [index / RATE for index, picture in enumerate(decoded(run.film)) if np.median(picture[2:20]) < 60]
    assert dark[0] == pytest.approx(raised, abs=0.21)
    assert len(dark) / RATE == pytest.approx(min(3.0, SECONDS - raised), abs=0.41)


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (["--explain", "--json"], 2, "leave out one of the two"),
        (["--annotate", "{clip}"], 78, "would overwrite what is read"),
        (["--annotate", "{folder}/nowhere/seen.mp4"], 78, "cannot be written"),
    ],
)
def test_options_that_make_no_sense_are_refused_and_harm_nothing(
    more: list[str], code: int, said: str, run: Run, tmp_path: Path
) -> None:
    clip = run.folder / f"{CLIP}.mp4"
    before = clip.read_bytes()
    given = [part.format(clip=clip, folder=tmp_path) for part in more]
    ended = run_replay(clip, run.folder / "vigilanza.yaml", *given)
    assert (ended.returncode, ended.stdout) == (code, "")
    assert said in re.sub(r"[│\s]+", " ", ended.stderr)
    assert clip.read_bytes() == before


def test_what_cannot_be_read_leaves_no_film(tmp_path: Path) -> None:
    config = configuration(tmp_path, CLIP)
    ended = run_replay(VIDEOS / "README.md", config, "--annotate", str(tmp_path / "seen.mp4"))
    assert ended.returncode == 65
    assert list(tmp_path.iterdir()) == [config]
