"""The documents say what is so: reference pages are current, README's commands run, its figures are the program's."""

import re
import runpy
import shlex
from pathlib import Path

import pytest

from tests.conftest import ROOT, radcurate

README = (ROOT / "README.md").read_text(encoding="utf-8")
REFERENCE = runpy.run_path(str(ROOT / "docs/make_reference.py"))
RELEASE = "releases/demo/1.0.0"


def commands_of(text: str) -> list[str]:
    """The radcurate commands in the text's shell blocks, comments left out."""
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    lines = [line.partition(" #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line.removeprefix(".venv/bin/") for line in lines if "radcurate" in line]


@pytest.mark.parametrize("page", sorted(REFERENCE["PAGES"]))
def test_reference_pages_are_what_the_program_gives_now(page):
    made = REFERENCE["PAGES"][page]()
    assert (ROOT / "docs" / page).read_text(encoding="utf-8") == made, f"docs/{page} is old: run `make docs`"


def test_the_page_of_a_labelled_report_is_what_the_program_gives_now():
    made = runpy.run_path(str(ROOT / "docs/make_label_page.py"))
    assert made["PAGE"].read_text(encoding="utf-8") == made["page"](), f"{made['PAGE'].name} is old: run `make docs`"


@pytest.mark.parametrize("command", [line for line in commands_of(README) if "openi" not in line])
def test_every_command_of_the_readme_runs(command, demo_release, tmp_path):
    arguments = shlex.split(command.partition(">")[0].replace(RELEASE, str(demo_release)))
    done = radcurate(*arguments[1:], cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_the_readme_shows_the_counts_of_the_demo(demo_release):
    from radcurate.release import manifest

    counts = manifest.read(demo_release)["counts"]["records"]
    for task, numbers in counts.items():
        row = next(line for line in README.splitlines() if line.startswith(f"{task} "))
        kept = [numbers["kept"][split] for split in ("train", "validation", "test")]
        assert [int(word) for word in row.split()[1:]] == [*kept, sum(numbers["dropped"].values())]


def test_links_in_the_documents_lead_somewhere():
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links {target}"


def test_no_committed_text_names_a_folder_of_a_machine():
    pattern = re.compile(r"(^|[^A-Za-z0-9._-])/(work|farm|root|home/[a-z]+)/")
    folders = ("radcurate", "spiders", "schemas", "data_cards", "tests", "benchmarks", "docs")
    paths = [
        path
        for folder in folders
        for path in Path(ROOT / folder).rglob("*")
        if path.suffix in (".py", ".md", ".toml", ".json", ".jinja")
    ]
    assert len(paths) > 50
    assert not [
        path for path in paths if path.name != Path(__file__).name and pattern.search(path.read_text(encoding="utf-8"))
    ]
