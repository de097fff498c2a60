"""What the machine's processor can do."""

from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")
_VNNI = {"avx512_vnni", "avx_vnni"}
"""As Linux calls them: vector instructions that multiply bytes and add the products up without losing any."""


def multiplies_bytes(cpuinfo: Path = CPUINFO) -> bool:
    """Whether networks of 8-bit numbers are faster on it, and exact: older ones cut sums off. False if nobody knows."""
    try:
        lines = cpuinfo.read_text("utf-8", "replace").splitlines()
    except OSError:
        return False
    flags = [set(line.partition(":")[2].split()) for line in lines if line.startswith("flags")]
    return bool(flags) and all(_VNNI & known for known in flags)
