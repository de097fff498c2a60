"""A scripted operator: uses the same HTTP API as the page."""

from collections.abc import Iterator
from typing import Any

import httpx


class Operator:
    """One signed-in session at a control room."""

    def __init__(self, *, address: str, name: str, password: str) -> None:
        """Signs in. httpx.HTTPError if that fails."""
        origin = address.rstrip("/")
        self._client = httpx.Client(
            base_url=origin, headers={"origin": origin, "x-vigilanza": "1"}, trust_env=False, timeout=10.0
        )
        self._client.post("/api/login", json={"name": name, "password": password}).raise_for_status()

    def incidents(self) -> list[dict[str, Any]]:
        """What the page lists."""
        answer = self._client.get("/api/incidents").raise_for_status()
        return list(answer.json()["incidents"])

    def hear(self) -> Iterator[bool]:
        """What the page hears, every few seconds at least, until the server ends the stream: True if it would read its
        list again, False for a mere beat.
        """
        with self._client.stream("GET", "/api/stream") as answer:
            answer.raise_for_status()
            for line in answer.iter_lines():
                if line.startswith("event: "):
                    yield line == "event: changed"

    def incident(self, incident: str) -> dict[str, Any]:
        """One incident with its events, media and deliveries."""
        return dict(self._client.get(f"/api/incidents/{incident}").raise_for_status().json())

    def picture(self, url: str) -> bytes:
        """A clip or still, by the `url` that its incident names."""
        return self._client.get(url).raise_for_status().content

    def confirm(self, incident: str, avs: int) -> None:
        """Confirm with an AVS score, 1 to 4."""
        self._client.post(f"/api/incidents/{incident}/confirm", json={"avs": avs}).raise_for_status()

    def close(self) -> None:
        """End the connection."""
        self._client.close()
