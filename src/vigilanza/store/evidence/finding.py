"""What a check of a package or of an audit chain finds."""

from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """`FINE` holds, `NOTES` is worth knowing, all else is a fault."""

    # What holds.
    CONTAINER_WHOLE = "container_whole"
    FILES_INTACT = "files_intact"
    SIGNATURE_HOLDS = "signature_holds"
    KEY_AS_GIVEN = "key_as_given"
    AUDIT_INTACT = "audit_intact"
    STAMP_HOLDS = "stamp_holds"
    CHAIN_INTACT = "chain_intact"
    CHECKPOINTS_HOLD = "checkpoints_hold"
    END_SIGNED = "end_signed"
    # What is worth knowing.
    KEY_NOT_GIVEN = "key_not_given"
    SEALED = "sealed"
    GONE = "gone"
    NO_STAMP = "no_stamp"
    STAMP_NOT_TRUSTED = "stamp_not_trusted"
    NO_CHECKPOINTS = "no_checkpoints"
    AFTER_CHECKPOINT = "after_checkpoint"
    CHECKPOINTS_UNSIGNED = "checkpoints_unsigned"
    END_UNSIGNED = "end_unsigned"
    # The container.
    UNREADABLE = "unreadable"
    NOT_A_PACKAGE = "not_a_package"
    TRUNCATED = "truncated"
    APPENDED = "appended"
    DIRECTORY_ALTERED = "directory_altered"
    HEADER_ALTERED = "header_altered"
    COMPRESSED = "compressed"
    DUPLICATE = "duplicate"
    UNSAFE_PATH = "unsafe_path"
    TOO_MANY = "too_many"
    # The manifest and what it lists.
    MANIFEST_ALTERED = "manifest_altered"
    FILE_MISSING = "file_missing"
    FILE_UNKNOWN = "file_unknown"
    FILE_ALTERED = "file_altered"
    SIGNATURE_WRONG = "signature_wrong"
    WRONG_KEY = "wrong_key"
    STAMP_WRONG = "stamp_wrong"
    # The audit chain.
    AUDIT_ALTERED = "audit_altered"
    AUDIT_GAP = "audit_gap"
    AUDIT_CUT = "audit_cut"
    LINE_ALTERED = "line_altered"
    END_ALTERED = "end_altered"
    CHECKPOINT_ALTERED = "checkpoint_altered"
    CHECKPOINT_GAP = "checkpoint_gap"
    CHECKPOINT_DISAGREES = "checkpoint_disagrees"


FINE = frozenset(
    {
        Code.CONTAINER_WHOLE,
        Code.FILES_INTACT,
        Code.SIGNATURE_HOLDS,
        Code.KEY_AS_GIVEN,
        Code.AUDIT_INTACT,
        Code.STAMP_HOLDS,
        Code.CHAIN_INTACT,
        Code.CHECKPOINTS_HOLD,
        Code.END_SIGNED,
    }
)
NOTES = frozenset(
    {
        Code.KEY_NOT_GIVEN,
        Code.SEALED,
        Code.GONE,
        Code.NO_STAMP,
        Code.STAMP_NOT_TRUSTED,
        Code.NO_CHECKPOINTS,
        Code.AFTER_CHECKPOINT,
        Code.CHECKPOINTS_UNSIGNED,
        Code.END_UNSIGNED,
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """`about`: which file, record or key, as the sentence of `code` needs it."""

    code: Code
    about: str = ""

    @property
    def is_fault(self) -> bool:
        """Whether something does not hold."""
        return self.code not in FINE and self.code not in NOTES


class PackageBroken(Exception):
    """A package is not as it was written; inside `store.evidence` only, where it becomes a finding."""

    def __init__(self, code: Code, about: str = "") -> None:
        super().__init__(f"{code}: {about}")
        self.finding = Finding(code, about)
