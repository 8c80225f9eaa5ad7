"""What the short benchmark must not fall below, so that a gross loss of speed is noticed when it is made."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Any

from convviz.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: (table, work, number format) -> ratio, as ``convviz bench`` measured them on two cores of an Intel Xeon or of an AMD
#: EPYC, both with AVX-512, Python 3.11, NumPy 2.4 and PyTorch 2.13: the smaller of the two.
REACHED = {
    ("naive", "20  3/4 by numpy", "float64"): 680.0,
    ("naive", "20  3/4 by loops", "float64"): 1000.0,
    ("torch, one channel", "20  3/4", "float64"): 20.0,
    ("torch, one channel", "64  3/4", "float64"): 7.6,
    ("torch, one channel", "64  3/4", "float32"): 22.0,
    ("torch, one channel", "256  3/4", "float64"): 6.1,
    ("torch, one channel", "256  3/4", "float32"): 12.5,
    ("torch, one channel", "512  3/4", "float64"): 7.2,
    ("torch, one channel", "512  3/4", "float32"): 7.9,
    ("torch, several channels", "1×64×64  8·3×3 → ReLU → 1·4×4 s2", "float64"): 4.3,
}

#: The share of these that must be left: less than a busy machine's noise takes, and a gross loss costs more.
SHARE = 0.5


def shortfalls(results: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    """Return a sentence for each ratio in a report's results that is below `SHARE` of the one reached."""
    sentence = tr("{work} ({dtype}): {ratio} ×, where {reached} × was reached; at least {least} × was expected")
    found = []
    for table, rows in results.items():
        for row in rows:
            reached = REACHED.get((table, row["work"], row.get("dtype", "")))
            if reached is not None and (ratio := statistics.median(row["ratio"])) < SHARE * reached:
                words = {"ratio": f"{ratio:,.1f}", "reached": f"{reached:,.1f}", "least": f"{SHARE * reached:,.1f}"}
                found.append(sentence.format(work=row["work"], dtype=row["dtype"], **words))
    return found
