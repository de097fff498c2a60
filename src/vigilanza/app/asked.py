"""What the page asks about a camera, in the words of capture."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.x509 import load_pem_x509_certificates

from vigilanza.capture.onvif_target import PORT, TLS_PORT, OnvifTarget, parse_target
from vigilanza.capture.trust import Trust
from vigilanza.domain.errors import CameraRefused
from vigilanza.web.find import Question


def read_target(question: Question) -> OnvifTarget:
    """Where the camera is. CameraRefused for a question that cannot be asked."""
    try:
        target = parse_target(question.address)
    except ValueError as error:
        raise CameraRefused("address", str(error)) from error
    if (question.user is None) is not (question.password is None):
        raise CameraRefused("user", "a user and a password belong together")
    if target.secure and question.certificate is None:
        raise CameraRefused("certificate", "onvifs:// needs it: the PEM of the camera's authority, or its own")
    if question.certificate is not None:
        try:
            load_pem_x509_certificates(question.certificate.encode("ascii"))
        except ValueError as error:
            raise CameraRefused("certificate", "no PEM: it begins with -----BEGIN CERTIFICATE-----") from error
    return target


def source_of(target: OnvifTarget) -> str:
    """As the configuration's `source`."""
    host = f"[{target.host}]" if ":" in target.host else target.host
    usual = TLS_PORT if target.secure else PORT
    return f"onvif{'s' if target.secure else ''}://{host}{'' if target.port == usual else f':{target.port}'}"


@contextmanager
def trust_of(question: Question, target: OnvifTarget) -> Iterator[Trust | None]:
    """Under the name that was asked for, whatever its address."""
    if question.certificate is None:
        yield None
        return
    with TemporaryDirectory(prefix="vigilanza-") as folder:
        path = Path(folder) / "camera.pem"
        path.write_text(question.certificate, "ascii")
        yield Trust(path, question.tls_name or target.host)
