"""Writes test/golden/sklearn-metrics.json: what scikit-learn answers, for the metrics to be compared with.

Run as `python3 scripts/sklearn-metrics-fixtures.py` with scikit-learn 1.2; the file is committed, so tests need no Python.
"""

import json
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn import metrics

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "test" / "golden"
random = np.random.default_rng(20250310)
warnings.simplefilter("ignore")  # absent classes are wanted here


def classification(name, labels, predicted, classes=None):
    named = None if classes is None else list(range(classes))
    everyone = list(range(classes or max(max(labels), max(predicted)) + 1))
    case = {"name": name, "labels": labels, "predicted": predicted, "classes": classes}
    case["confusionMatrix"] = metrics.confusion_matrix(labels, predicted, labels=everyone).tolist()
    case["accuracy"] = metrics.accuracy_score(labels, predicted)
    functions = {"precision": metrics.precision_score, "recall": metrics.recall_score, "f1Score": metrics.f1_score}
    for key, f in functions.items():
        case[key] = {a: f(labels, predicted, labels=named, average=a) for a in ["macro", "micro", "weighted"]}
        case[key]["perClass"] = f(labels, predicted, labels=everyone, average=None).tolist()
        if len(everyone) == 2:
            case[key]["binary"] = f(labels, predicted, average="binary")
    return case


def regression(name, targets, predicted):
    return {
        "name": name,
        "targets": np.asarray(targets).tolist(),
        "predicted": np.asarray(predicted).tolist(),
        "rmse": metrics.mean_squared_error(targets, predicted, squared=False),
        "mae": metrics.mean_absolute_error(targets, predicted),
        "r2Score": metrics.r2_score(targets, predicted),
    }


def probabilities(name, labels, values):
    classes = 2 if np.ndim(values) == 1 else len(values[0])
    multi = {"multi_class": "ovr"} if classes > 2 else {}
    scores = np.asarray(values)
    return {
        "name": name,
        "labels": labels,
        "probabilities": scores.tolist(),
        "rocAuc": metrics.roc_auc_score(labels, scores[:, 1] if scores.ndim == 2 and classes == 2 else scores, **multi),
        "logLoss": metrics.log_loss(labels, scores, labels=list(range(classes))),
    }


def draw(n, classes):
    return random.integers(0, classes, n).tolist()


def softmax(n, classes):
    e = np.exp(random.normal(size=(n, classes)))
    return e / e.sum(axis=1, keepdims=True)


golden = {
    "sklearn": sklearn.__version__,
    "classification": [
        classification("two classes", draw(30, 2), draw(30, 2)),
        classification("five classes", draw(60, 5), draw(60, 5)),
        classification("a class that is never predicted", [0, 0, 1, 2, 2], [0, 0, 2, 2, 0]),
        classification("a class that has no row", [0, 0, 2, 2], [0, 1, 2, 1]),
        classification("a class that does not occur", [0, 0, 3, 3], [0, 3, 3, 3]),
        classification("a class that does not occur, of five", [0, 0, 3, 3], [0, 3, 3, 3], 5),
        classification("nothing right", [0, 1, 0, 1], [1, 0, 1, 0]),
        classification("no positive row and none predicted", [0, 0, 0], [0, 0, 0], 2),
    ],
    "regression": [
        regression("one output", random.normal(size=20), random.normal(size=20)),
        regression("three outputs", random.normal(size=(15, 3)), random.normal(size=(15, 3))),
        regression("targets far from 0", 1e6 + random.normal(size=20), 1e6 + random.normal(size=20)),
        regression("a constant target, missed", [2.5] * 4, [2.5, 2.5, 2.0, 2.5]),
        regression("a constant target, met", [2.5] * 4, [2.5] * 4),
        regression("one constant output of two", [[1, 2], [1, 3], [1, 5]], [[1, 2.5], [1, 3], [2, 4]]),
    ],
    "probabilities": [
        probabilities("of class 1", draw(30, 2), random.random(30)),
        probabilities("with ties", [0, 1, 1, 0, 1, 0], [0.5, 0.5, 0.5, 0.25, 0.75, 0.75]),
        probabilities("0 and 1", [0, 1, 1], [0.0, 0.0, 1.0]),
        probabilities("of two classes", draw(20, 2), softmax(20, 2)),
        probabilities("of four classes", [0, 1, 2, 3] + draw(36, 4), softmax(40, 4)),
    ],
}
(GOLDEN / "sklearn-metrics.json").write_text(json.dumps(golden) + "\n")
