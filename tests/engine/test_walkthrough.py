"""Every picture of a walk against the engine's numbers, over random experiments."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from convviz.engine import (
    LOSSES,
    Conv2d,
    Huber,
)
from convviz.engine.explain import Kind, Tensor, array_of
from convviz.engine.trace import trace
from convviz.engine.walkthrough import Act, Area, Curve, Lattice, Role, Strip, Taps, channels_of, walk
from tests.engine.networks import trained
from tests.engine.walks import CLOSE, NETWORKS, all_walks, whole

#: Boards that hold only a part of the result while one of several channels is looked at.
RESULTS = (Role.INPUT_GRAD, Role.GATHERED, Role.SCATTERED, Role.OUTPUT)


@pytest.fixture(scope="module", params=NETWORKS)
def frame(request):
    return trained(NETWORKS[request.param])[0]


def layers(frame):
    return range(len(frame.problem.layers))


def result_of(frame, walked):
    tensor = Tensor(Kind.VALUE_GRAD, walked.index) if walked.back else Tensor(Kind.VALUE, walked.index + 1)
    return array_of(frame, tensor)[walked.into]


def test_every_board_shows_the_numbers_of_its_tensor(frame):
    for walked in all_walks(frame):
        for phase, act in enumerate(walked.phases):
            for board in walked.moment(phase, act.count - 1).boards:
                share = walked.of is not None and len(channels_of(frame, walked.index, back=walked.back).of) > 1
                if board.tensor is None or (share and board.role in RESULTS):
                    continue
                array, rows, columns = array_of(frame, board.tensor), *board.sheet.size
                shown = whole(board)
                places = [(r, c, board.index_of(r, c)) for r in range(rows) for c in range(columns)]
                if board.role is not Role.MET_ERROR:  # in the remainder there are none to meet
                    assert any(index is not None for *_, index in places), board.role
                for row, column, index in places:
                    expected = 0.0 if index is None else array[index]
                    assert shown[row, column] == pytest.approx(expected, rel=1e-12, abs=1e-12), (board.role, index)


def test_every_sum_is_the_engines_number(frame, rng):
    """At the first, the last and some other moments of every phase: the terms make what the engine has."""
    for walked in all_walks(frame):
        for phase, act in enumerate(walked.phases):
            for position in {0, act.count - 1, *rng.integers(act.count, size=12).tolist()}:
                for row in walked.moment(phase, position).rows:
                    if row.sum is None:
                        continue
                    np.testing.assert_allclose(row.sum.total, row.sum.value, **CLOSE)
                    if row.sum.parts:
                        parts = sum(part for _, part in row.sum.parts) + (row.sum.bias or 0.0)
                        np.testing.assert_allclose(parts, row.sum.value, **CLOSE)
                    if row.sum.chosen is None and not row.sum.function:
                        more = (row.sum.bias or 0.0) + (row.sum.before or 0.0)
                        np.testing.assert_allclose(row.sum.terms.sum() + more, row.sum.total, **CLOSE)


def test_the_last_picture_is_the_engines_result(frame):
    """Gathered and scattered, the finished map is the one that training uses."""
    for walked in all_walks(frame):
        if walked.of is not None or walked.index == len(frame.problem.layers):
            continue
        acts = [phase.act for phase in walked.phases]
        ending = next(n for n in reversed(range(len(acts))) if acts[n] is not Act.WEIGHTS)
        moment = walked.moment(ending, walked.phases[ending].count - 1)
        for row in moment.rows:
            if row.strip is not Strip.CORRELATE:
                np.testing.assert_allclose(whole(row.items[-1]), result_of(frame, walked), **CLOSE)


def test_gathered_and_scattered_agree_up_to_the_cursor(frame):
    """What lies behind the cursor has received everything; what lies before it has not received too much."""
    for index in layers(frame):
        walked = walk(frame, index, back=True)
        acts = [phase.act for phase in walked.phases]
        if Act.MEETING not in acts:
            continue
        phase = acts.index(Act.MEETING)
        for position in range(walked.phases[phase].count):
            gathered, scattered = (row.items[-1] for row in walked.moment(phase, position).rows[:2])
            np.testing.assert_allclose(
                whole(scattered).ravel()[: position + 1], whole(gathered).ravel()[: position + 1], **CLOSE
            )


def pairings(frame):
    """Every walk in which the kernel's gradient grows beside the input's, and the number of that phase."""
    for walked in all_walks(frame):
        for number, phase in enumerate(walked.phases):
            if walked.back and phase.act in (Act.MEETING, Act.GATHERING):
                yield walked, number


def test_the_kernels_gradient_grows_on_the_same_cursor(frame):
    """What a cell adds is its number times the errors that it meets; the last one makes it the engine's gradient."""
    found = 0
    for walked, phase in pairings(frame):
        before = np.zeros(frame.problem.layers[walked.index].kernel)
        for position in range(walked.phases[phase].count):
            row = walked.moment(phase, position).rows[-1]
            assert row.strip is Strip.CORRELATE
            x, met, products, gradient = row.items
            down, across = products.sheet.step
            shown = whole(met)[::down, ::across]
            np.testing.assert_allclose(products.sheet.source, shown * whole(x)[x.cursor], **CLOSE)
            np.testing.assert_allclose(whole(gradient) - before, products.sheet.source, rtol=1e-9, atol=1e-11)
            before = whole(gradient)
        _, lead = gradient.tensor, gradient.lead
        np.testing.assert_array_equal(before, frame.gradients[walked.index]["weight"][lead])
        assert gradient.known is None
        found += 1
    assert found


