import subprocess
import sys

import digest.config


def test_every_public_name_can_be_imported():
    for name in digest.config.__all__:
        assert getattr(digest.config, name) is not None


def test_reading_an_interest_needs_neither_pydantic_nor_yaml():
    code = (
        "import sys; from digest.config import parse_interest; parse_interest('speech synthesis^2');"
        "sys.exit(any(name in sys.modules for name in ('pydantic', 'yaml', 'sqlalchemy')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_loading_needs_no_settings_library():
    code = "import sys; from digest.config import load; sys.exit('pydantic_settings' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
