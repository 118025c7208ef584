"""The fourteen labels that CheXpert, NegBio and CheXbert give to a chest report, as their tables ship them.

In: cells 1, 0, -1 or blank (`1.0` and `-1.0` too). Out: `Label`s; in between fourteen bytes a report.
"""

from collections.abc import Iterable, Iterator

from radcurate.documents import Label

NAMES = (
    "Atelectasis",
    "Cardiomegaly",
    "Consolidation",
    "Edema",
    "Enlarged Cardiomediastinum",
    "Fracture",
    "Lung Lesion",
    "Lung Opacity",
    "No Finding",
    "Pleural Effusion",
    "Pleural Other",
    "Pneumonia",
    "Pneumothorax",
    "Support Devices",
)

BLANK = ord(" ")
_CODES = {1.0: ord("+"), 0.0: ord("-"), -1.0: ord("?")}
_VALUES = {ord("+"): "present", ord("-"): "absent", ord("?"): "uncertain"}


def packed(cells: Iterable[object]) -> bytes:
    """The cells of `NAMES`, in that order, as one byte each; raises `ValueError` for a cell that is no label."""
    return bytes(_code(cell) for cell in cells)


def _code(cell: object) -> int:
    if cell is None or cell == "" or cell != cell:
        return BLANK
    if isinstance(cell, (str, int, float)) and not isinstance(cell, bool):
        try:
            return _CODES[float(cell)]
        except (ValueError, KeyError, OverflowError):
            pass
    raise ValueError(f"a label is {str(cell)[:20]!r}; expected 1, 0, -1 or nothing")


def unpacked(by: str, codes: bytes) -> Iterator[Label]:
    """The labels that are not blank, under lower-case names."""
    for name, code in zip(NAMES, codes, strict=True):
        if code != BLANK:
            yield Label(by, name.lower(), _VALUES[code])
