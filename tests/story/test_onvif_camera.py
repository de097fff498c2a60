"""The simulated ONVIF camera keeps its own promises: who is let in, and how long a subscription lives."""

import base64
import hashlib
import re
import threading
from datetime import UTC, datetime

import httpx
import pytest

from tests.fakes import FakeClock
from tests.onvif import MAIN, PASSWORD, SUB, USER, camera
from vigilanza.lab.onvif_camera import OnvifCamera

NONCE = base64.b64encode(b"sixteen bytes!!!").decode()
WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity"
EVENTS, DEVICE = "http://www.onvif.org/ver10/events/wsdl", "http://www.onvif.org/ver10/device/wsdl"
RENEWALS = "http://docs.oasis-open.org/wsn/b-2"


def token(*, at: float, password: str = PASSWORD, user: str = USER, nonce: str = NONCE) -> str:
    """A UsernameToken, made by hand after the profile's text."""
    created = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    digest = hashlib.sha1(base64.b64decode(nonce) + created.encode() + password.encode()).digest()
    return (
        f'<w:Security xmlns:w="{WSS}-secext-1.0.xsd" xmlns:u="{WSS}-utility-1.0.xsd"><w:UsernameToken>'
        f"<w:Username>{user}</w:Username><w:Password>{base64.b64encode(digest).decode()}</w:Password>"
        f"<w:Nonce>{nonce}</w:Nonce><u:Created>{created}</u:Created></w:UsernameToken></w:Security>"
    )


def asked(
    one: OnvifCamera, operation: str, *, head: str = "", path: str = "", inside: str = "", of: str = DEVICE
) -> str:
    body = f'<o:{operation} xmlns:o="{of}">{inside}</o:{operation}>'
    soap = "http://www.w3.org/2003/05/soap-envelope"
    envelope = f'<e:Envelope xmlns:e="{soap}"><e:Header>{head}</e:Header><e:Body>{body}</e:Body></e:Envelope>'
    url = path or f"http://{one.address}/onvif/device_service"
    return httpx.post(url, content=envelope.encode(), timeout=30, trust_env=False).text


def signed(one: OnvifCamera, clock: FakeClock, operation: str, *, path: str = "", inside: str = "", of: str) -> str:
    nonce = base64.b64encode(f"{len(one.requests):016}".encode()).decode()
    return asked(one, operation, head=token(at=clock.now(), nonce=nonce), path=path, inside=inside, of=of)


@pytest.mark.parametrize(
    ("late", "password", "user", "why"),
    [
        (0.0, PASSWORD, USER, None),
        (59.0, PASSWORD, USER, None),
        (61.0, PASSWORD, USER, "clock"),
        (-61.0, PASSWORD, USER, "clock"),
        (0.0, "wrong", USER, "password"),
        (0.0, PASSWORD, "root", "password"),
    ],
)
def test_only_who_proves_to_know_the_password_now_is_let_in(
    late: float, password: str, user: str, why: str | None
) -> None:
    clock = FakeClock()
    with OnvifCamera((MAIN, SUB), user=USER, password=PASSWORD, clock=clock) as one:
        head = token(at=clock.now() - late, password=password, user=user)
        said = asked(one, "GetDeviceInformation", head=head)
        assert ("ter:NotAuthorized" in said) == (why is not None)
        assert ("SimCam" in said) == (why is None)
        assert list(one.security.refusals) == ([] if why is None else [why])


def test_a_token_that_is_none_is_refused() -> None:
    with camera() as one:
        asked(one, "GetDeviceInformation", head=token(at=0.0).replace(NONCE, "???"))
        asked(one, "GetDeviceInformation", head=token(at=0.0).replace("1970", "once"))
        assert list(one.security.refusals) == ["malformed", "malformed"]


def test_a_token_that_was_overheard_is_worth_nothing() -> None:
    clock = FakeClock()
    with OnvifCamera((MAIN, SUB), user=USER, password=PASSWORD, clock=clock) as one:
        head = token(at=clock.now())
        assert "SimCam" in asked(one, "GetDeviceInformation", head=head)
        assert "ter:NotAuthorized" in asked(one, "GetDeviceInformation", head=head)
        assert list(one.security.refusals) == ["nonce used before"]


def test_the_time_is_told_to_anybody_and_nothing_else_is() -> None:
    with camera() as one:
        assert "UTCDateTime" in asked(one, "GetSystemDateAndTime")
        for operation in ("GetDeviceInformation", "GetUsers"):
            assert "ter:NotAuthorized" in asked(one, operation)
        assert "not well-formed" in httpx.post(one.xaddr, content=b"<nonsense", trust_env=False).text


def test_a_subscription_lives_as_long_as_it_is_renewed_and_gives_each_message_once() -> None:
    clock = FakeClock()
    with OnvifCamera((MAIN, SUB), user=USER, password=PASSWORD, clock=clock) as one:
        said = signed(
            one,
            clock,
            "CreatePullPointSubscription",
            inside="<InitialTerminationTime>PT1M</InitialTerminationTime>",
            of=EVENTS,
        )
        where = re.search(r"<a:Address>([^<]+)<", said)
        assert where is not None
        one.events.raise_event("VideoSource/MotionAlarm", True)
        pull = "<Timeout>PT20S</Timeout><MessageLimit>10</MessageLimit>"
        assert "MotionAlarm" in signed(one, clock, "PullMessages", path=where[1], inside=pull, of=EVENTS)
        empty = signed(one, clock, "PullMessages", path=where[1], inside="<Timeout>PT0.01S</Timeout>", of=EVENTS)
        assert "PullMessagesResponse" in empty
        assert "MotionAlarm" not in empty
        clock.advance(50.0)
        signed(one, clock, "Renew", path=where[1], inside="<TerminationTime>PT60S</TerminationTime>", of=RENEWALS)
        clock.advance(50.0)
        assert one.events.living == 1
        clock.advance(11.0)
        assert one.events.living == 0
        assert "ResourceUnknownFault" in signed(one, clock, "PullMessages", path=where[1], inside=pull, of=EVENTS)


def test_a_pull_that_waits_is_answered_by_the_message_or_by_the_reboot() -> None:
    clock = FakeClock()
    with OnvifCamera((MAIN, SUB), user=USER, password=PASSWORD, clock=clock) as one:
        where = re.search(r"<a:Address>([^<]+)<", signed(one, clock, "CreatePullPointSubscription", of=EVENTS))
        assert where is not None
        answers: list[str] = []

        def wait() -> None:
            pull = "<Timeout>PT55S</Timeout><MessageLimit>10</MessageLimit>"
            try:
                answers.append(signed(one, clock, "PullMessages", path=where[1], inside=pull, of=EVENTS))
            except httpx.TransportError as error:
                answers.append(type(error).__name__)

        for number, wake in enumerate((lambda: one.events.raise_event("VideoSource/MotionAlarm", True), one.reboot), 1):
            waiting = threading.Thread(target=wait)
            waiting.start()
            one.events.wait_for("PullMessages", number)
            wake()
            waiting.join(30)
            assert len(answers) == number
        assert "MotionAlarm" in answers[0]
        assert "Alarm" not in answers[1]
        assert one.events.living == 0
