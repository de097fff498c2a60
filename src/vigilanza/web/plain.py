"""Text that any database takes."""

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise PydanticCustomError("plain", "must be plain text, without NUL characters")
    return text


Plain = AfterValidator(_without_nul)
"""As metadata of text that goes into the database, or is looked for there: PostgreSQL's has no NUL."""
