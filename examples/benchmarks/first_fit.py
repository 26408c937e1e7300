"""Show where the time of a first fit goes, beside that of a later one.

    python examples/benchmarks/first_fit.py

A dense network of 128 units is fitted on scikit-learn's 1,797 digits, in batches of 32, once
the imports are done. "XLA compiles" is what the first call of the compiled steps takes longer
than the second one.
"""

import contextlib
import time
from collections import defaultdict

import numpy as np
from sklearn.datasets import load_digits

from skmnist import KerasMLPClassifier


@contextlib.contextmanager
def timed(places):
    """Add the seconds spent in functions to the totals that are returned, by name.

    `places` are tuples of a name, an object and an attribute of it. What a function among them
    spends in another counts for the inner one only.
    """
    totals, calls, running = defaultdict(float), defaultdict(list), []
    before = [(owner, attribute, getattr(owner, attribute)) for _, owner, attribute in places]

    def wrap(name, function):
        def call(*arguments, **options):
            running.append(0.0)
            start = time.perf_counter()
            try:
                return function(*arguments, **options)
            finally:
                seconds = time.perf_counter() - start
                own = seconds - running.pop()
                if running:
                    running[-1] += seconds
                totals[name] += own
                calls[name].append(own)

        return call

    try:
        for (name, owner, attribute), (_, _, function) in zip(places, before, strict=True):
            setattr(owner, attribute, wrap(name, function))
        yield totals, calls
    finally:
        for owner, attribute, function in before:
            setattr(owner, attribute, function)


def profile(classifier, X, y, places):
    """Return the seconds of one fit by what they were spent for."""
    with timed(places) as (totals, calls):
        start = time.perf_counter()
        classifier.fit(X, y)
        whole = time.perf_counter() - start
    totals["anything else"] = whole - sum(totals.values())
    first, *others = calls["optimizer steps"]
    if others:
        totals["XLA compiles"] = first - np.median(others)
        totals["optimizer steps"] -= totals["XLA compiles"]
    totals["all"] = whole
    return totals


def main():
    from skmnist._engine import optimizers, scikeras_bridge, training, training_program

    scikeras_bridge.import_scikeras()
    program = training_program.TrainingProgram
    places = [
        ("the network as a Keras model", training_program, "build_model"),
        ("initial weights", training_program, "draw_start"),
        ("the optimizer is made", optimizers.OptimizerRecipe, "make"),
        ("tracing", program, "_compile"),
        ("optimizer steps", program, "run_steps"),
        ("scikeras", training, "fit_through_scikeras"),
        ("epochs: order, history, callbacks", training.TrainingRun, "epochs"),
        ("the optimizer's variables, start values", program, "start"),
    ]
    X, y = load_digits(return_X_y=True)
    X = (X / 16).astype(np.float32)
    classifier = KerasMLPClassifier(
        (128,), epochs=20, batch_size=32, calibrate=False, random_state=0
    )
    first = profile(classifier, X, y, places)
    later = profile(classifier, X, y, places)
    other = profile(classifier.set_params(hidden_layer_sizes=(96,)), X, y, places)
    one_epoch = profile(classifier.set_params(epochs=1), X, y, places)
    columns = [first, other, later, one_epoch]
    print("| milliseconds | first fit | another network | later fit | of one epoch |")
    print("|---|---|---|---|---|")
    for name in sorted(first, key=first.get):
        print(f"| {name} | " + " | ".join(f"{1000 * c[name]:.1f}" for c in columns) + " |")


if __name__ == "__main__":
    main()
