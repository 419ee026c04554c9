"""Where templates lie: the operator's folder first, then the one that came along."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import jinja2
from jinja2.loaders import split_template_path

from digest.errors import RenderError


def default_root() -> Traversable:
    """The templates that came along: inside an installed package, or at the top of a checkout."""
    package = resources.files("digest")
    packaged = package / "_packaged" / "templates"
    if packaged.is_dir():
        return packaged
    return Path(str(package)).parent / "templates"


class Folders(jinja2.BaseLoader):
    """Reads a template from the first of several folders that has it."""

    def __init__(self, override: Path | None) -> None:
        if override is not None and not override.is_dir():
            raise RenderError(f"{override}: the folder of templates is not there")
        self._roots: list[Traversable] = [default_root()]
        if override is not None:
            self._roots.insert(0, override)
        #: file names ever read, to tell a template's frames from ours in a traceback
        self.opened: set[str] = set()

    def get_source(
        self,
        environment: jinja2.Environment,  # noqa: ARG002 - the loader protocol's
        template: str,
    ) -> tuple[str, str, None]:
        """Text and file name, for good; raises `TemplateNotFound`, `RenderError`."""
        file = self._find(template)
        if file is None:
            raise jinja2.TemplateNotFound(template)
        try:
            source = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise RenderError(f"{file}:1: this is not a file of UTF-8 text: {error}") from error
        self.opened.add(str(file))
        return source, str(file), None

    def _find(self, template: str) -> Traversable | None:
        # refuses `..`, so nothing outside the folders is ever opened
        steps = split_template_path(template)
        for root in self._roots:
            file = root.joinpath(*steps)
            if file.is_file():
                return file
        return None
