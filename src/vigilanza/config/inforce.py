"""The configuration as it counts: with what protects less only as far as two persons approved it."""

import json
from collections.abc import Mapping
from dataclasses import replace

from pydantic import TypeAdapter, ValidationError

from vigilanza.config.assemble import camera_of, door_of, endpoint_of, polygon_of
from vigilanza.config.channels import AnyDestinationPart, Endpoint
from vigilanza.config.document import CameraPart, DoorPart
from vigilanza.config.fields import Surroundings
from vigilanza.config.oidc import OidcPart
from vigilanza.config.onvif_device import OnvifDevice
from vigilanza.config.privacy import Privacy
from vigilanza.config.settings import Camera, Config, Web
from vigilanza.config.video import Video
from vigilanza.domain.delivery import Destination
from vigilanza.domain.errors import ConfigError
from vigilanza.domain.identity import ProviderTerms
from vigilanza.domain.safeguards import Safeguards, Written

_DRAWN = ("doors", "masks")
_ANY: TypeAdapter[AnyDestinationPart] = TypeAdapter(AnyDestinationPart)


def in_force(config: Config, counts: Safeguards, *, environ: Mapping[str, str]) -> Config:
    """`config` as far as `counts` lets it, which `strictest` made of it.

    A camera that was removed from the file, and whose password is gone, is asked without; a destination whose secrets
    are gone is owed its alerts all the same; through an identity provider whose secret is gone nobody signs in.
    ConfigError if another version wrote down what this one cannot read.
    """
    around = Surroundings(folder=config.path.parent, environ=environ)
    try:
        return _in_force(config, counts, around)
    except ValidationError as error:
        raise ConfigError(
            f"{config.path}: this version cannot read what was approved of something that is no longer in the file: "
            "put it back, or let two persons approve that it goes (vigilanza safeguards approve)"
        ) from error


def _in_force(config: Config, counts: Safeguards, around: Surroundings) -> Config:
    storage = config.storage
    if storage.retention_hours != counts.retention_hours:  # what the file gives as reason is that of another term
        storage = replace(storage, retention_hours=counts.retention_hours, retention_reason=None)
    found = [_endpoint(config, name, written, around) for name, written in counts.destinations.items()]
    endpoints = tuple(one for one in found if isinstance(one, Endpoint))
    return replace(
        config,
        cameras=tuple(_camera(config, name, written, around) for name, written in counts.cameras.items()),
        destinations=endpoints,
        owed=tuple(one for one in found if isinstance(one, Destination)),
        storage=storage,
        video=None if config.video is None else _watched(config.video, counts),
        onvif_device=None if config.onvif_device is None else _asked(config.onvif_device, counts),
        cap_office=config.cap_office if any(one.channel == "cap" for one in endpoints) else None,
        privacy=_hidden(config.privacy, counts),
        web=_web(config, counts, around),
    )


def _watched(video: Video, counts: Safeguards) -> Video:
    """For those who may watch."""
    allowed = {one: counts.viewers[key] for one in video.accounts if (key := f"video {one.name}") in counts.viewers}
    accounts = (
        replace(one, cameras=None if cameras is None else frozenset(cameras)) for one, cameras in allowed.items()
    )
    return replace(video, accounts=tuple(accounts))


def _asked(device: OnvifDevice, counts: Safeguards) -> OnvifDevice:
    """For those who may ask."""
    allowed = [one for one in device.accounts if f"onvif_device {one.name}" in counts.viewers]
    return replace(device, accounts=tuple(allowed))


def _hidden(privacy: Privacy, counts: Safeguards) -> Privacy:
    shown = privacy if counts.interiors_shown else replace(privacy, interiors="black", interiors_reason=None)
    return shown if counts.originals else replace(shown, originals=None)


def _web(config: Config, counts: Safeguards, around: Surroundings) -> Web:
    if counts.provider == config.safeguards.provider:
        return config.web
    return replace(config.web, oidc=_provider(counts.provider, around) if counts.provider else None)


def _provider(written: Written, around: Surroundings) -> ProviderTerms | None:
    """None if its secret is gone."""
    text = json.dumps(written)
    try:
        return OidcPart.model_validate_json(text, context=around).settings(around)
    except ValidationError:
        OidcPart.model_validate_json(text, context=replace(around, offline=True))
        return None


def _camera(config: Config, name: str, written: Written, around: Surroundings) -> Camera:
    if written == config.safeguards.cameras.get(name):
        return next(one for one in config.cameras if one.id == name)
    known = next((one for one in config.cameras if one.id == name), None) or _restored(written, around)
    doors = [DoorPart.model_validate_json(json.dumps(door)) for door in written.get("doors", ())]
    masks = tuple(polygon_of(mask) for mask in written.get("masks", ()))
    return replace(known, doors=tuple(door_of(door) for door in doors), masks=masks)


def _restored(written: Written, around: Surroundings) -> Camera:
    """One that the file has no longer."""
    text = json.dumps({key: value for key, value in written.items() if key not in _DRAWN})
    try:
        return camera_of(CameraPart.model_validate_json(text, context=around), around)
    except ValidationError:
        bare = replace(around, offline=True)
        return camera_of(CameraPart.model_validate_json(text, context=bare), bare)


def _endpoint(config: Config, name: str, written: Written, around: Surroundings) -> Endpoint | Destination:
    if written == config.safeguards.destinations.get(name):
        return next(one for one in config.destinations if one.destination.id == name)
    text = json.dumps(written)
    try:
        return endpoint_of(_ANY.validate_json(text, context=around), around)
    except ValidationError:
        part = _ANY.validate_json(text, context=replace(around, offline=True))
        return part.destination()
