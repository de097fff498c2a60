"""Rules between keys. They read the raw values, so that they are told even while single keys are wrong."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vigilanza.capture.onvif_target import is_onvif
from vigilanza.config.cap_office import crosscheck_office
from vigilanza.config.channels import PARTS, DestinationPart
from vigilanza.config.document import StoragePart
from vigilanza.config.oidc import crosscheck_oidc
from vigilanza.config.onvif_device import crosscheck_device
from vigilanza.config.plans import crosscheck_plans
from vigilanza.config.privacy import crosscheck_privacy
from vigilanza.config.problem import Place, Problem
from vigilanza.config.video import crosscheck_video
from vigilanza.domain.delivery import MINIMUM_AVS


def crosscheck(raw: Any, *, folder: Path) -> Iterator[Problem]:
    """Everything that is wrong between the keys of a document that may be wrong in itself.

    Relative paths start at `folder`.
    """
    if not isinstance(raw, dict):
        return
    yield from _doubles(raw.get("cameras"), ("cameras",))
    for index, camera in _mappings(raw.get("cameras")):
        yield from _doubles(camera.get("doors"), ("cameras", index, "doors"))
        yield from _contacts(camera, ("cameras", index))
        if isinstance(credentials := camera.get("credentials"), dict):
            yield from _one_password(credentials, ("cameras", index, "credentials"))
        yield from _tls(camera, ("cameras", index))
    if isinstance(detection := raw.get("detection"), dict):
        yield from _detection(detection)
    yield from _doubles(raw.get("units"), ("units",))
    yield from _zones(raw.get("units"))
    yield from _doubles(raw.get("plans"), ("plans",))
    yield from crosscheck_plans(raw)
    yield from _doubles(raw.get("destinations"), ("destinations",))
    yield from _doubles(raw.get("phone_book"), ("phone_book",))
    yield from _callees(raw)
    for index, destination in _mappings(raw.get("destinations")):
        yield from _destination(destination, raw, ("destinations", index))
    yield from _fallbacks(raw.get("destinations"))
    if isinstance(device := raw.get("onvif_device"), dict):
        yield from crosscheck_device(device)
    yield from crosscheck_video(raw)
    yield from crosscheck_office(raw)
    yield from crosscheck_privacy(raw)
    if isinstance(web := raw.get("web"), dict):
        yield from _web(web)
        yield from crosscheck_oidc(web)
    if isinstance(storage := raw.get("storage"), dict):
        yield from _storage(storage)
        yield from _folders(storage, folder)
    yield from _ring(raw)


def _mappings(items: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    if isinstance(items, list):
        yield from ((index, item) for index, item in enumerate(items) if isinstance(item, dict))


def _doubles(items: Any, place: Place) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for index, item in _mappings(items):
        name = item.get("id")
        if not isinstance(name, str):
            continue
        if name in seen:
            yield Problem((*place, index, "id"), f'"{name}" is already the id of {place[-1]}[{seen[name]}]')
        seen.setdefault(name, index)


def _callees(raw: dict[str, Any]) -> Iterator[Problem]:
    """A call is noted by the id of who was called, and may settle what a destination is to be telephoned for."""
    destinations = {one.get("id") for _, one in _mappings(raw.get("destinations"))}
    for index, one in _mappings(raw.get("phone_book")):
        name = one.get("id")
        if isinstance(name, str) and name in destinations:
            yield Problem(("phone_book", index, "id"), f'"{name}" is already the id of a destination')


def _contacts(camera: dict[str, Any], place: Place) -> Iterator[Problem]:
    by_onvif = is_onvif(str(camera.get("source")))
    for index, door in _mappings(camera.get("doors")):
        if door.get("contact") is None:
            continue
        here = (*place, "doors", index, "contact")
        if not by_onvif:
            yield Problem(here, "only a camera asked by ONVIF tells of contacts: give it source: onvif://HOST")
        if door.get("role") != "sealed":
            yield Problem(here, "only sealed doors are watched")


def _one_password(credentials: dict[str, Any], place: Place) -> Iterator[Problem]:
    given = [key for key in ("password_env", "password_file") if credentials.get(key) is not None]
    if len(given) != 1:
        yield Problem(place, "give exactly one of password_env and password_file")


def _tls(camera: dict[str, Any], place: Place) -> Iterator[Problem]:
    """A camera that speaks TLS is known by something, and its pictures are encrypted too."""
    streams = {key: str(camera.get(key, "")).lower() for key in ("source", "substream")}
    encrypted = [key for key, stream in streams.items() if stream.startswith(("rtsps://", "onvifs://"))]
    may_be = encrypted or any(is_onvif(stream) for stream in streams.values())
    if encrypted and camera.get("ca_file") is None:
        scheme = streams[encrypted[0]].partition(":")[0]
        need = f"{scheme}:// needs ca_file: the PEM of the camera's authority, or its own"
        yield Problem((*place, encrypted[0]), need)
    if any(stream.startswith("rtsps://") for stream in streams.values()) and camera.get("transport") == "udp":
        yield Problem((*place, "transport"), "over UDP the pictures of an rtsps:// camera would not be encrypted")
    for key in ("ca_file", "tls_name"):
        if not may_be and camera.get(key) is not None:
            yield Problem((*place, key), "counts for rtsps:// and onvifs:// only, and for what onvif:// leads to")


def _detection(detection: dict[str, Any]) -> Iterator[Problem]:
    if detection.get("people") == "ultralytics" and detection.get("model") is None:
        yield Problem(("detection", "people"), "ultralytics brings no weights: give their file as model")


def _destination(destination: dict[str, Any], raw: dict[str, Any], place: Place) -> Iterator[Problem]:
    part = PARTS.get(str(destination.get("channel")), DestinationPart)
    yield from part.crosscheck(destination, place)
    yield from part.crosscheck_site(destination, raw, place)


def _fallbacks(destinations: Any) -> Iterator[Problem]:
    """What one destination does not take in time goes to another of its kind: once, and not round in a circle."""
    known = {str(one.get("id")): one for _, one in _mappings(destinations)}
    named = {str(one.get("fallback")) for one in known.values()}
    for index, one in _mappings(destinations):
        place: Place = ("destinations", index, "fallback")
        fallback = one.get("fallback")
        if one.get("standby") is True and str(one.get("id")) not in named:
            yield Problem(("destinations", index, "standby"), "no destination names this one as its fallback")
        if not isinstance(fallback, str):
            continue
        other = known.get(fallback)
        if other is None or other is one:
            yield Problem(place, f'there is no other destination called "{fallback}"')
        elif other.get("kind") != one.get("kind"):
            yield Problem(place, "must be a destination of the same kind: the other would be told what is not for it")
        elif _minimum_avs(other) > _minimum_avs(one):
            yield Problem(place, f'"{fallback}" has a higher minimum_avs: it would be told of less than it asked for')
        elif other.get("fallback") is not None:
            yield Problem(place, f'"{fallback}" has a fallback itself: one step only, then a person telephones')


def _minimum_avs(destination: dict[str, Any]) -> int:
    given = destination.get("minimum_avs")
    return given if isinstance(given, int) else MINIMUM_AVS


def _zones(units: Any) -> Iterator[Problem]:
    seen: dict[int, int] = {}
    for index, unit in _mappings(units):
        zone = unit.get("zone")
        if not isinstance(zone, int):
            continue
        if zone in seen:
            yield Problem(("units", index, "zone"), f"{zone} is already the zone of units[{seen[zone]}]")
        seen.setdefault(zone, index)


def _web(web: dict[str, Any]) -> Iterator[Problem]:
    """Links to pictures need an address and a key, a certificate needs its key; none is good for anything else."""
    keys = [key for key in ("pictures_key_env", "pictures_key_file") if web.get(key) is not None]
    if web.get("public_url") is not None and len(keys) != 1:
        yield Problem(("web", "public_url"), "needs exactly one of pictures_key_env and pictures_key_file beside it")
    if web.get("public_url") is None and keys:
        yield Problem(("web", keys[0]), "signs links to pictures, which need public_url")
    given = [key for key in ("certificate_file", "key_file") if web.get(key) is not None]
    if len(given) == 1:
        yield Problem(("web", given[0]), "give certificate_file and key_file, or neither of them")


def _storage(storage: dict[str, Any]) -> Iterator[Problem]:
    hours = storage.get("retention_hours")
    if isinstance(hours, int) and hours > 24 and not storage.get("retention_reason"):
        yield Problem(("storage", "retention_hours"), "more than 24 hours need a recorded retention_reason")
    if storage.get("database_password_env") is not None and storage.get("database_password_file") is not None:
        yield Problem(("storage",), "give only one of database_password_env and database_password_file")
    if str(storage.get("database", "sqlite:")).startswith("sqlite:"):
        for key in ("database_user", "database_password_env", "database_password_file"):
            if storage.get(key) is not None:
                yield Problem(("storage", key), "an SQLite file has no user and no password")


def _folders(storage: dict[str, Any], folder: Path) -> Iterator[Problem]:
    """Media are swept and end with their retention: nothing that must stay lies among them."""
    given = {key: storage.get(key, StoragePart.model_fields[key].default) for key in ("media", "state", "database")}
    if not all(isinstance(value, str) and value and "\0" not in value for value in given.values()):
        return  # told by the key's own check
    media, state = ((folder / given[key]).resolve() for key in ("media", "state"))
    place: Place = ("storage", "media") if "media" in storage else ("storage", "state")
    if state.is_relative_to(media) or media.is_relative_to(state):
        yield Problem(place, "media and state must be two folders, neither inside the other")
    scheme, _, rest = given["database"].partition(":///")
    if scheme == "sqlite" and (folder / rest.partition("?")[0]).resolve().is_relative_to(media):
        yield Problem(place if "media" in storage else ("storage", "database"), "the database must not lie in media")


def _ring(raw: dict[str, Any]) -> Iterator[Problem]:
    clips, ring = raw.get("clips", {}), raw.get("ring", {})
    if not isinstance(clips, dict) or not isinstance(ring, dict):
        return
    before, after, seconds = clips.get("before", 15.0), clips.get("after", 45.0), ring.get("seconds", 120.0)
    if not all(isinstance(value, int | float) for value in (before, after, seconds)):
        return
    if seconds < before + after:
        place: Place = ("ring", "seconds") if "seconds" in ring else ("clips",)
        yield Problem(place, f"the ring keeps {seconds:g} s, but a clip needs {before + after:g} s (before + after)")
