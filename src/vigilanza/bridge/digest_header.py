"""What an Authorization header of HTTP Digest says; whoever asks may write anything into it."""

from urllib.request import parse_http_list, parse_keqv_list


def read_digest(header: str) -> dict[str, str]:
    """The parameters of a Digest header; empty if it is none. What is no text, or has no value, says nothing."""
    scheme, _, rest = header.encode("utf-8", "replace").decode("utf-8").partition(" ")
    if scheme.lower() != "digest":
        return {}
    return parse_keqv_list([part for part in parse_http_list(rest) if part.partition("=")[2]])
