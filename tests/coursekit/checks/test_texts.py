"""Every text is there in every language, with its placeholders."""

import pytest

from coursekit.checks import texts
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
