"""The page's words: both languages complete, every word used, nothing said that must not be said."""

import re
from enum import StrEnum

import pytest

from vigilanza.domain.aftermath import Step
from vigilanza.domain.decision import CONFIRMING_AVS, RejectReason
from vigilanza.domain.delivery import DeliveryState
from vigilanza.domain.events import EventKind, Phase, Severity
from vigilanza.domain.picturerefusal import PictureRefusal
from vigilanza.domain.role import Role
from vigilanza.domain.safeguards import Weak
from vigilanza.domain.takeover import Stage
from vigilanza.store.sought import Outcome
from vigilanza.web.blindtest import Doubt
from vigilanza.web.page import HERE, LANGUAGES, read_words

SCRIPTS = "\n".join(path.read_text("utf-8") for path in sorted((HERE / "static").glob("*.js")))
VIEWS = "\n".join(path.read_text("utf-8") for path in sorted((HERE / "views").iterdir()))
STYLES = "\n".join(path.read_text("utf-8") for path in sorted((HERE / "static").glob("*.css")))
FAMILIES: dict[str, type[StrEnum]] = {
    "kind": EventKind,
    "moment": EventKind,
    "severity": Severity,
    "phase": Phase,
    "reason": RejectReason,
    "delivery": DeliveryState,
    "role": Role,
    "outcome": Outcome,
    "step": Step,
    "safeguards": Weak,
    "takeover": Stage,
    "doubt": Doubt,
    "media.site_why": PictureRefusal,
}
# Asked for with a name made up while the page runs.
MADE_UP = re.compile(
    r"(error|alert|oidc|top\.sound|media|live|decide\.avs\d)[._]|(top\.(calling|forgotten)|call\.(overdue|forgotten)|(handover|safeguards)\.waiting|lines\.broken)\."
    r"|decide\.(confirm|reject)|figures\.until_|archive\.(calls|notes)\.|calendar\.more\."
    r"|past\.(confirmed|rejected|undecided|attention|camera|visits)$"
    r"|trail\.(kind|finding)\.|exercise\.(happened|verdict|should|news|unraised|faults)\."
)
FORBIDDEN = re.compile(
    r"occupant|occupier|squatter|\breat[oi]\b|\bcrime\b|\bladr|\bthief|burglar|abusiv", re.IGNORECASE
)


def test_both_languages_have_the_same_words_and_places() -> None:
    italian, english = (read_words(code) for code in LANGUAGES)
    assert list(italian) == list(english)
    for key, text in italian.items():
        assert text
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", english[key])), key


@pytest.mark.parametrize("code", LANGUAGES)
def test_everything_the_page_may_say_has_words(code: str) -> None:
    words = read_words(code)
    asked = set(re.findall(r"""\bt\("([\w.]+)"[,)]""", SCRIPTS))
    asked |= set(re.findall(r'data-t(?:-label)?="([\w.]+)"', VIEWS))
    asked |= set(re.findall(r'words\["([\w.]+)"\]', VIEWS))
    asked |= {f"{family}.{member.value}" for family, members in FAMILIES.items() for member in members}
    asked -= {f"role.{Role.INTEGRATOR}"}  # of tokens, which are not on the page
    asked |= {f"decide.avs{score}{ending}" for score in CONFIRMING_AVS for ending in ("", "_long")}
    assert not asked - set(words)
    unused = [key for key in words if key not in asked and f'"{key}"' not in SCRIPTS and not MADE_UP.match(key)]
    assert not unused


@pytest.mark.parametrize("code", LANGUAGES)
def test_words_are_neutral_about_people(code: str) -> None:
    assert not [text for text in read_words(code).values() if FORBIDDEN.search(text)]


def test_page_offers_exactly_the_reasons_there_are() -> None:
    [listed] = re.findall(r"REASONS = \[(.*?)\]", SCRIPTS, re.DOTALL)
    assert re.findall(r'"(\w+)"', listed) == [reason.value for reason in RejectReason]


def test_page_fetches_nothing_from_elsewhere_and_runs_nothing_inline() -> None:
    for text in (SCRIPTS, VIEWS, STYLES):
        assert not re.findall(r"https?://(?!www\.w3\.org/2000/svg)", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)|\bstyle=|\bon\w+=\"", VIEWS)
    assert "innerHTML" not in SCRIPTS


def test_page_offers_exactly_the_roles_a_person_may_have() -> None:
    [listed] = re.findall(r"ROLES = \[(.*?)\]", SCRIPTS, re.DOTALL)
    assert re.findall(r'"(\w+)"', listed) == [role.value for role in Role if role is not Role.INTEGRATOR]
