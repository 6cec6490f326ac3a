"""How a procedure's inputs are grouped, as the procedure says with plain tuples."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: What stands in a row: one input, or several beside each other.
Row = tuple[str, ...]

#: A procedure's ``INPUT_GROUPS``: titles with names of parameters, or with tuples of names that
#: become the rows of a table. A title that ends in "…" is folded until somebody opens it.
Declared = Iterable[tuple[str, Sequence[str | Sequence[str]]]]

_FOLDED_MARK = "…"


@dataclass(frozen=True)
class InputGroup:
    """Inputs under a title.

    :param title: empty for what a procedure has not grouped.
    :param rows: names of parameters; a table when there are several in each.
    """

    title: str
    rows: tuple[Row, ...]
    is_folded: bool = False

    @property
    def longest_row(self) -> Row:
        """The row that has all columns."""
        return max(self.rows, key=lambda row: len(row))

    @property
    def is_table(self) -> bool:
        """Whether its inputs stand beside each other."""
        return len(self.longest_row) > 1


def group_inputs(inputs: Sequence[str], declared: Declared) -> list[InputGroup]:
    """Bring the inputs of a window into groups.

    :param inputs: names of the parameters that are shown; those in no group come first.
    :param declared: may name others too, which are left out.
    """
    groups = []
    for title, entries in declared:
        rows = [(entry,) if isinstance(entry, str) else tuple(entry) for entry in entries]
        kept = [tuple(name for name in row if name in inputs) for row in rows]
        groups.append(
            InputGroup(
                title.removesuffix(_FOLDED_MARK).strip(),
                tuple(row for row in kept if row),
                title.endswith(_FOLDED_MARK),
            )
        )
    named = {name for group in groups for row in group.rows for name in row}
    others = tuple((name,) for name in inputs if name not in named)
    return [group for group in (InputGroup("", others), *groups) if group.rows]
