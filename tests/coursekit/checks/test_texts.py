"""Every text is there in every language, with its placeholders."""

import numpy as np
import pytest

from coursekit.checks import texts
from coursekit.checks.texts import explanation
from coursepress import catalog

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.mark.parametrize("language", texts.languages()[1:])
def test_a_catalog_is_complete_current_and_keeps_placeholders(language):
    assert list(catalog.problems(language)) == []


def test_chinese_is_there():
    assert "zh" in texts.languages()


def test_a_missing_stale_and_broken_entry_is_found(tmp_path, monkeypatch):
    path = tmp_path / "zh.po"
    path.write_text("", encoding="utf-8")
    monkeypatch.setattr(texts, "folders", lambda: [tmp_path])
    monkeypatch.setattr(catalog, "messages", lambda: dict.fromkeys(("one", "two {n}", "`three`"), tmp_path))
    catalog.update("zh")
    assert len([p for p in catalog.problems("zh") if "not translated" in p]) == 3
    path.write_text(
        'msgid "two {n}"\nmsgstr "二 {m}"\n\nmsgid "`three`"\nmsgstr "三"\n\nmsgid "old"\nmsgstr "旧"\n',
        encoding="utf-8",
    )
    found = " ".join(catalog.problems("zh"))
    for said in ("not translated: 'one'", "other placeholders", "other `code` marks", "no longer used: 'old'"):
        assert said in found


def test_the_language_is_chosen_by_name_or_by_the_locale(monkeypatch):
    assert texts.use("zh") == "zh"
    assert texts.say("Correct") == "正确"
    assert texts.say("Line {number}", number=3) == "第 3 行"
    texts.use(None)
    for value, language in (("zh_CN.UTF-8", "zh"), ("de_DE", "en"), ("zh:en", "zh"), ("C", "en")):
        texts._environments.cache_clear()
        monkeypatch.setenv("LANGUAGE", value)
        assert texts.current() == language
    texts._environments.cache_clear()
    with pytest.raises(ValueError, match="not 'xx'"):
        texts.use("xx")


def test_verdicts_are_the_same_in_every_language():
    from coursekit.checks import bank
    from coursekit.checks.card import as_text
    from coursekit.checks.diagnosis import check

    stops = bank.find("sliding-window/stops")
    english = check(stops, 4)
    texts.use("zh")
    chinese = check(stops, 4)
    assert english.misconceptions == chinese.misconceptions
    assert "你数的是跳跃" in as_text(stops, chinese)


def raised(function):
    try:
        function()
    except Exception as error:
        return error
    raise AssertionError("Nothing was raised.")


@pytest.mark.filterwarnings("ignore")
def test_an_error_of_a_library_is_told_from_its_cause_on():
    import keras
    import tensorflow as tf

    whole = np.zeros((1, 4, 4, 1), int)
    told = explanation(raised(lambda: tf.nn.conv2d(whole, np.zeros((2, 2, 1, 1), int), 1, "VALID")))
    assert told.startswith("InvalidArgumentError: Value for attr 'T' of int64 is not in the list of allowed values")
    assert "NodeDef" not in told
    told = explanation(raised(lambda: keras.ops.conv(np.zeros((1, 4, 4, 1)), np.zeros((2, 2, 3, 1)), 1)))
    assert told.startswith("ValueError: Depth of input (1) is not a multiple of input depth of filter (3)")
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    told = explanation(raised(lambda: model(np.zeros((2, 2)))))
    assert "expected axis -1 of input shape to have value 3, but received input with shape (2, 2)" in told
    assert "Exception encountered" not in told
    assert "Arguments received" not in told
    told = explanation(raised(lambda: tf.constant([1, 2]) @ tf.constant([1, 2])))
    assert told == "InvalidArgumentError: In[0] and In[1] ndims must be == 2: 1"


def test_an_error_of_python_is_told_as_it_is():
    assert explanation(raised(lambda: [][1])) == "IndexError: list index out of range"
    assert explanation(KeyError()) == "KeyError"
