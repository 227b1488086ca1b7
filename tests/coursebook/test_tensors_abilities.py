"""What a line of code can do with arrays, tensors and Variables is tried, not looked up."""

import pytest

from coursebook.tensors import who_can

KINDS = ["array", "constant", "Variable", "constant in a graph", "Variable in a graph"]


def able(line: str, **options) -> list[str]:
    return [kind for kind, can in who_can(line, **options).items() if can]


def test_all_kinds_are_tried():
    assert list(who_can("x")) == able("x") == KINDS
    assert able("raise ValueError(x)") == []


def test_only_arrays_change_by_an_index_and_only_variables_by_assign():
    assert able("x[0] = 5") == ["array"]
    assert able("x[0].assign(5)") == ["Variable", "Variable in a graph"]


def test_a_tensor_in_a_graph_has_no_numbers():
    assert able("x.numpy()") == ["constant", "Variable"]


def test_the_line_sees_an_open_tape():
    assert able("tape.watch(x)", x=(1.0, 2.0)) == KINDS[1:]


def test_tensorflow_does_not_warn_of_tracing_again_and_again(capfd):
    for _ in range(8):
        who_can("x + 1")
    assert "retracing" not in capfd.readouterr().err


def test_a_line_that_is_not_python_is_an_error():
    with pytest.raises(SyntaxError):
        who_can("x +")
