"""What a checked document says about protection, as it is written."""

from collections.abc import Sequence
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from pydantic import BaseModel

from vigilanza.config.document import Document
from vigilanza.domain.safeguards import Safeguards
from vigilanza.store.evidence.envelope import KeyHolder


def safeguards_of(document: Document, holders: Sequence[KeyHolder]) -> Safeguards:
    """Without what has its default, so that new keys change nothing of what was approved; `holders` of originals."""
    return Safeguards(
        retention_hours=document.storage.retention_hours,
        interiors_shown=document.privacy.interiors == "shown",
        cameras={part.id: _written(part) for part in document.cameras},
        destinations={part.id: _written(part) for part in document.destinations},
        viewers=_viewers(document),
        originals=[f"{one.name} ({one.certificate.fingerprint(SHA256()).hex()})" for one in holders],
        provider={} if document.web.oidc is None else _written(document.web.oidc),
    )


def _viewers(document: Document) -> dict[str, list[str] | None]:
    """Without `accounts` of its own, `video` is for those of `onvif_device`."""
    asking = document.onvif_device.accounts if document.onvif_device is not None else []
    found: dict[str, list[str] | None] = {f"onvif_device {one.name}": None for one in asking}
    if document.video is None:
        return found
    for account in document.video.accounts or ():
        found[f"video {account.name}"] = account.cameras
    inherited = asking if document.video.accounts is None else []
    return found | {f"video {one.name}": None for one in inherited}


def _written(part: BaseModel) -> dict[str, Any]:
    return part.model_dump(mode="json", by_alias=True, exclude_defaults=True)
