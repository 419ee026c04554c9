"""A short run of the fuzzer, so that it keeps working; `make fuzz` runs it for long."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

FUZZER = Path(__file__).with_name("fuzz_reading.py")


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not installed here")
def test_nothing_is_found_in_a_few_seconds(tmp_path):
    done = subprocess.run(
        [sys.executable, FUZZER, "--seconds", "8", "--corpus", tmp_path / "corpus"],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "number_of_executed_units" in done.stderr
