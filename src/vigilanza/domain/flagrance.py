"""The 48 hours of *flagranza*: one rule for the page and for every alert."""

FLAGRANTE_SECONDS = 48 * 3600.0
"""Within 48 h of an entry the police of Milan act without a judge's order: a working rule, not a statute."""


def flagrante_until(*, first_at: float, first_entry_at: float | None) -> float:
    """When the window ends: counted from the first entry if one was seen, else from the first detection.

    All times are UTC in Unix seconds.
    """
    return (first_at if first_entry_at is None else first_entry_at) + FLAGRANTE_SECONDS
