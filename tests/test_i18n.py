"""Every sentence has a translation that fits it, and no translation is left without its sentence."""

from __future__ import annotations

import ast
import re
import string
from typing import TYPE_CHECKING

import pytest
from babel.messages.mofile import read_mo

from convviz.i18n import LANGUAGES, Listed, joined, language, mark, ntr, set_language, system_language, tr
from tests.catalogue import KEYWORDS, LOCALE, catalogue_file, read_catalogue, template, untranslated

if TYPE_CHECKING:
    from pathlib import Path

    from babel.messages.catalog import Catalog

TRANSLATED = [code for code in LANGUAGES if code != "en"]
UPDATE = "run python -m tests.catalogue"


def forms(text: object) -> tuple[str, ...]:
    """Return a message's or a translation's texts: one, or one for each plural form."""
    return (text,) if isinstance(text, str) else tuple(text)  # type: ignore[arg-type]


def fields(text: str) -> set[str]:
    """Return the names that ``str.format`` or ``%`` fills in."""
    named = {f"%{name}" for name in re.findall(r"%\((\w+)\)[sdr]|%[sdr]", text)}
    if named:
        return named
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def entries(code: str) -> dict[object, object]:
    """Return what is translated to what."""
    return {message.id: message.string for message in read_catalogue(code) if message.id}


@pytest.fixture(scope="module")
def sentences() -> Catalog:
    """Return every sentence that is said today."""
    return template()


def test_every_catalogue_is_a_language_that_can_be_chosen() -> None:
    assert sorted(path.name for path in LOCALE.iterdir() if path.is_dir()) == sorted(TRANSLATED)


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_sentence_is_missing(code: str, sentences: Catalog) -> None:
    known = {forms(message) for message in entries(code)}
    missing = [message.id for message in sentences if message.id and forms(message.id) not in known]
    assert missing == [], UPDATE


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_translation_is_unused(code: str, sentences: Catalog) -> None:
    said = {forms(message.id) for message in sentences if message.id}
    assert [message for message in entries(code) if forms(message) not in said] == [], UPDATE


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_translation_is_empty_or_guessed(code: str) -> None:
    assert untranslated(read_catalogue(code)) == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_translations_have_the_fields_of_their_sentence(code: str) -> None:
    for sentence, translation in entries(code).items():
        wanted = set.union(*map(fields, forms(sentence)))
        for form in filter(None, forms(translation)):
            assert fields(form) == wanted, f"{sentence!r} -> {form!r}"


@pytest.mark.parametrize("code", TRANSLATED)
def test_translations_begin_and_end_as_their_sentence(code: str) -> None:
    """What is joined to something else keeps the blanks and line ends that join it."""
    for sentence, translation in entries(code).items():
        for form in filter(None, forms(translation)):
            original = forms(sentence)[0]
            assert form.endswith("\n") == original.endswith("\n"), sentence
            assert form.startswith(" ") == original.startswith(" "), sentence


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_file_that_the_program_reads_is_the_one_that_is_translated(code: str) -> None:
    with catalogue_file(code, ".mo").open("rb") as file:
        compiled = {forms(m.id): forms(m.string) for m in read_mo(file) if m.id}
    assert compiled == {forms(key): forms(value) for key, value in entries(code).items()}, UPDATE


@pytest.mark.parametrize("code", TRANSLATED)
def test_chinese_is_chinese(code: str) -> None:
    """A sentence that was left in English has no letter of the language in it."""
    if code != "zh_CN":
        pytest.skip("only Chinese can be told by its letters")
    left = [
        message
        for message, translation in entries(code).items()
        if re.search(r"[a-z]{3,} [a-z]{3,}", re.sub(r"\{[^}]*\}", "", forms(message)[0]))
        and not re.search(r"[一-鿿]|^$", forms(translation)[0])
    ]
    assert left == []


#: Words of the field -> the one Chinese word for each. A filter counted or a map drawn is the same thing everywhere.
TERMS = {
    r"average pooling|avg pool": "平均池化",
    r"max pool(ing)?": "最大池化",
    r"parameters? checked|check &every|whole check|of the check|checking|to check": "检验",
    r"dilation": "空洞率",
    r"groups": "组",
    r"gradients?": "梯度",
    r"kernels?": "卷积核",
    r"learning rate": "学习率",
    r"lets? go": "取消固定",
    r"logarithmic axis|loss \(logarithmic\)": "对数坐标",
    r"maps?(?! \{size\})": "特征图",  # beside its size there is no room for the word, and it stands above
    r"padding": "填充",
    r"standard deviation": "标准差",
    r"step size": "步长",
    r"stride": "步幅",
    r"backwards?": "反向",
    r"(?<!cell )forwards?": "前向",  # the microscope goes forward by a cell, too
}
#: What has another name in the program.
OTHER_WORDS = (
    r"forwards",
    r"backwards",
    r"maximum pooling",
    r"mean pool",
    r"(?<!standard )deviation",
    r"logarithmic loss",
)


