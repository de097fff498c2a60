"""Links to pictures: only what we signed is one, letter by letter."""

import base64
from uuid import uuid4

import pytest

from vigilanza.domain.picturelink import PictureLink, read_link

KEY = b"0123456789abcdef0123456789abcdef"
LINK = PictureLink(uuid4(), "polizia-locale", 1_795_000_900)


def test_what_was_signed_is_read_again() -> None:
    for destination in ("a", "polizia-locale", "x" * 64):
        link = PictureLink(uuid4(), destination, 2**40)
        token = link.token(KEY)
        assert set(token) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
        assert read_link(token, KEY) == link


def test_no_letter_can_be_changed_added_or_left_out() -> None:
    token = LINK.token(KEY)
    changed = [
        token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :] for place in range(len(token))
    ]
    others = ["", "x", token[:-1], token[1:], token + "A", token + "=", f" {token}", f"{token}\n", token * 3]
    for wrong in changed + others:
        with pytest.raises(ValueError):  # noqa: PT011 - all of them are as good as any other
            read_link(wrong, KEY)


def test_another_key_and_another_version_sign_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="not signed"):
        read_link(LINK.token(KEY[::-1]), KEY)
    monkeypatch.setattr("vigilanza.domain.picturelink._VERSION", 2)
    later = LINK.token(KEY)
    monkeypatch.undo()
    with pytest.raises(ValueError, match="version"):
        read_link(later, KEY)


def test_a_token_tells_no_secret() -> None:
    token = LINK.token(KEY)
    assert KEY not in base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
