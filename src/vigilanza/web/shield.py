"""What holds for every answer: headers that keep browsers strict, and a limit on what a request may bring."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LIMIT_BYTES = 16 * 1024

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "media-src 'self' blob:",  # live pictures are put together by the page's own script
        "connect-src 'self'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    )
)

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


class Shield:
    """ASGI middleware. Answers are never stored by a browser or proxy unless the endpoint said otherwise."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
                if scope["scheme"] == "https":
                    headers["Strict-Transport-Security"] = "max-age=31536000"
            await send(message)

        refusal = _too_large(Headers(scope=scope))
        await (refusal or self._app)(scope, receive, send_guarded)


def _too_large(headers: Headers) -> JSONResponse | None:
    """A refusal unless the request says how long it is, and that is within the limit."""
    if "transfer-encoding" in headers:
        error = {"code": "length_required", "message": "say Content-Length; chunked bodies are not taken"}
        return JSONResponse({"error": error}, 411)
    length = headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit() or int(length) > BODY_LIMIT_BYTES:
        error = {"code": "too_large", "message": f"a request has at most {BODY_LIMIT_BYTES} bytes"}
        return JSONResponse({"error": error}, 413)
    return None
