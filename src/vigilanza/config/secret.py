"""A password or key that does not show itself, and where it is read from."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LONGEST_BYTES = 4096


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """`repr` and `str` hide the text; only `reveal` gives it."""

    _text: str

    def reveal(self) -> str:
        """The text itself: never log it, never put it in a message."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(hidden)"


def from_environment(name: str, environ: Mapping[str, str]) -> Secret:
    """The variable's value; ValueError says how to set it."""
    value = environ.get(name, "")
    if not value:
        raise ValueError(f"the environment variable {name} is not set: export {name}=… before the start")
    return Secret(value)


def from_file(path: Path) -> Secret:
    """The file's text without the line end; ValueError says what is wrong with the file.

    It does not name the file: somebody may have written the secret itself where its path belongs.
    """
    try:
        with path.open("rb") as stream:
            raw = stream.read(LONGEST_BYTES + 1)
        text = raw.decode("utf-8").rstrip("\r\n")
    except OSError as error:
        why = f"{error.strerror} (relative paths start at the YAML's folder)"
        raise ValueError(f"the secret file cannot be read: {why}") from error
    except ValueError as error:  # not UTF-8, or a name that no file has
        raise ValueError("the secret file is not UTF-8 text") from error
    if not text or len(raw) > LONGEST_BYTES:
        raise ValueError(f"the secret file must hold one secret of 1 to {LONGEST_BYTES} bytes")
    return Secret(text)
