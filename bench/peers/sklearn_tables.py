"""scikit-learn's pipelines on raw tables: whole fits with its defaults, one split after another.

Arguments: the job's folder, which holds the tables; `mlp` or `trees`; the number of threads, which the BLAS has read.
"""

import csv
import pathlib
import sys
import warnings

import numpy as np
import sklearn
import versions
from protocol import serve
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

SEEDS = 5
FOLDS = 10
REGRESSIONS = ("diabetes", "houses")
# Whether a fit has converged is its own affair.
warnings.simplefilter("ignore")


class Fits:
    """One fit a run; `figures` tells its score on the test part, and goes on to the case of the next round."""

    def __init__(self, path, kind):
        with path.open(encoding="utf8", newline="") as text:
            head, *rows = csv.reader(text)
        self.kind, self.regression = kind, path.stem in REGRESSIONS
        self.target = head.index("target")
        columns = [column(row[j] for row in rows) for j in range(self.target)]
        self.numbers = [j for j, values in enumerate(columns) if isinstance(values[0], float)]
        self.words = [j for j in range(self.target) if j not in self.numbers]
        self.x = np.empty((len(rows), self.target), object)
        for j, values in enumerate(columns):
            self.x[:, j] = values
        targets = [row[self.target] for row in rows]
        self.y = np.array(targets, float) if self.regression else np.array(targets)
        self.folds = np.array([row[self.target + 1 :] for row in rows], int)
        self.round = 0
        self.prepare()

    def prepare(self):
        self.seed, fold = self.round % SEEDS, self.round // SEEDS % FOLDS
        tested = self.folds[:, self.seed] == fold
        self.train, self.test = (self.x[~tested], self.y[~tested]), (self.x[tested], self.y[tested])

    def check(self):
        return [len(self.train[0]), len(self.test[0]), self.target + 1]

    def run(self):
        self.model = (self.mlp() if self.kind == "mlp" else self.trees()).fit(*self.train)

    def mlp(self):
        """Missing cells filled, numbers standardised, words one-hot; targets scaled, as TableModel scales them."""
        numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
        words = make_pipeline(
            SimpleImputer(missing_values=None, strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")
        )
        columns = ColumnTransformer([("numbers", numbers, self.numbers), ("words", words, self.words)])
        kind = MLPRegressor if self.regression else MLPClassifier
        model = make_pipeline(columns, kind(early_stopping=True, random_state=self.seed))
        return TransformedTargetRegressor(model, transformer=StandardScaler()) if self.regression else model

    def trees(self):
        """Trees need no scales, and take missing cells as they are."""
        codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan)
        columns = ColumnTransformer([("numbers", "passthrough", self.numbers), ("words", codes, self.words)])
        kind = HistGradientBoostingRegressor if self.regression else HistGradientBoostingClassifier
        return make_pipeline(columns, kind(random_state=self.seed))

    def figures(self):
        score = self.model.score(*self.test)
        self.round += 1
        self.prepare()
        return {"R²" if self.regression else "accuracy": float(score)}


def column(cells):
    """Numbers if all are, with NaN for a gap; else words, with None for a gap."""
    cells = list(cells)
    try:
        return [float(cell) if cell else np.nan for cell in cells]
    except ValueError:
        return [cell or None for cell in cells]


def workload(path, kind):
    fits = Fits(path, kind)
    return fits.check, fits.run, fits.figures


def main():
    folder, kind, _ = sys.argv[1:]
    said = f"scikit-learn {sklearn.__version__}, {versions.of_numpy(np)}"
    tables = sorted(pathlib.Path(folder).glob("*.csv"))
    serve({f"model:{path.stem}": lambda path=path: workload(path, kind) for path in tables}, said)


main()
