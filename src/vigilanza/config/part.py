"""What all parts of the YAML have in common."""

from pydantic import ConfigDict

STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)
"""Complete and without conversions: an unknown key is an error, and so is "5" for 5."""
