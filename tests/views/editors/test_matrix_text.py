from __future__ import annotations

import numpy as np

from convviz.model.files.tables import parse_matrix
from convviz.views.editors.matrix_text import numpy_text, python_text, spreadsheet_text


def test_what_is_copied_reads_back_to_the_last_bit() -> None:
    values = np.random.default_rng(0).normal(size=(4, 3)) * 10.0 ** np.arange(-9, 0, 3)
    for text in (spreadsheet_text(values), python_text(values), numpy_text(values)):
        np.testing.assert_array_equal(parse_matrix(text), values)
    assert spreadsheet_text(np.array([[1.0, 0.5]])) == "1\t0.5"
    assert spreadsheet_text(np.array([1.0, 2.0])) == "1\t2"
    assert python_text(np.array([[1.0, 0.5]])) == "[[1.0, 0.5]]"
