"""Makes the reference pages of `docs/` from the program itself: `make docs`. A test says whether they are current.

Out: `cli.md` (from `--help`), `recipe.md` (from the recipe's JSON Schema), `cleaning.md` (from the rules and the
examples beside them), `tasks.md` (from the task modules and a report of the demo corpus).
"""

import inspect
import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

import radcurate.demo
from radcurate import cleaning, recipe, schemas, tasks
from radcurate.cleaning import RULES, DocumentRule, KeyedRule, Rule, SimilarityRule, TextRule
from radcurate.cleaning.apply import clean_document
from radcurate.cli import main
from radcurate.demo.site.answers import Site
from radcurate.documents import Document, Section
from radcurate.records import Draft
from radcurate.sources import SourceSpec, radiopaedia
from radcurate.spiders.snapshot import Answer
from radcurate.tasks.pool import Neighbours, Pool

FOLDER = Path(__file__).parent
NOTE = "<!-- Made by `make docs`; change the program, not this page. -->\n\n"
LONGEST_EXAMPLE = 90
EXAMPLE_REPORT = "r002"
# Tasks of which that report shows little: it has few kinds of finding, no device, and compares with nothing.
OTHER_REPORTS = {
    "abnormality_labels.v3": "r045",
    "change_summary.v3": "r101",
    "cleanup.v1": "r003",
    "device_labels.v1": "r041",
    "findings_extraction.v3": "r045",
}
EXAMPLE_ARTICLE = "scaphoid-fracture"
EXAMPLE_CASE = "sigmoid-volvulus-1"


def cli_page() -> str:
    """Every command's help."""
    parts = ["# Command line\n\n", NOTE, "Data go to stdout, progress and errors to stderr. Exit codes: 0 done, "]
    parts.append("1 something is wrong with the data, 2 wrong use or refused.\n")
    for path, command in _commands(main, ("radcurate",)):
        context = click.Context(command, info_name=" ".join(path), terminal_width=100, **main.context_settings)
        parts.append(f"\n## {' '.join(path)}\n\n```text\n{command.get_help(context)}\n```\n")
    return "".join(parts)