def test_any_moment_of_the_kernels_gradient_can_be_asked_for_first(frame, rng):
    """Scrubbing: the sums up to a cell do not depend on which cells were looked at before."""
    for walked, phase in pairings(frame):
        count = walked.phases[phase].count
        in_order = [whole(walked.moment(phase, n).rows[-1].items[-1]) for n in range(count)]
        again = walk(frame, walked.index, back=True, into=walked.into, of=walked.of)
        for position in rng.permutation(count)[:5].tolist():
            at_once = whole(again.moment(phase, position).rows[-1].items[-1])
            np.testing.assert_array_equal(at_once, in_order[position])


def test_the_error_that_is_spoken_of_is_the_same_in_both_strips(frame):
    """One error spreads its share into the cell, and meets that cell: the same tap in both."""
    for index in layers(frame):
        walked = walk(frame, index, back=True)
        acts = [phase.act for phase in walked.phases]
        if Act.MEETING not in acts:
            continue
        phase = acts.index(Act.MEETING)
        for position in range(0, walked.phases[phase].count, 3):
            _, scattered, paired = walked.moment(phase, position).rows
            if "from" not in scattered.facts:
                assert "from" not in paired.facts
                continue
            assert scattered.facts["from"] == paired.facts["from"]
            assert scattered.facts["tap"] == paired.facts["tap"]
            assert scattered.facts["given"] == paired.facts["error"]
            assert paired.facts["product"] == pytest.approx(paired.facts["x"] * paired.facts["error"])


def test_crops_are_parts_of_the_whole(frame, rng):
    for walked in all_walks(frame):
        for phase, act in enumerate(walked.phases):
            for board in walked.moment(phase, int(rng.integers(act.count))).boards:
                rows, columns = board.sheet.size
                top, left = int(rng.integers(rows)), int(rng.integers(columns))
                area = Area(top, left, int(rng.integers(1, rows - top + 1)), int(rng.integers(1, columns - left + 1)))
                part = whole(board)[area.top : area.bottom, area.left : area.right]
                np.testing.assert_allclose(board.sheet.crop(area), part, **CLOSE)


def test_the_way_back_goes_through_the_pictures_of_the_trace(frame):
    """Error, zeros, border, rotated kernel: what is drawn is what is written down in `trace`."""
    for index in layers(frame):
        layer = frame.problem.layers[index]
        if not isinstance(layer, Conv2d):
            continue
        found = trace(layer, frame.parameters[index], frame.values[index], frame.value_grads[index + 1])
        for into in range(channels_of(frame, index, back=True).into):
            for only in channels_of(frame, index, back=True, into=into).of:
                walked = walk(frame, index, back=True, into=into, of=only)
                acts = {phase.act: n for n, phase in enumerate(walked.phases)}
                inserted = walked.moment(acts[Act.INSERTION], 0).boards[1]
                np.testing.assert_array_equal(whole(inserted), found.inserted[only])
                border = walked.moment(acts[Act.BORDER], 3)
                np.testing.assert_array_equal(whole(border.boards[0]), found.padded[only])
                assert border.facts["sides"] == found.border
                meeting = walked.moment(acts[Act.MEETING], 0)
                turned = meeting.rows[0].items[1].sheet.source
                group = layer.geometry(frame.values[index].shape).out_group
                np.testing.assert_array_equal(turned, found.rotated[into, only % group])
                unreached = meeting.rows[1].items[-1].unreached
                np.testing.assert_array_equal(
                    np.ones_like(found.reached) if unreached is None else ~unreached, found.reached
                )


