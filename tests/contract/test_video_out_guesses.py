"""Guessing passwords at the video server: hardly any guess is looked at, and the audit chain has the burst."""

import json

from tests.contract.test_video_out import Out, serving
from tests.contract.test_video_out_hostile import client
from vigilanza.bridge.throttle import ALLOWED_AT_ONCE

GUESSES = 1000


def audited(out: Out) -> list[tuple[str, str, str, int]]:
    return [
        (one.action, one.who, one.subject, json.loads(one.detail)["failures"])
        for one in reversed(out.chain.latest())
        if one.action.startswith("login.")
    ]


def test_a_thousand_guesses_are_counted_and_audited_and_hardly_any_is_looked_at() -> None:
    statuses = []
    with serving() as out:
        for _ in range(GUESSES):
            with client(out) as one:
                assert one.ask("DESCRIBE")[0] == 401
                statuses.append(one.ask("DESCRIBE", password="guess")[0])
        looked_at = statuses.count(401)
        assert ALLOWED_AT_ONCE <= looked_at < ALLOWED_AT_ONCE + 30
        assert statuses.count(403) == GUESSES - looked_at
        assert out.figure("refused_total", reason="wrong") == looked_at
        assert out.figure("refused_total", reason="throttled") == GUESSES - looked_at
        out.stop.set()
        out.thread.join(20)
        assert audited(out) == [
            ("login.failed", "127.0.0.1", "video", 1),
            ("login.guessed", "127.0.0.1", "video", GUESSES),
        ]
        assert out.chain.verify() == 2
