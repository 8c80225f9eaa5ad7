"""Pictures beside an experiment: read as in the window, for a map alone, and refused where they are too much."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PyQt6.QtGui import QImage

from convviz.engine.errors import ConvvizError
from convviz.model.files import read_experiment, write_experiment
from convviz.model.files.pictures import read_picture
from convviz.model.sources import GivenMap
from tests.cli.processes import run_python
from tests.model.files.refusing import refusal

if TYPE_CHECKING:
    from pathlib import Path

    from convviz.model.experiment import Experiment


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a picture of 12 rows and 8 columns in grey, and a larger one in colour."""
    grey = np.repeat(np.arange(0, 192, 2, dtype=np.uint8).reshape(12, 8, 1), 3, axis=2)
    save(tmp_path / "letter.png", grey)
    save(tmp_path / "colour.bmp", np.random.default_rng(0).integers(0, 256, (30, 60, 3), dtype=np.uint8))
    return tmp_path


def save(path: Path, colours: Any) -> None:
    rows, columns, _ = colours.shape
    assert QImage(colours.tobytes(), columns, rows, 3 * columns, QImage.Format.Format_RGB888).save(str(path))


def opened(folder: Path, entry: Any, **more: Any) -> Experiment:
    data = {"version": 1, "input": entry, "layers": [{"type": "conv2d", "kernel": 3}], **more}
    (folder / "mine.json").write_text(json.dumps(data))
    return read_experiment(folder / "mine.json")


def test_a_picture_becomes_grey_numbers_in_its_own_size(folder: Path) -> None:
    values = opened(folder, {"file": "letter.png"}).input.make()
    np.testing.assert_allclose(values, np.arange(0, 192, 2).reshape(1, 12, 8) / 255, atol=1e-12)


@pytest.mark.parametrize(("size", "shape"), [(10, (10, 10)), ([6, 9], (6, 9)), ([40, 40], (40, 40))])
def test_a_size_is_covered_in_the_picture_s_proportions_as_it_is_in_the_window(
    size: Any, shape: tuple[int, int], folder: Path
) -> None:
    picture = read_picture(folder / "colour.bmp")
    expected = picture.make(1, shape, picture.covering(shape))
    for entry in (
        {"file": "colour.bmp", "size": size},
        {"type": "given", "values": {"file": "colour.bmp", "size": size}},
    ):
        assert opened(folder, entry).input == GivenMap(expected)


def test_input_and_target_can_both_be_pictures(folder: Path) -> None:
    experiment = opened(folder, {"file": "letter.png"}, target={"file": "colour.bmp", "size": [10, 6]})
    assert experiment.target is not None
    assert (experiment.input.shape, experiment.target.shape) == ((1, 12, 8), (1, 10, 6))


def test_what_is_saved_again_needs_the_picture_no_more(folder: Path) -> None:
    experiment = opened(folder, {"file": "letter.png"})
    write_experiment(folder / "saved.json", experiment)
    (folder / "letter.png").unlink()
    assert read_experiment(folder / "saved.json") == experiment


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"file": "none.png"}, "input.file: there is no file none.png beside the experiment"),
        ({"file": "../letter.png"}, "input.file: expected a file beside or below the experiment"),
        ({"file": "half.png"}, "input.file: half.png: expected a whole picture, received a damaged one"),
        ({"file": "text.png"}, "input.file: text.png: expected a picture such as PNG or JPEG, received a file that is"),
        ({"file": "vast.png"}, "input.file: vast.png: expected a picture of at most 33,554,432 pixels"),
        ({"file": "drawing.svg"}, "input.file: expected a file that ends in one of npy, png"),
        ({"file": "letter.png", "size": 2000}, "input.size: expected a whole number 1 … 1024, received 2000"),
        ({"file": "letter.png", "size": "8"}, "input.size: expected a whole number, or two, received '8'"),
        ({"file": "letter.png", "size": None}, "input.size: expected a value, received none"),
        ({"file": "letter.png", "siz": 8}, "input.siz: unknown entry; did you mean size?"),
        ({"file": "a.npy", "size": 8}, "input.size: only a picture is brought to a size, and a.npy is none"),
        ({"file": "wide.png"}, "input.size: expected the rows and columns of the map, received none: "
         "wide.png has 1 × 1,025 pixels, and a map at most 1,024 on each side"),
        ("letter.png", "input: expected {\"file\": \"letter.png\"}, received 'letter.png'"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_one_sentence(
    entry: Any, told: str, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    whole = (folder / "letter.png").read_bytes()
    (folder / "half.png").write_bytes(whole[: len(whole) - 20])
    (folder / "text.png").write_text("no picture")
    header = b"IHDR" + (60_000).to_bytes(4, "big") * 2 + whole[24:29]
    (folder / "vast.png").write_bytes(whole[:12] + header + zlib.crc32(header).to_bytes(4, "big") + whole[33:])
    save(folder / "wide.png", np.zeros((1, 1025, 3), np.uint8))
    np.save(folder / "a.npy", np.ones((4, 4)))
    said = refusal(folder, {"version": 1, "input": entry, "layers": ["relu"]})
    assert said.startswith(f"demo.json: {told}")
    assert "\n" not in said
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("layer", "told"),
    [
        ({"weight": {"file": "letter.png"}},
         "layers[0].weight.file: expected numbers, or a file that ends in .npy, received letter.png; only the input"),
        ({"kernel": 3, "bias": {"file": "letter.png"}}, "layers[0].bias.file: expected numbers, or a file that ends"),
        ({"teacher": {"weight": {"file": "letter.png"}}}, "layers[0].teacher.weight.file: expected numbers, or a file"),
        ({"kernel": {"file": "kernel.npy"}}, "layers[0].kernel: expected a size or numbers, received "
         "{'file': 'kernel.npy'}; a file with the numbers stands under weight"),
    ],
)  # fmt: skip
def test_a_picture_is_no_kernel(layer: Any, told: str, folder: Path) -> None:
    assert refusal(folder, {"version": 1, "layers": [{"type": "conv2d", **layer}]}).startswith(f"demo.json: {told}")


def test_a_picture_without_a_folder_is_refused() -> None:
    from convviz.model.files import decode_experiment

    with pytest.raises(ConvvizError, match="there is no folder to find it in"):
        decode_experiment({"version": 1, "input": {"file": "letter.png"}, "layers": ["relu"]})


def test_a_picture_cannot_be_read_where_there_is_no_qt(folder: Path) -> None:
    opened(folder, {"file": "letter.png"})
    program = (
        "import sys; sys.modules['PyQt6'] = None\n"
        "from convviz.cli import main; sys.exit(main(['train', 'mine.json', '--quiet']))"
    )
    done = run_python("-c", program, cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(
        "convviz: mine.json: input.file: expected a .npy file, since Qt, which reads pictures,"
    )
    assert done.stderr.endswith("received letter.png\n")


@pytest.mark.parametrize(("name", "loaded"), [("letter.png", True), ("letter.npy", False)])
def test_training_loads_qt_for_a_picture_alone(name: str, loaded: bool, folder: Path) -> None:
    np.save(folder / "letter.npy", np.ones((12, 8)))
    opened(folder, {"file": name}, stop={"steps": 3})
    program = (
        "import sys; from convviz.cli import main; code = main(['train', 'mine.json', '--quiet'])\n"
        "assert code == 0, code\n"
        f"assert ('PyQt6.QtGui' in sys.modules) is {loaded}\n"
        "assert 'PyQt6.QtWidgets' not in sys.modules"
    )
    done = run_python("-c", program, cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
