"""Each built-in lesson played through in the real window, as somebody does who follows it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import QCoreApplication, QEvent, QPoint, QRect, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QLabel, QWidget

from convviz.engine import ReLU
from convviz.engine.frames import State
from convviz.i18n import language, tr
from convviz.model.lessons.library import find_lesson, lesson_titles
from convviz.model.lessons.reading import read_lesson
from convviz.views.editors.number_box import NumberBox
from convviz.views.heatmap import Heatmap
from convviz.views.lessons.rings import Ring
from tests.views.hands import type_over

if TYPE_CHECKING:
    from collections.abc import Callable

    from convviz.model.lessons.lesson import Lesson
    from tests.views.conftest import OpenWindow, Person


def arrive(person: Person) -> None:
    person.sees(lambda: person.window.has_lesson)


def begin(person: Person, name: str) -> Lesson:
    person.window.open_lesson(name)
    arrive(person)
    return read_lesson(find_lesson(name))


def cell_of(person: Person, name: str, *cell: int) -> tuple[Heatmap, QPoint]:
    heatmap = person.find(Heatmap, f"pipeline.{name}")
    person.sees(lambda: not heatmap.cell_rect(0, *cell).isEmpty())
    return heatmap, heatmap.cell_rect(0, *cell).center()


def point(name: str, *cell: int) -> Callable[[Person], None]:
    def act(person: Person) -> None:
        heatmap, at = cell_of(person, name, *cell)
        QTest.mouseMove(heatmap, at + QPoint(0, -1))
        QTest.mouseMove(heatmap, at)

    return act


def click(name: str, *cell: int) -> Callable[[Person], None]:
    def act(person: Person) -> None:
        heatmap, at = cell_of(person, name, *cell)
        person.bot.mouseClick(heatmap, Qt.MouseButton.LeftButton, pos=at)

    return act


def press(*keys: str) -> Callable[[Person], None]:
    def act(person: Person) -> None:
        for key in keys:
            person.press(key)

    return act


def put(name: str, text: str) -> Callable[[Person], None]:
    def act(person: Person) -> None:
        type_over(person.find(NumberBox, name), text)

    return act


def play(person: Person) -> None:
    """Let it learn: once through at the speed of the scene, and the other times as fast as it goes."""
    if language() != "en":
        person.press("F")
    person.press("Space")


def back_again(person: Person) -> None:
    person.press("C")
    person.sees(lambda: person.session.status.step == 0 and person.session.status.shown is None)
    put("optimizer.learning_rate", "0.004")(person)
    play(person)


#: What somebody does in each scene; None: there is nothing to be done.
DONE: dict[str, list[Callable[[Person], None] | None]] = {
    "convolution": [
        None,
        click("reconstruction", 0, 1),
        point("reconstruction", 3, 3),
        press("M"),
        press("Right"),
        put("layers.0.kernel.vertical", "5"),
        play,
    ],
    "backward": [
        press("M"),
        press("2"),
        press("Space", "3"),
        press("Space", "4"),
        press("Space", "5"),
        press("Home"),
        press("Right"),
        press("."),
    ],
    "stride": [
        put("layers.1.stride.vertical", "2"),
        put("layers.1.stride.vertical", "3"),
        point("map1", 11, 11),
        click("map1.gradient", 10, 11),
        press("5", "End"),
        play,
        put("layers.1.kernel.vertical", "3"),
    ],
    "learning-rate": [
        press("."),
        play,
        put("optimizer.learning_rate", "0.004"),
        play,
        press("."),
        press("Space"),
        press("Home"),
        back_again,
    ],
}


def rings(person: Person) -> list[Ring]:
    return [ring for ring in person.window.findChildren(Ring) if ring.isVisible()]


def shown_text(person: Person, name: str) -> str:
    return person.find(QLabel, name).text().replace("\u00a0", " ")


def fits(label: QLabel) -> bool:
    needed = label.fontMetrics().boundingRect(
        QRect(0, 0, label.width(), 10_000), int(Qt.TextFlag.TextWordWrap), label.text()
    )
    return needed.height() <= label.height() and needed.width() <= label.width()


@pytest.mark.parametrize("name", DONE)
@pytest.mark.parametrize(("spoken", "size"), [("en", (1024, 640)), ("zh_CN", (1280, 800))])
def test_a_lesson_can_be_followed_to_its_end(
    open_window: OpenWindow, name: str, spoken: str, size: tuple[int, int]
) -> None:
    person = open_window(size=size)
    person.window.set_language(spoken)
    lesson = begin(person, name)
    lessons = person.window.lessons
    own = person.window.size()
    height = person.find(QWidget, "lesson").height()
    for number, (scene, act) in enumerate(zip(lesson.scenes, DONE[name], strict=True)):
        arrive(person)
        assert shown_text(person, "lesson.text") == tr(scene.text)
        assert (tr(scene.text) != scene.text) == (spoken != "en")
        assert f"{number + 1}" in shown_text(person, "lesson.count")
        person.sees(lambda scene=scene: len(rings(person)) == len(scene.marks))
        for ring in rings(person):
            assert person.window.rect().contains(ring.inner), ring.inner
            assert min(ring.inner.width(), ring.inner.height()) >= 4
        assert fits(person.find(QLabel, "lesson.text"))
        assert fits(person.find(QLabel, "lesson.task"))
        assert person.find(QWidget, "lesson").height() == height
        assert person.window.size() == own
        if act is None or scene.task is None:
            assert act is None
            assert scene.task is None
        else:
            assert shown_text(person, "lesson.task") == tr(scene.task.text)
            assert not lessons.is_done, scene.task.text
            act(person)
            person.sees(lambda: lessons.is_done)
            assert person.find(QLabel, "lesson.task").accessibleName().endswith(tr("Done."))
        person.click("lesson.next")
    person.sees(lambda: not person.find(QWidget, "lesson").isVisible())
    assert rings(person) == []


@pytest.mark.parametrize("name", lesson_titles())
def test_nothing_has_to_be_done_to_go_on_and_the_way_back_is_the_same(open_window: OpenWindow, name: str) -> None:
    person = open_window()
    lesson = begin(person, name)
    texts = []
    for _ in lesson.scenes:
        arrive(person)
        texts.append(shown_text(person, "lesson.text"))
        person.press("Ctrl+Right")
    person.sees(lambda: not person.find(QWidget, "lesson").isVisible())
    begin(person, name)
    for _ in lesson.scenes[1:]:
        person.press("PgDown")  # as fast as a key can be pressed
    for text in reversed(texts):
        arrive(person)
        assert shown_text(person, "lesson.text") == text
        scene = lesson.scenes[texts.index(text)]
        person.sees(partial(lambda marks: len(rings(person)) == len(marks), scene.marks))
        person.press("Ctrl+Left")
    assert person.session.status.state is not State.FAILED


def test_what_a_ring_was_around_may_be_no_more(open_window: OpenWindow) -> None:
    person = open_window()
    begin(person, "stride")
    person.sees(lambda: bool(rings(person)))
    first, second = person.document.experiment.stages
    stages = (first, second.replace(layer=ReLU()))
    person.document.propose(person.document.experiment.replace(stages=stages), "no kernel")
    person.look_at("input")
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    person.press("Ctrl+Right")
    arrive(person)
    person.press("Ctrl+Left")
    arrive(person)
    person.sees(lambda: bool(rings(person)))
