"""The window of *flagranza*: one rule for the page and for every alert."""

FLAGRANTE_SECONDS = 48 * 3600.0
"""Within 48 h of an entry the police of Milan act without a judge's order: a working rule, not a statute. The site may
say otherwise.
"""


def flagrante_until(*, first_at: float, first_entry_at: float | None, lasts: float = FLAGRANTE_SECONDS) -> float:
    """When the window ends: counted from the first entry if one was seen, else from the first detection.

    All times are UTC in Unix seconds; it `lasts` so many seconds.
    """
    return (first_at if first_entry_at is None else first_entry_at) + lasts
