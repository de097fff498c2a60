"""The two languages that people are told things in."""

from typing import Literal, TypeAlias

Language: TypeAlias = Literal["it", "en"]


def pick(language: Language, italian: str, english: str) -> str:
    """What is said in `language`."""
    return italian if language == "it" else english
