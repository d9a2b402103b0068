"""The corpus beside the checkout: nothing falls below the floor, which may only rise. Without it, skipped."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"


@pytest.mark.skipif(not CORPUS.is_dir(), reason="there is no corpus beside this checkout (../shared/corpus)")
def test_understanding_of_the_corpus_does_not_fall_below_its_floor() -> None:
    run = subprocess.run(
        [sys.executable, str(ROOT / "bench" / "corpus.py"), str(CORPUS), "--floor"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
