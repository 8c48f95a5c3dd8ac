"""Builds tests/models' `form` family from operators themselves, one model a form that no exporter here writes:
PYTHONPATH=tools/python python tests/models/models_forms.py

What a reader computes from the proven output is the expected one: probabilities for LogSoftmax, classes last."""

import numpy as np
import onnx
from model_family import FOLDER, Family, run
from onnx import TensorProto, helper, numpy_helper

ROWS = 8
IMAGE = (2, 7, 7)


def model(nodes, weights, shape, opset):
    """nodes: (type, inputs, attributes), each making the value that the next reads as `_`; weights: name to array."""
    made, last = [], "x"
    for index, (kind, inputs, attributes) in enumerate(nodes):
        output = "y" if index == len(nodes) - 1 else f"v{index}"
        names = [last if name == "_" else name for name in inputs]
        made.append(helper.make_node(kind, names, [output], name=f"{kind}_{index}", **attributes))
        last = output
    integer = nodes[-1][0] == "ArgMax"
    graph = helper.make_graph(
        made,
        "form",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", *shape])],
        [helper.make_tensor_value_info("y", TensorProto.INT64 if integer else TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in weights.items()],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], producer_name="models_forms")
    made.ir_version = 8
    rank = run(made, np.zeros((1, *shape), np.float32)).ndim
    for _ in range(rank):
        made.graph.output[0].type.tensor_type.shape.dim.add()
    return made


def cases(random):
    def floats(*shape):
        return random.normal(size=shape).astype(np.float32)

    kernel, bias = floats(4, 2, 3, 3), floats(4)
    conv = {"w": kernel, "b": bias}

    def convolved(**attributes):
        return ("Conv", ["_", "w", "b"], attributes)

    def pooled(kind, **attributes):
        return [(kind, ["_"], {"kernel_shape": [3, 3], **attributes})]

    yield "softmax_channels_13", [convolved(), ("Softmax", ["_"], {"axis": 1})], conv, IMAGE, 13
    yield (
        "softmax_channels_11",
        [convolved(), ("GlobalAveragePool", ["_"], {}), ("Softmax", ["_"], {})],
        conv,
        IMAGE,
        11,
    )
    yield "log_softmax_13", [("MatMul", ["_", "w"], {}), ("LogSoftmax", ["_"], {})], {"w": floats(6, 5)}, (6,), 13
    yield "log_softmax_11", [("MatMul", ["_", "w"], {}), ("LogSoftmax", ["_"], {})], {"w": floats(6, 5)}, (6,), 11
    signs = {"w": np.float32([[1, 0], [-1, 0], [0, 1], [0, -1]]).reshape(4, 2, 1, 1), "b": np.zeros(4, np.float32)}
    yield "arg_max_channels_13", [convolved(), ("ArgMax", ["_"], {"axis": 1, "keepdims": 0})], signs, IMAGE, 13
    yield "conv_same_lower_13", [convolved(auto_pad="SAME_LOWER", strides=[2, 2])], conv, (2, 8, 7), 13
    yield "conv_same_upper_11", [convolved(auto_pad="SAME_UPPER", strides=[1, 3])], conv, (2, 8, 7), 11
    yield "conv_valid_17", [convolved(auto_pad="VALID", dilations=[2, 1])], conv, IMAGE, 17
    grouped = {"w": floats(6, 1, 3, 2), "b": floats(6)}
    uneven = {"pads": [0, 2, 1, 0], "dilations": [1, 2], "strides": [2, 1]}
    yield "conv_grouped_17", [convolved(group=2, **uneven)], grouped, IMAGE, 17
    lined = {"w": floats(3, 2, 3), "b": floats(3)}
    yield "conv_1d_same_lower_13", [convolved(auto_pad="SAME_LOWER", strides=[2])], lined, (2, 8), 13
    yield "max_pool_same_lower_13", pooled("MaxPool", auto_pad="SAME_LOWER", strides=[2, 2]), {}, (2, 8, 7), 13
    yield "max_pool_ceil_12", pooled("MaxPool", ceil_mode=1, strides=[2, 3], pads=[1, 0, 0, 1]), {}, (2, 8, 7), 12
    yield "max_pool_valid_12", pooled("MaxPool", auto_pad="VALID", strides=[2, 2]), {}, (2, 8, 7), 12
    yield "average_pool_same_13", pooled("AveragePool", auto_pad="SAME_UPPER", count_include_pad=1), {}, IMAGE, 13
    uneven = {"pads": [1, 0, 0, 1], "strides": [2, 3]}
    yield "average_pool_ceil_13", pooled("AveragePool", ceil_mode=1, **uneven), {}, (2, 8, 7), 13
    padded = {"pads": [1, 1, 1, 1], "strides": [2, 2], "count_include_pad": 1}
    yield "average_pool_padded_19", pooled("AveragePool", **padded), {}, (2, 8, 7), 19
    yield "average_pool_padded_ceil_19", pooled("AveragePool", ceil_mode=1, **padded), {}, (2, 8, 7), 19
    amounts = {"n": np.array([0, 0, -1, 2, 0, 1, 1, -2], np.int64), "c": np.float32(0.75)}
    yield "pad_negative_13", [("Pad", ["_", "n", "c"], {})], amounts, IMAGE, 13
    product = {"w": floats(5, 6), "c": floats(1, 5)}
    yield "gemm_17", [("Gemm", ["_", "w", "c"], {"transB": 1, "alpha": 0.5, "beta": -2.0})], product, (6,), 17
    yield "clip_below_13", [("Clip", ["_", "c"], {})], {"c": np.float32(-0.25)}, (6,), 13
    yield "cast_like_15", [("CastLike", ["c", "_"], {}), ("Add", ["_", "x"], {})], {"c": np.float64(2)}, (6,), 15
    steps = {name: np.array([value], np.int64) for name, value in [("a", -1), ("z", -7), ("d", 1), ("s", -2)]}
    yield "slice_backwards_13", [("Slice", ["_", "a", "z", "d", "s"], {})], steps, (6,), 13
    yield "left_product_13", [("MatMul", ["w", "_"], {})], {"w": floats(3, 4)}, (4, 5), 13


def as_read(kind, outputs):
    """What a reader of the proven logits computes."""
    if kind.startswith("log_softmax"):
        return np.exp(outputs)
    return np.moveaxis(outputs, 1, -1) if kind == "softmax_channels_13" else outputs


def main():
    family = Family("models_forms.py")
    random = np.random.default_rng(5)
    for name, nodes, weights, shape, opset in cases(random):
        inputs = random.normal(size=(ROWS, *shape)).astype(np.float32)
        if name.startswith("arg_max"):  # no two classes so near that rounding decides between them
            inputs[:, 0], inputs[:, 1] = random.choice([-3, -1, 1, 3], inputs[:, 0].shape), -2
            inputs[:, 1, ::2] = 2
        family.save(f"form_{name}", f"onnx {onnx.__version__}", model(nodes, weights, shape, opset), inputs)
        path = FOLDER / f"form_{name}.output.npy"
        np.save(path, as_read(name, np.load(path)))
    family.close()


if __name__ == "__main__":
    main()
