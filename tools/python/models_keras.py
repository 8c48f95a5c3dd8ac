"""Exports tests/models' Keras family with tf2onnx:  python tools/python/models_keras.py

TensorFlow keeps channels last: tf2onnx puts a Transpose around every convolution and cancels what it can."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import logging

import numpy as np
import tensorflow as tf
import tf2onnx
from keras import Model, Sequential, activations, layers
from keras.utils import set_random_seed

from model_family import Family

IMAGE, VECTOR, SIGNAL = (12, 12, 3), (8,), (16, 4)


def trained(model: Model) -> Model:
    """Biases and batch normalisation statistics as training leaves them: not zero, different for each channel."""
    random = np.random.default_rng(5)
    for layer in model.layers:
        for variable in layer.weights:
            if variable.name == "bias":
                variable.assign(random.normal(0, 0.1, variable.shape))
        if isinstance(layer, layers.BatchNormalization):
            gamma, _, _, _ = layer.get_weights()
            layer.set_weights(
                [
                    random.uniform(0.5, 1.5, gamma.shape),
                    random.normal(0, 0.2, gamma.shape),
                    random.normal(0, 0.3, gamma.shape),
                    random.uniform(0.5, 2, gamma.shape),
                ]
            )
    return model


def dense(activation):
    return Sequential([layers.Input(VECTOR), layers.Dense(16, activation=activation), layers.Dense(4)])


def residual():
    x = layers.Input(IMAGE)
    first = layers.Conv2D(6, 3, padding="same", activation="relu")(x)
    y = layers.BatchNormalization()(layers.Conv2D(6, 3, padding="same", use_bias=False)(first))
    y = layers.ReLU()(layers.Add()([first, y]))
    return Model(x, layers.Dense(4)(layers.GlobalAveragePooling2D()(y)))


def inception():
    x = layers.Input(IMAGE)
    wide = layers.Conv2D(4, 3, padding="same", activation="relu")(x)
    narrow = layers.Conv2D(2, 1, activation="tanh")(x)
    y = layers.Concatenate()([wide, narrow])
    return Model(x, layers.Dense(4)(layers.Flatten()(layers.MaxPooling2D(3)(y))))


def images(*stack):
    return lambda: Sequential([layers.Input(IMAGE), *stack])


set_random_seed(0)  # a layer draws its seed where it is constructed, and `images` gets its layers constructed

# name: (make, opsets)
CASES = {
    "mlp": (
        lambda: Sequential(
            [layers.Input(VECTOR), layers.Dense(16, "relu"), layers.Dense(8, "relu"), layers.Dense(3, "softmax")]
        ),
        [9, 13, 18],
    ),
    "cnn": (
        images(
            layers.Conv2D(6, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(8, 2, activation="relu"),
            layers.Flatten(),
            layers.Dense(10, "relu"),
            layers.Dense(4, "softmax"),
        ),
        [9, 15],
    ),
    "batchnorm": (
        images(
            layers.Conv2D(6, 3, strides=2, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Conv2D(4, 3, dilation_rate=2),
            layers.BatchNormalization(),
            layers.ReLU(),
        ),
        [11, 18],
    ),
    "batchnorm_first": (
        images(layers.BatchNormalization(), layers.Conv2D(4, 3, padding="same", activation="relu")),
        [12],
    ),
    "depthwise": (
        images(
            layers.DepthwiseConv2D(3, padding="same"),
            layers.BatchNormalization(),
            layers.ReLU(6.0),
            layers.Conv2D(6, 1),
            layers.GlobalAveragePooling2D(),
            layers.Dense(4),
        ),
        [10, 17],
    ),
    "separable": (
        images(
            layers.SeparableConv2D(6, 3, activation="relu"),
            layers.AveragePooling2D(2),
            layers.Flatten(),
            layers.Dense(4),
        ),
        [13],
    ),
    "average_same": (
        images(layers.Conv2D(4, 3, activation="relu"), layers.AveragePooling2D(3, strides=2, padding="same")),
        [14],
    ),
    "max_same": (
        images(layers.Conv2D(4, 3), layers.MaxPooling2D(3, strides=2, padding="same"), layers.LeakyReLU(0.2)),
        [11],
    ),
    "zero_padding": (
        images(layers.ZeroPadding2D(((0, 1), (2, 1))), layers.Conv2D(4, 3, strides=2, activation="relu")),
        [9, 13],
    ),
    "cropping": (
        images(
            layers.Conv2D(4, 3, activation="relu"),
            layers.Cropping2D(((1, 0), (0, 2))),
            layers.Flatten(),
            layers.Dense(3),
        ),
        [13],
    ),
    "permute_reshape": (
        images(
            layers.Conv2D(4, 3, activation="relu"),
            layers.Permute((3, 1, 2)),
            layers.Reshape((8, 50)),
            layers.Dense(3),
        ),
        [16],
    ),
    "rescaling": (
        images(
            layers.Rescaling(1 / 4, offset=0.5),
            layers.Conv2D(4, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(3),
        ),
        [13],
    ),
    "conv1d": (
        lambda: Sequential(
            [
                layers.Input(SIGNAL),
                layers.Conv1D(6, 3, padding="same", activation="relu"),
                layers.MaxPooling1D(2),
                layers.Conv1D(4, 3),
                layers.GlobalAveragePooling1D(),
                layers.Dense(3),
            ]
        ),
        [12, 18],
    ),
    "residual": (residual, [13, 18]),
    "inception": (inception, [11]),
    "swish": (lambda: dense("swish"), [13]),
    "gelu": (lambda: dense(lambda x: activations.gelu(x, approximate=True)), [13]),
    "elu": (lambda: dense("elu"), [9]),
    "sigmoid": (lambda: dense("sigmoid"), [9]),
    "tanh": (lambda: dense("tanh"), [18]),
    "softplus": (lambda: dense("softplus"), [15]),
    "hard_sigmoid": (lambda: dense("hard_sigmoid"), [13]),
    "hard_swish": (lambda: dense("hard_swish"), [14]),
    "selu": (lambda: dense("selu"), [13]),
    "mish": (lambda: dense("mish"), [18]),
}

UNSUPPORTED = set()


def main():
    logging.disable(logging.WARNING)
    family = Family("models_keras.py")
    for number, (name, (make, opsets)) in enumerate(CASES.items()):
        set_random_seed(number)
        model = trained(make())
        shape = model.inputs[0].shape[1:]
        inputs = np.random.default_rng(number).normal(size=(32 if len(shape) < 3 else 6, *shape)).astype(np.float32)
        signature = [tf.TensorSpec((None, *shape), tf.float32, name="x")]
        call = tf.function(lambda x: model(x, training=False), input_signature=signature)
        for opset in opsets:
            proto, _ = tf2onnx.convert.from_function(call, input_signature=signature, opset=opset)
            family.save(
                f"keras_{name}_{opset}",
                f"tf2onnx {tf2onnx.__version__}, Keras on TensorFlow {tf.__version__}",
                proto,
                inputs,
                supported=name not in UNSUPPORTED,
            )
    family.close()


if __name__ == "__main__":
    main()
