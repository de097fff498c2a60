"""Moments as people write them."""

from datetime import datetime, tzinfo


def read_moment(text: str, zone: tzinfo) -> float:
    """UTC in Unix seconds of an ISO 8601 date and time; one without an offset is the clock's in `zone`.

    ValueError says what is wrong: no such time, no time of day, or one that the clock in `zone` shows twice or never.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise ValueError(f"{text!r} is no date and time such as 2026-11-24T09:00") from error
    if len(text.strip()) <= len("2026-11-24"):
        raise ValueError(f"{text!r} has no time of day; write e.g. 2026-11-24T09:00")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
        if moment.utcoffset() != moment.replace(fold=1 - moment.fold).utcoffset():
            raise ValueError(f"{text} comes twice or never when the clocks change: write it with its offset")
    return moment.timestamp()


def write_moment(at: float, zone: tzinfo) -> str:
    """The clock's time in `zone` with its offset, to the second, e.g. 2026-11-24T09:00:00+01:00."""
    return datetime.fromtimestamp(at, zone).isoformat(timespec="seconds")
