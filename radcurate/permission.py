"""Permission: a recorded grant of what may be done with the text of which hosts, and the one place that asks for it.

`schemas/permission.schema.json` is the contract; `radcurate harvest --explain-permission` prints an example. Loopback
needs none. A snapshot keeps the file it was harvested under as `permission.toml`; the sha256 of its bytes follows the
snapshot's documents into manifest, records and card.
"""

import hashlib
import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from radcurate import checked_toml
from radcurate.errors import UsageError

SCOPES = ("download", "derive", "train", "share")
NAME = "permission.toml"

EXAMPLE = """\
# A permission for `radcurate harvest --permission FILE`; in a recipe: `permission = "FILE"` under the source.
# It records what those who run a site have allowed. Ask them first: name your project, what you want to download,
# what you will derive and train, and whether others will get it. Keep their answer.

# "granted": they answered you. "open-licence": the site's licence allows it to everybody (Wikipedia, say).
basis = "granted"
# Hosts by their full names; a name does not cover the names under it.
hosts = ["radiology.example"]
# What they allowed: download (fetch pages), derive (make records), train (models), share (give records or models away).
scopes = ["download", "derive", "train"]
# Who granted it, with office, and where their answer can be found.
granted_by = "A. Sample, editor in chief"
reference = "e-mail of 2026-02-03, kept by the project's office under 26-014"
# First and last day on which it holds.
granted = 2026-02-03
expires = 2027-02-02
# Whom the site can write to: it stands in the User-Agent of every request.
contact = "radiology-nlp@university.example"

# Of an open licence, instead of granted_by, reference, granted and expires:
# basis = "open-licence"
# licence = "CC-BY-SA-4.0"
"""


@dataclass(frozen=True)
class Permission:
    """A checked permission; `digest` is the sha256 of the file's bytes, `place` what errors call it: the file, or the
    release that keeps what it said."""

    place: Path | str
    digest: str
    basis: str
    hosts: tuple[str, ...]
    scopes: tuple[str, ...]
    contact: str
    granted: date | None
    expires: date | None
    licence: str | None = None

    def kept(self) -> dict[str, Any]:
        """What a manifest keeps of it: what is allowed, and nothing of the people who agreed on it."""
        return {
            "digest": self.digest,
            "basis": self.basis,
            "licence": self.licence,
            "hosts": list(self.hosts),
            "scopes": list(self.scopes),
            "granted": self.granted.isoformat() if self.granted else None,
            "expires": self.expires.isoformat() if self.expires else None,
        }


def from_manifest(entry: Mapping[str, Any], place: str) -> Permission:
    """The permission that a manifest keeps in `entry`; `place` names the release in errors."""
    return Permission(
        place=place,
        digest=entry["digest"],
        basis=entry["basis"],
        hosts=tuple(entry["hosts"]),
        scopes=tuple(entry["scopes"]),
        contact="",
        granted=date.fromisoformat(entry["granted"]) if entry["granted"] else None,
        expires=date.fromisoformat(entry["expires"]) if entry["expires"] else None,
        licence=entry["licence"],
    )


def load(path: Path) -> Permission:
    """Reads and checks a permission file; raises `UsageError` for anything wrong in it."""
    data = checked_toml.read(path, "permission")
    checked_toml.refuse_wrong(path, {key: _plain(value) for key, value in data.items()}, "permission")
    for name in ("granted", "expires"):
        if name in data and type(data[name]) is not date:
            raise UsageError(f"{path}: `{name}` must be a day, as in {name} = 2026-02-03; is {data[name]!r}")
    return Permission(
        place=path,
        digest=hashlib.sha256(path.read_bytes()).hexdigest(),
        basis=data["basis"],
        hosts=tuple(data["hosts"]),
        scopes=tuple(data["scopes"]),
        contact=data["contact"],
        granted=data.get("granted"),
        expires=data.get("expires"),
        licence=data.get("licence"),
    )


def keep(permission: Permission, folder: Path) -> None:
    """Keeps the file in the snapshot that is harvested under it, as `permission.toml`.

    Another one that stood there stays beside it under its digest: it was the permission of the crawls before.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / NAME
    if kept.is_file() and (before := hashlib.sha256(kept.read_bytes()).hexdigest()) != permission.digest:
        kept.rename(folder / f"permission-{before[:16]}.toml")
    kept.write_bytes(Path(permission.place).read_bytes())


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def needs_permission(host: str) -> bool:
    """False for loopback alone: `127.0.0.1`, `::1`, `localhost`."""
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") != "localhost"


def demand(hosts: Iterable[str], scope: str, permission: Permission | None, today: date | None = None) -> None:
    """Raises `UsageError` unless `permission` allows `scope` for each of the hosts that need one; the one check that
    harvest (`download`), build (`derive`), train (`train`) and publish (`share`) all make.

    `today` is the day in UTC unless it is given.
    """
    day = today or datetime.now(UTC).date()
    for host in sorted(set(hosts)):
        if needs_permission(host):
            why = _refusal(host, scope, permission, day)
            if why:
                raise UsageError(why)


def _refusal(host: str, scope: str, permission: Permission | None, day: date) -> str | None:
    if permission is None:
        return (
            f"{host}: to {scope} its text needs a recorded permission of those who run it, and none is given\n"
            "What to do: ask them, write down their answer (`radcurate harvest --explain-permission` shows how), and "
            f"{_how_to_give(scope)}"
        )
    if host.lower().rstrip(".") not in permission.hosts:
        covered = ", ".join(permission.hosts)
        return f"{permission.place}: does not cover {host}, only {covered}\nWhat to do: ask those who run {host}"
    if permission.granted and day < permission.granted:
        return f"{permission.place}: holds from {permission.granted} only; today is {day}\nWhat to do: wait until then"
    if permission.expires and day > permission.expires:
        return (
            f"{permission.place}: expired on {permission.expires}; today is {day}\n"
            f"What to do: ask those who run {host} to renew it"
        )
    if scope not in permission.scopes:
        allowed = ", ".join(permission.scopes)
        return (
            f"{permission.place}: does not allow to {scope} what comes from {host}, only to {allowed}\n"
            f"What to do: ask those who run {host} for the scope `{scope}`"
        )
    return None


def _how_to_give(scope: str) -> str:
    if scope == "download":
        return "name the file with --permission FILE"
    return 'name the file in the recipe (`permission = "FILE"` under the source)'
