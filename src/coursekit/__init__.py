"""What chapters share: set-up, figures that move, data, and checks of exercises. Chapters say `import coursekit as ck`.

The public names load on first use: `import coursekit` itself imports neither TensorFlow nor matplotlib.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOME = {
    "rng": "session",
    "setup": "session",
    "answer": "checks.learner",
    "check": "checks.learner",
    "exercise": "checks.learner",
    "hint": "checks.learner",
    "progress": "checks.learner",
    "solution": "checks.learner",
    "yours": "checks.learner",
    "draw_learning_curves": "figures.curves",
    "draw_logit_losses": "figures.curves",
    "draw_slopes": "figures.curves",
    "show": "figures.display",
    "extract": "figures.extraction",
    "show_extraction": "figures.extraction",
    "show_images": "figures.images",
    "show_kernel": "figures.images",
    "explore": "figures.interactive",
    "show_matrix": "figures.matrices",
    "palette": "figures.style",
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
