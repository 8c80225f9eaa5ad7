"""From the way forward to the way back and again: the cell that is looked at stays."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt

from convviz.engine.explain import Kind, Tensor
from convviz.engine.walkthrough import Act
from convviz.views.pointing import Pointed
from tests.views.hands import choose_item

OTHER = {Kind.VALUE: Kind.VALUE_GRAD, Kind.VALUE_GRAD: Kind.VALUE}


def seen(viewer):
    """Return all that is chosen, and the number that it is about."""
    boxes = [viewer.box(name) for name in ("layer", "into", "of")]
    microscope = viewer.microscope
    chosen = [box.currentText() for box in boxes if box.isVisible()]
    return microscope.back, microscope.phase, microscope.position, chosen, microscope.number


@pytest.mark.parametrize("name", ["demo", "channels", "pooling", "dead-border", "transposed"])
@pytest.mark.parametrize("back", [False, True])
def test_the_other_way_shows_the_same_place_and_leads_back(look, name, back):
    viewer = look(name, layer=0)
    for layer in range(len(viewer.frame.problem.layers) + 1):
        viewer.microscope.show_layer(layer, back=back)
        for phase in range(len(viewer.chips())):
            viewer.microscope.show_layer(layer, back=back)
            viewer.microscope.show_phase(phase)
            viewer.slider("scrub").setValue(viewer.slider("scrub").maximum() * 2 // 3)
            before = seen(viewer)
            viewer.press(Qt.Key.Key_D)
            assert viewer.microscope.back != back
            number, there = before[-1], viewer.microscope.number
            if number is not None and number.tensor.kind in OTHER:
                kinds = {OTHER[number.tensor.kind], Kind.RESIDUAL}
                assert there.tensor.kind in kinds, (layer, phase)
                assert there.index == number.index, (layer, phase)
                assert there.tensor.position == number.tensor.position or there.tensor.kind is Kind.RESIDUAL
            viewer.press(Qt.Key.Key_D)
            assert seen(viewer) == before, (layer, phase)


def test_a_channel_that_lies_under_others_is_brought_to_the_front(look):
    """The error of the third channel is not the one that lies on top."""
    viewer = look("channels", layer=0)
    viewer.microscope.show_cell(Pointed(Tensor(Kind.VALUE, 1), (2, 4, 6)))
    viewer.click("backwards")
    assert viewer.microscope.number == Pointed(Tensor(Kind.VALUE_GRAD, 1), (2, 4, 6))
    assert viewer.box("of").currentText() == "channel 3"
    viewer.click("forwards")
    assert viewer.microscope.number == Pointed(Tensor(Kind.VALUE, 1), (2, 4, 6))


def test_who_moves_on_the_other_way_does_not_come_back_to_the_old_place(look):
    viewer = look()
    viewer.microscope.show_cell(Pointed(Tensor(Kind.VALUE, 2), (0, 2, 3)))
    viewer.press(Qt.Key.Key_D)
    viewer.press(Qt.Key.Key_Right)
    viewer.press(Qt.Key.Key_D)
    assert viewer.moment.phase.act is Act.WINDOWS
    assert viewer.microscope.number == Pointed(Tensor(Kind.VALUE, 2), (0, 2, 4))


def test_the_way_that_is_seen_already_can_be_clicked(look):
    viewer = look()
    viewer.press(Qt.Key.Key_5)
    viewer.slider("scrub").setValue(30)
    before = seen(viewer)
    viewer.click("backwards")
    assert seen(viewer) == before


def test_the_way_back_is_forgotten_with_the_network(look):
    viewer, other = look("channels", layer=2), look("demo", layer=0)
    viewer.microscope.show_cell(Pointed(Tensor(Kind.VALUE, 3), (0, 2, 3)))
    viewer.press(Qt.Key.Key_D)
    viewer.microscope.set_frame(other.frame)
    viewer.press(Qt.Key.Key_D)
    assert viewer.moment.rows


def test_from_a_parameter_the_other_way_begins_where_its_result_is_made(look):
    viewer = look()
    choose_item(viewer.box("layer"), "2: Convolution 4×4, stride 2")
    viewer.microscope.show_cell(Pointed(Tensor(Kind.WEIGHT, 1), (0, 0, 1, 2)))
    viewer.press(Qt.Key.Key_D)
    assert (viewer.microscope.layer, viewer.microscope.phase, viewer.microscope.position) == (1, 1, 0)
    assert viewer.moment.phase.act is Act.WINDOWS
