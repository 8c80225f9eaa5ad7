"""What is said of a landscape."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from convviz.engine import Conv2d
from convviz.engine.landscape import Plane, Way, Window, grid
from convviz.model.files import load_builtin
from convviz.model.survey_loop import Survey, Track
from convviz.model.surveying import Place
from convviz.views import theme
from convviz.views.language import speak
from convviz.views.panels.landscape.drawing import Places, room_upright
from convviz.views.panels.landscape.map import LandscapeMap
from convviz.views.panels.landscape.wording import (
    axis_names,
    off_text,
    parameter_texts,
    place_text,
    progress_text,
    sentence,
    share_text,
    spot_text,
)
from tests.checked import experiment


def surveyed(kind="path", ways=(Way.MAIN, Way.SECOND), level=5, left=0.0):
    problem = load_builtin("demo").build()
    size = problem.network.size
    plane = Plane(np.zeros(size), np.eye(size)[0], np.eye(size)[1], ways)
    return Survey(1, problem, 1, kind, 1200, (0, 11), plane, Window(-1, 1, -1, 1), np.ones(grid(level)), level, left)


@pytest.mark.parametrize("name", ["demo", "channels", "transposed", "pooling"])
def test_every_parameter_has_a_name_of_its_own(name):
    problem = load_builtin(name).build()
    texts = parameter_texts(problem, range(problem.network.size))
    assert sorted(texts) == list(range(problem.network.size))
    assert len(set(texts.values())) == problem.network.size


def test_a_name_leads_to_its_number():
    problem = load_builtin("demo").build()
    vector = problem.network.pack(problem.initial)
    texts = {text: place for place, text in parameter_texts(problem, range(len(vector))).items()}
    assert vector[texts["Kernel 1 [2, 3]"]] == problem.initial[0]["weight"][0, 0, 1, 2]
    assert vector[texts["Kernel 2 [4, 1]"]] == problem.initial[1]["weight"][0, 0, 3, 0]
    assert vector[texts["Bias 2"]] == problem.initial[1]["bias"][0]
    several = experiment(Conv2d(kernel=2, out_channels=3)).build()
    names = parameter_texts(several, range(several.network.size))
    place = next(place for place, text in names.items() if text == "Kernel 1 [3, 1, 2, 1]")
    assert several.network.pack(several.initial)[place] == several.initial[0]["weight"][2, 0, 1, 0]
    assert "Bias 1 [3]" in names.values()


@pytest.mark.parametrize(
    ("kind", "ways", "told", "across"),
    [
        ("path", (Way.MAIN, Way.SECOND), "in which the path is seen best", "distance from step 1,200 in the main"),
        ("path", (Way.MAIN, Way.TEACHER), "upwards towards the teacher", "distance from step 1,200 in the main"),
        ("path", (Way.RANDOM, Way.RANDOM), "in a random direction", "step 1,200 in a random direction"),
        ("teacher", (Way.TEACHER, Way.STEP), "the teacher and step 1,200", "from the start towards the teacher"),
        ("gradient", (Way.GRADIENT, Way.LAST), "along steepest descent", "step 1,200 along steepest descent"),
        ("weights", (Way.PARAMETER, Way.PARAMETER), "Kernel 1 [1, 1] and Kernel 2 [1, 2]", "Kernel 1 [1, 1]"),
    ],
)
def test_it_is_said_how_the_plane_lies(kind, ways, told, across):
    survey = surveyed(kind, ways)
    assert told in sentence(survey, None)
    assert "1,200" in sentence(survey, None)
    assert across in axis_names(survey)[0]
    assert "{" not in "".join((sentence(survey, None), *axis_names(survey)))


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_name_of_the_upright_axis_is_whole_in_the_lowest_picture(qapp, language):
    speak(language)
    try:
        high = room_upright(Places.of(600, LandscapeMap().minimumHeight(), Window(-1, 1, -1, 1), None))
        for way in (Way.SECOND, Way.TEACHER, Way.STEP, Way.LAST, Way.RANDOM):
            names = axis_names(surveyed("path", (Way.MAIN, way)))
            assert theme.metrics("small").horizontalAdvance(names.up_brief) <= high
            assert len(names.up_brief) < len(names.up)
    finally:
        speak("en")


def test_a_plane_of_an_earlier_run_is_told_as_such():
    assert "step 1,200 of an earlier run" in sentence(surveyed(), None, earlier=True)


def test_it_is_said_how_long_the_rest_takes():
    assert progress_text(surveyed()) == ""
    assert progress_text(surveyed(level=3, left=41.2)) == "41×25 points so far, 42 s left"
    assert progress_text(surveyed(level=4, left=0.5)) == "81×49 points so far"
    assert progress_text(surveyed(level=0, left=math.nan)) == "6×4 points so far"


@pytest.mark.parametrize(
    ("share", "told"), [(0.0004, "<1%"), (0.031, "3%"), (0.9748, "97.5%"), (1.0, "100%"), (0.0, "0%")]
)
def test_it_is_said_how_much_of_the_path_is_seen(share, told):
    survey = surveyed()
    track = Track(survey.plane, 1, np.arange(3), np.ones(3), np.zeros((3, 2)), np.zeros(3), share)
    assert share_text(track) == f"It shows {told} of the path's spread."
    assert share_text(replace(track, share=math.nan)) == ""


def test_a_step_is_on_the_plane_or_off_it():
    assert off_text(Place(3, 1.0, 2.0, 1e-12, 5.0)) == "on the plane"
    assert off_text(Place(3, 1.0, 2.0, 0.0312, 5.0)) == "0.031 off the plane"
    assert place_text(Place(3000, 1.0, 2.0, 0.25, 5.0)) == "step 3,000: loss 5, 0.25 off the plane"


def test_a_place_has_a_loss_or_none_yet_or_no_number():
    assert spot_text(0.5, -1.25, 3.25) == "at [0.5000, −1.250]: loss 3.25"
    assert spot_text(0.5, -1.25, None) == "at [0.5000, −1.250]: measuring…"
    assert spot_text(0.5, -1.25, math.inf) == "at [0.5000, −1.250]: the loss is no finite number"
    assert spot_text(0.5, -1.25, 3.25, 1500).endswith("loss 3.25 · a click shows step 1,500")
