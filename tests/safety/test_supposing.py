"""A symptom that is only supposed is none; one that happens under a condition, or is suspected, is one."""

import pytest

from bot.safety import Tier, assess

SUPPOSED = [
    "if i turned blue would you know what to do",
    "say i fainted halfway through, do you stop the clock",
    "let's say my calf swells up after. who do i ring",
    "imagine i collapsed in the car park, would anyone find me",
    "what if i sneeze while theres a needle in my chest",
    "could i bleed loads if i forget to say im on aspirin?",
    "my aunts on warfarin, would she bleed a lot if she had this done?",
    "would my arm go numb if you hit a nerve",
    "would my face droop if you did my jaw",
]
REAL = [
    "if i lie flat i cant breathe",
    "if i bend my neck i get electric shocks down both arms",
    "could i be bleeding inside? my belly is rock hard and im dizzy",
    "as if someone's sitting on my chest",
    "say what you like but i cant breathe properly",
    "would you be worried if one side of your face dropped, cos mine has",
    "what if its my lung, i cant breathe in properly",
    "not sure if my chest is tight from the gym but i cant fill my lungs",
    "will the chest pain go away",
]


@pytest.mark.parametrize("text", SUPPOSED)
def test_a_case_to_think_of_raises_no_alert(text):
    assert not assess(text).is_alert, assess(text)


@pytest.mark.parametrize("text", REAL)
def test_a_condition_or_a_suspicion_is_told_as_real(text):
    assert assess(text).tier is Tier.EMERGENCY, assess(text)
