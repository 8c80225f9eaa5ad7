"""Everything a person can do in the window, in one table: what each is called, how it looks, and its keys."""

from __future__ import annotations

from typing import NamedTuple

from convviz.i18n import mark


class ActionSpec(NamedTuple):
    """One thing that can be done.

    Attributes
    ----------
    name
        Its object name, by which everything refers to it.
    group
        Which of `GROUPS` it is listed under.
    text, help
        The name on menus and buttons, and the sentence in tooltips; marked for translation.
    shortcuts
        Key sequences in Qt's portable form; the first is shown.
    icon
        The name of its drawing; empty: it has none.
    caption
        A shorter name for a tool button; empty: the same as ``text``.
    checkable
        Whether it is switched on and off, rather than done.
    """

    name: str
    group: str
    text: str
    help: str
    shortcuts: tuple[str, ...] = ()
    icon: str = ""
    caption: str = ""
    checkable: bool = False


#: The titles of the menus and, without their access keys, the headings of the page of shortcuts; in order.
GROUPS = {
    "file": mark("&File"),
    "edit": mark("&Edit"),
    "run": mark("&Run"),
    "history": mark("H&istory"),
    "view": mark("&View"),
    "help": mark("&Help"),
}

ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("open", "file", mark("Open…"), mark("Open an experiment file"), ("Ctrl+O",), "open"),
    ActionSpec(
        "open_input",
        "file",
        mark("Open picture or array as input…"),
        mark("Let a picture, an array (.npy) or a table of numbers be the input; or drop it onto the window"),
        ("Ctrl+Shift+I",),
        "open_input",
    ),
    ActionSpec(
        "open_target",
        "file",
        mark("Open picture or array as target…"),
        mark("Let a picture, an array (.npy) or a table of numbers be the target; or drop it onto the target"),
        ("Ctrl+Shift+T",),
        "open_target",
    ),
    ActionSpec("save", "file", mark("Save"), mark("Save the experiment to its file"), ("Ctrl+S",), "save"),
    ActionSpec(
        "save_as", "file", mark("Save as…"), mark("Save the experiment to another file"), ("Ctrl+Shift+S",), "save_as"
    ),
    ActionSpec(
        "save_picture",
        "file",
        mark("Save picture of the window…"),
        mark("Save what the window shows now as a picture: PNG, SVG or PDF"),
        ("Ctrl+Shift+P",),
        "picture",
    ),
    ActionSpec(
        "export_torch",
        "file",
        mark("Code (PyTorch)…"),
        mark("Write a script in PyTorch that makes the same run, from its first step on"),
        (),
        "code",
    ),
    ActionSpec(
        "export_numpy",
        "file",
        mark("Code (NumPy)…"),
        mark("Write a script in plain NumPy that makes the same run, forward and backward, to be read"),
        (),
        "code",
    ),
    ActionSpec(
        "export_table",
        "file",
        mark("Table of the run…"),
        mark("Write loss, learning rate and parameters of the recorded steps as a table for a spreadsheet"),
        (),
        "table",
    ),
    ActionSpec(
        "export_arrays",
        "file",
        mark("Arrays of this step…"),
        mark("Write every map, gradient and parameter of the step that is shown as arrays for NumPy"),
        (),
        "arrays",
    ),
    ActionSpec(
        "export_picture",
        "file",
        mark("Picture of a part…"),
        mark("Write a picture of the network, the loss or one map for slides and papers: SVG, PDF or PNG"),
        (),
        "figure",
    ),
    ActionSpec(
        "export_animation",
        "file",
        mark("Animation…"),
        mark("Write recorded steps as a moving picture: GIF, WebP, PNG or MP4"),
        (),
        "animation",
    ),
    ActionSpec("quit", "file", mark("Quit"), mark("Close the window and leave"), ("Ctrl+Q",), "quit"),
    ActionSpec("undo", "edit", mark("Undo"), mark("Undo the last change of the experiment"), ("Ctrl+Z",), "undo"),
    ActionSpec(
        "redo",
        "edit",
        mark("Redo"),
        mark("Make the change again that was undone"),
        ("Ctrl+Shift+Z", "Ctrl+Y"),
        "redo",
    ),
    ActionSpec(
        "copy_picture",
        "edit",
        mark("Copy picture"),
        mark("Copy a picture of the map or the plot that has the keys, or else of all that is shown"),
        ("Ctrl+Shift+C",),
        "copy",
    ),
    ActionSpec("play", "run", mark("Play"), mark("Let the student learn"), ("Space",), "play"),
    ActionSpec("step", "run", mark("Step"), mark("Make one training step"), (".",), "step"),
    ActionSpec(
        "run_n",
        "run",
        mark("Run N steps"),
        mark("Make as many steps as the number beside it says, then pause"),
        ("N",),
        "run_n",
        mark("Run N"),
    ),
    ActionSpec(
        "reset",
        "run",
        mark("Reset"),
        mark("Go back to step 0 with the same initial kernels; undoing that brings the run back"),
        ("R",),
        "reset",
    ),
    ActionSpec(
        "new_seed",
        "run",
        mark("New seed"),
        mark("Draw other random initial kernels for the student, with a new seed"),
        ("Shift+R",),
        "new_seed",
    ),
    ActionSpec("slower", "run", mark("Slower"), mark("Make fewer steps a second"), ("[",), "slower"),
    ActionSpec("faster", "run", mark("Faster"), mark("Make more steps a second"), ("]",), "faster"),
    ActionSpec(
        "free",
        "run",
        mark("As fast as it goes"),
        mark("Train as fast as the machine can, or at the speed of the slider again"),
        ("F",),
        "free",
        mark("Free"),
        checkable=True,
    ),
    ActionSpec("first", "history", mark("Step 0"), mark("Show how the run began"), ("Home",), "first"),
    ActionSpec("earlier", "history", mark("One step earlier"), mark("Show the step before"), ("Alt+Left",), "earlier"),
    ActionSpec("later", "history", mark("One step later"), mark("Show the step after"), ("Alt+Right",), "later"),
    ActionSpec(
        "replay",
        "history",
        mark("Replay"),
        mark("Let the recorded steps pass again, from the one that is shown or from step 0; nothing is trained"),
        ("P",),
        "replay",
    ),
    ActionSpec(
        "live", "history", mark("Live"), mark("Leave the past and show the newest step again"), ("End",), "live"
    ),
    ActionSpec(
        "continue",
        "history",
        mark("Continue from here"),
        mark("Train on from the step that is shown, as a new branch; the steps after it are kept as another one"),
        ("C",),
        "continue",
        mark("Continue"),
    ),
    ActionSpec(
        "previous_branch",
        "history",
        mark("Previous branch"),
        mark("Go to the branch that began before this one, at its newest step"),
        ("Alt+Up",),
        "previous_branch",
    ),
    ActionSpec(
        "next_branch",
        "history",
        mark("Next branch"),
        mark("Go to the branch that began after this one, at its newest step"),
        ("Alt+Down",),
        "next_branch",
    ),
    ActionSpec(
        "microscope",
        "view",
        mark("Microscope"),
        mark("Show step by step how a layer makes its numbers, forward and backward"),
        ("M",),
        "microscope",
        checkable=True,
    ),
    ActionSpec(
        "landscape",
        "view",
        mark("Landscape"),
        mark("Show the loss around the student as a landscape, and the path of the run through it"),
        ("Shift+L",),
        "landscape",
        checkable=True,
    ),
    ActionSpec(
        "let_go",
        "view",
        mark("Let go of the number"),
        mark("Let go of the cell, or leave the microscope or the landscape"),
        ("Esc",),
        "dismiss",
        mark("Let go"),
    ),
    ActionSpec(
        "input_gradient",
        "view",
        mark("Gradient of the input"),
        mark("Show how the loss would change with each cell of the input, which training has no use for"),
        ("I",),
        "input_gradient",
        checkable=True,
    ),
    ActionSpec(
        "keep_curve",
        "view",
        mark("Keep loss curve"),
        mark("Keep the loss curve of this run in the plot, to compare other runs with it; the last three are kept"),
        ("K",),
        "keep_curve",
    ),
    ActionSpec(
        "forget_curves",
        "view",
        mark("Clear dashed curves"),
        mark("Take every dashed curve out of the plot: kept ones are forgotten, to other branches one can still go"),
        ("Shift+K",),
        "forget_curve",
    ),
    ActionSpec(
        "log_loss",
        "view",
        mark("Logarithmic axis"),
        mark("Draw the loss on a logarithmic axis"),
        ("L",),
        "log",
        mark("Log"),
        checkable=True,
    ),
    ActionSpec(
        "reset_zoom",
        "view",
        mark("Show the whole loss curve"),
        mark("Undo zooming and moving in the loss plot"),
        ("Ctrl+0",),
        "reset_zoom",
        mark("Whole curve"),
    ),
    ActionSpec(
        "inspector",
        "view",
        mark("Inspector"),
        mark("Show the controls of what is selected"),
        ("F9",),
        "inspector",
        checkable=True,
    ),
    ActionSpec(
        "gradient_check",
        "view",
        mark("Gradient check"),
        mark("Show every number of the latest check of the gradients"),
        ("Ctrl+G",),
        "gradient_check",
    ),
    ActionSpec(
        "full_screen",
        "view",
        mark("Full screen"),
        mark("Use the whole screen; Esc leaves it"),
        ("F11",),
        "full_screen",
        checkable=True,
    ),
    ActionSpec(
        "present",
        "view",
        mark("Present"),
        mark("Show the picture alone, large and on the whole screen; again, or Esc: all as it was"),
        ("F5",),
        "present",
        checkable=True,
    ),
    ActionSpec(
        "alone",
        "view",
        mark("One part alone"),
        mark("Show the part that is pointed at, or else the selected one, alone and as large as there is room for"),
        ("Z",),
        "alone",
        checkable=True,
    ),
    ActionSpec(
        "blank",
        "view",
        mark("Blank screen"),
        mark("While presenting: show nothing; any key or a click brings the picture back"),
        ("B",),
        "blank",
    ),
    ActionSpec(
        "spotlight",
        "view",
        mark("Ring around the pointer"),
        mark("While presenting: draw a large ring around the pointer, or none"),
        ("S",),
        "spotlight",
    ),
    ActionSpec(
        "reset_layout",
        "view",
        mark("Reset layout"),
        mark("Give every part of the window its original size again"),
        (),
        "reset_layout",
    ),
    ActionSpec(
        "open_lesson",
        "help",
        mark("Open lesson file…"),
        mark("Begin a lesson that somebody has written as a file"),
        (),
        "open",
    ),
    ActionSpec(
        "lesson_back",
        "help",
        mark("Previous scene"),
        mark("Go to the previous scene of the lesson"),
        ("Ctrl+Left", "PgUp"),
        "lesson_back",
    ),
    ActionSpec(
        "lesson_next",
        "help",
        mark("Next scene"),
        mark("Go to the next scene of the lesson"),
        ("Ctrl+Right", "PgDown"),
        "lesson_next",
    ),
    ActionSpec(
        "lesson_leave",
        "help",
        mark("Leave the lesson"),
        mark("Bring back what was there before the lesson; Esc does that, too"),
        (),
        "lesson_leave",
    ),
    ActionSpec("shortcuts", "help", mark("Shortcuts"), mark("List every shortcut"), ("F1",), "shortcuts"),
    ActionSpec("about", "help", mark("About convviz"), mark("Version, licence and libraries"), (), "about"),
)

#: What writes something of the experiment or the run to a file, in order.
EXPORTS = tuple(spec.name for spec in ACTIONS if spec.name.startswith("export_"))

#: What acts on an experiment or a run, and waits until there is one.
WAITING = (
    *("open", "open_input", "open_target", "save", "save_as", "save_picture", *EXPORTS),
    *("copy_picture", "undo", "redo", "play", "step", "run_n", "reset"),
    *("microscope", "landscape", "let_go", "alone", "present", "blank", "spotlight"),
    *("gradient_check", "input_gradient", "open_lesson", "lesson_back", "lesson_next", "lesson_leave"),
)
