"""What a message template may contain: words, fields, conditions and lists, and nothing that could run away.

Jinja could loop for ever or fill the memory (`{{ "a" * 10**9 }}`, already while it is compiled), and templates are
written by users. So a template is read first, before anything of it is compiled or run, and everything outside a small
grammar is refused: no arithmetic, no calls, no assignments, no loops within loops. What is left takes time and space in
proportion to its own length and the length of its values, both of which have limits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import Environment, TemplateSyntaxError, meta, nodes

from words.template_fields import AMOUNT, DAY, DAYS, FIELDS, IN_ROWS, NUMBER, ROWS, SHARE, TEXT, TEXTS

# Longer than any letter that a customer reads to the end, and checked within a second at worst.
LONGEST_TEMPLATE = 5_000
# Conditions within conditions: more than that nobody can read, and Python could not compile 100.
DEEPEST = 12
# By the name of a filter: what it is put on, and what comes of it.
FILTERS = {
    "day": ((DAY,), TEXT),
    "weekday": ((DAY,), TEXT),
    "more_than": ((DAYS,), TEXT),
    "rhythm": ((DAYS,), TEXT),
    "listing": ((TEXTS,), TEXT),
    "first": ((TEXTS,), TEXT),
    "money": ((AMOUNT,), TEXT),
    "percent": ((SHARE,), TEXT),
    "plural": ((NUMBER, DAYS), TEXT),
    "ended": ((TEXT,), TEXT),
}
# How many words a filter takes beside the field.
ARGUMENTS = {"plural": 2}
# What can stand in a text as it is.
PLAIN = (TEXT, NUMBER, DAYS)
_COMPARISONS = ("eq", "ne", "lt", "lteq", "gt", "gteq")
# What a list holds.
_EACH = {TEXTS: TEXT, ROWS: "row"}
_ALWAYS = frozenset(name for name, field in FIELDS.items() if field.source == "always")


class Fault(Exception):
    """What is wrong with a template, and in which of its lines."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line
        self.what = what


@dataclass(frozen=True)
class _Shown:
    """What an expression proves about fields where it is true, and where it is false."""

    true: frozenset[str] = frozenset()
    false: frozenset[str] = frozenset()


def read(environment: Environment, source: str, required: frozenset[str]) -> frozenset[str]:
    """Check a template text, and return the fields that it asks for; raises `Fault`.

    A field that not every customer has must be one of `required`, or stand where a condition has asked for it.
    """
    if len(source) > LONGEST_TEMPLATE:
        raise Fault(1, f"it is longer than {LONGEST_TEMPLATE:,} characters: shorten it")
    try:
        tree = environment.parse(source)
    except TemplateSyntaxError as wrong:
        raise Fault(wrong.lineno, f"{wrong.message or 'it cannot be read'}: mend it") from None
    except (RecursionError, ValueError):
        raise Fault(1, "it is nested too deeply, or has a number that is too long: write it more simply") from None
    _shallow(tree)
    for node in _nodes(tree):
        if isinstance(node, nodes.Name) and node.ctx == "store" and node.name in FIELDS:
            raise Fault(node.lineno, f"`{node.name}` is a field: give what runs through the list another name")
    _Reading(required | _ALWAYS).block(tree.body, frozenset(), {})
    return frozenset(meta.find_undeclared_variables(tree))


def _shallow(tree: nodes.Node) -> None:
    """Refuse what is nested too deeply, without going that deep."""
    level: list[nodes.Node] = [tree]
    # Each condition and each operator is a level of its own, and an output stands one deeper than its text.
    for _ in range(DEEPEST * 2):
        level = [child for node in level for child in node.iter_child_nodes()]
        if not level:
            return
    raise Fault(getattr(level[0], "lineno", 1), "conditions are nested too deeply: write it more simply")


def _nodes(tree: nodes.Node) -> Iterator[nodes.Node]:
    yield tree
    for child in tree.iter_child_nodes():
        yield from _nodes(child)


