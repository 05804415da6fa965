"""The words of each language that stand around days and times. What the days' own names mean, `dateparser` knows.

They decide which words of a title are a deadline at all, which is what keeps "may", "sun" and "Chapter 10" in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Stage(StrEnum):
    """A day that is found by the calendar rather than by its name."""

    NEXT_WEEK = "next_week"  # its Monday
    NEXT_MONTH = "next_month"  # its first
    NEXT_YEAR = "next_year"
    WEEKEND = "weekend"  # its Saturday
    END_OF_WEEK = "end_of_week"  # its Sunday
    END_OF_MONTH = "end_of_month"
    END_OF_YEAR = "end_of_year"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Words:
    """One language. All but `named`, `called` and `numbers` are regular expressions, in which `~` is a gap.

    Attributes:
        code: Its ISO 639-1 code.
        before_day: What may lead to a day and belongs to it: "by" friday.
        before_time: Likewise to a time: "at" 17:00.
        not_after: What makes a day after it something else than a deadline: "last" friday.
        every: What is repeated, which is not understood and stays.
        named: Days by their names, and what `dateparser` calls them where it is something else.
        called: What else `dateparser` calls by another word.
        weekdays: The names of weekdays.
        risky_weekdays: Short ones that are other words too: they need `before_day` or a time beside them.
        coming_week: What before a weekday means that of the next week.
        months: The names of months.
        risky_months: Those that are other words too.
        dates: A day and a month, with `{day}` and `{month}` in place of them. A year may follow.
        within: What leads to a number of units.
        clock_units: Units that move the time of day.
        day_units: Units that do not.
        numbers: Numbers that are written as words.
        stages: What each of them is called.
        tonight: Today in the evening.
        noon: Twelve o'clock.
        midnight: The end of the day.
        parts: Parts of the day, and the hour that each stands for. They need a day before them.
        hour: An hour by a word, with `{hour}` and `{minute}` in place of them.
        bare_hour: An hour by itself. It needs a day beside it.
        halves: What follows an hour of the clock's twelve, beside am and pm without a gap.
        afternoon_until: A bare hour up to this one is one of the afternoon.
        month_first: Whether 12/24 is Christmas Eve.
        ordinals: What may follow a day's number.
        day_of_month: A day of this month or the next, with `{day}` in place of it.
        joins_parts: Whether a part of the day may be written in one word with the day.
        dotted: Whether 24.12. is Christmas Eve without a year too.
    """

    code: str
    before_day: str
    before_time: str
    not_after: str
    every: str
    named: Mapping[str, str]
    called: Mapping[str, str]
    weekdays: str
    risky_weekdays: str
    coming_week: str = ""
    months: str
    risky_months: str = ""
    dates: tuple[str, ...]
    within: str
    clock_units: str
    day_units: str
    numbers: Mapping[str, int]
    stages: Mapping[Stage, str]
    tonight: str
    noon: str
    midnight: str
    parts: Mapping[str, int]
    hour: str = ""
    bare_hour: str
    halves: str = ""
    afternoon_until: int = 0
    month_first: bool = False
    ordinals: str = ""
    day_of_month: str
    joins_parts: bool = False
    dotted: bool = False


ENGLISH: Final = Words(
    code="en",
    before_day=r"(?:due~)?(?:by|on|until|till|before|for|this)(?:~the|~this)?|due",
    before_time=r"(?:due~)?(?:at|by|until|till|before)",
    not_after=r"every|each|after|since|from|last|past|previous|other|black|good|casual",
    every=r"(?:every|each)~(?:other~|\d{1,3}(?:st|nd|rd|th)?~)?[^\W\d_]+",
    named={
        r"today": "",
        r"(?:the~)?day~after~tomorrow": "in 2 days",
        r"tomorrow": "",
        r"tmrw|tmr|tmw": "tomorrow",
        r"eod|end~of~(?:the~)?day": "today",
    },
    called={"thurs": "thursday", "within": "in"},
    weekdays=r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|tues?|thu(?:rs?)?|fri",
    risky_weekdays=r"mon|wed|sat|sun",
    coming_week=r"next",
    months=(
        r"january|february|april|june|july|august|september|october|november|december"
        r"|jan|feb|apr|jun|jul|aug|sept?|oct|nov|dec"
    ),
    risky_months=r"march|mar|may",
    dates=(r"{day}(?:~of)?~{month}", r"{month}~{day}"),
    within=r"in|within",
    clock_units=r"minutes?|mins?|hours?|hrs?|h",
    day_units=r"days?|weeks?|months?|years?",
    numbers={
        "half an": 0, "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
        "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12,
    },
    stages={
        Stage.NEXT_WEEK: r"next~week",
        Stage.NEXT_MONTH: r"next~month",
        Stage.NEXT_YEAR: r"next~year",
        Stage.WEEKEND: r"(?:this~|the~)weekend",
        Stage.END_OF_WEEK: r"(?:the~)?end~of~(?:the~|this~)?week|eow",
        Stage.END_OF_MONTH: r"(?:the~)?end~of~(?:the~|this~)?month|eom",
        Stage.END_OF_YEAR: r"(?:the~)?end~of~(?:the~|this~)?year|eoy",
    },
    tonight=r"tonight",
    noon=r"noon|midday",
    midnight=r"midnight",
    parts={r"(?:in~the~)?morning": 9, r"(?:in~the~)?afternoon": 15, r"(?:in~the~)?evening|night": 20},
    bare_hour=r"(?:at|by|until|till|before)~{hour}",
    halves=r"~?[ap]\.?m\.?",
    afternoon_until=6,
    month_first=True,
    ordinals=r"(?:st|nd|rd|th)",
    day_of_month=r"(?:on|by|until|till|before)~(?:the~)?{day}(?:st|nd|rd|th)",
)  # fmt: skip

GERMAN: Final = Words(
    code="de",
    before_day=(
        r"(?:spätestens~)?(?:bis(?:~zum|~am)?|am|zum|vor(?:~dem)?|für|ab)(?:~(?:de[nrm]|diese[nrms]?|kommende[nrms]?"
        r"|nächste[nrms]?))?|diese[nrms]?|kommende[nrms]?|nächste[nrms]?"
    ),
    before_time=r"(?:spätestens~)?(?:um|gegen|bis|vor|ab)(?:~um)?",
    not_after=r"jede[nrms]?|seit(?:~dem)?|nach(?:~dem)?|von|vom|letzte[nrms]?|vorige[nrms]?|guten?|schönen",
    every=r"(?:jede[nrms]?|alle)~(?:zweite[nrms]?~|\d{1,3}\.?~)?[^\W\d_]+",
    named={
        r"heute": "",
        r"übermorgen": "",
        # Within a sentence the noun, the morning, is the one with a capital letter.
        r"(?-i:morgen)|^(?-i:Morgen)": "morgen",
    },
    called={"sonnabend": "samstag"},
    weekdays=r"montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag",
    risky_weekdays=r"mo|di|mi|do|fr|sa|so",
    months=(
        r"januar|jänner|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember"
        r"|jan|feb|mär|apr|jun|jul|aug|sept?|okt|nov|dez"
    ),
    dates=(r"{day}~{month}",),
    within=r"in",
    clock_units=r"minuten?|min|stunden?|std",
    day_units=r"tag(?:en?)?|wochen?|monat(?:en?)?|jahr(?:en?)?",
    numbers={
        "einer halben": 0, "einem": 1, "einer": 1, "ein": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5,
        "sechs": 6, "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "zwölf": 12,
    },
    stages={
        Stage.NEXT_WEEK: r"(?:nächste[nr]?|kommende[nr]?)~woche",
        Stage.NEXT_MONTH: r"(?:nächste[nr]?|kommende[nr]?)~monat",
        Stage.NEXT_YEAR: r"(?:nächste[sn]?|kommende[sn]?)~jahr",
        Stage.WEEKEND: r"(?:am|zum|dieses)~wochenende",
        Stage.END_OF_WEEK: r"ende~(?:der|dieser)~woche",
        Stage.END_OF_MONTH: r"(?:zum~)?monatsende|ende~(?:des|dieses)~monats",
        Stage.END_OF_YEAR: r"(?:zum~)?jahresende|ende~(?:des|dieses)~jahres",
    },
    tonight=r"heute~(?:abend|nacht)",
    noon=r"mittags?",
    midnight=r"mitternacht",
    parts={r"früh|morgens?|vormittags?": 9, r"nachmittags?": 15, r"abends?": 20},
    hour=r"{hour}(?:[:.]{minute})?~?uhr(?:~{minute_after})?",
    bare_hour=r"(?:um|gegen|bis|ab)~{hour}",
    ordinals=r"\.",
    day_of_month=r"(?:am|bis~zum|zum|bis)~{day}\.",
    joins_parts=True,
    dotted=True,
)  # fmt: skip

SPANISH: Final = Words(
    code="es",
    before_day=(
        r"(?:para|antes~del?|hasta)(?:~(?:el|este|la|el~próximo|el~proximo))?|(?:el|este)(?:~pr[óo]ximo)?|pr[óo]ximo"
    ),
    before_time=r"(?:a|para|antes~de|hasta|sobre)~las?",
    not_after=r"cada|todos~los|todas~las|desde(?:~el)?|después~del?|tras(?:~el)?|pasado|último",
    every=r"(?:cada|todos~los|todas~las)~(?:\d{1,3}~)?[^\W\d_]+",
    named={
        r"hoy": "",
        r"pasado~mañana": "in 2 days",
        r"(?<!la )(?<!cada )(?<!pasado )mañana": "mañana",
    },
    called={},
    weekdays=r"lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bado|domingo",
    risky_weekdays=r"lun|mié|jue|vie|sáb",
    months=(
        r"enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre|diciembre"
        r"|ene|feb|abr|jun|jul|ago|sept?|oct|nov|dic"
    ),
    dates=(r"{day}~de~{month}", r"{day}~{month}"),
    within=r"en|dentro~de",
    clock_units=r"minutos?|min|horas?",
    day_units=r"d[íi]as?|semanas?|mes(?:es)?|años?",
    numbers={
        "media": 0, "un": 1, "una": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7,
        "ocho": 8, "nueve": 9, "diez": 10, "doce": 12,
    },
    stages={
        Stage.NEXT_WEEK: r"(?:la~)?(?:pr[óo]xima~semana|semana~(?:que~viene|pr[óo]xima))",
        Stage.NEXT_MONTH: r"(?:el~)?(?:pr[óo]ximo~mes|mes~(?:que~viene|pr[óo]ximo))",
        Stage.NEXT_YEAR: r"(?:el~)?(?:pr[óo]ximo~año|año~(?:que~viene|pr[óo]ximo))",
        Stage.WEEKEND: r"(?:el|este)~fin~de~semana",
        Stage.END_OF_WEEK: r"(?:a~)?final(?:es)?~de~(?:la~)?semana",
        Stage.END_OF_MONTH: r"(?:a~)?fin(?:al(?:es)?)?~de(?:l)?~mes",
        Stage.END_OF_YEAR: r"(?:a~)?fin(?:al(?:es)?)?~de(?:l)?~año",
    },
    tonight=r"esta~noche",
    noon=r"(?:al~)?mediod[íi]a",
    midnight=r"(?:a~)?medianoche",
    parts={
        r"(?:por|en|a)~la~mañana": 9, r"temprano": 9, r"(?:por|en|a)~la~tarde": 15,
        r"(?:por|en|a)~la~noche|noche": 20,
    },
    hour=r"{hour}(?:[:.]{minute})?~?h(?:oras)?",
    bare_hour=r"(?:a|para|sobre|hasta)~las?~{hour}",
    halves=r"~?[ap]\.?~?m\.?|~de~la~(?:mañana|tarde|noche)",
    afternoon_until=6,
    ordinals=r"[ºo°]",
    day_of_month=r"(?:el~d[íi]a|antes~del~d[íi]a|para~el~d[íi]a)~{day}",
)  # fmt: skip

LANGUAGES: Final[Mapping[str, Words]] = {words.code: words for words in (ENGLISH, GERMAN, SPANISH)}


def languages(code: str | None) -> tuple[Words, ...]:
    """Return what somebody may write in: their language, where it is known, and English.

    Args:
        code: A BCP 47 tag, such as `de` or `de-AT`; None for English alone.
    """
    own = LANGUAGES.get((code or "").partition("-")[0].lower(), ENGLISH)
    return (own,) if own is ENGLISH else (own, ENGLISH)
