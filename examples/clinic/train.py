"""Trains the clinic's model on scikit-learn's breast-cancer data and writes everything the story needs.

    python train.py [folder]         needs tools/python/requirements-train.txt; the results are committed

Data    569 biopsies, 30 measurements each (Wolberg, Street, Mangasarian 1995); 0 malignant, 1 benign.
Model   30-32-16-2, ReLU, on standardised measurements; the standardisation is part of the exported model, so that
        record.npy is what the laboratory measured.
Writes  model.onnx, calibration.npy (256 training rows), test.npy and test_labels.npy (114 held-out rows),
        record.npy (one of the held-out rows, malignant). Rows are float32, labels int64.
"""

import pathlib
import sys

import numpy as np
import onnx
import torch
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

SEED = 1
EPOCHS = 60
NOISE = 0.7  # of each measurement's deviation: 455 rows are few, and instruments differ


class Clinic(torch.nn.Module):
    """(batch, 30) measurements in their own units -> (batch, 2) probabilities: malignant, benign."""

    def __init__(self, mean: np.ndarray, deviation: np.ndarray):
        super().__init__()
        self.register_buffer("mean", torch.from_numpy(mean))
        self.register_buffer("deviation", torch.from_numpy(deviation))
        self.layers = torch.nn.Sequential(
            torch.nn.Linear(30, 32), torch.nn.ReLU(), torch.nn.Linear(32, 16), torch.nn.ReLU(), torch.nn.Linear(16, 2)
        )

    def logits(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers((x - self.mean) / self.deviation)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.softmax(self.logits(x), dim=1)


def train(x: np.ndarray, y: np.ndarray) -> Clinic:
    torch.manual_seed(SEED)
    model = Clinic(x.mean(axis=0), x.std(axis=0))
    inputs, labels = torch.from_numpy(x), torch.from_numpy(y)
    optimiser = torch.optim.AdamW(model.layers.parameters(), lr=3e-3, weight_decay=0.1)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, EPOCHS)
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(inputs)).split(32):
            noisy = inputs[rows] + NOISE * model.deviation * torch.randn(len(rows), 30)
            loss = torch.nn.functional.cross_entropy(model.logits(noisy), labels[rows], label_smoothing=0.05)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        schedule.step()
    return model.eval()


def accuracy(model: Clinic, x: np.ndarray, y: np.ndarray) -> float:
    with torch.no_grad():
        return float((model(torch.from_numpy(x)).argmax(dim=1).numpy() == y).mean())


def main(folder: pathlib.Path) -> None:
    torch.set_num_threads(1)  # one order of summation, one result
    data = load_breast_cancer()
    x_train, x_test, y_train, y_test = train_test_split(
        data.data.astype(np.float32), data.target, test_size=0.2, stratify=data.target, random_state=SEED
    )
    model = train(x_train, y_train)
    print(
        f"accuracy: {accuracy(model, x_train, y_train):.4f} on {len(x_train)} training rows, "
        f"{accuracy(model, x_test, y_test):.4f} on {len(x_test)} held-out rows"
    )

    torch.onnx.export(
        model,
        (torch.from_numpy(x_test[:1]),),
        folder / "model.onnx",
        dynamo=False,
        opset_version=17,
        input_names=["measurements"],
        output_names=["probabilities"],
        dynamic_axes={"measurements": {0: "batch"}, "probabilities": {0: "batch"}},
    )
    onnx.checker.check_model(folder / "model.onnx", full_check=True)
    np.save(folder / "calibration.npy", x_train[:256])
    np.save(folder / "test.npy", x_test)
    np.save(folder / "test_labels.npy", y_test)
    np.save(folder / "record.npy", x_test[np.flatnonzero(y_test == 0)[:1]])


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
