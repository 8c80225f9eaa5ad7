"""What stands above the stage is true of what is seen on it, also after a frame or a language that changes little."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtCore import Qt

from convviz.engine import MeanSquaredError, Trainer
from convviz.engine.walkthrough import Act
from convviz.i18n import tr
from convviz.model.files import load_builtin
from convviz.views.language import speak
from tests.views.panels.microscope.seeing import phase_of


def test_the_list_of_layers_stays_at_the_one_that_is_seen_when_the_loss_becomes_another(look):
    viewer = look("demo", layer=1)
    shown, loss = viewer.box("layer").currentText(), viewer.box("layer").itemText(2)
    other = replace(load_builtin("demo"), loss=MeanSquaredError())
    viewer.microscope.set_frame(Trainer(other.build()).frame(input_gradient=True))
    assert viewer.box("layer").itemText(2) != loss
    assert viewer.box("layer").currentText() == shown
    assert viewer.microscope.layer == 1


def test_another_language_leaves_the_channel_of_the_kernels_gradient_chosen(look):
    viewer = look("channels", layer=0)
    viewer.microscope.show_phase(phase_of(viewer, Act.WEIGHTS))
    chosen = viewer.box("of").currentIndex()
    assert viewer.box("of").count() > 1
    assert chosen > 0
    speak("zh_CN")
    viewer.microscope.retranslate()
    assert viewer.box("of").currentIndex() == chosen
    assert viewer.box("of").currentText() == tr("channel {n}").format(n=1)


def test_screen_readers_are_told_the_sentence_that_is_seen(look):
    viewer = look("demo", layer=1, size=(1600, 1000))
    viewer.microscope.show_phase(phase_of(viewer, Act.MEETING))
    english = viewer.stage.accessibleName()
    assert english == viewer.stage.sentence()
    speak("zh_CN")
    viewer.microscope.retranslate()
    assert viewer.stage.accessibleName() == viewer.stage.sentence() != english
    together = viewer.stage.sentence()
    viewer.microscope.resize(700, 300)  # with room for one row alone, whose sentence is another
    assert viewer.stage.accessibleName() == viewer.stage.sentence() != together
    viewer.press(Qt.Key.Key_Z)
    assert viewer.stage.accessibleName() == viewer.stage.sentence()