def test_cells_that_no_window_reaches_are_zero_and_said_so():
    frame, _ = trained(NETWORKS["remainder"])
    walked = walk(frame, 0, back=True)
    phase = [p.act for p in walked.phases].index(Act.MEETING)
    height, width = walked.phases[phase].shape
    missed = [p for p in range(height * width) if walked.moment(phase, p).unreached]
    reached = frame.problem.layers[0].window.reached(height, width)
    np.testing.assert_array_equal(missed, np.flatnonzero(~reached.ravel()))
    assert missed
    for position in missed:
        for row in walked.moment(phase, position).rows:
            assert row.sum.total == row.sum.value == 0.0


#: Acts that make a layer's result, cell by cell.
MAKING = (Act.WINDOWS, Act.MEETING, Act.GATHERING, Act.SPREADING)


def test_cells_that_nothing_comes_to_are_said_and_shown_so_whichever_way_a_layer_goes(frame):
    for walked in all_walks(frame):
        for number, phase in enumerate(walked.phases):
            if phase.act not in MAKING:
                continue
            layer, shape = frame.problem.layers[walked.index], frame.values[walked.index].shape
            if walked.back:
                missed = layer.unreached(shape)
            elif phase.act is Act.SPREADING:
                missed = ~layer.window.reached(*phase.shape)
            else:
                missed = np.zeros(phase.shape, bool)
            moments = [walked.moment(number, position) for position in range(phase.count)]
            np.testing.assert_array_equal([moment.unreached for moment in moments], missed.ravel())
            for moment in moments:
                shown = [row.items[-1].unreached for row in moment.rows if row.items[-1].role in RESULTS]
                assert shown
                for mask in shown:
                    np.testing.assert_array_equal(missed if mask is None else mask, missed)
                    assert (mask is None) == (not missed.any())


def test_the_bias_comes_after_the_taps():
    frame, _ = trained(NETWORKS["demo"])
    walked = walk(frame, 1, back=True)
    phase = walked.phases[-1]
    assert (phase.act, phase.count) == (Act.WEIGHTS, 17)
    moment = walked.moment(5, 16)
    assert moment.rows[0].sum.role is Role.BIAS_GRAD
    assert moment.rows[0].sum.total == pytest.approx(frame.gradients[1]["bias"][0], rel=1e-12)


def test_a_maximum_says_which_cell_it_is():
    frame, _ = trained(NETWORKS["max"])
    walked = walk(frame, 1, back=False, into=1)
    for position in range(walked.phases[-1].count):
        told = walked.moment(1, position).rows[0].sum
        assert told.operands[0].values[told.chosen] == told.operands[0].values.max() == told.value


def test_an_activation_shows_its_curve_and_its_slope():
    frame, _ = trained(NETWORKS["max"])
    forward, back = (walk(frame, 2, back=back).moment(1, 3) for back in (False, True))
    (curve,) = (item for item in forward.rows[0].items if isinstance(item, Curve))
    np.testing.assert_allclose(curve.y, 1 / (1 + np.exp(-curve.x)), **CLOSE)
    assert curve.slope is None
    (curve,) = (item for item in back.rows[0].items if isinstance(item, Curve))
    assert curve.slope == pytest.approx(curve.point[1] * (1 - curve.point[1]), rel=1e-12)


