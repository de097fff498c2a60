"""Where the door of an incident is, as the page shows it to be read aloud."""

from typing import Any

from vigilanza.domain.premises import Premises


def present_address(here: Premises, door: str | None, camera: str) -> dict[str, Any]:
    """What the configuration tells of it, null what it does not; of a camera's own incident the site alone."""
    premises = here.whose(door, camera)
    unit = premises.unit(door)
    return {
        "site": premises.name,
        "manager": premises.manager,
        "municipality": premises.municipality,
        "street": premises.address,
        "stair": unit and unit.stair,
        "floor": unit and unit.floor,
        "flat": unit and unit.number,
        "door": door,
    }
