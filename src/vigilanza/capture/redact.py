"""Taking credentials out of texts."""

import re

_USERINFO = re.compile(r"(\b\w+://)[^\s'\"]*@")
_QUERY = re.compile(
    r"(?i)([?&;](?:user(?:name)?|usr|login|pass(?:word|wd)?|pwd|auth|token|key|secret)=)[^&;\s'\"]*",
)


def redact(text: str) -> str:
    """`text` with the user and password of every URL in it replaced by ***; rather too much than too little."""
    return _QUERY.sub(r"\1***", _USERINFO.sub(r"\1***@", text))