@pytest.mark.parametrize("loss", [*(cls() for cls in LOSSES.values()), Huber(delta=0.3)], ids=lambda loss: str(loss))
def test_the_contributions_add_up_to_the_loss(loss):
    frame, _ = trained(NETWORKS["channels"], loss=loss)
    last = len(frame.problem.layers)
    channels = channels_of(frame, last, back=False).into
    boards = [walk(frame, last, back=False, into=c).moment(1, 0).boards[-1] for c in range(channels)]
    assert sum(whole(board).sum() for board in boards) == pytest.approx(frame.loss, rel=1e-12)
    end = walk(frame, last, back=False, into=channels - 1)
    assert end.moment(1, end.phases[1].count - 1).facts["so far"] == pytest.approx(frame.loss, rel=1e-12)
    back = walk(frame, last, back=True)
    for position in range(back.phases[0].count):
        assert back.moment(0, position).rows[0].sum.total == pytest.approx(
            frame.value_grads[-1][0].ravel()[position], rel=1e-12
        )


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("back", [False, True])
def test_a_moment_of_the_loss_names_the_place_of_one_cell_alone(loss, back):
    """What all cells add takes a few maps; the places of all would take many more."""
    frame, _ = trained((Conv2d(1, padding=200),), loss=LOSSES[loss]())
    act = 0 if back else 1
    walk(frame, 1, back=back).moment(act, 0)
    tracemalloc.start()
    try:
        walk(frame, 1, back=back).moment(act, 7)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 6 * frame.residual.nbytes


@pytest.mark.parametrize(("loss", "residual"), [("sse", 2.0), ("mae", 1.0), ("huber", 0.5), ("huber", 1.0)])
def test_what_happens_to_equal_the_residual_is_not_called_so(loss, residual):
    frame, _ = trained(NETWORKS["demo"], loss=LOSSES[loss]())
    frame = replace(frame, residual=np.full_like(frame.residual, residual))
    walked = walk(frame, 2, back=True)
    told = walked.moment(0, 4).rows[0].sum
    assert [operand.role for operand in told.operands] == {
        "sse": [Role.SHARES, Role.RESIDUAL],
        "mae": [Role.SHARES, Role.SHARES],
        "huber": [Role.RESIDUAL, Role.SHARES, Role.SHARES],
    }[loss]


def test_the_curve_of_a_loss_passes_through_its_point():
    for loss in LOSSES.values():
        frame, _ = trained(NETWORKS["demo"], loss=loss())
        (curve,) = (item for item in walk(frame, 2, back=True).moment(0, 4).rows[0].items if isinstance(item, Curve))
        assert np.interp(curve.point[0], curve.x, curve.y) == pytest.approx(curve.point[1], rel=0.05, abs=0.01)


def test_an_input_gradient_nobody_asked_for_is_computed():
    _, trainer = trained(NETWORKS["demo"])
    bare, full = trainer.frame(), trainer.frame(input_gradient=True)
    assert bare.value_grads[0] is None
    boards = walk(bare, 0, back=True).moment(4, 0).boards
    np.testing.assert_allclose(whole(boards[3]), full.value_grads[0][0], **CLOSE)


def test_a_moment_of_a_large_map_is_made_of_its_crop():
    """A million cells: a moment of it holds views and a crop, nothing of the map's size is made."""
    array = np.zeros((1024, 1024))
    sheet = Lattice(array, (2050, 2050), (3, 3), (2, 2))
    assert sheet.crop(Area(1000, 900, 12, 9)).shape == (12, 9)
    array[500, 450] = 7.0
    row, column = sheet.place_of(500, 450)
    assert sheet.crop(Area(row, column, 1, 1))[0, 0] == 7.0
    assert sheet.source_of(row, column) == (500, 450)
    assert sheet.source_of(row + 1, column) is None
    values, real = sheet.under(Taps(row - 2, column - 2, (3, 3), (2, 2)))
    assert values[1, 1] == 7.0
    assert real.all()


@pytest.mark.parametrize("name", NETWORKS)
def test_a_run_that_diverged_can_be_walked_through_as_well(name, rng):
    """Kernels too large for the format: infinities, and what is no number."""
    frame, _ = trained(NETWORKS[name], steps=0, weight=1e308)
    assert not all(np.isfinite(values).all() for values in frame.values)
    for walked in all_walks(frame):
        for phase, act in enumerate(walked.phases):
            for position in {0, act.count - 1, *rng.integers(act.count, size=4).tolist()}:
                moment = walked.moment(phase, position)
                for board in moment.boards:
                    assert whole(board).shape == board.sheet.size
                for row in moment.rows:
                    told = row.sum
                    if told is not None and told.before is None and not told.function:
                        assert np.isfinite(told.terms).all() or not np.isfinite(told.total)
                    for curve in (item for item in row.items if isinstance(item, Curve)):
                        assert np.isfinite([curve.x, curve.y]).all()
