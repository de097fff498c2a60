"""One play of a recording."""

from dataclasses import dataclass

from vigilanza.lab.truth import KnownRecording, Span, Truth, VisitOrder, Window


@dataclass(frozen=True, slots=True)
class Take:
    """One play of a recording: of an authorised visit with its order, or as seen without."""

    recording: KnownRecording
    order: VisitOrder | None = None

    @property
    def truth(self) -> Truth:
        """What is true about the recording."""
        return self.recording.truth

    @property
    def name(self) -> str:
        """The recording's name, and whether the visit's order was known."""
        if self.truth.authorised_visit is None:
            return self.truth.clip
        return f"{self.truth.clip} ({'with' if self.order else 'without'} its order)"

    @property
    def windows(self) -> tuple[Window, ...]:
        """When an alarm is wanted."""
        visit = self.truth.authorised_visit
        return self.truth.alarm if visit is None or self.order else visit.alarm_without_order

    @property
    def ignored(self) -> tuple[Span, ...]:
        """When alarms count neither way; what follows an unknown visit's opened door does not."""
        visit = self.truth.authorised_visit
        if visit is None or self.order:
            return self.truth.ignore
        after = [Span(window.t_end, self.truth.duration, None, "aftermath") for window in self.windows]
        return (*self.truth.ignore, *after)

    @property
    def quiet_seconds(self) -> float:
        """The time in which an alarm would be false: outside windows and spans that ignore every kind."""
        spans = [(window.t_start, window.t_end) for window in self.windows]
        spans += [(span.t_start, span.t_end) for span in self.ignored if span.kinds is None]
        busy, end = 0.0, 0.0
        for start, stop in sorted(spans):
            busy += max(0.0, min(stop, self.truth.duration) - max(start, end))
            end = max(end, stop)
        return self.truth.duration - busy


def takes_of(recordings: list[KnownRecording]) -> list[Take]:
    """One take of each recording, two of an authorised visit: without its order, and with it."""
    takes = []
    for recording in recordings:
        takes.append(Take(recording))
        if recording.truth.authorised_visit is not None:
            takes.append(Take(recording, recording.truth.authorised_visit.order))
    return takes
