"""How this process shares cameras with others, as figures."""

from collections.abc import Iterator

from prometheus_client import Metric
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from vigilanza.app.leases import Leases
from vigilanza.domain.lease import LeaseState

_PREFIX = "vigilanza_watch_lease_"
_STATES = "0 no box holds it, 1 another box watches it, 2 held, 3 held and offered to another box, 4 being taken over."


class LeaseCounts(Collector):
    """Read afresh at every look. What other boxes hold is told by the first process of a box only."""

    def __init__(self, leases: Leases, *, is_first: bool) -> None:
        self._leases, self._is_first = leases, is_first

    def collect(self) -> Iterator[Metric]:
        """All families."""
        yield from self._of_the_cameras()
        leases, sharing = self._leases, self._leases.sharing
        reached = sharing.reachable is True
        yield _gauge("reachable", "1 while the lease server answers: else no box takes over from another.", reached)
        yield _gauge("boxes", "Boxes, or processes of them, that give signs of life.", len(sharing.alive))
        yield _gauge("capacity", "Cameras this process may watch.", sharing.capacity)
        yield _counter(
            "claimed", "Cameras that nobody held, or a silent box, and this process claimed.", sharing.claimed
        )
        yield _counter("inherited", "Cameras taken over from a box that offered them.", sharing.inherited)
        yield _counter("given", "Cameras handed over to a box that had less than its share.", sharing.given)
        yield _counter("lost", "Cameras another box claimed because this process was silent.", sharing.lost)
        yield _counter("failed_looks", "Looks at the leases no server answered.", sharing.failed_looks)
        yield _counter("namesakes", "Times another process lived under the name of this one.", leases.bucket.namesakes)
        yield _counter("events_left_out", "Events left to the box that holds the camera.", leases.duties.left_out)
        yield _counter(
            "carry_failed", "Failed attempts to carry what is learned to other boxes.", leases.carrier.failed
        )

    def _of_the_cameras(self) -> Iterator[Metric]:
        sharing = self._leases.sharing
        state = GaugeMetricFamily(_PREFIX + "state", _STATES, labels=["camera"])
        token = GaugeMetricFamily(_PREFIX + "token", "Grows with every holder of the camera.", labels=["camera"])
        for camera, now in sharing.states().items():
            if now in (LeaseState.NOBODY, LeaseState.ELSEWHERE) and not self._is_ours_to_tell(camera, now):
                continue
            state.add_metric([camera], now)
            if (lease := sharing.table.leases.get(camera)) is not None:
                token.add_metric([camera], lease.token)
        yield from (state, token)

    def _is_ours_to_tell(self, camera: str, now: LeaseState) -> bool:
        if not self._is_first or now is LeaseState.NOBODY:
            return self._is_first
        holder = self._leases.sharing.table.leases[camera].holder
        return holder.partition(".")[0] != self._leases.sharing.box.partition(".")[0]


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(_PREFIX + name, words, value=value)


def _counter(name: str, words: str, value: float) -> Metric:
    return CounterMetricFamily(_PREFIX + name, words, value=value)
