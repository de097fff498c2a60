"""Whatever a camera answers by ONVIF: a description, or an error that names the camera and says whose turn it is."""

import resource
import threading
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bombs import bombs
from tests.onvif import MAIN, PASSWORD, SUB, USER, WITHOUT_MEDIA2, target_of
from tests.soak import EXAMPLES, FUZZ_EXAMPLES
from tests.spoilt import NUMBERS, refusal, spoilt
from vigilanza.capture.onvif import OnvifClient
from vigilanza.capture.onvif_events import OnvifEvents
from vigilanza.clock import SystemClock
from vigilanza.domain.errors import SourceError
from vigilanza.lab.onvif_camera import OnvifCamera
from vigilanza.lab.onvif_device import SERVICES
from vigilanza.lab.soap import NAMESPACES, SoapRequest

FEWER = settings(EXAMPLES, max_examples=max(1, FUZZ_EXAMPLES // 4))
"""Each is a conversation of several questions."""
WORDS = (
    *NUMBERS,
    *(
        b"",
        b"<a/>",
        b"</s:Body>",
        b"<!DOCTYPE a>",
        b"<![CDATA[x]]>",
        b"<?a?>",
        b"&#0;",
        b"&undefined;",
        b"xsi:nil='true'",
    ),
    *(
        b"true",
        b"-P1Y",
        b"PT1e9S",
        b"P99999999999D",
        b"0001-01-01T00:00:00Z",
        b"9999-12-31T23:59:59+14:00",
        b"24:60:60",
    ),
    *(
        b"http://[",
        b"http://127.0.0.1:99999/x",
        b"file:///etc/passwd",
        b"rtsp://a:b@c:d:e/",
        b"tt:Unknown",
        b"x" * 5000,
    ),
)
BODY = f'<s:Envelope xmlns:s="{NAMESPACES["s"]}"><s:Body><x>%s</x></s:Body></s:Envelope>'


class Forger(OnvifCamera):
    """Answers some questions with what it is given."""

    def __init__(self, services: Sequence[str]) -> None:
        super().__init__((MAIN, SUB), user=USER, password=PASSWORD, services=services)
        self.good: dict[str, bytes] = {}
        """What it answered by itself."""
        self.learns = True
        self.forged: dict[str, bytes] = {}
        self.pulled = threading.Event()

    def answer(self, raw: bytes, path: str, authorization: str) -> tuple[int, bytes]:
        operation = SoapRequest.parse(raw, path).operation
        if operation in self.forged:
            if operation == "tev:PullMessages":
                self.pulled.set()
            return 200, self.forged[operation]
        status, body = super().answer(raw, path, authorization)
        if self.learns:
            self.good.setdefault(operation, body)
        return status, body


@pytest.fixture(scope="module", params=[tuple(SERVICES), WITHOUT_MEDIA2], ids=["new", "old"])
def forger(request: pytest.FixtureRequest) -> Iterator[Forger]:
    """One that has answered everything once."""
    with Forger(request.param) as one:
        one.events.raise_event("VideoSource/GlobalSceneChange/ImagingService", True)
        ask(one)
        listen(one, stop_after="PullMessages")
        one.learns = False
        yield one


def client(one: OnvifCamera) -> OnvifClient:
    return OnvifClient(target=target_of(one), user=USER, password=PASSWORD, patience=20.0)


def ask(one: OnvifCamera) -> None:
    asking = client(one)
    asking.describe()
    asking.stream_uri("sub")


def listen(one: Forger, *, stop_after: str = "") -> None:
    """To its events, until it was asked for messages once or something is wrong with it."""
    stop = threading.Event()
    one.pulled.clear()
    events = OnvifEvents(client=client(one), camera="c", clock=SystemClock(), on_event=lambda event: None)

    def watch() -> None:
        if stop_after:
            one.events.wait_for(stop_after, 1)
        else:
            one.pulled.wait(20.0)
        stop.set()

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        events.run_once(stop)
    finally:
        one.pulled.set()
        watching.join()


@FEWER
@given(data=st.data())
def test_a_spoilt_answer_is_understood_or_the_camera_is_named(data: st.DataObject, forger: Forger) -> None:
    asked = [name for name in forger.good if not name.startswith(("tev:", "wsnt:"))]
    operation = data.draw(st.sampled_from(sorted(asked)))
    forger.forged = {operation: data.draw(spoilt([forger.good[operation]], WORDS))}
    told = refusal(lambda: ask(forger), SourceError)
    assert told is None or told.startswith(f"onvif://127.0.0.1:{forger.port}: ")
    assert PASSWORD not in (told or "")


@FEWER
@given(data=st.data())
def test_a_spoilt_message_is_taken_or_passed_over_or_the_camera_is_named(data: st.DataObject, forger: Forger) -> None:
    operation = data.draw(st.sampled_from(["tev:PullMessages", "tev:CreatePullPointSubscription", "tev:PullMessages"]))
    forger.forged = {"tev:PullMessages": forger.good["tev:PullMessages"]} | {
        operation: data.draw(spoilt([forger.good[operation]], WORDS))
    }
    told = refusal(lambda: listen(forger), SourceError)
    assert told is None or told.startswith(f"onvif://127.0.0.1:{forger.port}: ")


@pytest.mark.parametrize("bomb", bombs(BODY))
def test_a_bomb_is_no_answer(forger: Forger, bomb: str) -> None:
    for operation in (name for name in sorted(forger.good) if not name.startswith(("tev:", "wsnt:"))):
        forger.forged = {operation: bombs(BODY)[bomb]}
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert "root:" not in (refusal(lambda: ask(forger), SourceError) or "")
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000, "kB"


@pytest.mark.parametrize("size", [b"inf", b"1e999", b"9" * 400])
def test_a_camera_that_claims_to_be_endlessly_wide_is_named(size: bytes) -> None:
    with Forger(tuple(SERVICES)) as one:
        ask(one)
        one.forged = {"tr2:GetProfiles": one.good["tr2:GetProfiles"].replace(b">1280<", b">" + size + b"<")}
        with pytest.raises(SourceError, match="no sensible answer"):
            ask(one)
