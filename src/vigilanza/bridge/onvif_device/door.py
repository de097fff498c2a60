"""Who is let in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from prometheus_client import CollectorRegistry, Counter

from vigilanza.bridge.guesses import Guesses
from vigilanza.bridge.onvif_device.digest import Digest, user_of
from vigilanza.bridge.onvif_device.soap import Request
from vigilanza.bridge.onvif_device.usernametoken import TokenCheck
from vigilanza.bridge.onvif_device.verdict import Verdict
from vigilanza.bridge.throttle import Throttle
from vigilanza.clock import Clock

PRE_AUTH = frozenset(
    {
        *("tds:GetSystemDateAndTime", "tds:GetServices", "tds:GetCapabilities", "tds:GetServiceCapabilities"),
        *("tds:GetWsdlUrl", "tds:GetHostname", "tds:GetEndpointReference"),
        *(f"{prefix}:GetServiceCapabilities" for prefix in ("trt", "tr2", "tev", "tmd", "tan")),
    }
)
"""Answered to everybody (access class PRE_AUTH, ONVIF core 5.9.4): a client needs the first to sign at all."""


@dataclass(frozen=True, slots=True)
class Admission:
    """`challenges` are the values of WWW-Authenticate for one who is not let in; `shut`: is not listened to now.

    `account`: who was let in by HTTP digest.
    """

    granted: bool
    challenges: tuple[str, ...] = ()
    shut: bool = False
    account: str = ""


class Doorkeeper:
    """Checks HTTP digest first, then the UsernameToken (ONVIF core 5.9.1); all accounts are of level User."""

    def __init__(
        self,
        *,
        passwords: Mapping[str, str],
        skew: float,
        clock: Clock,
        registry: CollectorRegistry,
        guesses: Guesses,
    ) -> None:
        """`passwords` by account name; `skew`: seconds a UsernameToken may be off our clock."""
        self._digest = Digest(passwords=passwords, clock=clock)
        self._tokens = TokenCheck(passwords=passwords, skew=skew, clock=clock)
        refused = Counter(
            "vigilanza_onvif_refused", "Requests that were not let in, by reason", ["reason"], registry=registry
        )
        self._throttle = Throttle(clock=clock, refused=refused)
        self._guesses = guesses

    def admit(self, request: Request, *, authorization: str, method: str, target: str, peer: str) -> Admission:
        """`authorization` is the header of that name, `target` the path with its query, `peer` the asker's address."""
        if request.operation in PRE_AUTH:
            return Admission(granted=True)
        carries = bool(authorization) or request.has_token
        return self._admit(carries, lambda: self._judge(request, authorization, method, target), peer)

    def admit_reader(self, *, authorization: str, method: str, target: str, peer: str) -> Admission:
        """The same for a request that is no SOAP: by HTTP digest alone."""

        def judge() -> Verdict:
            if not authorization:
                return Verdict.NONE
            return self._digest.judge(authorization, method=method, target=target)

        admission = self._admit(bool(authorization), judge, peer)
        return replace(admission, account=user_of(authorization)) if admission.granted else admission

    def _admit(self, carries: bool, judge: Callable[[], Verdict], peer: str) -> Admission:
        if carries and not self._throttle.is_open(peer):
            self._throttle.count("throttled")
            self._guesses.note(peer)
            return Admission(granted=False, shut=True)
        verdict = judge()
        if verdict is Verdict.GRANTED:
            return Admission(granted=True)
        self._throttle.count(verdict.value)
        if verdict in (Verdict.WRONG, Verdict.MALFORMED):
            self._throttle.note_wrong(peer)
            self._guesses.note(peer)
        return Admission(granted=False, challenges=tuple(self._digest.challenges(stale=verdict is Verdict.STALE)))

    def _judge(self, request: Request, authorization: str, method: str, target: str) -> Verdict:
        if authorization:
            verdict = self._digest.judge(authorization, method=method, target=target)
            if verdict is not Verdict.GRANTED or not request.has_token:
                return verdict
        return self._tokens.judge(request) if request.has_token else Verdict.NONE
