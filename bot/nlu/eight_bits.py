"""Numbers in 8 bits: a quarter of the memory to walk through at every message, and products by onnxruntime.

Each row has a scale of its own. A cosine of two sentences is off by 0.001 or so, at most 0.005.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import onnxruntime

LARGEST = 63  # 7 of 8 bits: processors without VNNI do not overflow, and all give the same numbers


def in_eight_bits(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows as whole numbers and the scale of each: `rows` is about `numbers * scales[:, None]`."""
    scales = np.maximum(np.abs(rows).max(axis=1), 1e-9) / LARGEST
    return np.round(rows / scales[:, None]).astype(np.int8), scales.astype(np.float32)


def one_thread(graph: str | bytes) -> onnxruntime.InferenceSession:
    """Return a session of a graph (a file's name, or the graph itself) that keeps to the thread that calls it."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


class Known:
    """Vectors that others are compared with. `graph` is what is kept of them: `Known(graph)` makes them again."""

    def __init__(self, graph: bytes) -> None:
        self.graph = graph
        self._session = one_thread(graph)

    @classmethod
    def of(cls, vectors: np.ndarray) -> Known:
        """Keep vectors, one a row."""
        from onnx import TensorProto, helper, numpy_helper  # 0.2 s of importing, which talking need not pay

        numbers, scales = in_eight_bits(vectors)
        node = helper.make_node(
            "DynamicQuantizeMatMul", ["vector", "numbers", "scales"], ["products"], domain="com.microsoft"
        )
        graph = helper.make_graph(
            [node],
            "known",
            [helper.make_tensor_value_info("vector", TensorProto.FLOAT, [1, vectors.shape[1]])],
            [helper.make_tensor_value_info("products", TensorProto.FLOAT, [1, len(vectors)])],
            [
                numpy_helper.from_array(np.ascontiguousarray(numbers.T), "numbers"),
                numpy_helper.from_array(scales, "scales"),
            ],
        )
        versions = [helper.make_opsetid("", 20), helper.make_opsetid("com.microsoft", 1)]
        return cls(helper.make_model(graph, opset_imports=versions, ir_version=9).SerializeToString())

    def products(self, vector: np.ndarray) -> np.ndarray:
        """Return the product of `vector` with each known one: the cosines, when all have length 1."""
        products: np.ndarray = self._session.run(None, {"vector": vector[None]})[0][0]
        return products
