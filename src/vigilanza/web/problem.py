"""How the API says no: always {"error": {"code", "message"}}, and the field's name where one field is to blame."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocket

from vigilanza.domain.errors import (
    AccountRefused,
    CallRefused,
    CameraRefused,
    ExportRefused,
    FieldRefused,
    HandoverRefused,
    HoldRefused,
    JournalUnavailable,
    LayoutRefused,
    LayoutStale,
    LayoutUnwritable,
    NameUnresolved,
    NoPictures,
    NotOnvif,
    NotUnderstood,
    OutOfReach,
    PasswordRefused,
    SafeguardRefused,
    SourceRefused,
    SourceUnavailable,
    StepRefused,
    StepStale,
    UnknownRecord,
    Untrusted,
    VigilanzaError,
    WorkOrderRefused,
    WriteOffRefused,
)

_REFUSALS: Mapping[type[FieldRefused], str] = {
    WorkOrderRefused: "order_refused",
    HoldRefused: "hold_refused",
    ExportRefused: "export_refused",
    StepRefused: "step_refused",
    CallRefused: "call_refused",
    HandoverRefused: "handover_refused",
    AccountRefused: "account_refused",
    LayoutRefused: "layout_refused",
    CameraRefused: "camera_refused",
    OutOfReach: "out_of_reach",
    SafeguardRefused: "safeguard_refused",
    WriteOffRefused: "write_off_refused",
}
_CONDITIONS: Mapping[type[VigilanzaError], tuple[int, str]] = {
    StepStale: (409, "step_stale"),
    LayoutStale: (409, "layout_stale"),
    LayoutUnwritable: (503, "layout_unwritable"),
    NoPictures: (503, "no_pictures"),
    PasswordRefused: (422, "camera_password"),
    NotOnvif: (422, "camera_not_onvif"),
    Untrusted: (422, "camera_untrusted"),
    SourceRefused: (422, "camera_refuses"),
    NotUnderstood: (422, "camera_not_onvif"),
    NameUnresolved: (422, "camera_unknown"),
    SourceUnavailable: (422, "camera_silent"),
}
"""The first that fits; what a camera says no to is nothing that the server did wrong."""
_CODES = {404: "not_found", 405: "method_not_allowed"}


class Problem(Exception):
    """A request that is refused. `code` is for programs and never changes, `message` is English for people."""

    def __init__(
        self, status: int, code: str, message: str, *, field: str | None = None, retry_after: int | None = None
    ) -> None:
        """`retry_after`: seconds after which it may be asked again."""
        super().__init__(message)
        self.status, self.code, self.message, self.field = status, code, message, field
        self.retry_after = retry_after


def translate_problems(app: FastAPI) -> None:
    """Make every error of `app` speak the one form."""

    app.exception_handler(Problem)(_refuse)

    @app.exception_handler(RequestValidationError)
    def malformed(_: Request, error: RequestValidationError) -> JSONResponse:
        first: Mapping[str, Any] = error.errors()[0]
        where, *path = first["loc"]
        if where == "path":
            return _answer(Problem(404, "not_found", "there is no such record"))
        field = ".".join(str(step) for step in path if not isinstance(step, int)) or "body"
        # Pydantic's own words, without the value that was sent: it may be a password.
        return _answer(Problem(422, "invalid", f"{field}: {first['msg']}", field=field))

    @app.exception_handler(HTTPException)
    def standard(_: Request, error: HTTPException) -> JSONResponse:
        code = _CODES.get(error.status_code, "refused")
        return _answer(Problem(error.status_code, code, str(error.detail)))

    @app.exception_handler(UnknownRecord)
    def unknown(_: Request, error: UnknownRecord) -> JSONResponse:
        return _answer(Problem(404, "not_found", str(error)))

    @app.exception_handler(FieldRefused)
    def not_granted(_: Request, error: FieldRefused) -> JSONResponse:
        return _answer(Problem(422, _REFUSALS[type(error)], f"{error.field}: {error}", field=error.field))

    for kind in _CONDITIONS:
        app.exception_handler(kind)(_tell)

    @app.exception_handler(JournalUnavailable)
    def away(_: Request, __: JournalUnavailable) -> JSONResponse:
        # Not the driver's words: they may name hosts and users of the database.
        return _answer(Problem(503, "journal_unavailable", "the journal does not answer, try again"))

    @app.exception_handler(Exception)
    def broken(_: Request, __: Exception) -> JSONResponse:
        return _answer(Problem(500, "internal", "an error in the server, it was logged"))


def _tell(_: Request, error: VigilanzaError) -> JSONResponse:
    status, code = next(told for kind, told in _CONDITIONS.items() if isinstance(error, kind))
    return _answer(Problem(status, code, str(error)))


async def _refuse(connection: HTTPConnection, problem: Problem) -> JSONResponse:
    answer = _answer(problem)
    if isinstance(connection, WebSocket):
        await connection.send_denial_response(answer)
    return answer


def _answer(problem: Problem) -> JSONResponse:
    said = {"code": problem.code, "message": problem.message}
    if problem.field is not None:
        said["field"] = problem.field
    headers = None if problem.retry_after is None else {"Retry-After": str(problem.retry_after)}
    return JSONResponse({"error": said}, problem.status, headers)
