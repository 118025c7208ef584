"""Makes `label-example.html`, a report of the demo corpus with its observations drawn: `make docs`. A test says whether
it is current."""

import json
from pathlib import Path

import radcurate.demo
from radcurate.language.labels import PRESENT, UNCERTAIN, label_texts, observed

PAGE = Path(__file__).parent / "label-example.html"
REPORT = "r002"
COLORS = {"present": "#9be3b1", "absent": "#f4b6b0", "uncertain": "#f6dd8b", "cue": "#dfe3e8", "unknown": "#d9c4ec"}
WORDS = {PRESENT: "present", UNCERTAIN: "uncertain", 0: "absent"}


def page() -> str:
    """The page, the same bytes each time."""
    from spacy import displacy

    texts = _report()
    drawn = [{"text": text, "title": name.capitalize(), "ents": _marks(text)} for name, text in texts.items()]
    options = {"colors": {name.upper(): color for name, color in COLORS.items()}}
    report = displacy.render(drawn, style="ent", manual=True, options=options, jupyter=False)
    rows = "".join(
        f"<tr><td>{one.finding}</td><td>{one.polarity}</td><td>{one.cue}</td><td>{one.side or ''}</td>"
        f"<td>{', '.join(one.places)}</td><td>{name}</td></tr>\n"
        for name, text in texts.items()
        for _, one in observed(text)
    )
    labels = "".join(
        f"<tr><td>{name}</td><td>{WORDS[one.value]}</td></tr>\n"
        for name, one in label_texts(texts, "chexpert").items()
        if one.value is not None
    )
    return f"""<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>A report with its observations</title>
<style>body {{ font-family: sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; line-height: 1.5 }}
td, th {{ padding: .2em .8em; text-align: left; border-bottom: 1px solid #ddd }}</style></head>
<body>
<!-- Made by `make docs`; change the program, not this page. -->
<h1>A report with its observations</h1>
<p>Report {REPORT} of the demo corpus, which was written for this project. Not for clinical use.</p>
{report}
<h2>Observations</h2>
<table><tr><th>finding</th><th>polarity</th><th>cue</th><th>side</th><th>places</th><th>section</th></tr>
{rows}</table>
<h2>CheXpert labels</h2>
<table><tr><th>label</th><th>value</th></tr>
{labels}</table>
</body>
</html>
"""


def _report() -> dict[str, str]:
    lines = (Path(radcurate.demo.__file__).parent / "reports.jsonl").read_text(encoding="utf-8").splitlines()
    row = next(row for line in lines if (row := json.loads(line))["id"] == REPORT)
    return {name: row[name] for name in ("findings", "impression")}


def _marks(text: str) -> list[dict[str, object]]:
    """Findings by their polarity, and the cues that stand outside them; of marks that overlap the first is drawn."""
    marks = {}
    for offset, one in observed(text):
        marks[offset + one.start, offset + one.end] = one.polarity.upper()
        if one.cue_span and not one.start <= one.cue_span[0] < one.end:
            marks.setdefault((offset + one.cue_span[0], offset + one.cue_span[1]), "CUE")
    drawn: list[dict[str, object]] = []
    reached = 0
    for (start, end), name in sorted(marks.items(), key=lambda mark: (mark[0][0], -mark[0][1])):
        if start >= reached:
            drawn.append({"start": start, "end": end, "label": name})
            reached = end
    return drawn


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    print(f"docs/{PAGE.name}")
