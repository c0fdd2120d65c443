"""Formulas in TeX that are so simple that they can be read as text."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import Final

from audiobook.sources.superscripts import superscript

_LONGEST_CHARS: Final = 40
_MOST_CHARS: Final = 200
"""Longer formulas are not looked at further."""
_GAP = re.compile(r"\s+(?=[\^_])")
_IGNORED = re.compile(r"\\(?:displaystyle|textstyle|left|right|mathstrut)(?![A-Za-z])")
_NAMES: Final = {
    "times": "×", "cdot": "·", "div": "÷", "pm": "±", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠",
    "approx": "≈", "to": "→", "infty": "∞", "degree": "°", "ldots": "…", "dots": "…", "alpha": "α", "beta": "β",
    "gamma": "γ", "delta": "δ", "epsilon": "ε", "theta": "θ", "lambda": "λ", "mu": "μ", "pi": "π", "rho": "ρ",
    "sigma": "σ", "tau": "τ", "phi": "φ", "omega": "ω", "Delta": "Δ", "Omega": "Ω", "Sigma": "Σ",
}  # fmt: skip
_COMMAND: Final = re.compile(r"\\([A-Za-z]+)")
_SPACE: Final = re.compile(r"\\[,;:! ]|~")
_POWER: Final = re.compile(r"\^(?:\{([^{}\\^_]{1,6})\}|([^\s{}\\^_]))")
_INDEX: Final = re.compile(r"_(?:\{(\w{1,6})\}|(\w))")
_STYLE: Final = re.compile(r"\\(?:text|mathrm|mathbf|mathit|operatorname)\{([^{}\\]{1,30})\}")


def plain_formula(formula: str) -> str | None:
    """Return a formula as text, such as "x² + 1"; None if it is not simple enough to be read.

    Args:
        formula: The formula in TeX, without delimiters.
    """
    formula = _unwrapped(formula)
    if len(formula) > _LONGEST_CHARS:
        return None
    text = _STYLE.sub(r"\1", _SPACE.sub(" ", formula.strip("`").replace("\\%", "%")))
    text = _COMMAND.sub(lambda found: _NAMES.get(found[1], found[0]), text)
    text = _POWER.sub(lambda found: superscript(found[1] or found[2]) or found[0], text)
    text = _INDEX.sub(lambda found: found[1] or found[2], text)
    return None if re.search(r"[\\{}^_&$]", text) else " ".join(text.split())


def _unwrapped(formula: str) -> str:
    """Return a formula without commands that only affect its looks, and without braces around all of it."""
    formula = _GAP.sub("", _IGNORED.sub("", formula[:_MOST_CHARS])).strip()
    if formula.startswith("{") and formula.endswith("}"):
        inside = formula[1:-1]
        depths = accumulate((each == "{") - (each == "}") for each in inside)
        if all(depth >= 0 for depth in depths):
            return inside.strip()
    return formula
