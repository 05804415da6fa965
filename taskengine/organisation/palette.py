"""The colours there are. A name, not a value: light and dark pages draw each as suits them."""

from enum import StrEnum
from typing import Final


class Colour(StrEnum):
    """One colour of the palette."""

    GREY = "grey"
    RED = "red"
    ORANGE = "orange"
    AMBER = "amber"
    LIME = "lime"
    GREEN = "green"
    TEAL = "teal"
    BLUE = "blue"
    INDIGO = "indigo"
    VIOLET = "violet"
    PINK = "pink"
    BROWN = "brown"


COLOUR_CHOICES: Final = [(colour.value, colour.value) for colour in Colour]
