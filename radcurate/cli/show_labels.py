"""Draws reports with their observations in the terminal, and says what labelling came to."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from radcurate.cli.marking import CLOSE, OPEN, indented
from radcurate.label_table import Counts
from radcurate.language.labels import label_texts, observed
from radcurate.language.observations import Observation

# Signs besides the colours, so that they survive a pipe.
SIGNS = {"present": "+", "absent": "-", "uncertain": "?", "unknown": "~", "none": "."}
STYLES = {"present": "bold green", "absent": "red", "uncertain": "yellow", "unknown": "magenta", "none": "dim"}
CUE = ("‹", "›")
VALUES = {1: "present", 0: "absent", -1: "uncertain"}


def draw(reports: Iterable[Mapping[str, str]], label_set: str) -> None:
    """Each report's text, findings between ⟦ and ⟧ with a sign, cues between ‹ and ›; then observations and labels."""
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"{OPEN}finding+{CLOSE} present, - absent, ? uncertain, ~ redacted, . not of these images; ‹cue›")
    for number, texts in enumerate(reports, 1):
        console.print(Text(f"\nreport {number}", style="bold"))
        for name, text in texts.items():
            seen = [(offset, one) for offset, one in observed(text)]
            console.print(Text(f"  {name}: ", style="bold") + drawn(text, seen))
            for _, one in seen:
                console.print(Text("      ") + _told(one))
        for name, label in label_texts(texts, label_set).items():
            if label.value is not None:
                word = VALUES[label.value] + (
                    f", and the report contradicts itself: {label.conflict}" if label.conflict else ""
                )
                style = STYLES[VALUES[label.value]]
                console.print(Text(f"    {label.value:>2}  {name}", style=style) + Text(f"  {word}"))


def drawn(text: str, seen: Iterable[tuple[int, Observation]]) -> Text:
    """The text with marks around the words of findings and cues; marks of the same words are drawn once."""
    marks: dict[tuple[int, int], tuple[str, str, str]] = {}
    for offset, one in seen:
        if one.cue_span and not (one.start <= one.cue_span[0] < one.end):
            marks.setdefault((offset + one.cue_span[0], offset + one.cue_span[1]), (*CUE, STYLES[one.polarity]))
    for offset, one in seen:
        marks[offset + one.start, offset + one.end] = (OPEN, f"{SIGNS[one.polarity]}{CLOSE}", STYLES[one.polarity])
    made, reached = Text(style="not bold"), 0
    for (start, end), (before, after, style) in sorted(marks.items(), key=lambda mark: (mark[0][0], -mark[0][1])):
        if start >= reached:
            made.append(indented(text[reached:start]))
            made.append(f"{before}{indented(text[start:end])}{after}", style=style)
            reached = end
    return made.append(indented(text[reached:]))


def _told(one: Observation) -> Text:
    said = [one.side, ", ".join(one.places), one.size, one.severity, one.change, one.device_status]
    more = [word for word in said if word]
    if one.qualifier:
        more.insert(0, f"no {one.qualifier} one")
    if one.cue != "plain" and one.cue != "negated":
        more.append(one.cue)
    line = Text(f"{SIGNS[one.polarity]} {one.finding}", style=STYLES[one.polarity])
    return line.append(f"  {'; '.join(more)}" if more else "", style="not bold default")


def print_counts(out: Path, counts: Counts) -> None:
    """A line on the file, one on each sort of row that was not labelled, and a table of values."""
    click.echo(f"{out}: {counts.rows:,} rows labeled")
    notes = (
        (counts.empty, "without text: their labels are empty"),
        (counts.not_text, "with something else than text: their labels are empty"),
        (counts.rejected, f"that cannot be read: see {out}.rejected.jsonl"),
        (counts.contradicting, "that contradict themselves: --spans marks where"),
    )
    for number, what in notes:
        if number:
            click.echo(f"{number:,} {'row' if number == 1 else 'rows'} {what}", err=True)
    width = max(map(len, counts.labels))
    click.echo(f"{'':<{width}}  {'present':>9}  {'uncertain':>9}  {'absent':>9}  {'not mentioned':>13}")
    for name, values in counts.labels.items():
        cells = (values.get(word, 0) for word in ("present", "uncertain", "absent"))
        row = "  ".join(f"{number:>9,}" for number in cells)
        click.echo(f"{name:<{width}}  {row}  {values.get('not_mentioned', 0):>13,}")
