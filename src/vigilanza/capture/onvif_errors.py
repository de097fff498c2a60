"""Foreign errors of an ONVIF conversation, told once in our own words."""

import errno
import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
from onvif.exceptions import ONVIFError
from zeep.exceptions import Error as ZeepError
from zeep.exceptions import Fault, TransportError

from vigilanza.capture.redact import redact
from vigilanza.capture.trust import certificate_complaint
from vigilanza.domain.errors import (
    CutOff,
    NotOnvif,
    NotUnderstood,
    PasswordRefused,
    Silent,
    SourceError,
    SourceRefused,
    SourceUnavailable,
    Unreachable,
    Untrusted,
)

_UNAUTHORIZED = (401, 403)
_WRONG_PASSWORD = "wrong user or password, or not allowed to use ONVIF"
_ODD = (AttributeError, TypeError, ValueError, LookupError, ArithmeticError)
"""What the library and we stumble over where an answer lacks what its schema demands, or has numbers without end."""
FOREIGN = (TimeoutError, aiohttp.ClientError, ZeepError, ONVIFError, OSError, *_ODD)
"""All that a conversation may raise."""


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Turns whatever goes wrong inside into SourceRefused or SourceUnavailable that begins with `where`."""
    try:
        yield
    except SourceError as error:
        raise type(error)(f"{where}: {error}") from error
    except FOREIGN as error:
        raise _translate(where, error) from error


def _translate(where: str, error: BaseException) -> SourceError:
    cause = error.__cause__ if isinstance(error, ONVIFError) else None
    if cause is not None and cause is not error:
        return _translate(where, cause)
    match error:
        case Fault():
            return _fault(where, error)
        case TransportError() if error.status_code in _UNAUTHORIZED:
            return PasswordRefused(f"{where}: {_WRONG_PASSWORD}")
        case TransportError() if error.status_code == 404:
            return NotOnvif(f"{where}: no ONVIF service there: wrong port, or ONVIF is switched off")
        case ONVIFError():
            return NotOnvif(f"{where}: the camera does not offer this service")
        case TimeoutError():
            return Silent(f"{where}: no answer within the time allowed")
        case aiohttp.ClientConnectorCertificateError(certificate_error=ssl.SSLCertVerificationError() as wrong):
            return Untrusted(f"{where}: {certificate_complaint(wrong)}")
        case aiohttp.ClientConnectorSSLError():
            return NotUnderstood(f"{where}: no TLS at that port, or none that we know")
        case aiohttp.ClientConnectorError():
            return Unreachable(f"{where}: {os.strerror(error.os_error.errno or errno.EHOSTUNREACH).lower()}")
        case aiohttp.ClientError() | OSError():
            return CutOff(f"{where}: connection cut")
        case _:
            return NotUnderstood(f"{where}: no sensible answer")


def _fault(where: str, error: Fault) -> SourceError:
    """By what ONVIF and WS-Security call it; many cameras say it only in words."""
    codes = " ".join(str(getattr(code, "text", code)) for code in error.subcodes or []).lower()
    words = redact(" ".join(str(error.message or "").split()))[:200]
    if "notauthorized" in codes or "failedauthentication" in codes or "auth" in words.lower():
        return PasswordRefused(f"{where}: {_WRONG_PASSWORD}")
    if "resourceunknown" in codes:
        return SourceUnavailable(f"{where}: the camera has forgotten the subscription")
    return SourceRefused(f"{where}: the camera refuses: {words or 'without a reason'}")
