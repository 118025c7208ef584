"""Sets and mappings of addresses that lie on disk, so that a crawl's memory does not grow with its pages.

In: an `OnDisk`, which makes them. It is a SQLite database without a name in the system's temporary folder: it goes when
it is closed and when its process ends, however it ends, and a few MB of it are in memory. Both kinds give what they
hold in the order of addresses, and may change while they do.
"""

import errno
import itertools
import pickle
import sqlite3
import tempfile
from collections.abc import Iterator, MutableMapping, MutableSet
from typing import Any, Generic, TypeVar

CACHE_KB = 4_000
READ_AT_ONCE = 500

Value = TypeVar("Value")


class NoSpaceError(OSError):
    """The temporary folder takes nothing more."""


class OnDisk:
    """The database; what it cannot write raises `NoSpaceError`."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        # Nothing in it outlives the process, so nothing is ever committed.
        for line in (f"PRAGMA cache_size = -{CACHE_KB}", "PRAGMA journal_mode = OFF", "BEGIN"):
            self._database.execute(line)
        self._database.execute(
            "CREATE TABLE held (owner INTEGER, address TEXT, value BLOB, PRIMARY KEY (owner, address)) WITHOUT ROWID"
        )
        self._owners = itertools.count()

    def addresses(self) -> "AddressSet":
        """A new set."""
        return AddressSet(self, next(self._owners))

    def by_address(self) -> "AddressMap[Any]":
        """A new mapping."""
        return AddressMap(self, next(self._owners))

    def execute(self, line: str, *values: object) -> sqlite3.Cursor:
        """One statement."""
        try:
            return self._database.execute(line, values)
        except sqlite3.OperationalError as error:
            raise NoSpaceError(errno.ENOSPC, str(error), tempfile.gettempdir()) from error

    def close(self) -> None:
        """Throws all of it away."""
        self._database.close()


class _Addresses:
    """The addresses of one owner."""

    def __init__(self, disk: OnDisk, owner: int) -> None:
        self._disk, self._owner = disk, owner
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[str]:
        last = ""
        while True:
            rows = self._disk.execute(
                "SELECT address FROM held WHERE owner = ? AND address > ? ORDER BY address LIMIT ?",
                self._owner,
                last,
                READ_AT_ONCE,
            ).fetchall()
            if not rows:
                return
            for (last,) in rows:
                yield last

    def __contains__(self, address: object) -> bool:
        return self._value(address) is not None

    def _value(self, address: object) -> tuple[Any] | None:
        found: tuple[Any] | None = self._disk.execute(
            "SELECT value FROM held WHERE owner = ? AND address = ?", self._owner, address
        ).fetchone()
        return found

    def _put(self, address: str, value: bytes | None) -> None:
        if address in self:
            line = "UPDATE held SET value = ?3 WHERE owner = ?1 AND address = ?2"
        else:
            line = "INSERT INTO held VALUES (?1, ?2, ?3)"
            self._size += 1
        self._disk.execute(line, self._owner, address, value)

    def _remove(self, address: str) -> bool:
        gone = self._disk.execute("DELETE FROM held WHERE owner = ? AND address = ?", self._owner, address).rowcount
        self._size -= gone
        return bool(gone)


class AddressSet(_Addresses, MutableSet[str]):
    """A set of addresses."""

    def add(self, value: str) -> None:
        """Once is enough."""
        if value not in self:
            self._put(value, None)

    def discard(self, value: str) -> None:
        """No matter whether it is there."""
        self._remove(value)


class AddressMap(_Addresses, MutableMapping[str, Value], Generic[Value]):
    """Values by address; a value that was changed must be put in again."""

    def __getitem__(self, address: str) -> Value:
        found = self._value(address)
        if found is None:
            raise KeyError(address)
        value: Value = pickle.loads(found[0])
        return value

    def __setitem__(self, address: str, value: Value) -> None:
        self._put(address, pickle.dumps(value))

    def __delitem__(self, address: str) -> None:
        if not self._remove(address):
            raise KeyError(address)
