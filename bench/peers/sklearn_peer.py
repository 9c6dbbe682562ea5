"""scikit-learn's MLPClassifier and MLPRegressor on the tables: whole fits, one split after another.

Arguments: the job's folder, which is not used; the folder of the tables; the number of threads, which the BLAS has read.
"""

import json
import pathlib
import sys
import warnings

import numpy as np
import sklearn
import versions
from protocol import serve
from sklearn.neural_network import MLPClassifier, MLPRegressor

SEEDS = 5
FOLDS = 10
# Training ends after the given number of epochs, converged or not.
warnings.simplefilter("ignore")


class Fits:
    """One fit a run; `figures` tells its score on the test part, and goes on to the case of the next round."""

    def __init__(self, folder, path):
        with path.open(encoding="utf8") as text:
            columns = next(text).split(",").index("target")
            table = np.loadtxt(text, delimiter=",")
        self.x, self.target = table[:, :columns], table[:, columns]
        self.folds = table[:, columns + 1 :].astype(int)
        self.settings = json.loads((folder / "fit.json").read_text(encoding="utf8"))
        self.regression = path.stem == "diabetes"
        self.round = 0
        self.prepare()

    def prepare(self):
        """Columns, and the values of a regression, standardised by the training rows."""
        self.seed, fold = self.round % SEEDS, self.round // SEEDS % FOLDS
        tested = self.folds[:, self.seed] == fold
        x = standardised(self.x, self.x[~tested]).astype(np.float32)
        y = self.target.astype(int)
        if self.regression:
            y = standardised(self.target, self.target[~tested]).astype(np.float32)
        self.train, self.test = (x[~tested], y[~tested]), (x[tested], y[tested])

    def check(self):
        parts = (self.train, self.test)
        sums = [np.square(values, dtype=float).sum() for part in parts for values in part]
        return [len(self.train[0]), len(self.test[0]), *sums]

    def run(self):
        s = self.settings
        kind = MLPRegressor if self.regression else MLPClassifier
        self.model = kind(
            hidden_layer_sizes=(s["hidden"],),
            activation="relu",
            solver="adam",
            alpha=0,
            batch_size=min(s["batchSize"], len(self.train[0])),
            learning_rate_init=s["learningRate"],
            beta_1=s["beta1"],
            beta_2=s["beta2"],
            epsilon=s["epsilon"],
            max_iter=s["epochs"],
            n_iter_no_change=s["epochs"] + 1,
            random_state=self.seed,
        ).fit(*self.train)

    def figures(self):
        score = self.model.score(*self.test)
        self.round += 1
        self.prepare()
        return {"R²" if self.regression else "accuracy": float(score)}


def standardised(values, trained):
    deviation = trained.std(axis=0)
    return (values - trained.mean(axis=0)) / np.where(deviation == 0, 1, deviation)


def workload(folder, path):
    fits = Fits(folder, path)
    return fits.check, fits.run, fits.figures


def main():
    _, tables, _ = sys.argv[1:]
    folder = pathlib.Path(tables)
    said = f"scikit-learn {sklearn.__version__}, {versions.of_numpy(np)}"
    serve({f"fit:{path.stem}": lambda path=path: workload(folder, path) for path in folder.glob("*.csv")}, said)


main()
