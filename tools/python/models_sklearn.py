"""Exports tests/models' scikit-learn family with skl2onnx:  python tools/python/models_sklearn.py"""

import warnings

import numpy as np
import skl2onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, StandardScaler

from model_family import Family

ROWS = 64
SEED = 3


def mlp_classifier(**options):
    return MLPClassifier(hidden_layer_sizes=(16, 8), max_iter=300, random_state=SEED, **options)


def mlp_regressor():
    return MLPRegressor(hidden_layer_sizes=(16,), activation="tanh", max_iter=300, random_state=SEED)


# How the result leaves: probabilities in a ZipMap or as a tensor, the scores before them, or a regression's value.
OPTIONS = {
    "zipmap": {"zipmap": True},
    "tensor": {"zipmap": False},
    "plain": None,
    "scores": {"zipmap": False, "raw_scores": True},
}

# name: (estimator, data, opset, ai.onnx.ml opset, result)
CASES = {
    "scaler_logistic": (make_pipeline(StandardScaler(), LogisticRegression()), load_iris, 17, 3, "zipmap"),
    "scaler_logistic_tensor": (make_pipeline(StandardScaler(), LogisticRegression()), load_iris, 9, 1, "tensor"),
    "logistic_two_classes": (
        make_pipeline(StandardScaler(), LogisticRegression()),
        load_breast_cancer,
        13,
        2,
        "zipmap",
    ),
    "one_versus_rest": (OneVsRestClassifier(LogisticRegression()), load_iris, 15, 1, "tensor"),
    "logistic_scores": (make_pipeline(StandardScaler(), LogisticRegression()), load_iris, 12, 1, "scores"),
    "linear_regression": (LinearRegression(), load_diabetes, 11, 1, "plain"),
    "ridge_scaled": (make_pipeline(StandardScaler(), Ridge()), load_diabetes, 21, 3, "plain"),
    "min_max_regression": (make_pipeline(MinMaxScaler(clip=True), LinearRegression()), load_diabetes, 18, 3, "plain"),
    "max_abs_logistic": (make_pipeline(MaxAbsScaler(), LogisticRegression()), load_iris, 14, 2, "tensor"),
    "mlp": (make_pipeline(StandardScaler(), mlp_classifier()), load_iris, 17, 3, "zipmap"),
    "mlp_tensor": (make_pipeline(StandardScaler(), mlp_classifier(activation="tanh")), load_iris, 10, 1, "tensor"),
    "mlp_two_classes": (make_pipeline(StandardScaler(), mlp_classifier()), load_breast_cancer, 18, 3, "tensor"),
    "mlp_two_classes_zipmap": (
        make_pipeline(StandardScaler(), mlp_classifier(activation="logistic")),
        load_breast_cancer,
        13,
        2,
        "zipmap",
    ),
    "mlp_regressor": (make_pipeline(StandardScaler(), mlp_regressor()), load_diabetes, 16, 3, "plain"),
}

UNSUPPORTED = {"one_versus_rest"}  # LpNormalization of the classes' probabilities


def main():
    family = Family("models_sklearn.py")
    warnings.simplefilter("ignore")
    for name, (estimator, load, opset, opset_ml, result) in CASES.items():
        data = load()
        x, y = data.data.astype(np.float32), data.target
        if load is load_diabetes:
            y = (y - y.mean()) / y.std()
        estimator.fit(x, y)
        options = OPTIONS[result] and {id(estimator): OPTIONS[result]}
        model = skl2onnx.convert_sklearn(
            estimator,
            name=name,
            initial_types=[("x", FloatTensorType([None, x.shape[1]]))],
            target_opset={"": opset, "ai.onnx.ml": opset_ml},
            options=options,
        )
        chosen = np.random.default_rng(SEED).choice(len(x), ROWS, replace=False)
        family.save(
            f"sklearn_{name}", f"skl2onnx {skl2onnx.__version__}", model, x[chosen], supported=name not in UNSUPPORTED
        )
    family.close()


if __name__ == "__main__":
    main()
