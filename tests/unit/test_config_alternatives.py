"""A part with alternatives: what is wrong in one is told at the place where it stands in the file."""

from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field, ValidationError

from vigilanza.config.complaint import complaints
from vigilanza.config.part import STRICT
from vigilanza.config.problem import dotted


class Hook(BaseModel):
    model_config = STRICT
    channel: Literal["hook"]
    url: str


class Line(BaseModel):
    model_config = STRICT
    channel: Literal["line"]
    account: Annotated[int, Field(ge=1)]


class Shape(BaseModel):
    model_config = STRICT
    parts: list[Annotated[Hook | Line, Field(discriminator="channel")]]


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ('{"channel": "line"}', "parts[0].account: is missing"),
        ('{"channel": "line", "account": 0}', "parts[0].account: must be at least 1"),
        (
            '{"channel": "line", "account": 1, "acount": 2}',
            'parts[0].acount: unknown key "acount", did you mean "account"?',
        ),
        (
            '{"channel": "hook", "url": "x", "account": 2}',
            'parts[0].account: unknown key "account" (valid here: channel, url)',
        ),
        ('{"channel": "lime"}', 'parts[0].channel: must be hook or line, did you mean "line"?'),
        ('{"url": "x"}', "parts[0].channel: is missing"),
        ('"hook"', "parts[0]: must be a mapping (key: value)"),
    ],
)
def test_the_place_is_that_of_the_file(part: str, told: str) -> None:
    with pytest.raises(ValidationError) as raised:
        Shape.model_validate_json(f'{{"parts": [{part}]}}')
    [problem] = complaints(raised.value, Shape)
    assert f"{dotted(problem.place)}: {problem.what}" == told
