"""Writes all-MiniLM-L6-v2 as an ONNX graph from its published weights, so that no torch is needed.

The model is a BERT encoder: 6 layers, 384 dimensions, 12 heads, exact GELU, mean pooling over tokens, L2 norm
(sentence-transformers/all-MiniLM-L6-v2, config.json and 1_Pooling/config.json). Texts of a batch have the same
length: nothing is padded, so that there is no mask.

Attention and products in 8 bits are onnxruntime's own operators: written out in ONNX's, a sentence takes 1.4 times
as long. Tried and left, as it gained nothing or lost: query, key and value in one operator with the attention
(QAttention), additions fused with norms, weights in blocks (MatMulNBits, closer to the full model and half as fast),
batches (a fifth less time, but scales would be taken over all of them), full precision (three times as long).
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from bot.nlu.eight_bits import in_eight_bits

LAYERS, WIDTH, HEADS, EPSILON = 6, 384, 12, 1e-12
OPSET = 20
OWN_OPERATORS = "com.microsoft"  # onnxruntime's
POOLED_LAYERS = {2: "early", 4: "middle", LAYERS: "sentence"}


class _Graph:
    """Collects nodes and weights under readable names; with `eight_bits`, large weights are kept in 8 bits."""

    def __init__(self, eight_bits: bool) -> None:
        self.eight_bits = eight_bits
        self.nodes: list[onnx.NodeProto] = []
        self.weights: dict[str, np.ndarray] = {}

    def add(self, operator: str, inputs: list[str], *outputs: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(operator, inputs, outputs, name=outputs[0], **attributes))
        return outputs[0]

    def constant(self, name: str, value: np.ndarray) -> str:
        self.weights[name] = value
        return name

    def linear(self, source: str, name: str, weight: np.ndarray, bias: np.ndarray) -> str:
        """`source @ weight.T + bias`; PyTorch keeps weights as (out, in)."""
        out, shift = f"{name}.out", self.constant(f"{name}.bias", bias)
        if self.eight_bits:
            numbers, scales = in_eight_bits(weight)
            self.constant(f"{name}.weight", np.ascontiguousarray(numbers.T))
            self.constant(f"{name}.scales", scales)
            inputs = [source, f"{name}.weight", f"{name}.scales", "", shift]
            return self.add("DynamicQuantizeMatMul", inputs, out, domain=OWN_OPERATORS)
        self.constant(f"{name}.weight", np.ascontiguousarray(weight.T))
        self.add("MatMul", [source, f"{name}.weight"], f"{name}.product")
        return self.add("Add", [f"{name}.product", shift], out)

    def rows(self, indices: str, name: str, table: np.ndarray) -> str:
        """`table[indices]`."""
        if not self.eight_bits:
            return self.add("Gather", [self.constant(f"{name}.table", table), indices], f"{name}.out")
        numbers, scales = in_eight_bits(table)
        self.add("Gather", [self.constant(f"{name}.table", numbers), indices], f"{name}.numbers")
        self.add("Gather", [self.constant(f"{name}.all_scales", scales[:, None]), indices], f"{name}.scales")
        self.add("Cast", [f"{name}.numbers"], f"{name}.rounded", to=TensorProto.FLOAT)
        return self.add("Mul", [f"{name}.rounded", f"{name}.scales"], f"{name}.out")

    def normalise(self, source: str, name: str, scale: np.ndarray, bias: np.ndarray) -> str:
        self.constant(f"{name}.scale", scale)
        self.constant(f"{name}.shift", bias)
        inputs = [source, f"{name}.scale", f"{name}.shift"]
        return self.add("LayerNormalization", inputs, f"{name}.out", axis=-1, epsilon=EPSILON)


def _embeddings(graph: _Graph, weights: Mapping[str, np.ndarray]) -> str:
    # One segment only, so its embedding is folded into the words'.
    words = (
        weights["embeddings.word_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
    )
    word_vectors = graph.rows("input_ids", "words", words)
    graph.constant("positions", weights["embeddings.position_embeddings.weight"])
    graph.add("Shape", ["input_ids"], "length", start=1)
    first, rows = graph.constant("first", np.array([0])), graph.constant("rows", np.array([0]))
    graph.add("Slice", ["positions", first, "length", rows], "position_vectors")
    graph.add("Add", [word_vectors, "position_vectors"], "embedded")
    return graph.normalise(
        "embedded", "embeddings", weights["embeddings.LayerNorm.weight"], weights["embeddings.LayerNorm.bias"]
    )


def _layer(graph: _Graph, weights: Mapping[str, np.ndarray], index: int, source: str) -> str:
    prefix, name = f"encoder.layer.{index}.", f"layer{index}"

    def weight(part: str) -> np.ndarray:
        return weights[f"{prefix}{part}"]

    def together(kind: str) -> np.ndarray:
        return np.concatenate([weight(f"attention.self.{part}.{kind}") for part in ("query", "key", "value")])

    projected = graph.linear(source, f"{name}.projected", together("weight"), together("bias"))
    parts = [f"{name}.query", f"{name}.key", f"{name}.value"]
    graph.add("Split", [projected], *parts, axis=-1, num_outputs=3)
    mixed = graph.add("MultiHeadAttention", parts, f"{name}.mixed", domain=OWN_OPERATORS, num_heads=HEADS)
    attended = graph.linear(
        mixed,
        f"{name}.attended",
        weight("attention.output.dense.weight"),
        weight("attention.output.dense.bias"),
    )
    graph.add("Add", [attended, source], f"{name}.first_sum")
    middle = graph.normalise(
        f"{name}.first_sum",
        f"{name}.first_norm",
        weight("attention.output.LayerNorm.weight"),
        weight("attention.output.LayerNorm.bias"),
    )
    wide = graph.linear(
        middle, f"{name}.wide", weight("intermediate.dense.weight"), weight("intermediate.dense.bias")
    )
    gelu = graph.add("Gelu", [wide], f"{name}.gelu")
    narrow = graph.linear(gelu, f"{name}.narrow", weight("output.dense.weight"), weight("output.dense.bias"))
    graph.add("Add", [narrow, middle], f"{name}.second_sum")
    return graph.normalise(
        f"{name}.second_sum",
        f"{name}.second_norm",
        weight("output.LayerNorm.weight"),
        weight("output.LayerNorm.bias"),
    )


def _pool(graph: _Graph, source: str, output: str) -> None:
    """Mean over tokens, then length 1."""
    graph.add("ReduceMean", [source, "over_tokens"], f"{output}.mean", keepdims=0)
    graph.add("LpNormalization", [f"{output}.mean"], output, axis=-1, p=2)


def build(weights: Mapping[str, np.ndarray], eight_bits: bool = False) -> onnx.ModelProto:
    """Return the graph: int64 `input_ids` (batch, tokens) to vectors (batch, 384).

    `sentence` is the model's own output; `early` and `middle` are pooled in the same way from layers 2 and 4. With
    them, a classifier on few examples is right 1.3 points more often (cross-validation over data/nlu). Eight bits
    are a quarter of the size (23 MB); numbers between layers get theirs from the largest of the whole input.
    """
    graph = _Graph(eight_bits)
    graph.constant("over_tokens", np.array([1]))
    hidden = _embeddings(graph, weights)
    for index in range(LAYERS):
        hidden = _layer(graph, weights, index, hidden)
        if index + 1 in POOLED_LAYERS:
            _pool(graph, hidden, POOLED_LAYERS[index + 1])

    def vector(name: str) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", WIDTH])

    return helper.make_model(
        helper.make_graph(
            graph.nodes,
            "all-MiniLM-L6-v2",
            [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "tokens"])],
            [vector(name) for name in POOLED_LAYERS.values()],
            [numpy_helper.from_array(value, name) for name, value in graph.weights.items()],
        ),
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(OWN_OPERATORS, 1)],
        ir_version=9,
    )


def write_int8(weights: Mapping[str, np.ndarray], target: Path) -> None:
    """Write the graph with 8-bit weights to `target`; the last step is a rename, so never half."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        unfinished = Path(folder, target.name)
        onnx.save(build(weights, eight_bits=True), unfinished)
        unfinished.replace(target)
