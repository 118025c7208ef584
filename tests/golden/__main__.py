"""`python -m tests.golden` builds the demo release and keeps the hashes of its tables in `tests/golden/demo.json`."""

import tempfile
from pathlib import Path

from radcurate.stages import write_json
from tests.conftest import build_here
from tests.golden import PATH, difference, golden, read

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        now = golden(build_here("demo", Path(folder))[0].manifest)
    print((difference(read(), now) if PATH.exists() else "") or "the same rows as before")
    write_json(PATH, now)
