"""The statistics tell what the detection was measured to find, whatever is asked for."""

from httpx import Client


def test_statistics_tell_what_the_detection_finds(client: Client) -> None:
    for query in ({}, {"camera": "SCALA-B"}, {"from": "2020-01-01T00:00", "to": "2020-01-02T00:00"}):
        told = client.get("/api/statistics", params=query).json()["recall"]
        assert (told["found"], told["events"], told["recall"]) == (12, 13, 12 / 13)
        assert (told["low"], told["high"], told["current"]) == (0.667, 0.986, True)
