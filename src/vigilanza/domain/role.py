"""Who may do what in the control room: one table."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What somebody does here; a person may have several, a token is an integrator."""

    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    TECHNICIAN = "technician"
    DPO = "dpo"
    AUDITOR = "auditor"
    INTEGRATOR = "integrator"


class Permission(StrEnum):
    """What a route of the API may ask for."""

    SEE_INCIDENTS = "see_incidents"
    """What happened when at which door, what was decided, who was told; no pictures."""
    SEE_PICTURES = "see_pictures"
    FOLLOW = "follow"
    """What the page reads by itself: its live line and who is to be telephoned."""
    DECIDE = "decide"
    FOLLOW_UP = "follow_up"
    """Note what was done after a confirmation."""
    HAND_OVER = "hand_over"
    """Read and write what one shift tells the next, and take over."""
    TELEPHONE = "telephone"
    """Note that somebody was telephoned."""
    REQUEUE = "requeue"
    """Send a refused alert again."""
    ASK_WRITE_OFF = "ask_write_off"
    """Ask that an alert's debt ends without a receipt."""
    WRITE_OFF = "write_off"
    """Grant what somebody else asked for: the debt ends."""
    TEST_LINES = "test_lines"
    """Send a destination a marked test."""
    SEE_VISITS = "see_visits"
    GRANT_VISITS = "grant_visits"
    """Grant, extend and end work orders."""
    SEE_CUSTODY = "see_custody"
    """Why an incident's pictures are kept, and who was given its evidence: its holds and exports."""
    PLACE_HOLDS = "place_holds"
    RELEASE_HOLDS = "release_holds"
    ASK_EVIDENCE = "ask_evidence"
    """Ask that an incident's evidence leave the house."""
    RELEASE_EVIDENCE = "release_evidence"
    """Grant what somebody else asked for, and download it."""
    SEE_HISTORY = "see_history"
    """Search what happened, export it, and see its statistics; no pictures."""
    READ_AUDIT = "read_audit"
    READ_METRICS = "read_metrics"
    MANAGE_ACCOUNTS = "manage_accounts"
    SET_UP_CAMERAS = "set_up_cameras"
    """Find, ask and add cameras; draw doors and masks, on a still that is shown for that alone."""
    SEE_SAFEGUARDS = "see_safeguards"
    """What of the configuration protects less than was approved, and who asked that it may."""
    ASK_WEAKENING = "ask_weakening"
    APPROVE_WEAKENING = "approve_weakening"
    """Grant what somebody else asked for: that it protects less."""


_READ = frozenset(
    {
        Permission.SEE_INCIDENTS,
        Permission.FOLLOW,
        Permission.SEE_VISITS,
        Permission.SEE_CUSTODY,
        Permission.SEE_SAFEGUARDS,
    }
)

PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.OPERATOR: _READ
        | {
            Permission.SEE_PICTURES,
            Permission.DECIDE,
            Permission.FOLLOW_UP,
            Permission.HAND_OVER,
            Permission.TELEPHONE,
            Permission.REQUEUE,
            Permission.ASK_WRITE_OFF,
            Permission.PLACE_HOLDS,
            Permission.ASK_EVIDENCE,
            Permission.SEE_HISTORY,
        },
        Role.SUPERVISOR: _READ
        | {
            Permission.SEE_PICTURES,
            Permission.FOLLOW_UP,
            Permission.HAND_OVER,
            Permission.REQUEUE,
            Permission.ASK_WRITE_OFF,
            Permission.WRITE_OFF,
            Permission.TEST_LINES,
            Permission.GRANT_VISITS,
            Permission.PLACE_HOLDS,
            Permission.RELEASE_HOLDS,
            Permission.ASK_EVIDENCE,
            Permission.RELEASE_EVIDENCE,
            Permission.SEE_HISTORY,
            Permission.READ_AUDIT,
            Permission.READ_METRICS,
            Permission.MANAGE_ACCOUNTS,
            Permission.SET_UP_CAMERAS,
            Permission.ASK_WEAKENING,
            Permission.APPROVE_WEAKENING,
        },
        Role.TECHNICIAN: _READ
        | {
            Permission.REQUEUE,
            Permission.TEST_LINES,
            Permission.READ_METRICS,
            Permission.SET_UP_CAMERAS,
            Permission.ASK_WEAKENING,
        },
        Role.DPO: _READ | {Permission.SEE_HISTORY, Permission.READ_AUDIT, Permission.APPROVE_WEAKENING},
        Role.AUDITOR: _READ | {Permission.SEE_HISTORY, Permission.READ_AUDIT},
        Role.INTEGRATOR: frozenset({Permission.SEE_INCIDENTS}),
    }
)
"""Several roles may do what any of them may. Pictures are for those who decide about them and who answer for it;
who sets a camera up sees single stills of what it shows then."""

FOUNDERS = frozenset({Role.OPERATOR, Role.SUPERVISOR})
"""Of the first account, and of those made before there were roles: nobody is locked out of a running site."""
