"""The whole check, in a window of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from convviz.i18n import joined, tr
from convviz.model.checking import Verdict
from convviz.views import theme
from convviz.views.dialogs import room_on_screen
from convviz.views.panels.check import wording
from convviz.views.panels.check.rows import ADJOINT_COLUMNS, ERROR, PARAMETER, PLACE, RESULT, SLOPE_COLUMNS, Rows

if TYPE_CHECKING:
    from PyQt6.QtGui import QResizeEvent

    from convviz.model.checking import Checker, Finding

_SIZE = QSize(1100, 720)
_LEAST_ROWS = 4  #: of each table, that are seen at once
_ROW_HEIGHT = 24
_HEAD = _ROW_HEIGHT + 4
_PLACE_LEAST = 130  #: of its column, in which there is room for row and column
_INSET = 6  #: left and right of what is in a cell
_ARROW = 20  #: room at the right of a title for the arrow of the sorting
_ERROR = SLOPE_COLUMNS.index(ERROR)  #: the column that rows are sorted by at first
_DOWNWARDS = (_ERROR, SLOPE_COLUMNS.index(RESULT))  #: the columns that are read from the worst on
_ROLES = {"good": "good", "bad": "error", "warning": "warning", "muted": "muted"}


class CheckTable(QDialog):
    """Shows every number of the latest check, and has every parameter checked on demand.

    Once every parameter has been checked, the table stays as it is until another experiment is shown, or a later check
    finds something wrong.
    """

    def __init__(self, checker: Checker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("check_table")
        self._checker = checker
        self._finding: Finding | None = None
        self._slopes = Rows(SLOPE_COLUMNS)
        self._adjoints = Rows(ADJOINT_COLUMNS)
        self._verdict, self._summary, self._method = QLabel(), QLabel(), QLabel()
        self._slope_title, self._adjoint_title, self._sort_label = QLabel(), QLabel(), QLabel()
        self._sort = QComboBox()
        self._slope_view = _View("check_slopes", self._slopes)
        self._adjoint_view = _View("check_adjoints", self._adjoints)
        self._every, self._cancel, self._copy, self._close = (QPushButton() for _ in range(4))
        self._bar, self._count = QProgressBar(), QLabel()
        self._scroll = QScrollArea()  # a low screen has no room for all that is told
        self._scroll.setWidgetResizable(True)
        self._name()
        self._lay_out()
        self._connect()
        self.retranslate()

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        self.setWindowTitle(tr("Are the gradients right?"))
        self._slope_title.setText(tr("Backpropagation against finite differences"))
        self._adjoint_title.setText(tr("Adjoint identity of the linear layers"))
        self._method.setText("\n".join(wording.method_lines()))
        self._sort_label.setText(tr("&Sort by"))
        self._every.setText(tr("Check &every parameter"))
        self._every.setToolTip(tr("At the step that is shown now. It goes faster while training is paused."))
        self._cancel.setText(tr("Ca&ncel"))
        self._cancel.setToolTip(tr("End here, and show what has been found so far"))
        self._copy.setText(tr("&Copy as text"))
        self._copy.setToolTip(tr("Both tables, with tabs between the columns"))
        self._close.setText(tr("Close"))
        self._bar.setAccessibleName(tr("Progress of the check"))
        self._slope_view.setAccessibleName(self._slope_title.text())
        self._adjoint_view.setAccessibleName(self._adjoint_title.text())
        self._fill_sort()
        self._slopes.retranslate()
        self._adjoints.retranslate()
        self._fit()
        self._tell()

    # -- the parts -----------------------------------------------------------------------------------------------------

    def _name(self) -> None:
        for part, name in (
            (self._verdict, "check_verdict"),
            (self._summary, "check_summary"),
            (self._method, "check_method"),
            (self._sort, "check_sort"),
            (self._every, "check_every"),
            (self._cancel, "check_cancel"),
            (self._copy, "check_copy"),
            (self._close, "check_close"),
            (self._bar, "check_progress"),
            (self._count, "check_count"),
        ):
            part.setObjectName(name)
        for title in (self._slope_title, self._adjoint_title):
            theme.set_role(title, "strong")
        theme.set_role(self._summary, "muted")
        theme.set_role(self._count, "muted")
        theme.set_role(self._method, "small")
        for label in (self._verdict, self._summary, self._method):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._verdict.setFont(theme.font("heading"))
        self._sort_label.setBuddy(self._sort)
        self._bar.setFixedWidth(160)
        self._bar.setTextVisible(False)
        width = theme.metrics("body").horizontalAdvance("999,999 / 999,999")
        self._count.setFixedWidth(round(width) + 2)
        for button in (self._every, self._cancel, self._copy, self._close):
            button.setAutoDefault(False)

    def _lay_out(self) -> None:
        heads = QHBoxLayout()
        heads.addWidget(self._slope_title, 1)
        heads.addWidget(self._sort_label)
        heads.addWidget(self._sort)
        controls = QHBoxLayout()
        controls.setSpacing(theme.SPACE.S)
        for part in (self._every, self._cancel, self._bar, self._count):
            controls.addWidget(part)
        controls.addStretch(1)
        controls.addWidget(self._copy)
        controls.addWidget(self._close)
        body = QWidget()
        told = QVBoxLayout(body)
        told.setContentsMargins(0, 0, 0, 0)
        told.setSpacing(theme.SPACE.S)
        told.addWidget(self._verdict)
        told.addWidget(self._summary)
        told.addLayout(heads)
        told.addWidget(self._slope_view, 1)
        told.addWidget(self._adjoint_title)
        told.addWidget(self._adjoint_view)
        told.addWidget(self._method)
        self._scroll.setWidget(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE.L, theme.SPACE.L, theme.SPACE.L, theme.SPACE.L)
        layout.setSpacing(theme.SPACE.S)
        layout.addWidget(self._scroll, 1)
        layout.addLayout(controls)
        self._adjoint_view.keep_whole_rows()
        self.resize(room_on_screen(self, _SIZE))
        self._slope_view.setFocus()

    def _connect(self) -> None:
        self._slope_view.sortByColumn(_ERROR, Qt.SortOrder.DescendingOrder)
        self._adjoint_view.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        header = self._slope_view.horizontalHeader()
        if header is not None:
            header.sortIndicatorChanged.connect(self._follow_header)
        self._sort.activated.connect(self._sort_by)
        self._every.clicked.connect(self._checker.check_every)
        self._cancel.clicked.connect(self._checker.stop)
        self._copy.clicked.connect(self.copy)
        self._close.clicked.connect(self.close)
        QShortcut(QKeySequence.StandardKey.Copy, self, self.copy)
        self._checker.changed.connect(self._tell)

    # -- sorting -------------------------------------------------------------------------------------------------------

    def _fill_sort(self) -> None:
        header = self._slope_view.horizontalHeader()
        column = _ERROR if header is None else header.sortIndicatorSection()
        self._sort.clear()
        self._sort.addItems([self._slopes.title(number) for number in range(self._slopes.columnCount())])
        self._sort.setCurrentIndex(column)

    def _sort_by(self, column: int) -> None:
        order = Qt.SortOrder.DescendingOrder if column in _DOWNWARDS else Qt.SortOrder.AscendingOrder
        self._slope_view.sortByColumn(column, order)
        self._slope_view.scrollToTop()

    def _follow_header(self, column: int, _: Qt.SortOrder) -> None:
        self._sort.setCurrentIndex(column)

    # -- what was found ------------------------------------------------------------------------------------------------

    def copy(self) -> None:
        """Put both tables on the clipboard as text."""
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(f"{self._slopes.as_text()}\n{self._adjoints.as_text()}")

    def _tell(self) -> None:
        finding = self._checker.finding
        if finding is not self._finding and not self._keeps(finding):
            self._finding = finding
            self._show_rows(finding)
        shown = self._finding
        self._verdict.setText(wording.heading_text(shown, self._checker.progress))
        theme.set_role(self._verdict, "muted" if shown is None else _ROLES[wording.COLOURS[shown.verdict]])
        self._summary.setText("" if shown is None else joined(wording.summary_lines(shown)))
        self._tell_progress()

    def _keeps(self, newer: Finding | None) -> bool:
        """Return whether the complete table on the screen is better than a newer sample."""
        shown = self._finding
        if shown is None or newer is None or newer.every or not shown.every:
            return False
        return newer.run == shown.run and newer.verdict in (shown.verdict, Verdict.RIGHT)

    def _show_rows(self, finding: Finding | None) -> None:
        report = None if finding is None else finding.report
        self._fit()
        bar = self._slope_view.verticalScrollBar()
        height = 0 if bar is None else bar.value()
        if report is None:
            self._slopes.show_entries(finding, (), None)
            self._adjoints.show_entries(finding, (), None)
            return
        self._slopes.show_entries(finding, report.slopes, report.worst_slope)
        self._adjoints.show_entries(finding, report.adjoints, report.worst_adjoint)
        if bar is not None:
            bar.setValue(height)  # the rows under the eye stay where they are when a newer check comes

    def _fit(self) -> None:
        """Make every column wide enough for its title, with the arrow beside it, and for its longest text."""
        shown = self._finding
        names = [] if shown is None else [wording.layer_text(shown, n) for n in range(len(shown.problem.layers))]
        metrics = theme.metrics("strong")
        for view, rows in ((self._slope_view, self._slopes), (self._adjoint_view, self._adjoints)):
            widths = []
            for number, column in enumerate(rows.columns):
                texts = [wording.longest_result() if column is RESULT else column.sample]
                if shown is not None and column is PLACE:
                    texts = wording.last_places(shown)
                elif number == 0:
                    texts += names
                width = max(metrics.horizontalAdvance(text) for text in texts) + 2 * _INSET + theme.SPACE.S
                title = metrics.horizontalAdvance(rows.title(number)) + _ARROW + _INSET + theme.SPACE.XS
                widths.append(round(max(width, title)))
            view.set_widths(widths)

    def _tell_progress(self) -> None:
        progress = self._checker.progress if self._checker.checks_every else None
        self._every.setEnabled(progress is None and self._checker.can_check)
        self._cancel.setEnabled(progress is not None)
        self._bar.setEnabled(progress is not None)
        total = progress.total if progress is not None else 0
        self._bar.setRange(0, max(1, total))
        self._bar.setValue(progress.done if progress is not None else 0)
        self._count.setText(f"{progress.done:,} / {total:,}" if progress is not None and total else "")


class _View(QTableView):
    """A table whose columns keep the widths that they are given, but for the result, which takes what is left.

    Where it is too narrow for them, what the place tells, too, is left out, and then the beginnings of places.
    """

    def __init__(self, name: str, rows: Rows) -> None:
        super().__init__()
        self._result = rows.columns.index(RESULT)
        self._dear = [rows.columns.index(column) for column in (PARAMETER, PLACE) if column in rows.columns]
        self._widths: list[int] = []
        self._keeps_rows = False
        self.setObjectName(name)
        self.setModel(rows)
        self.setSortingEnabled(True)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setStyleSheet(f"QTableView::item {{ padding: 0 {_INSET}px; }}")
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideLeft)
        side, head = self.verticalHeader(), self.horizontalHeader()
        if side is not None and head is not None:
            side.hide()
            side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            side.setDefaultSectionSize(_ROW_HEIGHT)
            head.setHighlightSections(False)
            head.setFixedHeight(_HEAD)
            head.setStyleSheet(f"QHeaderView::section {{ padding: 4px {_ARROW}px 4px {_INSET}px; }}")

    def set_widths(self, widths: list[int]) -> None:
        """Give the columns as much as they need."""
        self._widths = widths
        self.fill()

    def keep_whole_rows(self) -> None:
        """Be as high as a few rows, and no part of another, whether there is a scroll bar below them or not."""
        self._keeps_rows = True
        self.fill()

    def sizeHint(self) -> QSize:
        """Ask for room for a few rows."""
        return QSize(super().sizeHint().width(), self._height())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Fill the width there is."""
        super().resizeEvent(event)
        self.fill()

    def fill(self) -> None:
        """Let the columns together reach to the right end, unless they need more than that."""
        viewport = self.viewport()
        if viewport is None:
            return
        widths = self._fitting(viewport.width())
        spare = max(0, viewport.width() - sum(widths))
        for column, width in enumerate(widths):
            self.setColumnHidden(column, not width)
            if width:
                self.setColumnWidth(column, width + (spare if column == self._result else 0))
        if self._keeps_rows:
            self.setFixedHeight(self._height())

    def _fitting(self, room: int) -> list[int]:
        """Return the widths of the columns, 0 for one that is left out, in a table that is so wide."""
        widths = list(self._widths)
        if self._dear and sum(widths) > room:
            parameter, place = self._dear
            widths[parameter] = 0
            widths[place] = max(min(widths[place], _PLACE_LEAST), widths[place] - max(0, sum(widths) - room))
        return widths

    def _height(self) -> int:
        viewport, bar = self.viewport(), self.horizontalScrollBar()
        scrolls = viewport is not None and viewport.width() < sum(self._fitting(viewport.width()))
        below = bar.sizeHint().height() if bar is not None and scrolls else 0
        return _HEAD + _ROW_HEIGHT * _LEAST_ROWS + 2 * self.frameWidth() + below
