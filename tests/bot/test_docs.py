"""The guide for a new command is true: its example runs."""

import re
import types
from pathlib import Path

import plugins

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "a-new-command.md"


def test_the_example_of_the_guide_is_found_and_complete(tmp_path, monkeypatch):
    example = re.search(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL).group(1)
    package = types.ModuleType("guide")
    package.__path__ = [str(tmp_path)]
    (tmp_path / "hello.py").write_text(example, encoding="utf-8")
    monkeypatch.setitem(__import__("sys").modules, "guide", package)
    commands = plugins.discover(package, plugins.Command)
    assert commands["/hello"].purpose == "Greet somebody"
    assert set(plugins.discover(package, plugins.Button)) == {"hello.again"}
