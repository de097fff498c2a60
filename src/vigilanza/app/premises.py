"""The site as alerts tell it."""

from vigilanza.config import Config, RemoteSite
from vigilanza.domain.premises import Premises


def premises(config: Config) -> Premises:
    """What the configuration says of the place."""
    site = config.site
    return Premises(
        site=site.id,
        name=site.name,
        timezone=site.timezone,
        address=site.address,
        municipality=site.municipality,
        istat=site.istat,
        manager=site.manager,
        position=site.position,
        units={unit.id: unit for unit in config.units},
        cameras=tuple(camera.id for camera in config.cameras),
        production=site.production,
        flagrante_seconds=site.flagrante_seconds,
        sites={} if config.centre is None else {one.id: _remote(one, config) for one in config.centre.sites},
    )


def _remote(site: RemoteSite, config: Config) -> Premises:
    here = config.site
    return Premises(
        site.id,
        site.name,
        here.timezone,
        address=site.address,
        municipality=site.municipality,
        istat=site.istat,
        manager=here.manager,
        position=site.position,
        production=here.production,
        flagrante_seconds=here.flagrante_seconds,
    )
