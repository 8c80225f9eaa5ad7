"""Every sentence of the program, and the catalogues that translate them.

``python -m tests.catalogue`` brings all catalogues up to date with the code, the built-in experiments and the lessons:
new sentences come in empty, those that nobody says any more go, and the ``.mo`` files that the program reads are made
anew.
``python -m tests.catalogue fr`` begins a catalogue for another language.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.core import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from convviz.i18n import DOMAIN, LANGUAGES

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "resources" / "locale"

#: Function -> which of its arguments are sentences.
ERRORS = ("ConvvizError", "ShapeError", "ConfigError", "RunError")
KEYWORDS = {"tr": None, "mark": None, "ntr": (1, 2), **dict.fromkeys(ERRORS)}

#: The entries of an experiment's file that are shown, and those of a lesson's, wherever in it.
EXPERIMENT_TEXTS = ("name", "notes")
LESSON_TEXTS = ("title", "summary", "text", *EXPERIMENT_TEXTS)


def template() -> Catalog:
    """Return a catalogue of all sentences in code, experiments and lessons, without translations."""
    catalog = Catalog(project=DOMAIN, charset="utf-8", fuzzy=False)
    found = extract_from_dir(ROOT / "convviz", method_map=[("**.py", "python")], keywords=KEYWORDS)
    for file, _, sentence, _, _ in found:
        catalog.add(sentence, locations=[(f"convviz/{file}", 0)])
    for path in sorted((ROOT / "resources" / "experiments").glob("*.json")):
        texts = json.loads(path.read_text("utf-8"))
        for entry in EXPERIMENT_TEXTS:
            if texts.get(entry):
                catalog.add(texts[entry], locations=[(str(path.relative_to(ROOT)), 0)])
    for path in sorted((ROOT / "resources" / "lessons").glob("*.json")):
        for text in lesson_texts(json.loads(path.read_text("utf-8"))):
            catalog.add(text, locations=[(str(path.relative_to(ROOT)), 0)])
    return catalog


def lesson_texts(data: object) -> list[str]:
    """Return all that is shown of a lesson's file, or of a part of it."""
    if isinstance(data, list):
        return [text for part in data for text in lesson_texts(part)]
    if not isinstance(data, dict):
        return []
    own = [data[name] for name in LESSON_TEXTS if isinstance(data.get(name), str) and data[name]]
    return own + [text for part in data.values() for text in lesson_texts(part)]


def catalogue_file(language: str, ending: str) -> Path:
    """Return the path of a language's ``.po`` or ``.mo`` file."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}{ending}"


def read_catalogue(language: str) -> Catalog:
    """Return a language's catalogue, an empty one if it has none yet."""
    path = catalogue_file(language, ".po")
    if not path.exists():
        return Catalog(
            Locale.parse(language),
            DOMAIN,
            header_comment=f"# {LANGUAGES.get(language, language)}",
            project=DOMAIN,
            version="1",
            msgid_bugs_address="-",
            last_translator="convviz",
            language_team=language,
            creation_date=datetime.now(UTC),
            revision_date=datetime.now(UTC),
            fuzzy=False,
        )
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def update(language: str) -> Catalog:
    """Write a language's catalogue anew and return it: the sentences of today, with the translations it had."""
    catalog = read_catalogue(language)
    created = catalog.creation_date
    catalog.update(template(), no_fuzzy_matching=True)
    catalog.creation_date = created
    catalog.obsolete.clear()
    catalogue_file(language, ".po").parent.mkdir(parents=True, exist_ok=True)
    with catalogue_file(language, ".po").open("wb") as file:
        write_po(file, catalog, width=110, sort_output=True, include_lineno=False)
    with catalogue_file(language, ".mo").open("wb") as file:
        write_mo(file, catalog)
    return catalog


def untranslated(catalog: Catalog) -> list[str]:
    """Return the sentences that lack a translation, or have one that is only guessed."""
    lacking = []
    for message in catalog:
        forms = [message.string] if isinstance(message.string, str) else message.string or [""]
        if message.id and (message.fuzzy or not all(forms)):
            lacking.append(str(message.id))
    return lacking


def main(languages: list[str]) -> None:
    """Update the catalogues of ``languages``, or of all there are, and say what is left to be translated."""
    for language in languages or sorted(path.name for path in LOCALE.iterdir() if path.is_dir()):
        missing = untranslated(update(language))
        sys.stdout.write(f"{language}: {len(missing)} sentences to translate\n")
        sys.stdout.writelines(f"  {sentence!r}\n" for sentence in missing)


if __name__ == "__main__":
    main(sys.argv[1:])
