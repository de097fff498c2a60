"""Every error Vigilanza raises on purpose, named for who must act.

VigilanzaError
├─ ConfigError            the person who wrote the configuration: exit 78
├─ RecordingError         the person who named the recording: exit 65
├─ SourceError
│  ├─ SourceUnavailable   nobody yet: the camera is away, capture tries again every 2 s
│  │  ├─ NameUnresolved   nobody yet, then who looks after the network: the camera's name has no address
│  │  ├─ Unreachable      the same: nothing takes a connection at its address
│  │  ├─ CutOff           nobody yet: the connection was ended by the camera, or on the way
│  │  ├─ Silent           nobody yet: it is connected and sends nothing
│  │  ├─ NotUnderstood    the technician, if it stays: something answers, but not as a camera does
│  │  └─ ClockSetBack     nobody: this machine's own clock was
│  └─ SourceRefused       the technician: wrong password, path or codec; tried every 30 s
│     ├─ PasswordRefused  wrong user or password, or one that may not
│     ├─ NotOnvif         there is no ONVIF service
│     └─ Untrusted        its certificate is not the one expected
├─ NoPictures             nobody yet: this camera gives none now, ask again later
├─ DetectorError          the maintainer: this detector failed on this frame, the others go on
├─ JournalUnavailable     the administrator: events are spooled until the database is back
├─ UnknownRecord          the caller: no such incident, delivery, medium or work order
├─ FieldRefused           the person who asks: what its `field` says cannot be
│  ├─ WorkOrderRefused    of a work order
│  ├─ HoldRefused         of a hold
│  ├─ ExportRefused       of an export of evidence
│  ├─ StepRefused         of what was done after a confirmation
│  ├─ HandoverRefused     of a note to the next shift
│  ├─ AccountRefused      of an account or token
│  ├─ LayoutRefused       of doors and masks
│  ├─ CameraRefused       of a camera that is looked for, asked or added
│  ├─ OutOfReach          of where it is looked for: on none of the networks on which that is allowed
│  ├─ SafeguardRefused    of what would protect less
│  └─ WriteOffRefused     of the end of a debt without a receipt
├─ StepStale              the person who notes a step: somebody else noted one meanwhile
├─ LayoutStale            the person who draws: the file was changed meanwhile, read it again
├─ LayoutUnwritable       the administrator: the configuration's file cannot be written
├─ CodeNeeded             the person who signs in: the password is right, a one-time code belongs to it
├─ CodeMissing            the supervisor: this account may not sign in before it has one-time codes
├─ StampUnavailable       nobody yet: the time stamping authority gave none, the package is sealed without
├─ ClusterUnavailable     nobody yet: the NATS server is away, everything goes on without it
├─ DispatchRefused        who runs the centre or the site: the message says which, and it is kept
├─ AuditBroken            the data protection officer: the audit chain was altered
└─ ChannelError
   ├─ ChannelUnavailable  nobody yet: relay tries for ever, and escalates
   └─ ChannelRefused      the integrator: the receiver said no; red until a person requeues
"""


class VigilanzaError(Exception):
    """Base of all errors raised on purpose."""


class ConfigError(VigilanzaError):
    """The configuration is wrong; the message names file, path in the document and the nearest valid key."""


class RecordingError(VigilanzaError):
    """A recording cannot be read (any further)."""


class SourceError(VigilanzaError):
    """A camera gives no picture."""


class SourceUnavailable(SourceError):
    """Try again soon: the camera is unreachable, silent or was cut off."""


class NameUnresolved(SourceUnavailable):
    """The camera is given by a name for which nobody tells an address; the message names it and says why."""


class Unreachable(SourceUnavailable):
    """Nothing takes a connection at the camera's address."""


class CutOff(SourceUnavailable):
    """The camera, or something on the way to it, ended the connection."""


class Silent(SourceUnavailable):
    """The camera is connected and sends nothing, or nothing any more."""


class ClockSetBack(SourceUnavailable):
    """This machine's clock was set back: times begin anew with another connection."""


class NotUnderstood(SourceUnavailable):
    """Something answers at the camera's address, but not as a camera does."""


