"""The page itself: one shell, its words, its scripts and styles; nothing from anywhere else."""

import json
import re
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from vigilanza.domain.errors import JournalUnavailable
from vigilanza.store.accounts import PASSWORD_MIN, Accounts
from vigilanza.web.auth import Guard
from vigilanza.web.problem import Problem
from vigilanza.web.setup import SetupCode
from vigilanza.web.site import Site

HERE = Path(__file__).parent
LANGUAGES = ("it", "en")
"""The first one is what a new browser gets."""


_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""As in dom.js: marks that would make what stands beside a text read backwards."""


class PageRoutes:
    """Open to everybody: the shell holds no data of any incident."""

    def __init__(
        self, *, accounts: Accounts, guard: Guard, setup: SetupCode | None, site: Site, provider: str | None
    ) -> None:
        """`provider`: what people call the one through which they may sign in, too."""
        self._accounts, self._guard, self._setup = accounts, guard, setup
        self._site, self._provider = site, provider
        self._words = {code: read_words(code) for code in LANGUAGES}
        views = Environment(loader=FileSystemLoader(HERE / "views"), autoescape=True, undefined=StrictUndefined)
        self._shell = views.get_template("console.html")

    def router(self) -> APIRouter:
        """The routes, to be included in the app."""
        router = APIRouter(include_in_schema=False)
        router.get("/", response_class=HTMLResponse)(self.shell)
        router.get("/locale/{code}.json")(self.words)
        return router

    def shell(self, request: Request) -> HTMLResponse:
        """The page in the language its reader last chose; Italian at first."""
        chosen = request.cookies.get("language", LANGUAGES[0])
        language = chosen if chosen in LANGUAGES else LANGUAGES[0]
        html = self._shell.render(
            language=language,
            languages=" ".join(LANGUAGES),
            words=self._words[language],
            screen=self._screen(request),
            site_name=_TURNING.sub("\ufffd", self._site.name),
            timezone=self._site.timezone,
            provider=self._provider,
            minimum_password=PASSWORD_MIN,
            exercise=self._guard.is_exercise,
        )
        return HTMLResponse(html)

    def words(self, code: str) -> JSONResponse:
        """Every string of the page in one language."""
        if code not in self._words:
            raise Problem(404, "not_found", "that language is not spoken here")
        return JSONResponse(self._words[code], headers={"Cache-Control": "no-cache"})

    def _screen(self, request: Request) -> str:
        """Which screen the page begins with: "console" goes on there by itself."""
        try:
            if self._guard.visitor(request) is not None:
                return "console"
            if self._accounts.has_any():
                return "login"
        except JournalUnavailable:
            return "login"  # trying to sign in will say what is wrong
        return "setup" if self._setup is not None and self._setup.usable else "closed"


class Assets(StaticFiles):
    """Scripts and styles: a browser may keep them, but asks whether they are still the newest."""

    def __init__(self) -> None:
        super().__init__(directory=HERE / "static")

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response


def read_words(code: str) -> dict[str, str]:
    """The words of one language, as they lie on disk."""
    words: dict[str, str] = json.loads((HERE / "locale" / f"{code}.json").read_text("utf-8"))
    return words
