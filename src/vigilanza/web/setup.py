"""The first operator: made with a code that only somebody at the server's console can read."""

import secrets
import threading
from collections.abc import Callable

_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # nothing that looks like something else
_LENGTH = 12  # 59 bits: not to be guessed in ATTEMPTS
ATTEMPTS = 20


class SetupCode:
    """A one-time code, in memory only. After ATTEMPTS wrong tries it is void until the server starts again."""

    def __init__(self, text: str) -> None:
        self._secret: str | None = _bare(text)
        self._left = ATTEMPTS
        self._lock = threading.Lock()
        self.text = text

    @classmethod
    def draw(cls) -> "SetupCode":
        """A new random code, e.g. K7QF-3MZP-X2AD: print its `text` on the console."""
        letters = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
        return cls("-".join(letters[start : start + 4] for start in range(0, _LENGTH, 4)))

    @property
    def usable(self) -> bool:
        """False once used or tried too often."""
        return self._secret is not None

    def spend(self, given: str, act: Callable[[], None]) -> bool:
        """Do `act` and void the code if `given` is it; False if not. If `act` raises, the code stays good."""
        with self._lock:
            if self._secret is None:
                return False
            if not secrets.compare_digest(_bare(given).encode(), self._secret.encode()):
                self._left -= 1
                if self._left <= 0:
                    self._secret = None
                return False
            act()
            self._secret = None
            return True


def _bare(text: str) -> str:
    return "".join(letter for letter in text.upper() if letter.isalnum())
