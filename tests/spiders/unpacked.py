"""The members of a gzip file, one by one."""

import zlib
from collections.abc import Iterator


def members(data: bytes) -> Iterator[bytes]:
    """The content of every member."""
    while data:
        inflate = zlib.decompressobj(wbits=31)
        yield inflate.decompress(data)
        data = inflate.unused_data
