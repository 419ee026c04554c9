"""The commented `config.yaml` that `digest init` writes."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path

from digest.errors import UsageError


def template_text() -> str:
    """The commented configuration with every default: from the wheel, or from the checkout."""
    packaged = files("digest").joinpath("_packaged", "config.yaml")
    if packaged.is_file():
        return packaged.read_text(encoding="utf-8")
    return (Path(__file__).parents[2] / "config.yaml").read_text(encoding="utf-8")


def write_template(folder: Path, *, source: Path | None = None) -> Path:
    """Write `config.yaml` into `folder`, which is made where missing; the path of the new file.

    Its one source is the folder `inbox` beside it, or `source`. Raises `UsageError` when there is one
    already, and never writes over it.
    """
    path = folder / "config.yaml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(_reading(template_text(), source))
    except FileExistsError:
        what = f"{path} is there already and stays as it is" if path.exists() else f"{folder} is not a folder"
        raise UsageError(what) from None
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error
    return path


def _reading(text: str, source: Path | None) -> str:
    """The template with another path for its one source."""
    if source is None:
        return text
    # JSON's way of quoting is YAML's too, and needs no escaping of what a path may hold
    written = f"path: {json.dumps(str(source), ensure_ascii=False)}"
    return re.sub(r"(?m)^(    )path: inbox +", lambda m: f"{m[1]}{written}  ", text, count=1)
