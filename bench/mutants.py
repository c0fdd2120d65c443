"""`python -m bench.mutants MODULE TEST…`: find small faults in a module that its tests do not notice.

Each mutant is the module with one fault: a reversed comparison, a number increased by one, a removed call. It replaces
the module in a fork, and the tests run there; no file changes. New processes started by tests load the original
module, so name tests that call the module directly.
"""

from __future__ import annotations

import argparse
import ast
import copy
import faulthandler
import gc
import importlib
import os
import random
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[1]
_NOT_RUN: Final = frozenset({"annotation", "decorator_list", "returns", "type_params"})
_COMPARED: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_COUNTED: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Add,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
_WAITS: Final = 10
"""How many times longer a mutant may run than its limit of processor time."""
_AS_LOADED: Final = ("-W", "ignore::pytest.PytestAssertRewriteWarning")
"""Libraries are loaded before pytest could look at them."""


class _Fault(NamedTuple):
    """A fault in a syntax node: its name, and the field of the node that gets another value."""

    name: str
    field: str
    value: object


def _faults(node: ast.AST) -> Iterator[_Fault]:
    match node:
        case ast.Compare(ops=ops):
            for at, operator in enumerate(ops):
                other = _COMPARED[type(operator)]
                name = f"{type(operator).__name__} → {other.__name__}"
                yield _Fault(name, "ops", [*ops[:at], other(), *ops[at + 1 :]])
        case ast.BinOp() | ast.AugAssign() if type(node.op) in _COUNTED:
            made = _COUNTED[type(node.op)]
            yield _Fault(f"{type(node.op).__name__} → {made.__name__}", "op", made())
        case ast.BoolOp():
            turned = ast.Or if isinstance(node.op, ast.And) else ast.And
            yield _Fault(f"→ {turned.__name__}", "op", turned())
        case ast.Constant():
            yield from _other_value(node.value)
        case ast.If() | ast.IfExp() | ast.While():
            yield _Fault("condition turned round", "test", ast.UnaryOp(ast.Not(), node.test))
        case ast.comprehension(ifs=[_, *_]):
            yield _Fault("condition left out", "ifs", [])
        case ast.Expr(value=ast.Call() | ast.Yield()):
            yield _Fault("call left out", "value", ast.Constant(None))
        case ast.Return(value=ast.Constant(value=None | False)):
            return  # it returns nothing anyway, or what counts as nothing
        case ast.Return(value=ast.expr()):
            yield _Fault("nothing returned", "value", ast.Constant(None))


def _other_value(value: object) -> Iterator[_Fault]:
    if isinstance(value, bool):
        yield _Fault(f"{value} → {not value}", "value", not value)
    elif isinstance(value, int | float):
        yield _Fault(f"{value} → {value + 1}", "value", value + 1)
    elif isinstance(value, bytes):
        yield _Fault(f"{value!r} → other bytes", "value", value + b"X")
    elif isinstance(value, str) and " " not in value:  # with a space, it is a message
        yield _Fault(f"{value!r} → other text", "value", f"{value}X")


