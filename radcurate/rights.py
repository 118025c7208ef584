"""What may be done with the records of a release, and the one function that asks before any of them is used.

    demand(of_release(release), "share", "hf://OWNER/NAME")

`train` asks for the scope `train`. Whatever would bring records to another machine asks for `share`, and names where
they would go: publishing, a judge elsewhere, an output folder elsewhere. A record that is restricted (its licence does
not allow to pass on what is derived) or whose permission lacks the scope is refused; a place on this machine is not
asked about. The tables say what is restricted, the manifest what was permitted.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow.parquet as pq

from radcurate.errors import UsageError
from radcurate.permission import Permission, from_manifest, needs_permission
from radcurate.permission import demand as demand_permission
from radcurate.release import manifest as manifests


@dataclass(frozen=True)
class Rights:
    """`place` is what errors call the records; `restricted` says how many may not leave, by licence."""

    place: str
    restricted: Mapping[str, int]
    permissions: tuple[Permission, ...]


def of_release(release: Path) -> Rights:
    """The rights of a release's records; `DataError` where the folder holds none."""
    manifest = manifests.read(release)
    place = f"{manifest['name']} {manifest['version']}"
    tables = (release / task for task in sorted(manifest["recipe"]["tasks"]))
    return Rights(
        place,
        restricted(path for table in tables for path in sorted(table.glob("*.parquet"))),
        tuple(from_manifest(entry, f"{release / manifests.NAME}") for entry in manifest["permissions"]),
    )


def restricted(files: Iterable[Path]) -> dict[str, int]:
    """How many records in these tables may not leave the machine, by licence."""
    found: Counter[str] = Counter()
    for path in files:
        table = pq.read_table(path, columns=["licence", "restricted"])
        found.update(table.filter(table["restricted"])["licence"].to_pylist())
    return dict(sorted(found.items()))


def demand(rights: Rights, scope: str, target: str | None = None, today: date | None = None) -> None:
    """Raises `UsageError` unless all records may be used so; `target` is where they would go to be shared (not given:
    anywhere).

    `today` is the day in UTC unless it is given.
    """
    if scope == "share" and target is not None and not leaves_this_machine(target):
        return
    for permission in rights.permissions:
        demand_permission(permission.hosts, scope, permission, today)
    if scope == "share" and rights.restricted:
        where = f", and {target} is elsewhere" if target else ""
        number, names = sum(rights.restricted.values()), ", ".join(rights.restricted)
        raise UsageError(
            f"{rights.place}: {number:,} of its records may not leave this machine ({names}){where}\n"
            "What to do: build a release without their sources, or stay on this machine"
        )


def leaves_this_machine(target: str) -> bool:
    """False for a path and for an address on loopback; true for any other address (`hf://…`, `s3://…`, `https://…`).

    A drive that is mounted from elsewhere looks like a path, and counts as this machine.
    """
    place = urlsplit(target)
    if not place.scheme or "://" not in target:
        return False
    if place.scheme in ("http", "https"):
        return needs_permission(place.hostname or "")
    return place.scheme != "file" or place.hostname not in (None, "", "localhost")
