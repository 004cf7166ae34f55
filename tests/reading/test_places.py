import pytest

from bot.reading.body_parts import body_parts, part_named, same_place
from tests.reading.tables import read, table

ROWS = table("places.yml")


def said(text, asked):
    names = [f"{area.side + ' ' if area.side else ''}{area.part or '?'}" for area in read(text, asked).areas]
    return "; ".join(names) or "-"


def test_the_table_holds_at_least_100_places():
    assert len(ROWS) >= 100


@pytest.mark.parametrize(("asked", "text", "wanted"), ROWS)
def test_the_place_is_read_as_the_table_says(asked, text, wanted):
    assert said(text, asked) == wanted


def test_each_area_keeps_its_own_score():
    areas = read("neck 4 shoulder 2").areas
    assert [(area.part, area.score) for area in areas] == [("neck", 4), ("shoulder", 2)]


def test_an_earlier_score_is_given_to_no_area():
    areas = read("hip was an 8 yesterday, hip and glute 4 now").areas
    assert 8 not in [area.score for area in areas]


def test_the_only_area_of_a_report_has_the_reports_score():
    assert read("left calf, 6/10").areas[0].score == 6


def test_every_part_named_near_another_is_itself_in_the_list():
    names = body_parts().keys()
    assert all(near in names for part in body_parts().values() for near in part.near)


def test_traps_and_upper_back_are_taken_for_the_same_answer_but_calf_and_neck_are_not():
    assert same_place(part_named("traps"), "upper back")
    assert not same_place("calf", "neck")


# The dihedral group of order 10 and its permutations: SNOMED CT identifiers end in a Verhoeff check digit.
_D = [[(i + j) % 5 if j < 5 else 5 + (i + j) % 5 for j in range(10)] for i in range(5)] + [
    [5 + (i - j) % 5 if j < 5 else (i - j) % 5 for j in range(10)] for i in range(5, 10)
]
_P = [list(range(10)), [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]]
for _ in range(6):
    _P.append([_P[1][digit] for digit in _P[-1]])


def verhoeff_holds(number: str) -> bool:
    check = 0
    for place, digit in enumerate(reversed(number)):
        check = _D[check][_P[place % 8][int(digit)]]
    return check == 0


def test_every_snomed_code_has_a_right_check_digit():
    codes = [part.snomed for part in body_parts().values() if part.snomed]
    assert codes and all(verhoeff_holds(code) for code in codes)
    assert not verhoeff_holds("53840003")
