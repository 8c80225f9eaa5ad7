"""Where a number comes from, as text that can be taken elsewhere: plain, LaTeX or Python.

The Python text is one expression. It evaluates to the number that it explains, from the numbers that stand in it alone.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from convviz.engine.explain import Kind, Rule, array_of
from convviz.engine.layers.activations import Activation
from convviz.i18n import ntr

if TYPE_CHECKING:
    from collections.abc import Callable

    from convviz.engine.explain import Explanation, Part, Tensor
    from convviz.engine.frames import Frame

#: Longer sums are written with their largest terms, and one number for all others.
MOST_TERMS = 200

_SYMBOLS = {
    Kind.VALUE: "x^{{({position})}}",
    Kind.VALUE_GRAD: r"\frac{{\partial L}}{{\partial x^{{({position})}}{index}}}",
    Kind.WEIGHT: "w^{{({layer})}}",
    Kind.BIAS: "b^{{({layer})}}",
    Kind.WEIGHT_GRAD: r"\frac{{\partial L}}{{\partial w^{{({layer})}}{index}}}",
    Kind.BIAS_GRAD: r"\frac{{\partial L}}{{\partial b^{{({layer})}}{index}}}",
    Kind.TEACHER_WEIGHT: r"\hat{{w}}^{{({layer})}}",
    Kind.TEACHER_BIAS: r"\hat{{b}}^{{({layer})}}",
    Kind.NEXT_WEIGHT: r"w'^{{({layer})}}",
    Kind.NEXT_BIAS: r"b'^{{({layer})}}",
    Kind.TARGET: "t",
    Kind.RESIDUAL: "r",
    Kind.LOSS: "L",
}


def plain_text(frame: Frame, explanation: Explanation, name: str) -> str:
    """Return the formula of a number called ``name``, term by term: ``Map 1 [3, 7] = 0.5 × 2 + … = 4.2``.

    Numbers have six significant digits.
    """
    terms, rest, count = _terms(explanation, _plain_term)
    if rest is not None:
        more = ntr("{rest} ({n} more)", "{rest} ({n} more)", count).format(rest=_plain(rest), n=f"{count:,}")
        terms.append(more)
    made = _combined(explanation, terms, ("−", "−1 × "), "max({terms})", function_text(frame, explanation))
    value = _plain(explanation.value)
    return f"{name} = {value}" if explanation.rule is Rule.GIVEN else f"{name} = {made} = {value}"


def latex_text(frame: Frame, explanation: Explanation) -> str:
    """Return the formula in LaTeX, without the dollars around it. Places are counted from 1, as on screen."""
    terms, rest, count = _terms(explanation, _latex_term)
    if rest is not None:
        terms.append(rf"\underbrace{{{_latex(rest)}}}_{{{count:,}}}".replace(",", "{,}"))
    function = _function(frame, explanation, "latex", _latex) if explanation.rule is Rule.FUNCTION else ""
    negative = ("-", r"\left(-1\right) \cdot ")
    made = _combined(explanation, terms, negative, r"\max\left({terms}\right)", function)
    symbol, value = _symbol(frame, explanation.tensor, explanation.index), _latex(explanation.value)
    return f"{symbol} = {value}" if explanation.rule is Rule.GIVEN else f"{symbol} = {made} = {value}"


def python_text(frame: Frame, explanation: Explanation) -> str:
    """Return an expression that evaluates to the number.

    It needs ``import math`` for some activations, and where a number is not finite.
    """
    terms, rest, count = _terms(explanation, _python_term)
    if explanation.rule is Rule.FUNCTION:
        return _function(frame, explanation, "python", _python)
    if explanation.rule is Rule.GIVEN or not terms:
        return _python(explanation.value)
    if explanation.rule is Rule.CHOICE:
        return f"max({', '.join(terms)})" if len(terms) > 1 else terms[0]
    if rest is not None:
        terms.append(f"{_python(rest)}  # {count} more")
    return "(\n    " + "\n    + ".join(terms) + "\n)"


def _terms(explanation: Explanation, write: Callable[[Part, int], str]) -> tuple[list[str], float | None, int]:
    """Return the terms as text, and the sum and the number of those that are left out."""
    everything = len(explanation)
    if everything <= MOST_TERMS or explanation.rule is not Rule.SUM:
        chosen = [(part, n) for part in explanation.parts for n in range(min(len(part), MOST_TERMS))]
        return [write(part, n) for part, n in chosen], None, 0
    kept = [(explanation.parts[p], n) for p, n in explanation.largest(MOST_TERMS)]
    shown = float(np.sum([part.terms[n] for part, n in kept], dtype=np.float64))
    return [write(part, n) for part, n in kept], explanation.total - shown, everything - MOST_TERMS


def _combined(
    explanation: Explanation, terms: list[str], negative: tuple[str, str], largest: str, function: str
) -> str:
    """Return the terms as one formula; ``negative`` is the minus, and what a term of −1 times something begins with."""
    if explanation.rule is Rule.FUNCTION:
        return function
    if explanation.rule is Rule.CHOICE:
        return largest.replace("{terms}", ", ".join(terms))
    minus, once = negative
    later = (f" {minus} {term.removeprefix(once)}" if term.startswith(once) else f" + {term}" for term in terms[1:])
    return "".join((*terms[:1], *later)) or "0"


def _function(frame: Frame, explanation: Explanation, language: str, write: Callable[[float], str]) -> str:
    """Return what a layer that treats every number by itself makes of its only term."""
    layer = frame.problem.layers[explanation.tensor.position - 1]
    if not isinstance(layer, Activation):
        return write(explanation.value)
    template: str = getattr(layer, language)
    settings = {name: write(value) for name, value in vars(layer).items() if isinstance(value, float)}
    return template.format(x=write(float(explanation.parts[0].terms[0])), **settings)


def function_text(frame: Frame, explanation: Explanation) -> str:
    """Return what an activation makes of its term, with six significant digits: ``max(−0.5, 0)``; else nothing."""
    if explanation.rule is not Rule.FUNCTION:
        return ""
    text = _function(frame, explanation, "python", _plain)
    return text.replace("math.", "").replace("0.0)", "0)").replace(" * ", " × ").replace("-", "−")


def _factors(part: Part, term: int) -> list[float]:
    return [float(factor.values[term]) for factor in part.factors]


def _plain_term(part: Part, term: int) -> str:
    return " × ".join(_plain(value) for value in _factors(part, term))


def _latex_term(part: Part, term: int) -> str:
    first, *others = (_latex(value) for value in _factors(part, term))
    bracketed = [rf"\left({text}\right)" if text.startswith("-") else text for text in others]
    return r" \cdot ".join((rf"\left({first}\right)" if first.startswith("-") else first, *bracketed))


def _python_term(part: Part, term: int) -> str:
    return " * ".join(_python(value) for value in _factors(part, term))


def _python(value: float) -> str:
    return repr(value) if math.isfinite(value) else repr(value).replace("inf", "math.inf").replace("nan", "math.nan")


def _plain(value: float) -> str:
    return f"{value:.6g}".replace("-", "−")


def _latex(value: float) -> str:
    mantissa, _, exponent = f"{value:.6g}".partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa


def _symbol(frame: Frame, tensor: Tensor, index: tuple[int, ...]) -> str:
    template = _SYMBOLS[tensor.kind]
    subscript = f"_{{{', '.join(str(n + 1) for n in _telling(frame, tensor, index))}}}" if index else ""
    symbol = template.format(position=tensor.position, layer=tensor.position + 1, index=subscript)
    return symbol if "{index}" in template else symbol + subscript


def _telling(frame: Frame, tensor: Tensor, index: tuple[int, ...]) -> tuple[int, ...]:
    """Return the part of an index that tells something: channels only where there are several."""
    kind = {Kind.NEXT_WEIGHT: Kind.WEIGHT, Kind.NEXT_BIAS: Kind.BIAS, Kind.VALUE_GRAD: Kind.VALUE}
    shape = array_of(frame, type(tensor)(kind.get(tensor.kind, tensor.kind), tensor.position)).shape
    return index if len(shape) < 3 or any(size > 1 for size in shape[:-2]) else index[-2:]
