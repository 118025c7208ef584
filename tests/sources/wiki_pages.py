"""A snapshot of the invented wiki, made of its answers without a crawl."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from radcurate.spiders import mediawiki_api as api
from radcurate.spiders.snapshot_writer import SnapshotWriter
from tests.spiders.invented_wiki import InventedWiki
from tests.spiders.recording import Recording, Reply

ADDRESS = "https://wiki.test"
API = f"{ADDRESS}/w/api.php"
CLOCK = "2026-01-15T12:00:00Z"


def addresses(wiki: InventedWiki) -> list[str]:
    """What a crawl of Chest imaging asks for, and of every revision of every article, in the order of a crawl."""
    found = [api.site(API), *_followed(wiki, api.category(API, "Chest imaging"))]
    for article in wiki.about["articles"]:
        for revision, _ in article["revisions"]:
            found += [api.text(API, revision), *_followed(wiki, api.facts(API, revision))]
    return found


def _followed(wiki: InventedWiki, address: str) -> list[str]:
    query = {key: values[-1] for key, values in parse_qs(urlsplit(address).query).items()}
    going_on = json.loads(wiki.reply(query, ADDRESS).body).get("continue")
    return [address, *(_followed(wiki, api.continued(address, going_on)) if going_on else ())]


def wiki_snapshot(folder: Path, wiki: InventedWiki | None = None, without: tuple[str, ...] = ()) -> Path:
    """The snapshot of a whole crawl, but for answers to addresses that hold one of the words in `without`."""
    served = wiki or InventedWiki()
    writer = SnapshotWriter(folder, {}, CLOCK)
    for address in addresses(InventedWiki() if wiki is None else wiki):
        target = address.removeprefix(ADDRESS)
        reply: Reply = served.answer(Recording(ADDRESS), target)
        if not any(word in target for word in without):
            writer.store(address, b"GET / HTTP/1.1\r\n\r\n", reply.status, list(reply.headers.items()), reply.body)
    writer.close("finished")
    return folder
