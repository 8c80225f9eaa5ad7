"""What goes wrong, in sentences that say what was expected and what was received.

An error keeps its sentence as a template and the values that fill it, so that the same error reads in the language of
whoever looks at it: ``str(error)`` translates at that moment.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from convviz.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Iterator


class ConvvizError(Exception):
    """An error that a person caused or can mend.

    Parameters
    ----------
    template
        The sentence, a ``str.format`` template with named fields; it is the message id in the catalogues.
    field
        Dotted name of the setting or file entry that is at fault (``"layers[1].stride"``), or None.
    values
        What fills the template.
    """

    def __init__(self, template: str, *, field: str | None = None, **values: object) -> None:
        super().__init__(template)
        self.template = template
        self.field = field
        self.values = values

    def within(self, prefix: str) -> Self:
        """Return the same error, of the same class, told from one level further out.

        ``"stride"`` within ``"layers[1]"`` becomes ``"layers[1].stride"``, also where the sentence has a ``{name}``.
        """
        return self.at(prefix if not self.field else prefix + ("" if self.field.startswith("[") else ".") + self.field)

    def at(self, field: str) -> Self:
        """Return the same error, of the same class, about another ``field``."""
        values = {**self.values, "name": field} if "name" in self.values else self.values
        return type(self)(self.template, field=field, **values)

    def __str__(self) -> str:
        return tr(self.template).format(**self.values)


class ShapeError(ConvvizError, ValueError):
    """Arrays or layers whose sizes do not go together."""


class ConfigError(ConvvizError, ValueError):
    """A setting of a wrong type or outside its range, or an entry that does not exist."""


class RunError(ConvvizError, RuntimeError):
    """A run that could not be begun or go on; the sentence says why."""


@contextmanager
def inside(prefix: str) -> Iterator[None]:
    """Tell every `ConvvizError` that leaves the block `ConvvizError.within` ``prefix``."""
    try:
        yield
    except ConvvizError as error:
        raise error.within(prefix) from error
