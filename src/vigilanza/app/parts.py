"""The long-running parts that a configuration asks for."""

from collections.abc import Sequence

from vigilanza.config import Config


def parts_of(config: Config) -> Sequence[str]:
    """In the order in which they are ended: first what sees or hears, so that what it recorded is still carried on.

    The first is the one without which nothing is seen; there are cameras or sites, or both.
    """
    eyes = ["watch"] if config.cameras else []
    ears = ["centre"] if config.centre is not None else []
    return [*eyes, *ears, "relay", "web", *(["video"] if config.video is not None else [])]