def _nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield all nodes that affect behaviour: no annotations, decorators, docstrings or text in f-strings."""
    yield tree
    for name, value in ast.iter_fields(tree):
        if name in _NOT_RUN or isinstance(tree, ast.JoinedStr | ast.ImportFrom):
            continue
        if name == "keywords" and isinstance(tree, ast.ClassDef):
            continue
        for child in value if isinstance(value, list) else [value]:
            is_doc = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
            if isinstance(child, ast.AST) and not is_doc:
                yield from _nodes(child)


def mutants(source: str) -> Iterator[tuple[int, str, ast.Module]]:
    """Yield the line, the name and the tree of each mutant of a module."""
    whole = ast.parse(source)
    for place, node in enumerate(_nodes(whole)):
        for fault in _faults(node):
            tree = copy.deepcopy(whole)
            changed = next(one for at, one in enumerate(_nodes(tree)) if at == place)
            setattr(changed, fault.field, fault.value)
            yield getattr(node, "lineno", 0), fault.name, ast.fix_missing_locations(tree)


class _Mutated(MetaPathFinder, Loader):
    """Loads one module from a tree instead of its file."""

    def __init__(self, module: str, path: Path, tree: ast.Module) -> None:
        self._module, self._path, self._tree = module, path, tree

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._module:
            return None
        return ModuleSpec(fullname, self, origin=str(self._path))

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = str(self._path)
        exec(compile(self._tree, str(self._path), "exec"), module.__dict__)


def _tested(
    module: str, path: Path, tree: ast.Module, tests: list[str], most_s: int, libraries_pipe: int = -1
) -> int:
    """Start the tests for a mutant in a fork, and return the process.

    Args:
        module: Name of the module.
        path: Its file.
        tree: The mutant.
        tests: Files of tests.
        most_s: Limit of processor time.
        libraries_pipe: A pipe to which the names of the loaded libraries are written, or -1.
    """
    if pid := os.fork():
        return pid
    null = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(null, stream)
    os.setsid()
    resource.setrlimit(resource.RLIMIT_CPU, (most_s, most_s))
    # A mutant that waits for what never comes uses no processor time, and may not react to signals.
    faulthandler.dump_traceback_later(_WAITS * most_s, exit=True)
    sys.meta_path.insert(0, _Mutated(module, path, tree))
    pytest = importlib.import_module("pytest")
    try:
        code = int(
            pytest.main(["-x", "-q", "-n0", "-m", "not slow", "-p", "no:cacheprovider", *_AS_LOADED, *tests])
        )
    except SystemExit:
        code = 1
    if libraries_pipe >= 0:
        os.write(libraries_pipe, " ".join(_libraries()).encode())
    os._exit(code)


def _libraries() -> Iterator[str]:
    """Yield the names of the loaded modules that are not part of the project."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and name != "__main__" and not Path(file).is_relative_to(ROOT) and " " not in name:
            yield name


def _tested_original(module: str, path: Path, tests: list[str]) -> float:
    """Run the tests with the original module, load the libraries that they use, and return the processor time."""
    begun_s = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    reading, writing = os.pipe()
    pid = _tested(module, path, ast.parse(path.read_text("utf-8")), tests, 600, writing)
    os.close(writing)
    with os.fdopen(reading) as names:
        libraries = names.read().split()
    if os.waitpid(pid, 0)[1]:
        raise SystemExit("the tests fail without a fault, too")
    for name in libraries:
        with suppress(Exception):  # some can only be loaded by another one
            importlib.import_module(name)
    gc.freeze()
    return sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - begun_s


def _survivors(
    module: str, path: Path, chosen: list[tuple[int, str, ast.Module]], tests: list[str], jobs: int
) -> list[str]:
    """Return the mutants that tests did not notice. The tests must pass with the original module first."""
    most_s = 20 + 5 * round(_tested_original(module, path, tests))
    running: dict[int, str] = {}
    alive = []
    for line, name, tree in chosen:
        while len(running) >= jobs:
            alive += _ended(running)
        running[_tested(module, path, tree, tests, most_s)] = f"{path.relative_to(ROOT)}:{line}: {name}"
    while running:
        alive += _ended(running)
    return alive


def _ended(running: dict[int, str]) -> list[str]:
    pid, status = os.wait()
    what = running.pop(pid)
    print("." if status else f"\n{what}", end="", file=sys.stderr, flush=True)
    return [] if status else [what]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.mutants", description=__doc__)
    parser.add_argument("module", help="file of the module, such as audiobook/book/sound/mp3_file.py")
    parser.add_argument("tests", nargs="+", help="files of tests that call it")
    parser.add_argument(
        "--most", type=int, default=200, help="maximum number of mutants, chosen by a fixed random seed"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    os.chdir(ROOT)
    path = (ROOT / given.module).resolve()
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    made = list(mutants(path.read_text("utf-8")))
    chosen = made if len(made) <= given.most else random.Random(given.module).sample(made, given.most)
    begun_s = time.monotonic()
    alive = _survivors(module, path, chosen, given.tests, given.jobs)
    print("", *sorted(alive), sep="\n")
    killed = len(chosen) - len(alive)
    sampled = f" ({len(made)})" if len(made) > len(chosen) else ""
    share = killed / max(len(chosen), 1)
    print(
        f"{given.module}: {killed} of {len(chosen)}{sampled} killed, {share:.0%} ({time.monotonic() - begun_s:.0f} s)"
    )


if __name__ == "__main__":
    main()
