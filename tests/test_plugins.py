"""A plug-in is found, or somebody is told: it cannot be silently dead."""

import ast
import sys
import types
from pathlib import Path

import pytest

import plugins

ROOT = Path(plugins.__file__).parent


@pytest.fixture
def folder(tmp_path, monkeypatch):
    package = types.ModuleType("things")
    package.__path__ = [str(tmp_path)]
    monkeypatch.setitem(sys.modules, "things", package)
    yield package, tmp_path
    for name in [name for name in sys.modules if name.startswith("things.")]:
        del sys.modules[name]


COMMAND = 'from plugins import command\n@command("/{0}")\ndef {0}(ask, desk):\n    """Do it."""\n'


def test_every_command_of_a_folder_is_found(folder):
    package, path = folder
    (path / "one.py").write_text(COMMAND.format("one"))
    (path / "two.py").write_text(COMMAND.format("two"))
    assert list(plugins.discover(package, plugins.Command)) == ["/one", "/two"]


def test_a_file_that_defines_nothing_is_refused(folder):
    package, path = folder
    (path / "forgotten.py").write_text("def hello():\n    pass\n")
    with pytest.raises(ValueError, match="forgotten defines no plug-in"):
        plugins.discover(package, plugins.Command)


def test_a_name_that_is_defined_twice_is_refused(folder):
    package, path = folder
    (path / "one.py").write_text(COMMAND.format("same"))
    (path / "two.py").write_text(COMMAND.format("same"))
    with pytest.raises(ValueError, match="'/same' a second time"):
        plugins.discover(package, plugins.Command)


def test_the_decorators_lean_on_nothing_of_ours():
    tree = ast.parse((ROOT / "plugins.py").read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    ours = {path.name for path in ROOT.iterdir() if (path / "__init__.py").exists()}
    assert names & ours == set()
