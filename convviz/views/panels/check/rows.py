"""The rows of a check, for a table: sorted by any column, the worst marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from PyQt6.QtCore import QAbstractTableModel, QModelIndex, Qt

from convviz.engine.check import Adjoint, Slope
from convviz.i18n import mark, tr
from convviz.views import theme
from convviz.views.panels.check import wording

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PyQt6.QtGui import QFont

    from convviz.model.checking import Finding

Entry = Slope | Adjoint
Role = Qt.ItemDataRole


class Column(NamedTuple):
    """One column.

    Attributes
    ----------
    title
        Marked for translation.
    text
        What a cell shows, of the finding and the entry.
    key
        What rows are sorted by.
    plain
        What is copied where that is more than what is shown.
    sample
        A text as wide as any, in place of the rows that are not known yet. That of the result is `longest_result`.
    """

    title: str
    text: Callable[[Finding, Any], str]
    key: Callable[[Any], Any]
    plain: Callable[[Any], str] | None = None
    sample: str = ""

    @property
    def is_number(self) -> bool:
        """Whether it stands at the right."""
        return self.plain is not None


def _number(title: str, name: str) -> Column:
    return Column(
        title,
        lambda _, entry: wording.slope_text(getattr(entry, name)),
        lambda entry: getattr(entry, name),
        lambda entry: repr(getattr(entry, name)),
        "−1.234567890×10⁻⁷",
    )


_LAYER = Column(
    mark("Layer"),
    lambda finding, entry: wording.layer_text(finding, entry.layer),
    lambda entry: entry.layer,
    sample="2 Convolution",
)
ERROR = Column(
    mark("Relative error"),
    lambda _, entry: wording.error_text(entry.error),
    lambda entry: (not getattr(entry, "kink", False), entry.error),  # a kink is no error, whatever its size
    lambda entry: repr(entry.error),
    "1.2×10⁻¹⁰",
)

#: What an entry came to, in a word. `Rows` tells the rest where there is room: in a tip, and in what is copied.
RESULT = Column(mark("Result"), lambda _, entry: wording.brief_result(entry), lambda entry: _rank(entry))
PLACE = Column(
    mark("Place"),
    lambda _, slope: wording.place_text(slope.index),
    lambda slope: (len(slope.index), slope.index),
    sample="kernel 16, 16, row 3, column 3",
)
#: The place tells it, too: of a kernel it is a weight, of a filter its bias.
PARAMETER = Column(
    mark("Parameter"),
    lambda _, slope: wording.parameter_text(slope.name),
    lambda slope: (slope.name, slope.layer, slope.index),
    sample="weight",
)
#: What is read first stands where a small screen shows it.
SLOPE_COLUMNS = (
    _LAYER,
    PARAMETER,
    PLACE,
    RESULT,
    ERROR,
    _number(mark("Backpropagation"), "gradient"),
    _number(mark("Finite differences"), "slope"),
)
ADJOINT_COLUMNS = (
    _LAYER,
    Column(
        mark("Equation"),
        lambda _, entry: wording.identity_text(entry),
        lambda entry: entry.by,
        sample="⟨A x, y⟩ = ⟨x, Aᵀ y⟩",
    ),
    RESULT,
    ERROR,
    _number(mark("Forward"), "forward"),
    _number(mark("Backward"), "backward"),
)


class Rows(QAbstractTableModel):
    """Slopes, or inner products, as rows."""

    def __init__(self, columns: tuple[Column, ...]) -> None:
        super().__init__()
        self.columns = columns
        self._finding: Finding | None = None
        self._entries: list[Entry] = []
        self._worst: Entry | None = None
        self._sorting = (columns.index(ERROR), Qt.SortOrder.DescendingOrder)

    @property
    def worst(self) -> int | None:
        """The row of the worst entry."""
        return None if self._worst is None else self._entries.index(self._worst)

    def show_entries(self, finding: Finding | None, entries: Sequence[Entry], worst: Entry | None) -> None:
        """Show other rows, sorted as the ones before."""
        self.beginResetModel()
        self._finding = finding
        self._worst = worst if worst is not None and worst.error > 0 else None
        self._entries = self._sorted(entries)
        self.endResetModel()

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        self.layoutChanged.emit()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)

    def title(self, column: int) -> str:
        """Return what is above a column."""
        return tr(self.columns[column].title)

    def as_text(self) -> str:
        """Return all rows as lines of cells between tabs, numbers with every digit that they have."""
        lines = ["\t".join(self.title(column) for column in range(len(self.columns)))]
        lines += ["\t".join(self._plain(entry)) for entry in self._entries]
        return "".join(line + "\n" for line in lines)

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        """Return how many entries there are."""
        return 0 if parent is not None and parent.isValid() else len(self._entries)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        """Return the number of columns."""
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """Return the titles of the columns; rows have none."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Role.DisplayRole:
            return self.title(section)
        return self._alignment(section) if role == Role.TextAlignmentRole else None

    def data(self, index: QModelIndex, role: int = Role.DisplayRole) -> Any:
        """Return what a cell shows, and how."""
        entry = self._entries[index.row()]
        match role:
            case Role.DisplayRole:
                return self._text(entry, index.column())
            case Role.TextAlignmentRole:
                return self._alignment(index.column())
            case Role.FontRole:
                return self._font(entry)
            case Role.ToolTipRole if self.columns[index.column()] is PLACE:
                return self._text(entry, index.column())  # of which a narrow table shows but the end
            case Role.ToolTipRole:
                return self._result(entry)
            case Role.BackgroundRole if entry is self._worst:
                return theme.current().accent_soft
            case Role.ForegroundRole if self.columns[index.column()] is RESULT:
                return getattr(theme.current(), _colour(entry))
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort the rows by a column; what is selected stays selected."""
        self._sorting = column, order
        self.layoutAboutToBeChanged.emit()
        before = self._entries
        self._entries = self._sorted(before)
        rows = {id(entry): row for row, entry in enumerate(self._entries)}
        for index in self.persistentIndexList():
            self.changePersistentIndex(index, self.index(rows[id(before[index.row()])], index.column()))
        self.layoutChanged.emit()

    def _sorted(self, entries: Sequence[Entry]) -> list[Entry]:
        column, order = self._sorting
        return sorted(entries, key=self.columns[column].key, reverse=order is Qt.SortOrder.DescendingOrder)

    def _text(self, entry: Entry, column: int) -> str:
        return "" if self._finding is None else self.columns[column].text(self._finding, entry)

    def _result(self, entry: Entry) -> str:
        return wording.result_text(entry, entry is self._worst)

    def _plain(self, entry: Entry) -> list[str]:
        return [
            column.plain(entry)
            if column.plain is not None
            else self._result(entry)
            if column is RESULT
            else self._text(entry, number)
            for number, column in enumerate(self.columns)
        ]

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        right = self.columns[column].is_number
        return (Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter

    def _font(self, entry: Entry) -> QFont:
        return theme.font("strong" if entry is self._worst else "body")


def _rank(entry: Entry) -> int:
    """Return what is read first: errors, then kinks, then what is right."""
    return 2 if not wording.is_right(entry) else 1 if getattr(entry, "kink", False) else 0


def _colour(entry: Entry) -> str:
    return ("good", "warning", "bad")[_rank(entry)]
