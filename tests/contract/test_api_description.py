"""The published description of the API is that of this version."""

from pathlib import Path

from vigilanza.app.apidescription import describe_api
from vigilanza.clock import SystemClock

PUBLISHED = Path(__file__).parents[2] / "docs" / "openapi.json"


def test_the_published_description_is_current() -> None:
    told = describe_api(clock=SystemClock())
    assert told == PUBLISHED.read_text("utf-8"), "run: vigilanza bridge openapi > docs/openapi.json"
