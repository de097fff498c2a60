"""The page's colours can be told apart: WCAG 2.1 AA, 4.5:1 for text and 3:1 for the edges of controls."""

import re

import pytest

from vigilanza.web.page import HERE

ROOT = (HERE / "static" / "base.css").read_text("utf-8").partition(":root {")[2].partition("}")[0]
TOKENS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", ROOT))
GROUNDS = ("ground", "panel", "raised", "raised-more")
MEANINGS = ("critical", "alarm", "attention", "info", "good", "pending", "bad")


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((luminance(TOKENS[one]), luminance(TOKENS[other])), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("ground", GROUNDS)
def test_every_text_stands_out(ground: str) -> None:
    assert all(contrast(ink, ground) >= 4.5 for ink in ("ink", "ink-soft", *MEANINGS))
    assert contrast("line-strong", ground) >= 3.0
    assert contrast("focus", ground) >= 3.0


def test_words_on_a_coloured_ground_stand_out() -> None:
    assert all(contrast("ink-on-colour", colour) >= 4.5 for colour in MEANINGS)
