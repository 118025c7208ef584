"""What a guard before a site answers with, to see whether a person reads it: no page, and a sign to stop."""

import re

_TITLE = re.compile(rb"<title>\s*(?:just a moment|attention required)", re.IGNORECASE)
WITHIN = 4096


def is_challenge(body: bytes) -> bool:
    """True for a challenge page, by its content."""
    return bool(_TITLE.search(body[:WITHIN]))
