"""What is remembered of a sealed door: bounded, kept over restarts, refused if damaged."""

import gc
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.drawn import NEIGHBOUR, Look, flat
from vigilanza.detect.comparison import leaf_texture
from vigilanza.detect.geometry import CELL_COLUMNS, CELL_ROWS
from vigilanza.detect.reference import MAXIMUM_LOOKS, SealedReference
from vigilanza.detect.texture import Plane
from vigilanza.domain.errors import DetectorError

ALL = np.ones((CELL_ROWS, CELL_COLUMNS), np.bool_)


def alike(reference: SealedReference, plane: Plane, *, infrared: bool = False) -> float:
    """Mean likeness over the cells of the leaf, without its frame."""
    texture = leaf_texture(plane)
    likeness = reference.nearest(texture, infrared=infrared, cells=ALL).texture.likeness(texture)
    return float(likeness[1:-1, 1:-1].mean())


def learned() -> SealedReference:
    reference = SealedReference()
    reference.learn(flat(), infrared=False)
    reference.learn(flat(Look(infrared=True)), infrared=True)
    return reference


def test_each_light_is_learned_for_itself() -> None:
    reference = SealedReference()
    assert not reference.knows(infrared=False)
    reference.learn(flat(), infrared=False)
    assert reference.knows(infrared=False)
    assert not reference.knows(infrared=True)


def test_the_look_that_fits_best_counts() -> None:
    reference = learned()
    other = flat(Look(), NEIGHBOUR)
    before = alike(reference, other)
    reference.learn(other, infrared=False)
    assert before < 0.5
    assert alike(reference, other) > 0.9
    assert alike(reference, flat()) > 0.9


def test_looks_are_bounded_and_the_first_of_each_light_is_never_forgotten() -> None:
    reference = learned()
    for number in range(40):
        reference.learn(flat(Look(opened=True, light=0.6 + number / 100)), infrared=number % 2 == 0)
    assert reference.forgotten_looks == 42 - MAXIMUM_LOOKS
    assert alike(reference, flat()) > 0.9
    assert alike(reference, flat(Look(infrared=True)), infrared=True) > 0.9


def test_every_change_is_a_new_version() -> None:
    reference = SealedReference()
    versions = [reference.version]
    reference.learn(flat(), infrared=False)
    versions.append(reference.version)
    reference.refine(flat(), infrared=False)
    versions.append(reference.version)
    assert versions == sorted(set(versions))


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "door-B.03.12.npz"
    learned().save(path)
    loaded = SealedReference.load(path)
    for infrared in (False, True):
        assert loaded.knows(infrared=infrared)
        for look in (Look(), Look(opened=True), Look(infrared=True)):
            plane = flat(look)
            assert alike(loaded, plane, infrared=infrared) == alike(learned(), plane, infrared=infrared)


def test_saving_replaces_and_leaves_nothing_beside(tmp_path: Path) -> None:
    path = tmp_path / "door-B.03.12.npz"
    learned().save(path)
    reference = SealedReference()
    reference.learn(flat(), infrared=False)
    reference.save(path)
    assert not SealedReference.load(path).knows(infrared=True)
    assert list(tmp_path.iterdir()) == [path]


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _other_text(path: Path) -> None:
    path.write_text("not a reference", "utf-8")


def _flip_bytes(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    for position in range(200, len(raw) // 2, 50):
        raw[position] ^= 0xFF
    path.write_bytes(bytes(raw))


def _other_arrays(path: Path) -> None:
    np.savez(path, something=np.zeros(3))


def _planes_without_their_light(path: Path) -> None:
    np.savez(path, planes=np.zeros((2, 144, 72), np.float32), infrared=np.zeros(1, np.bool_))


def _planes_of_another_shape(path: Path) -> None:
    np.savez(path, planes=np.zeros((1, 24, 24), np.float32), infrared=np.zeros(1, np.bool_))


def _planes_of_no_shape(path: Path) -> None:
    np.savez(path, planes=np.zeros(1, np.float32), infrared=np.zeros(1, np.bool_))


def _zip_of_nothing(path: Path) -> None:
    with zipfile.ZipFile(path, "w"):
        pass


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


REFUSED = (_other_text, _other_arrays, _zip_of_nothing, _folder, _planes_without_their_light, _planes_of_no_shape)
ESCAPES = (_truncate, _empty, _flip_bytes, _planes_of_another_shape)


@pytest.mark.parametrize("damage", REFUSED, ids=lambda damage: damage.__name__[1:])
def test_a_damaged_file_is_refused(damage: Callable[[Path], None], tmp_path: Path) -> None:
    path = tmp_path / "door-B.03.12.npz"
    learned().save(path)
    damage(path)
    with pytest.raises(DetectorError, match=r"door-B\.03\.12"):
        SealedReference.load(path)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("damage", ESCAPES, ids=lambda damage: damage.__name__[1:])
def test_a_file_that_broke_off_is_refused(damage: Callable[[Path], None], tmp_path: Path) -> None:
    path = tmp_path / "door-B.03.12.npz"
    learned().save(path)
    damage(path)
    raised: type[BaseException] | None = None
    try:
        SealedReference.load(path)
    except Exception as error:  # noqa: BLE001 - what escapes may not keep the file open beyond this test
        raised = type(error)
    gc.collect()
    assert raised is DetectorError
