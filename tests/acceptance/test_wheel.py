"""The built wheel, installed in an environment of its own, works from an empty folder."""

import importlib.metadata
import json
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOOK = """
import importlib, json, pkgutil, sys
import digest
from digest.config.template import template_text
from digest.render.folders import default_root
for module in pkgutil.walk_packages(digest.__path__, "digest."):
    if "migrations" not in module.name and not module.name.endswith("__main__"):
        importlib.import_module(module.name)
modules = sorted({name.partition(".")[0] for name in sys.modules} - set(sys.stdlib_module_names))
print(json.dumps([digest.__file__, str(default_root()), modules]))
"""


@pytest.fixture(scope="module")
def wheel(root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, root]
    done = subprocess.run(build, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The folder of an environment that holds the wheel; its dependencies are those of these tests."""
    folder = tmp_path_factory.mktemp("installed") / "env"
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel]
    done = subprocess.run(install, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (packages,) = folder.glob("lib/python*/site-packages")
    # the packages of one folder only: a `.pth` in there, which could lead to a checkout, is not followed
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder


def outside(installed, *command, cwd):
    """A program of the environment, run from another folder and with nothing of the checkout in its way."""
    environment = {"PATH": f"{installed / 'bin'}:/usr/bin:/bin", "HOME": str(cwd), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [installed / "bin" / command[0], *command[1:]],
        cwd=cwd,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_alone_makes_a_digest_in_an_empty_folder(installed, root, dumps, tmp_path):
    outside(installed, "digest", "init", cwd=tmp_path)
    assert (tmp_path / "config.yaml").read_bytes() == (root / "config.yaml").read_bytes()
    outside(installed, "digest", "ingest", *dumps[:2], cwd=tmp_path)
    add = ("subscribers", "add", "vision@reader.example", "--interest", "diffusion models")
    outside(installed, "digest", *add, "--at", "00:00", cwd=tmp_path)
    assert outside(installed, "digest", "run", cwd=tmp_path) == ""
    (mail,) = (tmp_path / "mail").glob("*.eml")
    assert b"diffusion" in mail.read_bytes().lower()
    assert (tmp_path / "out" / "index.html").is_file()
    assert {p.name for p in (tmp_path / "out" / "feeds").iterdir()} == {"rss.xml", "atom.xml", "feed.json"}


def test_code_and_templates_come_from_the_wheel_and_nothing_undeclared_is_imported(installed, tmp_path):
    code, templates, modules = json.loads(outside(installed, "python", "-c", LOOK, cwd=tmp_path))
    assert Path(code).is_relative_to(installed)
    assert Path(templates).is_relative_to(installed)
    homes = importlib.metadata.packages_distributions()
    needed = {canonicalize_name(homes[name][0]) for name in modules if name in homes}
    assert {"sqlalchemy", "mjml-python", "typer"} < needed
    assert needed <= declared(installed)


def declared(installed):
    """The distributions that the wheel asks for and those that these ask for, by the extras they name."""
    (metadata,) = installed.glob("lib/python*/site-packages/digest_of_papers-*.dist-info")
    waiting = [(line, "") for line in importlib.metadata.PathDistribution(metadata).requires or ()]
    asked = set()
    while waiting:
        line, extra = waiting.pop()
        requirement = Requirement(line)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        new = {(name, extra) for extra in ("", *requirement.extras)} - asked
        asked |= new
        waiting += [(line, extra) for _, extra in new for line in importlib.metadata.requires(name) or ()]
    return {name for name, _ in asked} | {"digest-of-papers"}


def test_the_wheel_holds_the_program_its_templates_and_its_licence_only(wheel, root):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"digest"}
    packaged = {n.removeprefix("digest/_packaged/") for n in names if n.startswith("digest/_packaged/")}
    templates = {str(p.relative_to(root)) for p in (root / "templates").rglob("*") if p.is_file()}
    assert packaged == templates | {"config.yaml"}
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    assert "digest/py.typed" in names
    assert not {Path(name).suffix for name in names} & {".db", ".eml", ".pyc"}
