"""The card of the demo release as it is built now: `python -m tests.golden_card` writes `data_cards/demo.md`."""

import tempfile
from pathlib import Path

from tests.conftest import ROOT, build_here

CARD = ROOT / "data_cards" / "demo.md"


def main() -> None:
    """Builds the demo and keeps its card."""
    with tempfile.TemporaryDirectory() as folder:
        built, _ = build_here("demo", Path(folder))
        CARD.write_bytes((built.folder / "README.md").read_bytes())
    print(CARD.relative_to(ROOT))


if __name__ == "__main__":
    main()
