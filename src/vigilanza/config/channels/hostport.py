"""A place in the network that is no URL: HOST:PORT, [IPV6]:PORT."""

from typing import Annotated, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

_PATTERN = r"^(\[[0-9A-Fa-f:.]+\]|[^:@/?#\[\]\s]+):[0-9]{1,5}$"


def split_host_port(value: str) -> tuple[str, int]:
    """ValueError if it is none."""
    try:
        parts = urlsplit(f"//{value}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or not port or parts.netloc != value or "@" in value:
        raise ValueError("give HOST:PORT")
    return host, port


def _host_port(value: str) -> str:
    split_host_port(value)
    return value


HostPort: TypeAlias = Annotated[str, AfterValidator(_host_port), Field(json_schema_extra={"pattern": _PATTERN})]
