"""What `radcurate harvest --status` prints: one line a fact, or all of them as JSON."""

from dataclasses import asdict
from pathlib import Path

import click

from radcurate.spiders.status import Status, of_listing, status
from radcurate.stages import canonical_json

MOST_LISTINGS = 20


def show_status(folder: Path, *, quiet: bool, as_json: bool) -> None:
    """Prints how far the last crawl of a snapshot is."""
    found = status(folder)
    if as_json:
        click.echo(canonical_json({"snapshot": str(folder), **asdict(found)}), nl=False)
    elif not quiet:
        for label, text in lines(found):
            click.echo(f"{label:<12}{text}")


def lines(found: Status) -> list[tuple[str, str]]:
    """Label and text of each line."""
    what = "refresh" if found.refresh else "crawl"
    state = f"{found.state} since {found.updated}: {found.why}" if found.state == "stopped" else found.state
    told = [
        (what, f"{state} ({', '.join(found.spiders)}; begun {found.begun}, last heard of {found.updated})"),
        ("pages", f"{found.finished:,} of {found.known:,} known; {found.requests:,} requests in this crawl"),
    ]
    if found.rate is not None:
        told.append(("rate", f"{found.rate:.3g} answers/s"))
    if found.seconds_left is not None:
        told.append(("time left", f"about {_duration(found.seconds_left)} for the pages known so far"))
    errors = ", ".join(f"{number:,} {name}" for name, number in sorted(found.errors.items()))
    told.append(("errors", errors or "none"))
    if found.unanswered:
        told.append(("unanswered", f"{found.unanswered:,} addresses (crawl.json lists them)"))
    told += [("listing", of_listing(listing)) for listing in found.incomplete[:MOST_LISTINGS]]
    if len(found.incomplete) > MOST_LISTINGS:
        told.append(("listing", f"and {len(found.incomplete) - MOST_LISTINGS:,} more that are not complete"))
    told += [("sitemap", f"{one['address']}: {one['why']}") for one in found.sitemaps if one["why"]]
    return told


def _duration(seconds: float) -> str:
    days, rest = divmod(round(seconds), 86_400)
    clock = f"{rest // 3600}:{rest % 3600 // 60:02}:{rest % 60:02}"
    return f"{days} d {clock}" if days else clock
