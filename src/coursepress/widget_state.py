"""The saved state of ipywidgets in a notebook: which models a view needs, under names that never change."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
_REFERENCE = "IPY_MODEL_"
_STANDARD = "@jupyter-widgets/"
_LINKS = ("LinkModel", "DirectionalLinkModel")

Models = Mapping[str, Mapping[str, Any]]


def models(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """The widget models that a notebook has saved, by model id."""
    saved = notebook.get("metadata", {}).get("widgets") or {}
    return dict((saved.get(STATE) or {}).get("state") or {})


def views(outputs: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The model ids of the widgets that some outputs display, in order."""
    for output in outputs:
        view = output.get("data", {}).get(VIEW)
        if view is not None:
            yield view["model_id"]


def missing(roots: Iterable[str], saved: Models) -> list[str]:
    """The ids that the views `roots` need, directly or through other models, and that are not saved."""
    return [model_id for model_id in _walk(roots, saved) if model_id not in saved]


def stable(roots: Iterable[str], saved: Models) -> tuple[dict[str, str], dict[str, Any]]:
    """Keep what the views need, share equal layouts and styles, and name models in the order they are met.

    Two runs of the same chapter give the same result, and so does a second pass.

    Returns:
        The new name of every model met, and the models under their new names.
    """
    lean = {model_id: _without_defaults(model) for model_id, model in saved.items()}
    twin = _twins(lean)
    shared = {model_id: renamed(model, twin) for model_id, model in lean.items() if twin[model_id] == model_id}
    order = [model_id for model_id in _walk((twin.get(root, root) for root in roots), shared) if model_id in shared]
    order += _links(order, shared)
    names = {model_id: f"widget-{number:04}" for number, model_id in enumerate(order, start=1)}
    result = {names[model_id]: renamed(shared[model_id], names) for model_id in order}
    return {old: names[new] for old, new in twin.items() if new in names}, result


def _walk(roots: Iterable[str], saved: Models) -> list[str]:
    """Ids in depth-first order of first appearance; also ids that nothing is saved for."""
    met: dict[str, None] = {}
    waiting = list(roots)[::-1]
    while waiting:
        model_id = waiting.pop()
        if model_id not in met:
            met[model_id] = None
            waiting += list(_references(saved.get(model_id, {}).get("state", {})))[::-1]
    return list(met)


def _links(order: list[str], saved: Models) -> list[str]:
    """The links between models that are met, sorted by what they connect: nothing refers to a link."""
    rank = {f"{_REFERENCE}{model_id}": number for number, model_id in enumerate(order)}
    found = []
    for model_id, model in saved.items():
        ends = [model["state"].get(end) for end in ("source", "target")]
        if model.get("model_name") in _LINKS and all(end and end[0] in rank for end in ends):
            found.append(([(rank[end[0]], end[1]) for end in ends], model_id))
    return [model_id for _, model_id in sorted(found)]


def _twins(lean: Models) -> dict[str, str]:
    """For every model the one that stands for it: itself, or the first layout or style that says the same."""
    first: dict[str, str] = {}
    return {
        model_id: first.setdefault(json.dumps(model, sort_keys=True), model_id) if _is_look(model) else model_id
        for model_id, model in lean.items()
    }


def _without_defaults(model: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what every front end fills in by itself: less than ipywidgets' own `drop_defaults` does."""
    lean = {
        key: value
        for key, value in model["state"].items()
        if not key.startswith(("_model_", "_view_"))
        and not (value is None and (_is_look(model) or key in ("tabbable", "tooltip")))
        and not (value == [] and key == "_dom_classes")
    }
    return {**model, "state": lean} if str(model.get("model_module")).startswith(_STANDARD) else dict(model)


def _is_look(model: Mapping[str, Any]) -> bool:
    return str(model.get("model_name")).endswith(("LayoutModel", "StyleModel"))


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if value.startswith(_REFERENCE):
            yield value.removeprefix(_REFERENCE)
    elif isinstance(value, Mapping):
        for key in sorted(value):
            yield from _references(value[key])
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _references(item)


def renamed(value: Any, names: Mapping[str, str]) -> Any:
    """A copy of a model's state that refers to other models by their new names."""
    if isinstance(value, str):
        model_id = value.removeprefix(_REFERENCE)
        return f"{_REFERENCE}{names.get(model_id, model_id)}" if model_id != value else value
    if isinstance(value, Mapping):
        return {key: renamed(item, names) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [renamed(item, names) for item in value]
    return value
