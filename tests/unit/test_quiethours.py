"""Quiet hours by the clock of the site."""

from datetime import UTC, datetime, time

from vigilanza.domain.quiethours import QuietHours

NIGHT = QuietHours(time(23), time(6))


def test_quiet_hours_over_midnight_and_within_a_day() -> None:
    def at(text: str) -> float:
        return datetime.fromisoformat(f"2026-06-10T{text}").replace(tzinfo=UTC).timestamp()

    assert [NIGHT.cover(at(text), UTC) for text in ("22:59", "23:00", "05:59", "06:00")] == [False, True, True, False]
    noon = QuietHours(time(12), time(14))
    assert [noon.cover(at(text), UTC) for text in ("11:59", "12:00", "13:59", "14:00")] == [False, True, True, False]
