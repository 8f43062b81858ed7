"""From a name as it is written to words: numbers, disguises, legal forms, other scripts."""

from __future__ import annotations

import pytest

from compliance.matching.names import Kind, analyse
from compliance.matching.scripts import latin
from compliance.matching.vocabulary import chinese_words


def words(name: str) -> list[str]:
    return [token.text for token in analyse(name).tokens if token.kind is not Kind.legal]


def numbers(name: str) -> list[str]:
    return [token.text for token in analyse(name).tokens if token.kind is Kind.number]


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("第五十四研究所", "54"),
        ("中国电子科技集团公司第五十五研究所", "55"),
        ("第十研究所", "10"),
        ("第一百零八工厂", "108"),
        ("七二四研究所", "724"),
        ("第七〇四研究所", "704"),
        ("第13研究所", "13"),
        ("The 54th Research Institute", "54"),
        ("Fifth Design Bureau", "5"),
        ("Institute No. 007", "7"),
    ],
)
def test_a_number_is_read_in_figures_words_and_chinese_numerals(name: str, number: str) -> None:
    assert numbers(name) == [number]


@pytest.mark.parametrize("name", ["三一集团", "Thirdly Trading", "一汽"])
def test_a_numeral_inside_a_brand_is_none(name: str) -> None:
    assert numbers(name) == []


@pytest.mark.parametrize(
    "name", ["5berbank", "Sb3rbank", "5b3rb4nk", "Sberb4nk", "Sbеrbаnk", "Sber\u200bbank", "Ｓｂｅｒｂａｎｋ"]
)
def test_letters_and_digits_that_pose_as_others_are_read_as_these(name: str) -> None:
    assert words(name) == ["sberbank"]


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("3com", ["3", "com"]),
        ("1st Bank", ["1", "bank"]),
        ("3D Systems", ["3", "d", "systems"]),
        ("Darya 1", ["darya", "1"]),
    ],
)
def test_a_digit_before_a_short_word_stays_a_digit(name: str, read: list[str]) -> None:
    assert words(name) == read


@pytest.mark.parametrize("form", ["Compny", "Copmany", "Companny", "Company", "Co.", "Limted", "Ltd"])
def test_a_mistyped_legal_form_is_a_legal_form(form: str) -> None:
    assert [token.kind for token in analyse(f"Rosneft {form}").tokens] == [Kind.word, Kind.legal]


@pytest.mark.parametrize("name", ["Rosneft Campus", "Rosneft Commune", "Rosneft Limestone"])
def test_a_word_that_is_near_a_form_but_another_word_stays_one(name: str) -> None:
    assert [token.kind for token in analyse(name).tokens] == [Kind.word, Kind.word]


def test_every_chinese_word_of_the_table_can_be_met() -> None:
    """Names are made simplified before the table is asked: a traditional key would never be found."""
    assert [word for word in chinese_words() if latin(word).split() != chinese_words()[word].lower().split()] == []


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [("廣東省進出口集團有限公司", "广东省进出口集团有限公司"), ("哈爾濱電氣", "哈尔滨电气"), ("資訊產業", "资讯产业")],
)
def test_traditional_and_simplified_characters_are_the_same_name(traditional: str, simplified: str) -> None:
    assert words(traditional) == words(simplified)


@pytest.mark.parametrize(
    "name",
    [
        "Joint Stoc Company Tekhnodinamika",
        "Joint Stock Compani Tekhnodinamika",
        "Closed Joint Stoca Company Tekhnodinamika",
        "Obshchestvo s o. otvetstvennostyu Tekhnodinamika",
        "Obshchestvo s otvetstvennostyu Tekhnodinamika",
        "Federal State U. Enterprise Tekhnodinamika",
        "Tekhnodinamika Closed Stock Joint Company",
    ],
)
def test_a_long_legal_form_is_one_though_mistyped_cut_short_or_turned_round(name: str) -> None:
    assert words(name) == ["tekhnodinamika"]


@pytest.mark.parametrize(
    "name", ["Joint Venture Tekhnodinamika", "Trading Company Tekhnodinamika", "Stock Tekhnodinamika"]
)
def test_other_words_beside_a_form_stay_in_the_name(name: str) -> None:
    assert "tekhnodinamika" in words(name)
    assert len(analyse(name).tokens) > 1


def test_a_company_that_is_known_by_another_name_in_english_is_read_by_that_name() -> None:
    """SMIC's Chinese name says "integrated circuits" where the English one says "semiconductor"."""
    for name in ("中芯国际集成电路制造有限公司", "中芯國際集成電路製造有限公司"):
        read = [token.text for token in analyse(name).tokens]
        assert read[:3] == ["semiconductor", "manufacturing", "international"]
