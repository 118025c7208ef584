"""What shapes a build's bytes besides its inputs: the code, and the versions of Python and of the libraries."""

import ast
import functools
import hashlib
import platform
import unicodedata
from collections.abc import Iterable, Iterator
from importlib import metadata, util
from pathlib import Path

import radcurate

LIBRARIES = (
    "datasketch", "defusedxml", "ftfy", "jinja2", "markdown-it-py", "numpy", "pandas", "pyarrow", "selectolax", "spacy",
    "w3lib", "web-poet",
)  # fmt: skip
SEPARATE_PACKAGES = ("radcurate.schemas", "radcurate.data_cards", "radcurate.spiders")
DATA_SUFFIXES = (".toml", ".tsv", ".json", ".jsonl", ".jinja")


@functools.cache
def library_versions() -> dict[str, str]:
    """Python, Unicode and library versions, by name."""
    versions = {name: metadata.version(name) for name in LIBRARIES}
    return {"python": platform.python_version(), "unicode": unicodedata.unidata_version, **versions}


def fingerprint(values: Iterable[tuple[str, str]]) -> str:
    """A sha256 over sorted pairs of names and values."""
    return hashlib.sha256("\n".join(f"{name} {value}" for name, value in sorted(values)).encode()).hexdigest()


@functools.cache
def code_sha256() -> str:
    """The digest of every source and data file of the installed package, wherever it is installed."""
    return fingerprint(
        (f"{package}/{path.relative_to(root).as_posix()}", _sha256(path))
        for package, root in _package_roots()
        for path in sorted(root.rglob("*"))
        if path.suffix in (".py", *DATA_SUFFIXES)
    )


def _package_roots() -> Iterator[tuple[str, Path]]:
    yield "radcurate", Path(radcurate.__file__).parent
    for package in SEPARATE_PACKAGES:
        spec = util.find_spec(package)
        if spec and spec.origin and not Path(spec.origin).is_relative_to(Path(radcurate.__file__).parent):
            yield package.replace(".", "/"), Path(spec.origin).parent


@functools.cache
def module_sha256(module: str) -> str:
    """The digest of a module, of every radcurate module it imports (they of theirs), and of their data files.

    A module's data are the files beside it that share its stem: `noise.py` reads `noise.toml`. A package's are those
    in its folder that no module of it owns: `schemas/record.schema.json`.
    """
    return fingerprint((name, _sources_sha256(path)) for name, path in _closure(module).items())


def imported_by(file: Path) -> tuple[str, ...]:
    """The radcurate modules that a file outside the package imports, sorted."""
    return tuple(sorted({name for name in _imports(file, "") if _is_module(name)}))


def _closure(module: str) -> dict[str, Path]:
    found: dict[str, Path] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        spec = None if name in found else util.find_spec(name)
        if spec is None or spec.origin is None:
            continue
        found[name] = Path(spec.origin)
        waiting.extend(_imports(found[name], spec.parent or ""))
    return found


def _imports(path: Path, package: str) -> Iterator[str]:
    """Names that a source file of `package` imports from radcurate; `from a import b` may name a module or something
    in one."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("radcurate"))
        elif isinstance(node, ast.ImportFrom):
            module = util.resolve_name(f"{'.' * node.level}{node.module or ''}", package)
            if module.startswith("radcurate"):
                yield module
                yield from (name for alias in node.names if _is_module(name := f"{module}.{alias.name}"))


def _is_module(name: str) -> bool:
    try:
        return util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _sources_sha256(path: Path) -> str:
    return fingerprint((file.name, _sha256(file)) for file in (path, *_data_files(path)))


def _data_files(path: Path) -> Iterator[Path]:
    for other in path.parent.iterdir():
        if other.suffix in DATA_SUFFIXES:
            owner = other.with_suffix(".py")
            if owner == path or (path.name == "__init__.py" and not owner.exists()):
                yield other


@functools.cache
def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