class _Reading:
    """Goes through a template with the fields that are sure to be there."""

    def __init__(self, sure: frozenset[str]) -> None:
        self.sure = sure

    def block(self, body: list[nodes.Node], proven: frozenset[str], running: dict[str, str]) -> None:
        for node in body:
            match node:
                case nodes.Output():
                    for part in node.nodes:
                        if not isinstance(part, nodes.TemplateData):
                            self.said(part, proven, running)
                case nodes.If():
                    self.condition(node, proven, running)
                case nodes.For():
                    self.loop(node, proven, running)
                case _:
                    raise _refused(node)

    def condition(self, node: nodes.If, proven: frozenset[str], running: dict[str, str]) -> None:
        shown = self.asked(node.test, proven, running)
        self.block(node.body, proven | shown.true, running)
        otherwise = proven | shown.false
        for other in node.elif_:
            shown = self.asked(other.test, otherwise, running)
            self.block(other.body, otherwise | shown.true, running)
            otherwise |= shown.false
        self.block(node.else_, otherwise, running)

    def loop(self, node: nodes.For, proven: frozenset[str], running: dict[str, str]) -> None:
        if running:
            raise Fault(node.lineno, "a list within a list: show one after the other")
        if node.recursive or node.test is not None or not isinstance(node.target, nodes.Name) or node.else_:
            raise Fault(node.lineno, "a list is shown with {% for each in products %} ... {% endfor %} only")
        kind = self.kind(node.iter, proven, running)
        if kind not in _EACH:
            raise Fault(node.lineno, "only a field that is a list can be gone through with {% for %}")
        self.block(node.body, proven, {node.target.name: _EACH[kind]})

    def asked(self, node: nodes.Node, proven: frozenset[str], running: dict[str, str]) -> _Shown:
        """A condition: a field alone asks whether it is there."""
        match node:
            case nodes.Name() if node.name not in running:
                self.field(node)
                return _Shown(true=frozenset({node.name}))
            case nodes.Not():
                shown = self.asked(node.node, proven, running)
                return _Shown(shown.false, shown.true)
            case nodes.And():
                left = self.asked(node.left, proven, running)
                right = self.asked(node.right, proven | left.true, running)
                return _Shown(left.true | right.true, left.false & right.false)
            case nodes.Or():
                left = self.asked(node.left, proven, running)
                right = self.asked(node.right, proven | left.false, running)
                return _Shown(left.true & right.true, left.false | right.false)
            case nodes.Compare():
                kinds = {self.kind(part, proven, running) for part in (node.expr, *(each.expr for each in node.ops))}
                if any(each.op not in _COMPARISONS for each in node.ops) or not (
                    kinds <= {NUMBER, DAYS} or kinds == {TEXT}
                ):
                    raise Fault(node.lineno, "numbers are compared with numbers, and texts with texts")
                return _Shown()
        raise _refused(node)

    def said(self, node: nodes.Expr, proven: frozenset[str], running: dict[str, str]) -> None:
        kind = self.kind(node, proven, running)
        if kind not in PLAIN:
            fitting = ", ".join(f"`| {name}`" for name, (kinds, _) in FILTERS.items() if kind in kinds)
            how = f"say it with {fitting}" if fitting else "go through it with {% for %}"
            raise Fault(node.lineno, f"this cannot stand in a text as it is: {how}")

    def kind(self, node: nodes.Node, proven: frozenset[str], running: dict[str, str]) -> str:
        """What an expression gives."""
        match node:
            case nodes.Name() if node.name in running:
                return running[node.name]
            case nodes.Name():
                self.field(node)
                if node.name not in self.sure | proven:
                    raise Fault(
                        node.lineno,
                        f"`{node.name}` is not known of every customer: name it under `fields` in the head, or ask "
                        f"first, with {{% if {node.name} %}}",
                    )
                return FIELDS[node.name].kind
            case nodes.Const() if isinstance(node.value, str):
                return TEXT
            case nodes.Const() if isinstance(node.value, int) and not isinstance(node.value, bool):
                return NUMBER
            case nodes.Getattr(node=nodes.Name() as row, attr=part) if running.get(row.name) == "row":
                if part not in IN_ROWS:
                    raise Fault(node.lineno, f"a row has no `{part}`; it has {', '.join(IN_ROWS)}")
                return IN_ROWS[part]
            case nodes.Filter() if node.node is not None:
                return self.filtered(node, self.kind(node.node, proven, running))
        raise _refused(node)

    def filtered(self, node: nodes.Filter, kind: str) -> str:
        if node.name not in FILTERS:
            raise Fault(node.lineno, f"there is no `| {node.name}`; there are {', '.join(FILTERS)}")
        kinds, result = FILTERS[node.name]
        if kind not in kinds:
            raise Fault(node.lineno, f"`| {node.name}` is for another kind of field, see docs/a-new-template.md")
        words = [each for each in node.args if isinstance(each, nodes.Const) and isinstance(each.value, str)]
        wanted = ARGUMENTS.get(node.name, 0)
        if len(words) != wanted or len(node.args) != wanted or node.kwargs or node.dyn_args or node.dyn_kwargs:
            raise Fault(node.lineno, f"`| {node.name}` takes {wanted} words in brackets")
        return result

    def field(self, node: nodes.Name) -> None:
        if node.name not in FIELDS:
            raise Fault(node.lineno, f"there is no field `{node.name}`; docs/a-new-template.md lists all of them")


def _refused(node: nodes.Node) -> Fault:
    what = type(node).__name__.lower()
    return Fault(
        node.lineno,
        f"a template holds words, fields, {{% if %}} and {{% for %}}, and no {what}: leave it out, or give the value "
        "to the template as a field",
    )
