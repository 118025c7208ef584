"""Spiders by name: those of radcurate, wikis by the name or the file of their preset, and a file that holds a spider.

radcurate harvest radiopaedia-cases · wikipedia-radiology · my_wiki.toml · my_site.py
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from radcurate import outside
from radcurate.errors import UsageError, nearest
from radcurate.spiders import wikis

if TYPE_CHECKING:
    from radcurate.spiders.site import SiteSpider

SITES = ("radiopaedia-articles", "radiopaedia-cases")


def names() -> tuple[str, ...]:
    """Every name that comes with radcurate."""
    return (*SITES, *wikis.presets())


def wiki(name: str) -> wikis.Wiki | None:
    """The wiki that a spider's name stands for; None for a spider of another kind."""
    return wikis.load(Path(name)) if name.endswith(".toml") else wikis.presets().get(name)


def spider(name: str) -> tuple[type["SiteSpider"], Mapping[str, Any]]:
    """The class of a spider and its own options; raises `UsageError` for a name that stands for none."""
    # Scrapy takes long to import, and names alone need none of it.
    from radcurate.spiders.mediawiki import MediaWikiSpider
    from radcurate.spiders.radiopaedia import ArticleSpider, CaseSpider

    if name in SITES:
        return {spider.name: spider for spider in (ArticleSpider, CaseSpider)}[name], {}
    if found := wiki(name):
        return MediaWikiSpider, {"wiki": found}
    if name.endswith(".py"):
        return _of_file(Path(name)), {}
    known = names()
    also = ", or a file: a spider (my_site.py) or a wiki (my_wiki.toml)"
    raise UsageError(f"{name}: no such spider; nearest: {nearest(name, known)} (of {', '.join(known)}{also})")


def _of_file(path: Path) -> type["SiteSpider"]:
    from radcurate.spiders.site import SiteSpider

    found = outside.classes(outside.module(path), SiteSpider)
    if len(found) != 1:
        raise UsageError(f"{path}: holds {len(found)} spiders, not one (a class of its own that is a `SiteSpider`)")
    return found[0]
