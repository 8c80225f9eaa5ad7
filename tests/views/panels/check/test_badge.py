"""The badge in the status bar of the real window."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction, QColor

from convviz.engine.frames import State
from convviz.model.files import load_builtin
from convviz.views import theme
from convviz.views.panels.check.table import CheckTable
from tests.checked import experiment, kinked, wrong, wrong_between
from tests.views.panels.check.conftest import badge
from tests.views.reading import number_in


def colours_of(widget):
    image = widget.grab().toImage()
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


@pytest.mark.parametrize("name", ["demo", "channels", "pooling", "dead-relu"])
def test_what_is_right_is_said_to_be_right(checked, name):
    text = badge(checked(name)).text()
    assert text.startswith("✓ gradients right within ")
    assert number_in(text.rsplit(" ", 1)[1]) < 1e-6


@pytest.mark.parametrize(("wanted", "layer"), [(wrong, 2), (wrong_between, 3)])
def test_what_is_wrong_is_named(checked, wanted, layer):
    shown = badge(checked(wanted()))
    assert shown.text() == f"✗ gradients wrong: layer {layer}"
    assert "Worst relative error 0.0010" in shown.toolTip()


def test_a_kink_is_no_error(checked):
    shown = badge(checked(kinked()))
    assert shown.text().startswith("✓")
    assert "lie on a kink" in shown.toolTip()


def test_colour_goes_with_sign_and_words(checked, qtbot):
    person = checked(experiment())
    assert theme.current().good.name() in colours_of(badge(person))
    person.document.propose(wrong(), "another")
    person.sees(lambda: badge(person).text().startswith("✗"))
    assert theme.current().bad.name() in colours_of(badge(person))
    person.window.set_theme("dark")
    assert theme.DARK.bad.name() in colours_of(badge(person))
    assert theme.LIGHT.bad.name() not in colours_of(badge(person))


def test_another_experiment_is_checked_before_it_is_believed(checked):
    person = checked(wrong())
    said = []
    person.session.frame_changed.connect(lambda frame: said.append(badge(person).text()))
    person.document.propose(experiment(), "another")
    person.sees(lambda: badge(person).text().startswith("✓"))
    assert said == ["checking…"]


def test_the_step_that_was_checked_is_told(checked):
    person = checked()
    person.click("step")
    person.sees_step(1)
    person.sees(lambda: "at step 1." in badge(person).toolTip())
    person.run_to_the_end()
    person.sees(lambda: "at step 2,000." in badge(person).toolTip())
    assert "27 of 27 parameters" in badge(person).toolTip()


def test_nothing_moves_whatever_it_says(checked):
    person = checked(experiment())
    place = badge(person).geometry()
    seen = []
    person.session.frame_changed.connect(lambda frame: seen.append((badge(person).text(), badge(person).geometry())))
    person.document.propose(wrong(), "another")
    person.sees(lambda: badge(person).text().startswith("✗"))
    assert seen == [("checking…", place)]
    assert badge(person).geometry() == place


@pytest.mark.parametrize("key", ["Enter", "Return", "Space"])
def test_the_keyboard_opens_the_table(checked, key):
    person = checked()
    assert badge(person).focusPolicy() & Qt.FocusPolicy.TabFocus
    badge(person).setFocus()
    person.press(key, on=badge(person))
    person.dialog(CheckTable, "check_table")


def test_the_menu_and_a_key_of_its_own_open_the_table(checked):
    person = checked()
    person.press("Ctrl+G", on=person.window)
    person.dialog(CheckTable, "check_table").close()
    person.sees(lambda: person.window.findChild(CheckTable, "check_table") is None)
    person.find(QAction, "gradient_check").trigger()
    person.dialog(CheckTable, "check_table")


def test_the_focus_is_seen(checked, qtbot):
    person = checked()
    without = colours_of(badge(person))
    badge(person).setFocus()
    qtbot.waitUntil(badge(person).hasFocus)
    ring = theme.current().accent.name()
    assert ring not in without
    assert ring in colours_of(badge(person))


def test_a_second_click_opens_no_second_table(checked):
    person = checked()
    person.click("check_badge")
    first = person.dialog(CheckTable, "check_table")
    person.click("check_badge")
    assert person.window.findChildren(CheckTable) == [first]
    first.close()
    person.sees(lambda: not person.window.findChildren(CheckTable))
    person.click("check_badge")
    assert person.dialog(CheckTable, "check_table").isVisible()


def test_it_speaks_the_language_of_the_window(checked):
    person = checked()
    person.window.set_language("zh_CN")
    assert badge(person).text().startswith("✓ 梯度正确")
    assert badge(person).accessibleName() == badge(person).text()
    assert "参数" in badge(person).toolTip()


def test_a_diverged_run_keeps_a_verdict(checked):
    person = checked(load_builtin("diverging"))
    person.click("play")
    person.sees_state(State.DIVERGED)
    person.sees(lambda: badge(person).text()[0] in "✓!")
    assert QColor(theme.current().bad).name() not in colours_of(badge(person))


def test_the_window_can_be_closed_while_it_checks(open_window):
    person = open_window(experiment(size=400))  # of which a check takes long enough to be seen on any machine
    person.sees(lambda: badge(person).text() == "checking…")
    person.window.close()
    assert badge(person).text() == "checking…"


def test_a_picture_of_the_window_is_not_taken_before_all_is_checked(open_window):
    person = open_window("demo")
    if badge(person).text() == "checking…":
        assert not person.window.is_checked
    person.sees(lambda: person.window.is_checked)
    assert badge(person).text().startswith("✓")
