"""Times as XML Schema writes them: durations and moments in UTC."""

import math
import re
from datetime import UTC, datetime

from vigilanza.bridge.onvif_device.soap import invalid

_DURATION = re.compile(r"P(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?)?")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?")


def seconds(text: str) -> float:
    """Of an xs:duration such as PT1M30S. Fault if it is none; years and months have no length and count as none."""
    parts = _DURATION.fullmatch(text)
    if parts is None or text.endswith(("P", "T")):
        raise invalid("not a duration such as PT60S")
    days, hours, minutes, rest = (float(part or 0) for part in parts.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + rest


def moment(text: str) -> float:
    """UTC in Unix seconds of an xs:dateTime; one without a zone is UTC, as ONVIF has it. Fault if it is none."""
    if _MOMENT.fullmatch(text) is None:
        raise invalid("not a time such as 2026-11-22T02:14:07Z")
    fraction = re.search(r"\.\d+", text)
    try:
        whole = datetime.fromisoformat(re.sub(r"\.\d+", "", text))
    except ValueError as error:
        raise invalid("no such time") from error
    whole = whole if whole.tzinfo else whole.replace(tzinfo=UTC)
    return whole.timestamp() + (float(fraction[0]) if fraction else 0.0)


def until(text: str, now: float) -> float:
    """UTC in Unix seconds of wsnt:AbsoluteOrRelativeTimeType: a moment, or a duration from `now` on."""
    return now + seconds(text) if text.startswith("P") else moment(text)


def utc(at: float) -> str:
    """A moment to the millisecond, with its Z."""
    whole = math.floor(at * 1000) / 1000
    return datetime.fromtimestamp(whole, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
