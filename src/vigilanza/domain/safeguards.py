"""What the configuration protects people and doors by, and what of it would protect less than was approved. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from vigilanza.domain.door import Polygon, Role
from vigilanza.domain.layout import DrawnDoor, Layout, blinded, clear_of, receding, unwatched

Written: TypeAlias = Mapping[str, Any]
"""A part of the configuration as plain JSON, without what has its default."""
_FREE = {"telephone", "label"}
_BY_CAMERA = {"cameras", "camera_zones"}
_FREE_ENDINGS = ("_env", "_file")
"""Of who is told, or says who signs in: keys, certificates, telephone number and label change without further ado."""


class Weak(StrEnum):
    """How something may protect less."""

    RETENTION = "retention"
    INTERIORS = "interiors"
    ORIGINALS = "originals"
    CAMERA_GONE = "camera_gone"
    DOOR_GONE = "door_gone"
    DOOR_HIDDEN = "door_hidden"
    MASK = "mask"
    DESTINATION_NEW = "destination_new"
    DESTINATION_CHANGED = "destination_changed"
    DESTINATION_GONE = "destination_gone"
    VIEWER = "viewer"
    PROVIDER_NEW = "provider_new"
    PROVIDER_CHANGED = "provider_changed"
    PROVIDER_GONE = "provider_gone"


@dataclass(frozen=True, slots=True)
class Safeguards:
    """How long pictures are kept, whether the inside of flats is shown; cameras and destinations by id, as written.

    `viewers`: by account those outside that may watch or ask, with the cameras that they may see, None for all;
    `originals`: the two who together can open what masks hide, or nobody. `provider`: who else may say who is signing
    in and what they are, as written, empty for nobody; None in what was approved before this was a safeguard.
    """

    retention_hours: int
    interiors_shown: bool
    cameras: Mapping[str, Written]
    destinations: Mapping[str, Written]
    viewers: Mapping[str, Sequence[str] | None]
    originals: Sequence[str] = field(default_factory=list)
    provider: Written | None = None


@dataclass(frozen=True, slots=True)
class Weakening:
    """`subject`: the camera, destination or issuer; `item`: the door, or the mask's number; what `was` approved and
    what it `becomes`, empty where that says nothing.
    """

    kind: Weak
    subject: str = ""
    item: str = ""
    was: str = ""
    becomes: str = ""

    def words(self) -> str:
        """One English line."""
        change = f": {self.was or '-'} -> {self.becomes or '-'}" if self.was or self.becomes else ""
        return " ".join(word for word in (self.kind.value, self.subject, self.item) if word) + change


def strictest(approved: Safeguards, wanted: Safeguards) -> Safeguards:
    """What is in force while `wanted` is not approved: of both what protects more, and who was told before.

    A camera or door that is new is watched, one that is gone still is. Whatever a destination is told, and where, stays
    as approved, and so does who may watch, and who says who is signing in.
    """
    cameras = {
        name: _stricter(approved.cameras[name], camera) if name in approved.cameras else camera
        for name, camera in wanted.cameras.items()
    }
    told, before = wanted.destinations, approved.destinations
    names = [*(name for name in told if name in before), *(name for name in before if name not in told)]
    return Safeguards(
        min(approved.retention_hours, wanted.retention_hours),
        approved.interiors_shown and wanted.interiors_shown,
        cameras | {name: camera for name, camera in approved.cameras.items() if name not in cameras},
        {name: _same(before[name], told.get(name, {})) for name in names},
        {
            name: _fewer(approved.viewers[name], seen)
            for name, seen in wanted.viewers.items()
            if name in approved.viewers
        },
        wanted.originals if [*wanted.originals] == [*approved.originals] else [],
        wanted.provider if approved.provider is None else _same(approved.provider, wanted.provider or {}),
    )


def weakenings(approved: Safeguards, wanted: Safeguards) -> tuple[Weakening, ...]:
    """All by which `wanted` protects less than `approved`."""
    return tuple(_weakenings(approved, wanted))


def _weakenings(old: Safeguards, new: Safeguards) -> Iterator[Weakening]:
    if new.retention_hours > old.retention_hours:
        hours = f"{old.retention_hours} h", f"{new.retention_hours} h"
        yield Weakening(Weak.RETENTION, was=hours[0], becomes=hours[1])
    if new.interiors_shown and not old.interiors_shown:
        yield Weakening(Weak.INTERIORS, was="black", becomes="shown")
    if new.originals and [*new.originals] != [*old.originals]:
        yield Weakening(Weak.ORIGINALS, was=_some(old.originals), becomes=_some(new.originals))
    for name, camera in old.cameras.items():
        if name not in new.cameras:
            yield Weakening(Weak.CAMERA_GONE, name)
            continue
        doors, roles = _doors(camera), {door.id: door.role for door in _doors(new.cameras[name])}
        for number in unwatched(doors, _doors(new.cameras[name])):
            door = doors[number].id
            yield Weakening(Weak.DOOR_GONE, name, door, Role.SEALED.value, roles[door].value if door in roles else "")
        for number in blinded(_layout(camera), _layout(new.cameras[name])):
            yield Weakening(Weak.DOOR_HIDDEN, name, doors[number].id)
        for number in receding(_masks(camera), _masks(new.cameras[name])):
            yield Weakening(Weak.MASK, name, str(number + 1))
    yield from _of_destinations(old.destinations, new.destinations)
    for name, seen in new.viewers.items():
        before = old.viewers.get(name, ())
        if name not in old.viewers or _fewer(before, seen) != seen:
            yield Weakening(Weak.VIEWER, name, was=_some(before), becomes=_some(seen))
    if old.provider is not None and not _agree(old.provider, new.provider or {}):
        yield _of_provider(old.provider, new.provider or {})


def _of_provider(old: Written, new: Written) -> Weakening:
    before, now = _terms(old), _terms(new)
    differ = {key for key in {**before, **now} if before.get(key) != now.get(key)}
    gone = Weak.PROVIDER_CHANGED if now else Weak.PROVIDER_GONE
    return Weakening(
        gone if before else Weak.PROVIDER_NEW,
        str((now or before)["issuer"]),
        was=_told(before, differ),
        becomes=_told(now, differ),
    )


def _of_destinations(old: Mapping[str, Written], new: Mapping[str, Written]) -> Iterator[Weakening]:
    for name in new:
        now = _terms(new[name])
        if name not in old:
            yield Weakening(Weak.DESTINATION_NEW, name, becomes=_told(now, now))
        elif not _agree(old[name], new[name]):
            before = _terms(old[name])
            differ = {key for key in {**before, **now} if before.get(key) != now.get(key)}
            yield Weakening(Weak.DESTINATION_CHANGED, name, was=_told(before, differ), becomes=_told(now, differ))
    for name in old:
        if name not in new:
            before = _terms(old[name])
            yield Weakening(Weak.DESTINATION_GONE, name, was=_told(before, before))


def _stricter(old: Written, new: Written) -> Written:
    """The camera as it is written now, with the doors and masks of before that it lacks.

    A new mask that would hide a sealed door is left out: the common area before it is no home.
    """
    gone = unwatched(_doors(old), _doors(new))
    watched = [*new.get("doors", ()), *(old["doors"][number] for number in gone)]
    hidden = blinded(_layout(old), _layout({**new, "doors": watched}))
    left = [old["doors"][number] for number in sorted({*gone, *hidden})]
    ids = {door["id"] for door in left}
    masks = new.get("masks", [])
    if hidden:
        clear = {*clear_of(_masks(new), [_doors(old)[number].leaf for number in hidden]), *_masks(old)}
        masks = [mask for mask, points in zip(masks, _masks(new), strict=True) if points in clear]
    kept = {**new, "doors": [door for door in new.get("doors", ()) if door["id"] not in ids] + left, "masks": [*masks]}
    for number in receding(_masks(old), _masks(kept)):
        kept["masks"].insert(number, old["masks"][number])
    return {key: value for key, value in kept.items() if value or key in new}


def _same(old: Written, new: Written) -> Written:
    """The destination as it is written now, if two persons agreed to all that it is now."""
    return new if _agree(old, new) else old


def _agree(old: Written, new: Written) -> bool:
    """A camera that has no name yet at the destination may be given one."""
    before, now = dict(_terms(old)), dict(_terms(new))
    for key in _BY_CAMERA & now.keys():
        before.setdefault(key, {})
        now[key] = {camera: name for camera, name in now[key].items() if camera in before[key]}
    return before == now


def _fewer(old: Sequence[str] | None, new: Sequence[str] | None) -> Sequence[str] | None:
    """The cameras that are in both."""
    if old is None or new is None:
        return old if new is None else new
    return [name for name in new if name in old]


def _some(cameras: Sequence[str] | None) -> str:
    return "*" if cameras is None else ", ".join(cameras)


def _terms(destination: Written) -> Written:
    """What two persons agree to: who it is, where, what it is told, and whether encrypted with a key."""
    terms = {key: value for key, value in destination.items() if key not in _FREE and not key.endswith(_FREE_ENDINGS)}
    return {**terms, "key_env": "given"} if "key_env" in destination else terms


def _told(terms: Written, keys: "set[str] | Written") -> str:
    return ", ".join(f"{key}={terms[key]}" for key in terms if key in keys and key != "id")


def _layout(camera: Written) -> Layout:
    return Layout(tuple(_doors(camera)), tuple(_masks(camera)))


def _doors(camera: Written) -> Sequence[DrawnDoor]:
    return [DrawnDoor(door["id"], Role(door["role"]), _points(door["leaf"])) for door in camera.get("doors", ())]


def _masks(camera: Written) -> Sequence[Polygon]:
    return [_points(mask) for mask in camera.get("masks", ())]


def _points(written: Sequence[Sequence[float]]) -> Polygon:
    return tuple((x, y) for x, y in written)
