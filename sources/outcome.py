"""What came of an import, file by file, as an operator reads it in the terminal."""

from __future__ import annotations

from dataclasses import dataclass, field

from sources.faults import Fault

DONE, REFUSED = 0, 1
# Old files are full of unusual phone numbers; more of them would push what matters off the screen.
WARNINGS_SHOWN = 5


@dataclass
class FileReport:
    """How one file was understood, and what became of its rows.

    `mapping` has (header, field) for each column in use, `unmapped` (header, the field it resembles or None).
    `read` is always `accepted + rejected`; `accepted` is `added + updated + unchanged` unless the import was refused.
    `blank` rows, in which no cell has a value, are in none of these.
    """

    file: str
    kind: str
    encoding: str | None
    separator: str | None
    sheet: str | None
    mapping: list[tuple[str, str]]
    unmapped: list[tuple[str, str | None]]
    read: int = 0
    rejected: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    warnings: int = 0
    blank: int = 0

    @property
    def accepted(self) -> int:
        """Rows without a fault."""
        return self.read - self.rejected


@dataclass
class Outcome:
    """What came of an import; `faults` and `warnings` are the first of each, their counts are complete."""

    files: list[FileReport]
    faults: list[Fault] = field(default_factory=list)
    fault_count: int = 0
    warnings: list[Fault] = field(default_factory=list)
    warning_count: int = 0
    written: bool = False
    dry_run: bool = False
    skip_bad: bool = False
    rejects: str | None = None

    @property
    def accepted(self) -> int:
        """Rows without a fault in all files."""
        return sum(file.accepted for file in self.files)

    @property
    def rejected(self) -> int:
        """Rows with a fault in all files."""
        return sum(file.rejected for file in self.files)

    @property
    def refused(self) -> bool:
        """Whether nothing was (or in a dry run: would be) written."""
        return not self.accepted or (self.rejected > 0 and not self.skip_bad)

    @property
    def exit_code(self) -> int:
        """0 when done, 1 when refused or when there was nothing usable."""
        return REFUSED if self.refused else DONE

    def summary(self) -> str:
        """Everything an operator needs to know, in English, without a newline at the end."""
        lines: list[str] = []
        for file in self.files:
            lines += [*_how_understood(file), _what_became(file, self.refused or self.dry_run), ""]
        lines += _faults("fault", self.faults, self.fault_count)
        lines += _faults("warning", self.warnings[:WARNINGS_SHOWN], self.warning_count)
        if self.rejects is not None:
            lines.append(f"All faults are in {self.rejects}." if self.fault_count else f"{self.rejects} has no faults.")
        lines.append(self._verdict())
        return "\n".join(lines)

    def _verdict(self) -> str:
        left_out = f"; {_rows(self.rejected)} left out" if self.rejected else ""
        if not self.accepted:
            return "Refused: no usable row, so nothing was changed."
        if self.refused:
            return (
                f"Refused: {_rows(self.rejected)} with faults, so nothing was changed."
                " Mend them, or import the rest with --skip-bad."
            )
        if self.dry_run:
            return f"Dry run: {_rows(self.accepted)} can be imported{left_out}. Nothing was changed."
        return f"Done: {_rows(self.accepted)} imported{left_out}."


def _rows(number: int, which: str = "") -> str:
    return f"{number:,} {which}{'row' if number == 1 else 'rows'}"


def _how_understood(file: FileReport) -> list[str]:
    if file.sheet is not None:
        form = f"sheet {file.sheet!r}"
    else:
        names = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
        form = f"{file.encoding}, separated by {names.get(file.separator or '', file.separator)}"
    lines = [f"{file.file}: {file.kind} ({form})"]
    lines.append("  columns: " + ", ".join(f"{header} = {name}" for header, name in file.mapping))
    if file.unmapped:
        ignored = (f"{header} (perhaps {like}?)" if like else header for header, like in file.unmapped)
        lines.append("  not used: " + ", ".join(ignored))
    return lines


def _what_became(file: FileReport, only_checked: bool) -> str:
    counts = f"  {_rows(file.read)}: {file.accepted:,} accepted"
    if not only_checked:
        counts += f" ({file.added:,} new, {file.updated:,} updated, {file.unchanged:,} unchanged)"
    passed_over = f"; {_rows(file.blank, 'blank ')} passed over" if file.blank else ""
    return f"{counts}, {file.rejected:,} rejected{passed_over}"


def _faults(what: str, first: list[Fault], count: int) -> list[str]:
    if not count:
        return []
    more = f", the first {len(first)} of them" if count > len(first) else ""
    lines = [f"{count:,} {what}{'' if count == 1 else 's'}{more}:"]
    for fault in first:
        column = f", {fault.column}" if fault.column else ""
        value = f" {fault.value!r}" if fault.value else ""
        lines.append(f"  {fault.file}, line {fault.line}{column}:{value} {fault.reason}")
    return [*lines, ""]
