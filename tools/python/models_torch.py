"""Exports tests/models' PyTorch family with both exporters:  python tools/python/models_torch.py

Each case is one small network with the exporter and opsets that it is written with: "script" is the TorchScript
exporter, "dynamo" the one built on torch.export. Together they cover opsets 9 to 21."""

import io
import logging
import warnings

import numpy as np
import onnx
import torch
from torch import nn

from model_family import Family


class Do(nn.Module):
    """A function of x as a layer."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


class Both(nn.Module):
    """Two branches of the same input, joined by a function."""

    def __init__(self, left, right, join):
        super().__init__()
        self.left, self.right, self.join = left, right, join

    def forward(self, x):
        return self.join(self.left(x), self.right(x))


class MatMul(nn.Module):
    """x·W + b written by hand: exporters leave MatMul and Add apart."""

    def __init__(self, fan_in, fan_out):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(fan_in, fan_out) / fan_in**0.5)
        self.bias = nn.Parameter(torch.randn(fan_out) * 0.1)

    def forward(self, x):
        return torch.matmul(x, self.weight) + self.bias


class Affine(nn.Module):
    """Every arithmetic operator with a constant, scalar and one value per feature, on either side."""

    def __init__(self, features):
        super().__init__()
        self.register_buffer("a", torch.rand(features) + 0.5)
        self.register_buffer("b", torch.randn(features))

    def forward(self, x):
        x = (x - self.b) / self.a
        x = self.b - x * 0.5
        return (2.0 * x + 1.0) / 3.0 - 0.25


def batch_norm(layer):
    """With statistics as training leaves them: different for each channel."""
    with torch.no_grad():
        layer.running_mean.normal_(0, 0.3)
        layer.running_var.uniform_(0.5, 2)
        layer.weight.uniform_(0.5, 1.5)
        layer.bias.normal_(0, 0.2)
    return layer


def act(function):
    return nn.Sequential(nn.Linear(8, 16), Do(function), nn.Linear(16, 4))


def conv(*args, **kwargs):
    return nn.Conv2d(*args, **kwargs)


def residual_block():
    inner = nn.Sequential(
        conv(6, 6, 3, padding=1),
        batch_norm(nn.BatchNorm2d(6)),
        nn.ReLU(),
        conv(6, 6, 3, padding=1),
        batch_norm(nn.BatchNorm2d(6)),
    )
    return nn.Sequential(conv(3, 6, 3, padding=1), nn.ReLU(), Both(nn.Identity(), inner, torch.add), nn.ReLU())


def head(channels, classes=4):
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes))


def mobile_net():
    return nn.Sequential(
        conv(3, 8, 3, stride=2, padding=1),
        batch_norm(nn.BatchNorm2d(8)),
        nn.Hardswish(),
        conv(8, 8, 3, padding=1, groups=8, bias=False),
        batch_norm(nn.BatchNorm2d(8)),
        nn.ReLU6(),
        conv(8, 12, 1, bias=False),
        batch_norm(nn.BatchNorm2d(12)),
        head(12),
    )


def mixer():
    """Tokens (batch, 6, 8): a dense layer over features, one over tokens, each with a residual."""
    turn = lambda: Do(lambda x: x.transpose(1, 2))
    features = nn.Sequential(nn.Linear(8, 16), nn.GELU(), nn.Linear(16, 8))
    tokens = nn.Sequential(turn(), nn.Linear(6, 12), nn.GELU(), nn.Linear(12, 6), turn())
    return nn.Sequential(
        Both(nn.Identity(), tokens, torch.add),
        Both(nn.Identity(), features, torch.add),
        nn.Flatten(),
        nn.Linear(48, 4),
    )


def tied():
    """Two layers share one weight and one bias."""
    first, second = nn.Linear(8, 8), nn.Linear(8, 8)
    second.weight, second.bias = first.weight, first.bias
    return nn.Sequential(first, nn.ReLU(), second)


def attention():
    """One head: its scores multiply two activations."""
    return nn.Sequential(nn.Linear(8, 8), Do(lambda x: torch.softmax(x @ x.transpose(1, 2), 2) @ x), nn.Linear(8, 4))


def squeeze_excite():
    """A gate computed from the image multiplies the image."""
    gate = nn.Sequential(nn.AdaptiveAvgPool2d(1), conv(4, 4, 1), nn.Sigmoid())
    return nn.Sequential(SMALL_CONV(), Both(nn.Identity(), gate, torch.mul), head(4))


VECTOR, TOKENS, SIGNAL, IMAGE = (8,), (6, 8), (4, 16), (3, 12, 12)
SMALL_CONV = lambda: conv(3, 4, 3, padding=1)

# name: (make, input shape, script opsets, dynamo opsets)
CASES = {
    "mlp": (
        lambda: nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(), nn.Linear(16, 4)),
        VECTOR,
        [9, 20],
        [18, 21],
    ),
    "matmul": (lambda: nn.Sequential(MatMul(8, 16), nn.ReLU(), MatMul(16, 4)), VECTOR, [9, 13], [18]),
    "tokens": (lambda: nn.Sequential(nn.Linear(8, 12), nn.ReLU(), nn.Linear(12, 5)), TOKENS, [11], [20]),
    "mixer": (mixer, TOKENS, [17], [20]),
    "tied": (tied, VECTOR, [14], []),
    "conv_stride_pad": (
        lambda: nn.Sequential(conv(3, 6, (3, 5), stride=(2, 1), padding=(1, 2)), nn.ReLU(), conv(6, 4, 2)),
        IMAGE,
        [9],
        [18],
    ),
    "conv_dilation_groups": (
        lambda: nn.Sequential(conv(3, 6, 3, dilation=2, padding=2), nn.ReLU(), conv(6, 4, 3, groups=2)),
        IMAGE,
        [10],
        [19],
    ),
    "conv_depthwise": (
        lambda: nn.Sequential(conv(3, 6, 3, groups=3, bias=False), nn.ReLU(), conv(6, 4, 1)),
        IMAGE,
        [12],
        [],
    ),
    "conv_same": (lambda: nn.Sequential(conv(3, 4, 4, padding="same"), nn.ReLU()), IMAGE, [13], [18]),
    "conv1d": (
        lambda: nn.Sequential(
            nn.Conv1d(4, 6, 5, stride=2, padding=2),
            nn.ReLU(),
            nn.Conv1d(6, 6, 3, groups=3),
            nn.MaxPool1d(2),
            nn.Flatten(),
            nn.Linear(18, 3),
        ),
        SIGNAL,
        [11],
        [18],
    ),
    "conv1d_average": (
        lambda: nn.Sequential(nn.Conv1d(4, 6, 3, dilation=2), nn.Tanh(), nn.AvgPool1d(3)),
        SIGNAL,
        [16],
        [],
    ),
    "batchnorm_after_conv": (
        lambda: nn.Sequential(SMALL_CONV(), batch_norm(nn.BatchNorm2d(4)), nn.ReLU()),
        IMAGE,
        [9, 15],
        [18],
    ),
    "batchnorm_before_conv": (
        lambda: nn.Sequential(batch_norm(nn.BatchNorm2d(3)), nn.ReLU(), SMALL_CONV()),
        IMAGE,
        [14],
        [],
    ),
    "batchnorm_dense": (
        lambda: nn.Sequential(nn.Linear(8, 16), batch_norm(nn.BatchNorm1d(16)), nn.ReLU(), nn.Linear(16, 4)),
        VECTOR,
        [13],
        [21],
    ),
    "maxpool": (
        lambda: nn.Sequential(SMALL_CONV(), nn.MaxPool2d(3, stride=2, padding=1), nn.ReLU()),
        IMAGE,
        [9, 12],
        [18],
    ),
    "average_pad_counted": (
        lambda: nn.Sequential(SMALL_CONV(), nn.ReLU(), nn.AvgPool2d(3, stride=2, padding=1)),
        IMAGE,
        [11],
        [19],
    ),
    "average_pad_left_out": (
        lambda: nn.Sequential(SMALL_CONV(), nn.ReLU(), nn.AvgPool2d(3, 2, 1, count_include_pad=False)),
        IMAGE,
        [10],
        [18],
    ),
    "global_average": (lambda: nn.Sequential(SMALL_CONV(), nn.ReLU(), head(4)), IMAGE, [9], [18]),
    "relu6": (lambda: act(nn.ReLU6()), VECTOR, [9, 11], [18]),
    "hardtanh": (lambda: act(nn.Hardtanh(-0.5, 0.75)), VECTOR, [10, 12], []),
    "leaky_relu": (lambda: act(nn.LeakyReLU(0.1)), VECTOR, [9], [18]),
    "sigmoid": (lambda: act(nn.Sigmoid()), VECTOR, [13], [21]),
    "hardsigmoid": (lambda: act(nn.Hardsigmoid()), VECTOR, [9], [18]),
    "hardswish": (lambda: act(nn.Hardswish()), VECTOR, [9, 14], [18]),
    "tanh": (lambda: act(nn.Tanh()), VECTOR, [9], [21]),
    "gelu": (lambda: act(nn.GELU()), VECTOR, [9, 17, 20], [18, 20]),
    "gelu_tanh": (lambda: act(nn.GELU(approximate="tanh")), VECTOR, [14, 20], [20]),
    "elu": (lambda: act(nn.ELU(0.7)), VECTOR, [9], [18]),
    "softplus": (lambda: act(nn.Softplus()), VECTOR, [12], [18]),
    "silu": (lambda: act(nn.SiLU()), VECTOR, [11], [18]),
    "affine": (lambda: nn.Sequential(Affine(8), nn.Linear(8, 4), Affine(4)), VECTOR, [9, 14], [18]),
    "affine_image": (lambda: nn.Sequential(Do(lambda x: (x - 0.5) * 2), SMALL_CONV(), nn.ReLU()), IMAGE, [11], []),
    "residual": (lambda: nn.Sequential(residual_block(), head(6)), IMAGE, [17], [18]),
    "mobile_net": (mobile_net, IMAGE, [14], [20]),
    "lenet": (
        lambda: nn.Sequential(
            conv(3, 4, 3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            conv(4, 6, 2),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(24, 10),
            nn.ReLU(),
            nn.Linear(10, 4),
        ),
        IMAGE,
        [11],
        [21],
    ),
    "view": (
        lambda: nn.Sequential(SMALL_CONV(), nn.ReLU(), Do(lambda x: x.view(x.size(0), -1)), nn.Linear(576, 4)),
        IMAGE,
        [9, 13],
        [18],
    ),
    "reshape": (
        lambda: nn.Sequential(
            nn.Linear(8, 12), nn.ReLU(), Do(lambda x: x.reshape(x.shape[0], 3, x.shape[1] // 3)), nn.Linear(4, 2)
        ),
        VECTOR,
        [10, 15],
        [18],
    ),
    "transpose": (
        lambda: nn.Sequential(SMALL_CONV(), Do(lambda x: x.permute(0, 2, 3, 1)), nn.ReLU(), nn.Linear(4, 5)),
        IMAGE,
        [9],
        [18],
    ),
    "concat": (
        lambda: nn.Sequential(
            Both(SMALL_CONV(), nn.Sequential(conv(3, 2, 1), nn.Sigmoid()), lambda a, b: torch.cat([a, b], 1)),
            conv(6, 3, 3),
        ),
        IMAGE,
        [13],
        [18],
    ),
    "slice": (
        lambda: nn.Sequential(SMALL_CONV(), nn.ReLU(), Do(lambda x: x[:, 1:, 2:-1]), conv(3, 2, 3)),
        IMAGE,
        [9],
        [18],
    ),
    "slice_step": (
        lambda: nn.Sequential(SMALL_CONV(), nn.ReLU(), Do(lambda x: x[:, :, 1:, ::2]), conv(4, 2, 3)),
        IMAGE,
        [11],
        [18],
    ),
    "split": (
        lambda: nn.Sequential(
            nn.Linear(8, 12), nn.ReLU(), Do(lambda x: torch.split(x, [3, 4, 5], 1)[1]), nn.Linear(4, 3)
        ),
        VECTOR,
        [11, 13],
        [],
    ),
    "chunk": (
        lambda: nn.Sequential(
            nn.Linear(8, 12), nn.ReLU(), Do(lambda x: torch.cat(torch.chunk(x, 3, 1)[::-1], 1)), nn.Linear(12, 3)
        ),
        VECTOR,
        [18],
        [18],
    ),
    "squeeze": (
        lambda: nn.Sequential(
            Do(lambda x: x.unsqueeze(1)),
            nn.Conv1d(1, 4, 3),
            nn.ReLU(),
            nn.Conv1d(4, 1, 1),
            Do(lambda x: x.squeeze(1)),
            nn.Linear(6, 3),
        ),
        VECTOR,
        [11, 13],
        [18],
    ),
    "pad": (lambda: nn.Sequential(nn.ZeroPad2d((1, 2, 0, 1)), conv(3, 4, 3), nn.ReLU()), IMAGE, [9, 11], [18]),
    "cast": (
        lambda: nn.Sequential(
            nn.Linear(8, 6), Do(lambda x: x.to(torch.float64).to(torch.float32)), nn.ReLU(), nn.Linear(6, 3)
        ),
        VECTOR,
        [13],
        [],
    ),
    "softmax": (
        lambda: nn.Sequential(nn.Linear(8, 6), nn.ReLU(), nn.Linear(6, 4), nn.Softmax(1)),
        VECTOR,
        [9, 13],
        [18],
    ),
    "argmax": (
        lambda: nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 4, bias=False), Do(lambda x: x.argmax(1))),
        VECTOR,
        [12],
        [18],
    ),
    "attention": (attention, TOKENS, [17], [18]),
    "squeeze_excite": (squeeze_excite, IMAGE, [13], []),
    "layer_norm": (lambda: nn.Sequential(nn.Linear(8, 6), nn.LayerNorm(6), nn.Linear(6, 4)), VECTOR, [17], []),
}

UNSUPPORTED = {"attention", "squeeze_excite", "layer_norm"}


def export(model, example, exporter, opset):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if exporter == "dynamo":
            batch = {0: torch.export.Dim("batch", min=1, max=4096)}
            return torch.onnx.export(
                model,
                (example,),
                dynamo=True,
                opset_version=opset,
                input_names=["x"],
                output_names=["y"],
                dynamic_shapes=({**batch},),
                verbose=False,
            ).model_proto
        file = io.BytesIO()
        torch.onnx.export(
            model,
            (example,),
            file,
            dynamo=False,
            opset_version=opset,
            input_names=["x"],
            output_names=["y"],
            dynamic_axes={"x": {0: "batch"}, "y": {0: "batch"}},
            training=torch.onnx.TrainingMode.PRESERVE,
        )
        return onnx.load_model_from_string(file.getvalue())


def main():
    logging.disable(logging.WARNING)
    family = Family("models_torch.py")
    for number, (name, (make, shape, script, dynamo)) in enumerate(CASES.items()):
        for exporter, opset in [("script", o) for o in script] + [("dynamo", o) for o in dynamo]:
            torch.manual_seed(number)
            model = make().eval()
            inputs = torch.randn(32 if len(shape) < 3 else 6, *shape)
            proto = export(model, inputs[:2], exporter, opset)
            family.save(
                f"torch_{name}_{exporter}{opset}",
                f"PyTorch {torch.__version__.split('+')[0]} {exporter}",
                proto,
                inputs.numpy(),
                supported=name not in UNSUPPORTED,
            )
    family.close()


if __name__ == "__main__":
    main()
