"""Shows text with its evidence marked, in the terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text

# Brackets besides the colour, so that the marks survive a pipe.
OPEN, CLOSE = "⟦", "⟧"


def marked_section(section: Mapping[str, Any], evidence: Sequence[Mapping[str, Any]]) -> Text:
    """A section under its heading, with the spans of `evidence` that lie in it between ⟦ and ⟧."""
    text = Text(f"  {section['heading']}: ", style="bold")
    reached = 0
    own = sorted((piece["start"], piece["end"]) for piece in evidence if piece["section"] == section["name"])
    for start, end in own:
        text.append(section["text"][reached:start], style="not bold")
        text.append(f"{OPEN}{section['text'][start:end]}{CLOSE}", style="not bold green")
        reached = end
    text.append(section["text"][reached:], style="not bold")
    return text
