"""/api/setup/cameras: what a technician draws on a camera's picture, saved into the configuration's file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from vigilanza.domain.door import Role
from vigilanza.domain.errors import LayoutUnwritable, UnknownRecord
from vigilanza.domain.layout import DrawnDoor, Layout
from vigilanza.domain.role import Permission
from vigilanza.domain.sharpness import LEAST_PX_PER_METRE, LEAST_WIDTH_PX, Sharpness
from vigilanza.domain.takeover import Takeover
from vigilanza.store.audit import AuditChain
from vigilanza.web.auth import Operator
from vigilanza.web.permit import needs
from vigilanza.web.viewings import Viewings

Coordinate = Annotated[float, Field(ge=0, le=1)]
Corner = tuple[Coordinate, Coordinate]
Outline = Annotated[list[Corner], Field(min_length=3, max_length=64)]


@dataclass(frozen=True, slots=True)
class CameraDrawing:
    """`size_px`: width and height of the pictures that are analysed; None if the camera is not watched now."""

    id: str
    size_px: tuple[int, int] | None
    layout: Layout


@dataclass(frozen=True, slots=True)
class Drawings:
    """What the file says, and whether it is in force; `digest` is the SHA-256 of its bytes."""

    digest: str
    cameras: Sequence[CameraDrawing]
    takeover: Takeover


class Board(Protocol):
    """Where drawings are kept: the configuration's file. Every method may raise LayoutUnwritable; any thread asks."""

    def read(self) -> Drawings:
        """As the file is now."""

    def still(self, camera: str) -> bytes:
        """JPEG of the camera's newest picture, masked. UnknownRecord; NoPictures."""

    def save(
        self, camera: str, layout: Layout, *, digest: str, before: Callable[[Mapping[str, object]], None]
    ) -> Drawings:
        """Write it, if the file still has that digest; `before` is told what is about to be written.

        UnknownRecord; LayoutStale; LayoutRefused for what the file's check refuses.
        """


class NoBoard:
    """See Board: there is no file."""

    def read(self) -> Drawings:
        """See Board."""
        raise LayoutUnwritable("this page was started without a configuration file")

    def still(self, camera: str) -> bytes:
        """See Board."""
        raise UnknownRecord(f"no camera {camera}")

    def save(
        self,
        camera: str,
        layout: Layout,  # noqa: ARG002 - the protocol's signature
        *,
        digest: str,  # noqa: ARG002 - the protocol's signature
        before: Callable[[Mapping[str, object]], None],  # noqa: ARG002 - the protocol's signature
    ) -> Drawings:
        """See Board."""
        raise UnknownRecord(f"no camera {camera}")


class DoorBody(BaseModel):
    """One door in the picture."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    id: Annotated[str, Field(min_length=1, max_length=64, description="Code of the unit behind it.")]
    role: Annotated[Role, Field(description="Only sealed doors are watched.")]
    leaf: Annotated[Outline, Field(description="The closed leaf, [x, y] in 0..1 of the picture.")]
    floor: Annotated[list[Corner], Field(max_length=64, description="The floor before it; [] if out of view.")] = []


class LayoutBody(BaseModel):
    """All doors and masks of one camera."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    hash: Annotated[str, Field(max_length=64, description="Of the file, as it was read.")]
    doors: Annotated[list[DoorBody], Field(max_length=64)]
    masks: Annotated[list[Outline], Field(max_length=64)]

    def layout(self) -> Layout:
        """As the domain knows it."""
        doors = tuple(DrawnDoor(door.id, door.role, tuple(door.leaf), tuple(door.floor)) for door in self.doors)
        return Layout(doors, tuple(tuple(mask) for mask in self.masks))


class LayoutRoutes:
    """Who looks, and what is changed, is in the audit chain before."""

    def __init__(self, *, board: Board, audit: AuditChain, viewings: Viewings) -> None:
        self._board, self._audit, self._viewings = board, audit, viewings

    def router(self) -> APIRouter:
        """The routes, to be included in the app."""
        router = APIRouter(prefix="/api/setup/cameras", tags=["setup"], dependencies=[needs(Permission.SET_UP_CAMERAS)])
        router.get("")(self.all)
        router.get("/{camera_id}/still", response_class=Response)(self.still)
        router.put("/{camera_id}")(self.save)
        return router

    def all(self) -> dict[str, Any]:
        """Doors and masks of every camera, as the file has them, with pixels per metre where the camera is watched.

        `takeover` says whether the watch does what the file says: `stage` in_force (`since` then), pending, refused
        (`why`; what was in force before still is), or at_restart where its parts were started one by one.
        """
        return present(self._board.read())

    def still(self, camera_id: str, operator: Operator) -> Response:
        """The camera's newest picture as JPEG, masked. Audited."""
        jpeg = self._board.still(camera_id)
        self._viewings.write(operator, "setup.viewed", camera_id)
        return Response(jpeg, media_type="image/jpeg")

    def save(self, camera_id: str, body: LayoutBody, operator: Operator) -> dict[str, Any]:
        """Doors and masks of one camera, into the file. `takeover` says whether they count. Audited.

        What protects less than was approved does not count then: see /api/safeguards. 409 `layout_stale` if the file
        was changed since it was read; 422 `layout_refused` with the field that is wrong.
        """

        def note(detail: Mapping[str, object]) -> None:
            self._audit.append(who=operator, action="setup.saved", subject=camera_id, detail=detail)

        return present(self._board.save(camera_id, body.layout(), digest=body.hash, before=note))


def present(drawings: Drawings) -> dict[str, Any]:
    """Every camera of the file, as the page draws on it."""
    least = {"px_per_metre": LEAST_PX_PER_METRE, "width_px": LEAST_WIDTH_PX}
    return {
        "hash": drawings.digest,
        "least": least,
        "takeover": {
            "stage": drawings.takeover.stage,
            "since": drawings.takeover.since,
            "why": drawings.takeover.why,
        },
        "cameras": [
            {
                "id": camera.id,
                "size_px": camera.size_px,
                "doors": [_present_door(door, camera.size_px) for door in camera.layout.doors],
                "masks": camera.layout.masks,
            }
            for camera in drawings.cameras
        ],
    }


def _present_door(door: DrawnDoor, size_px: tuple[int, int] | None) -> dict[str, Any]:
    sharpness = None if size_px is None else Sharpness.of(door.leaf, size_px)
    return {
        "id": door.id,
        "role": door.role,
        "leaf": door.leaf,
        "floor": door.floor,
        "px_per_metre": None if sharpness is None else round(sharpness.px_per_metre, 1),
        "width_px": None if sharpness is None else round(sharpness.width_px, 1),
    }
