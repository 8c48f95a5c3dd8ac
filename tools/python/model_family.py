"""What the generators of tests/models share: one model is NAME.onnx, NAME.input.npy, NAME.output.npy and a line of
manifest.json. Expected outputs are onnxruntime's."""

import collections
import json
import pathlib

import numpy as np
import onnx
import onnxruntime

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "tests" / "models"
MODEL_BYTES_MAX = 64 * 1024


def strip(model: onnx.ModelProto) -> None:
    """Removes notes of the exporting machine (stack traces, source paths); they mean nothing to a reader."""
    graph = model.graph
    for part in [model, graph, *graph.node, *graph.initializer, *graph.input, *graph.output, *graph.value_info]:
        part.ClearField("doc_string")
        if "metadata_props" in part.DESCRIPTOR.fields_by_name:
            part.ClearField("metadata_props")


def run(model: onnx.ModelProto, inputs: np.ndarray) -> np.ndarray:
    """The model's last output; for a ZipMap's list of dictionaries, the values in the order of its class labels."""
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    output = session.run(None, {session.get_inputs()[0].name: inputs})[-1]
    if isinstance(output, list):
        return np.array([list(row.values()) for row in output], np.float32)
    return output


class Family:
    """Collects the models of one generator; `close` replaces that generator's part of the manifest."""

    def __init__(self, generator: str):
        self.generator, self.entries = generator, []

    def save(
        self, name: str, exporter: str, model: onnx.ModelProto, inputs: np.ndarray, supported: bool = True
    ) -> None:
        """`supported`: whether an import must succeed; otherwise it must name what it cannot take."""
        strip(model)
        onnx.checker.check_model(model)
        outputs = run(model, inputs)
        if not np.allclose(run(model, inputs[:1]), outputs[:1], rtol=1e-4, atol=1e-4):
            raise ValueError(f"{name}: a batch of one gives another result")
        if len(np.unique(outputs)) < 3 or float(outputs.std()) < 1e-3:
            raise ValueError(f"{name}: the output hardly depends on anything")

        onnx_path = FOLDER / f"{name}.onnx"
        onnx.save(model, onnx_path)
        if onnx_path.stat().st_size > MODEL_BYTES_MAX:
            raise ValueError(f"{name}: {onnx_path.stat().st_size} bytes are too many to commit")
        np.save(FOLDER / f"{name}.input.npy", inputs)
        np.save(FOLDER / f"{name}.output.npy", outputs)
        opsets = {entry.domain or "ai.onnx": entry.version for entry in model.opset_import}
        operators = collections.Counter(
            node.op_type if node.domain in ("", "ai.onnx") else f"{node.domain}.{node.op_type}"
            for node in model.graph.node
        )
        self.entries.append(
            {
                "name": name,
                "generator": self.generator,
                "exporter": exporter,
                "opset": opsets["ai.onnx"],
                "opset_ml": opsets.get("ai.onnx.ml"),
                "input": list(inputs.shape),
                "output": list(outputs.shape),
                "supported": supported,
                "ops": dict(sorted(operators.items())),
            }
        )
        print(f"{name}: {exporter}, opset {opsets['ai.onnx']}, {dict(sorted(operators.items()))}", flush=True)

    def close(self) -> None:
        path = FOLDER / "manifest.json"
        others = json.loads(path.read_text())["models"] if path.exists() else []
        kept = [entry for entry in others if entry["generator"] != self.generator]
        models = sorted(kept + self.entries, key=lambda entry: entry["name"])
        lines = ",\n".join("  " + json.dumps(entry) for entry in models)
        path.write_text('{"models": [\n' + lines + "\n]}\n")
