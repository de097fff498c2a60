"""A camera that a technician adds on the page: into the configuration's file, its password into a file of its own."""

import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

from vigilanza.app.board import FileBoard
from vigilanza.config.enrol import NewCamera, enrol
from vigilanza.domain.errors import CameraRefused, LayoutRefused, LayoutUnwritable
from vigilanza.web.find import Question
from vigilanza.web.layouts import Drawings


def enter(
    board: FileBoard,
    camera: str,
    source: str,
    question: Question,
    *,
    digest: str,
    before: Callable[[Mapping[str, object]], None],
) -> Drawings:
    """Write it, see Scout.add. What was written for a camera that is then refused goes again."""
    with ExitStack() as undo:
        try:
            new = _laid(board, camera, source, question, undo)
        except OSError as error:
            raise LayoutUnwritable(
                f"the camera's password cannot be kept ({error.strerror}): the folder of the configuration's file"
                " must be writable for the page's server; otherwise add the camera by hand"
            ) from error

        def draw(text: str) -> str:
            if camera in [one.id for one in board.cameras()]:
                raise CameraRefused("id", "there is a camera of this name already")
            return enrol(text, new)

        try:
            drawings = board.change(camera, draw, lambda _: {"source": source}, digest=digest, before=before)
        except LayoutRefused as error:
            raise CameraRefused(error.field, str(error)) from error
        undo.pop_all()
        return drawings


def _laid(board: FileBoard, camera: str, source: str, question: Question, undo: ExitStack) -> NewCamera:
    """With its files on disk, under names that nothing else has."""
    mark = secrets.token_hex(4)

    def lay(text: str | None, name: str) -> str | None:
        if text is None:
            return None
        path = board.folder / name
        undo.callback(_drop, path, board)
        _lay(path, text)
        return str(path) if board.is_linked else name

    password_file = lay(question.password, f"secrets/{camera}-{mark}.password")
    ca_file = lay(question.certificate, f"ca/{camera}-{mark}.pem")
    return NewCamera(camera, source, question.user, password_file, ca_file, question.tls_name)


def _lay(path: Path, text: str) -> None:
    """For nobody else to read, and on disk."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _drop(path: Path, board: FileBoard) -> None:
    """Unless the configuration names it: then it was written, whatever failed afterwards."""
    with suppress(OSError, LayoutUnwritable):
        if path.name.encode() not in board.raw():
            path.unlink(missing_ok=True)