class SourceRefused(SourceError):
    """A person must act: wrong password, wrong path, unknown codec."""


class PasswordRefused(SourceRefused):
    """The camera does not take user and password, or lets that user not do what is asked."""


class NotOnvif(SourceRefused):
    """There is no ONVIF service at the address, or not the one that is needed."""


class Untrusted(SourceRefused):
    """Whoever answers does not prove to be the camera: nothing was said to it."""


class NoPictures(VigilanzaError):
    """A camera gives no live pictures now; the message says why."""


class NotWatched(NoPictures):
    """Nobody looks at the camera: the process that watches it does not run."""


class NotPlayable(NoPictures):
    """Browsers do not play what the camera sends; stills of it they can show."""


class StreamChanged(NoPictures):
    """What comes now has another form than what was announced: whoever asks again gets it."""


class DetectorError(VigilanzaError):
    """One detector failed on one frame."""


class JournalUnavailable(VigilanzaError):
    """The database did not take the events: keep them and try again."""


class UnknownRecord(VigilanzaError):
    """There is no such incident, delivery, medium, work order, hold, export or package."""


class FieldRefused(VigilanzaError):
    """Something cannot be done so; `field` is what is to blame."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class WorkOrderRefused(FieldRefused):
    """A work order cannot be granted, extended or ended so; `field`: id, door, from, to, …"""


class HoldRefused(FieldRefused):
    """A hold cannot be placed or released so; `field`: authority, protocol, until, id, by."""


class ExportRefused(FieldRefused):
    """Evidence cannot be asked for, granted or sealed so; `field`: recipient, reason, id, by, …"""


class StepRefused(FieldRefused):
    """A step cannot be taken so; `field`: what, note, incident."""


class CallRefused(FieldRefused):
    """A telephone call cannot be noted so; `field`: at, spoke_with, said, whom."""


class HandoverRefused(FieldRefused):
    """A note to the next shift cannot be written or taken over so; `field`: text, id, by."""


class StepStale(VigilanzaError):
    """Somebody else noted a step since the last one that was seen."""


class PlanUnusable(VigilanzaError):
    """A floor plan's picture is not there, or is none that may be shown; the message says why."""


class StampUnavailable(VigilanzaError):
    """A time stamping authority gave no time stamp, or none that holds; the message says why."""


class AccountRefused(FieldRefused):
    """An account or token cannot be made or changed so; `field`: name, password, role, days."""


class LayoutRefused(FieldRefused):
    """Doors and masks cannot be saved so; `field`: doors[0].leaf, masks[1], …"""


class CameraRefused(FieldRefused):
    """A camera cannot be looked for, asked or added so; `field`: hosts, subnets, address, user, certificate, id."""


class OutOfReach(FieldRefused):
    """An address lies on no network on which cameras may be looked for; `field`: hosts, subnets, address."""


class SafeguardRefused(FieldRefused):
    """What protects less cannot be asked for or approved so; `field`: reason, hash, by."""


class WriteOffRefused(FieldRefused):
    """A debt cannot be ended so; `field`: id, by."""


class LayoutStale(VigilanzaError):
    """The configuration's file is no longer the one that was read."""


class LayoutUnwritable(VigilanzaError):
    """The configuration's file cannot be read or written; the message says why."""


class CodeNeeded(VigilanzaError):
    """The password is right; the account's one-time code is asked for, too."""


class CodeMissing(VigilanzaError):
    """The account's role asks for one-time codes, and none are set up for it."""


class ClusterUnavailable(VigilanzaError):
    """No NATS server answers; what was asked of it may or may not have been done."""


class DispatchRefused(VigilanzaError):
    """What came in the name of a site is not taken; the message says why, and who must act."""


class InstructionRefused(VigilanzaError):
    """What came in the name of the centre is not taken; the message says why, and who must act."""


class AuditBroken(VigilanzaError):
    """An audit record was changed, added or removed behind our back."""


class ChannelError(VigilanzaError):
    """An alert did not get through."""


class ChannelUnavailable(ChannelError):
    """Try again, for ever, and escalate. `retry_after` is what the receiver asked for, in seconds."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ChannelRefused(ChannelError):
    """The receiver understood and said no: a person must act."""