@pytest.mark.parametrize("term", TERMS)
def test_a_term_has_one_translation(term: str) -> None:
    said = re.compile(rf"(?<![\w{{])({term})(?!\w)", re.IGNORECASE)
    about = {key: value for key, value in entries("zh_CN").items() if any(map(said.search, forms(key)))}
    assert about
    assert {key: value for key, value in about.items() if TERMS[term] not in forms(value)[0]} == {}


@pytest.mark.parametrize("word", OTHER_WORDS)
def test_a_thing_has_one_name(word: str, sentences: Catalog) -> None:
    said = re.compile(rf"\b{word}\b", re.IGNORECASE)
    assert [m.id for m in sentences if m.id and any(map(said.search, forms(m.id)))] == []


def package_files(repository: Path) -> list[Path]:
    return sorted((repository / "convviz").rglob("*.py"))


def is_found(argument: ast.expr, *, by_name: bool) -> bool:
    """Return whether a sentence is written out here, or, if that will do, is called by its name."""
    if isinstance(argument, ast.Constant):
        return isinstance(argument.value, str)
    branches = [argument]
    if isinstance(argument, ast.IfExp):
        branches = [argument.body, argument.orelse]
    elif isinstance(argument, ast.BoolOp):
        branches = argument.values
    return by_name and all(isinstance(b, ast.Name | ast.Attribute | ast.Subscript | ast.Call) for b in branches)


def test_sentences_are_written_where_they_can_be_found(repository: Path) -> None:
    """`mark` takes a text in quotes, `tr` and the errors one or the name of one: nothing else is ever extracted."""
    strays = []
    for path in package_files(repository):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            name = node.func.id
            positions = [n - 1 for n in KEYWORDS[name] or (1,)] if name in KEYWORDS else []
            for argument in (node.args[position] for position in positions if position < len(node.args)):
                if not is_found(argument, by_name=name not in ("mark", "ntr")):
                    strays.append(f"{path.relative_to(repository)}:{node.lineno} {ast.unparse(node)[:80]}")
    assert strays == []


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Return a way to set the environment, which asks for no language."""
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(variable, raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("LANG", "zh_CN.UTF-8", "zh_CN"),
        ("LANG", "zh-Hans", "zh_CN"),
        ("LANG", "zh_SG@pinyin", "zh_CN"),
        ("LC_ALL", "Chinese (Simplified)_China", "zh_CN"),
        ("LANG", "de_DE.UTF-8", "en"),
        ("LANG", "C", "en"),
        ("LANGUAGE", "zh_CN:en", "zh_CN"),
    ],
)
def test_the_system_s_language(environment: pytest.MonkeyPatch, variable: str, value: str, expected: str) -> None:
    environment.setenv(variable, value)
    assert system_language() == expected
    assert set_language(None) == expected


def test_the_language_can_change_while_running() -> None:
    word = mark("Learning rate")
    assert tr(word) == "Learning rate"
    assert set_language("zh_CN") == language() == "zh_CN"
    assert tr(word) == "学习率"
    assert set_language("en") == "en"
    assert tr(word) == "Learning rate"


def test_an_unknown_language_is_english() -> None:
    assert set_language("tlh") == "en"


def test_counted_sentences_agree_with_their_number() -> None:
    one, many = "finished: {steps} step was made", "finished: {steps} steps were made"
    assert (ntr(one, many, 1), ntr(one, many, 2)) == (one, many)
    set_language("zh_CN")
    assert ntr(one, many, 1) == ntr(one, many, 2) == "结束：已进行 {steps} 步"


def test_sentences_are_joined_as_their_marks_ask() -> None:
    assert joined(["One.", "", "Two."]) == "One. Two."
    assert joined(["一。", "二。", "Three."]) == "一。二。Three."


def test_words_in_a_row_are_parted_when_they_are_shown() -> None:
    words = Listed(["a", 2])
    assert f"{words}" == "a, 2"
    set_language("zh_CN")
    assert f"{words}" == "a、2"
