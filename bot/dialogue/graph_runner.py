"""Runs a model's graph node after node.

Rasa's runner hands each message's graph to a scheduler for clusters, after planning it anew and writing its whole
input into a debug line that nobody reads. A message needs ten nodes one after the other; their order never changes.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner


class InOrder:
    """The nodes of a loaded runner of Rasa's, and the same results."""

    def __init__(self, loaded: DaskGraphRunner) -> None:
        self._schema = loaded._graph_schema
        self._nodes = loaded._instantiated_nodes
        self._order = cache(self._order_of)

    def run(self, inputs: dict[str, Any], targets: list[str]) -> dict[str, Any]:
        """Return the targets' outputs by node; raise GraphRunError when a node lacks an input."""
        outputs = {name: (name, value) for name, value in inputs.items()}
        try:
            for name, needs in self._order(tuple(targets)):
                if name not in outputs:
                    outputs[name] = self._nodes[name](*(outputs[need] for need in needs))
        except (RuntimeError, KeyError) as error:
            raise GraphRunError("Error running runner.") from error
        return dict(outputs[name] for name in targets)

    def _order_of(self, targets: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
        """Return the nodes that the targets need, each after those that it needs itself."""
        nodes = self._schema.minimal_graph_schema(list(targets)).nodes
        placed: dict[str, tuple[str, ...]] = {}

        def place(name: str) -> None:
            if name in nodes and name not in placed:
                needs = tuple(nodes[name].needs.values())
                for need in needs:
                    place(need)
                placed[name] = needs

        for target in targets:
            place(target)
        return list(placed.items())
