"""Names that lead to addresses of our choice, as with curl's `--resolve`: so tests reach a site under its name.

What may be asked is decided by the name alone, before anything is looked up.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer


@implementer(IHostnameResolver)
class Resolver:
    """Looks up `names` here, and every other name where it was looked up before."""

    def __init__(self, names: Mapping[str, str], other: Any) -> None:
        self._names, self._other = names, other

    def resolveHostName(  # noqa: N802 - Twisted's name
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> IHostResolution:
        """As Twisted asks."""
        place = self._names.get(hostName, hostName)
        found: IHostResolution = self._other.resolveHostName(
            resolutionReceiver, place, portNumber, addressTypes, transportSemantics
        )
        return found