def _commands(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from _commands(inner, (*path, name))


def recipe_page() -> str:
    """Every key of a recipe."""
    schema = schemas.load("recipe")
    parts = ["# The recipe\n\n", NOTE, f"{schema['description']} `radcurate recipes show demo` prints one to copy.\n"]
    parts.append("\n## Top level\n\n" + _keys(schema))
    for source in ("openi", "mimic_cxr", "chexpert_plus", "radiopaedia", "mediawiki", "pages", "table"):
        definition = schema["$defs"][source]
        parts.append(
            f"\n## `[sources.NAME]`, {definition['title']}\n\n{definition['description']}\n\n{_keys(definition)}"
        )
    columns = schema["$defs"]["table"]["properties"]["columns"]
    parts.append(f"\n### `[sources.NAME.columns]`\n\n{columns['description']}\n\n{_keys(columns)}")
    cleaning_table, tasks_table = (schema["properties"][table] for table in ("cleaning", "tasks"))
    near, task = cleaning_table["properties"]["near_duplicates"], tasks_table["additionalProperties"]
    balance = task["properties"]["balance"]
    tables = {
        "cleaning": (cleaning_table, cleaning_table),
        "cleaning.near_duplicates": (near, near),
        "tasks.NAME": (tasks_table, task),
        "tasks.NAME.max_repeats": (task["properties"]["max_repeats"], task["properties"]["max_repeats"]),
        "tasks.NAME.balance": (balance, balance),
        "tasks.NAME.balance.answer_words": (balance["properties"]["answer_words"],) * 2,
    }
    for heading, (described, keys) in tables.items():
        parts.append(f"\n## `[{heading}]`\n\n{described['description']}\n\n{_keys(keys)}")
    return "".join(parts)


def _keys(definition: Mapping[str, Any]) -> str:
    lines = ["| key | type | what it is |", "| --- | --- | --- |"]
    required = definition.get("required", ())
    for key, value in definition["properties"].items():
        resolved = _resolved(value)
        what = resolved.get("description", "") + (
            "" if "default" not in resolved else f" Default: `{resolved['default']}`."
        )
        lines.append(f"| `{key}`{' (needed)' if key in required else ''} | {_type(resolved)} | {what} |")
    return "\n".join(lines) + "\n"


def _resolved(value: Mapping[str, Any]) -> Mapping[str, Any]:
    name = value.get("$ref", "").rpartition("/")[2]
    return schemas.load("recipe")["$defs"][name] if name else value


def _type(value: Mapping[str, Any]) -> str:
    if "enum" in value:
        return ", ".join(f"`{option}`" for option in value["enum"])
    if "anyOf" in value:
        return " or ".join(_type(option) for option in value["anyOf"])
    return {"array": "list", "object": "table"}.get(value["type"], value["type"])


def cleaning_page() -> str:
    """Every rule with its examples."""
    parts = ["# Cleaning rules\n\n", NOTE]
    parts.append("A recipe names the rules in the order in which they run; they run until none proposes anything.\n")
    parts.append("Every edit and every drop is a row of `audit/`.\n")
    for listed in RULES:
        rule = listed.example() if isinstance(listed, KeyedRule) else listed
        parts.append(f"\n## `{rule.id}`\n\n{inspect.getdoc(_function(rule))}\n")
        if isinstance(rule, TextRule):
            parts.append(f"\nFor: {', '.join(rule.kinds) or 'all documents'}.\n\n| before | after |\n| --- | --- |\n")
            parts.extend(f"| {_literal(example.before)} | {_literal(example.after)} |\n" for example in rule.examples)
        if isinstance(rule, DocumentRule):
            parts.append("\n| document | what becomes of it |\n| --- | --- |\n")
            parts.extend(f"| {_begun(judged.text)} | {judged.reason or 'kept'} |\n" for judged in rule.examples)
    return "".join(parts)


def _function(rule: Rule) -> Any:
    if isinstance(rule, TextRule):
        return rule.propose
    if isinstance(rule, SimilarityRule):
        return rule.text
    return rule.judge if isinstance(rule, DocumentRule) else rule.signature


def _begun(text: str) -> str:
    """A document's text, or how it begins where it is long."""
    return _literal(text if len(text) <= LONGEST_EXAMPLE else f"{text[:LONGEST_EXAMPLE]}…").replace("|", "\\|")


def _literal(text: str) -> str:
    escaped = json.dumps(text, ensure_ascii=False)[1:-1]
    visible = "".join(c if c.isprintable() and not unicodedata.combining(c) else f"\\u{ord(c):04x}" for c in escaped)
    return f"`{visible}`"


def tasks_page() -> str:
    """Every task with wordings, refusals and an example from the demo corpus for each kind of document it reads."""
    parts = ["# Tasks\n\n", NOTE, f"The examples are made from report `{EXAMPLE_REPORT}`, article `{EXAMPLE_ARTICLE}` "]
    parts.append(f"and case `{EXAMPLE_CASE}` of the demo corpus, ")
    parts.append("or, where these give none, from the first that does")
    parts.append("".join(f"; of `{generator}` from `{report}`" for generator, report in OTHER_REPORTS.items()) + ".\n")
    documents = _demo_documents()
    reports = {one.document_id.removeprefix("demo:"): one for one in _demo_reports()}
    neighbours = {
        "report": Neighbours(list(reports.values())),
        "article": Neighbours(_demo_articles()),
        "case": Neighbours(()),
    }
    for generator in tasks.available():
        task = tasks.load(generator)
        parts.append(f"\n## `{generator}`\n\n{inspect.getdoc(task)}\n\n")
        parts.append(f"Reads: {', '.join(task.KINDS)}.\n\nWordings of the instruction:\n\n")
        parts.extend(f"- {wording}\n" for wording in task.INSTRUCTIONS)
        parts.append("\n| refused because | meaning |\n| --- | --- |\n")
        parts.extend(f"| `{reason}` | {meaning} |\n" for reason, meaning in task.REFUSALS.items())
        for kind in task.KINDS:
            document = reports[OTHER_REPORTS[generator]] if generator in OTHER_REPORTS else documents[kind]
            draft = next(_drafts(task, (document, *neighbours[kind].documents), neighbours[kind]))
            parts.append(f"\nInput, from the {kind}:\n\n```text\n{draft.input}\n```\n")
            parts.append(f"\nOutput:\n\n```text\n{draft.output}\n```\n")
    return "".join(parts)


def _drafts(task: tasks.Task, documents: Sequence[Document], neighbours: Neighbours) -> Iterator[Draft]:
    """Of the first of the documents that gives one, as it stands among its neighbours."""
    for document in documents:
        for made in task.derive(document, Pool(document, (), neighbours)):
            if isinstance(made, Draft):
                yield made


def _demo_documents() -> dict[str, Document]:
    """A report, an article and a case of the demo corpus, as a build has them before its tasks."""
    (report,) = (one for one in _demo_reports() if one.document_id == f"demo:{EXAMPLE_REPORT}")
    return {
        "report": report,
        "article": _demo_page("article", EXAMPLE_ARTICLE),
        "case": _demo_page("case", EXAMPLE_CASE),
    }


def _demo_page(kind: str, name: str) -> Document:
    path = f"/{kind}s/{name}"
    answer = Answer(
        f"https://demo.radcurate.example{path}", 200, (), Site().answer(path).body, "0" * 64, "2026-01-15T12:00:00Z"
    )
    parsed = radiopaedia.document(answer, f"{kind}s", SourceSpec("site", "radiopaedia", (), {"licence": "CC0-1.0"}))
    assert isinstance(parsed, Document)
    return clean_document(parsed, cleaning.chosen(recipe.load(recipe.locate("demo")).rules))[0]


def _demo_articles() -> list[Document]:
    names = sorted(path.stem for path in (Path(radcurate.demo.__file__).parent / "site/articles").glob("*.md"))
    return [_demo_page("article", name) for name in names]


def _demo_reports() -> list[Document]:
    lines = (Path(radcurate.demo.__file__).parent / "reports.jsonl").read_text(encoding="utf-8").splitlines()
    return [_demo_report(json.loads(line)) for line in lines]


def _demo_report(report: Mapping[str, Any]) -> Document:
    names = [name for name in ("indication", "technique", "comparison", "findings", "impression") if name in report]
    return Document(
        document_id=f"demo:{report['id']}",
        source="demo",
        kind="report",
        licence="CC0-1.0",
        raw_sha256="0" * 64,
        group_id=f"demo:{report['patient']}",
        sections=tuple(Section(name, name.upper(), report[name]) for name in names),
        tags=tuple(report["tags"]),
    )


PAGES = {"cli.md": cli_page, "recipe.md": recipe_page, "cleaning.md": cleaning_page, "tasks.md": tasks_page}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8", newline="\n")
        print(f"docs/{name}")
