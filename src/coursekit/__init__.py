"""Figures, data and checks of *From Neuron to GAN*.

The public names load on first use: `import coursekit` itself imports neither TensorFlow nor matplotlib.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

__version__ = "0.1.0"

_HOME = {
    "setup": "session",
    "explore": "explore",
    "answer": "exercises.learner",
    "check": "exercises.learner",
    "exercise": "exercises.learner",
    "hint": "exercises.learner",
    "progress": "exercises.learner",
    "solution": "exercises.learner",
    "palette": "figures.style",
    "show": "figures.display",
    "draw_broadcast": "figures.broadcasting",
    "draw_connections": "figures.blocks",
    "draw_strongest": "figures.blocks",
    "draw_detector": "figures.convolution",
    "draw_filter_detect": "figures.convolution",
    "draw_kernel_training": "figures.convolution",
    "draw_window_step": "figures.convolution",
    "draw_capacity": "figures.curves",
    "draw_fit": "figures.curves",
    "draw_learning_curves": "figures.curves",
    "draw_stop": "figures.curves",
    "draw_weights": "figures.curves",
    "draw_batches": "figures.descent",
    "draw_chain": "figures.descent",
    "draw_descent": "figures.descent",
    "draw_loss_contour": "figures.descent",
    "draw_rate": "figures.descent",
    "draw_extraction": "figures.extraction",
    "extract": "figures.extraction",
    "show_extraction": "figures.extraction",
    "draw_best_discriminator": "figures.games",
    "draw_duel": "figures.games",
    "draw_fakes": "figures.games",
    "draw_best_logits": "figures.generators",
    "draw_samples": "figures.generators",
    "draw_stamps": "figures.generators",
    "draw_feature_maps": "figures.images",
    "draw_images": "figures.images",
    "draw_kernel": "figures.images",
    "show_feature_maps": "figures.images",
    "show_images": "figures.images",
    "show_kernel": "figures.images",
    "draw_line": "figures.lines",
    "draw_line_training": "figures.lines",
    "draw_neuron": "figures.lines",
    "draw_perceptron": "figures.lines",
    "draw_slopes": "figures.lines",
    "draw_loops": "figures.loops",
    "draw_metric": "figures.loops",
    "draw_pairs": "figures.loops",
    "draw_matrix": "figures.matrices",
    "show_matrix": "figures.matrices",
    "draw_names": "figures.names",
    "draw_folds": "figures.networks",
    "draw_hinge": "figures.networks",
    "draw_layer_product": "figures.networks",
    "draw_network": "figures.networks",
    "draw_starts": "figures.networks",
    "draw_units_added": "figures.networks",
    "draw_dot_shift": "figures.pooling",
    "draw_magnitudes": "figures.pooling",
    "draw_pooling": "figures.pooling",
    "draw_running_means": "figures.pooling",
    "draw_stage_changes": "figures.pooling",
    "draw_unchanged_starts": "figures.pooling",
    "draw_confusion": "figures.probabilities",
    "draw_logit_losses": "figures.probabilities",
    "draw_probability_surface": "figures.probabilities",
    "draw_sigmoid": "figures.probabilities",
    "draw_surprise": "figures.probabilities",
    "draw_threshold": "figures.probabilities",
    "draw_clipping": "figures.recurrence",
    "draw_reach": "figures.recurrence",
    "draw_readings": "figures.recurrence",
    "draw_unrolled": "figures.recurrence",
    "unroll": "figures.recurrence",
    "draw_errors": "figures.series",
    "draw_forecast": "figures.series",
    "draw_series": "figures.series",
    "draw_split": "figures.series",
    "draw_twin": "figures.series",
    "draw_windows": "figures.series",
    "draw_playback": "figures.slopes",
    "draw_secant": "figures.slopes",
    "draw_step_size": "figures.slopes",
    "draw_apply": "figures.tapes",
    "draw_tape": "figures.tapes",
    "record_tape": "figures.tapes",
    "draw_receptive_field": "figures.windows",
    "draw_smoothing": "figures.windows",
    "draw_stops": "figures.windows",
    "window_starts": "figures.windows",
}
_MODULES = {"datasets": "datasets", "kernels": "figures.kernels"}

__all__ = ["__version__", *_HOME, *_MODULES]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        value: Any = import_module(f"{__name__}.{_MODULES[name]}")
    elif name in _HOME:
        value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    else:
        raise AttributeError(f"coursekit has no {name!r}; it has: {', '.join(sorted(__all__))}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)


class _Package(ModuleType):
    def __setattr__(self, name: str, value: Any) -> None:
        # Importing the module `coursekit.explore` sets it here; it must not hide the function `ck.explore`.
        if not (name in _HOME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
