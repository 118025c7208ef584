"""How one run behaves towards its site: what its spiders and what stands between them and the site share."""

from dataclasses import dataclass, field

from protego import Protego

from radcurate.spiders.pace import Pace

DEEPEST = 5_000


@dataclass
class Manners:
    """`rules` are those of robots.txt once it was read; `failures` counts requests that failed one after the other,
    `allowed` and `closed` those that robots.txt let through and did not; links are followed `deepest` deep."""

    pace: Pace = field(default_factory=Pace)
    deepest: int = DEEPEST
    rules: Protego | None = None
    failures: int = 0
    allowed: int = 0
    closed: int = 0
