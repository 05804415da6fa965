"""Which language a text is in, what a goal is about, and how its words fit a sentence."""

import pytest

from ai.goals import parse
from ai.language import detect, is_clearly_not, known
from ai.phrases import wording
from ai.texts import clean, cut, same_meaning


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Buy milk", "en"), ("Wedding", "en"), ("Two weeks in Japan with the kids", "en"), ("Oma anrufen", "de"),
        ("Umzug", "de"), ("Den Keller endlich ausmisten", "de"), ("Montar una tienda en línea", "es"), ("Cambiar la ventana rota", "es"),
        ("Organiser le pot de départ de Marc", "fr"), ("Repeindre la chambre d'amis", "fr"), ("Imparare a cucinare", "it"),
        ("Ristrutturare il bagno", "it"), ("Escrever a minha tese", None), ("Een feest organiseren voor mijn zus", None),
        ("Napisać pracę magisterską", None), ("引っ越し", None), ("", None), ("42", None),
        ("Closed elsewhere", None), ("Solar hardware", None),
    ],
)  # fmt: skip
def test_the_language_of_a_goal_is_told_by_few_words_or_not_at_all(text: str, language: str | None) -> None:
    assert detect(text) == language


@pytest.mark.parametrize(
    ("text", "is_not"),
    [
        ("Write the introduction of the thesis and the summary", "de"), ("Schreibe die Einleitung für die Arbeit und den Schluss", "en"),
        ("Rassembler les sources pour le mémoire et les notes", "it"),
    ],
)  # fmt: skip
def test_a_sentence_in_another_language_is_recognised_beyond_doubt(text: str, is_not: str) -> None:
    assert is_clearly_not(text, is_not)


@pytest.mark.parametrize("text", ["Kubernetes", "Email Anna", "Download TensorFlow", "Pizza", "OK"])
def test_what_any_language_could_say_is_in_none_beyond_doubt(text: str) -> None:
    assert not any(is_clearly_not(text, code) for code in ("en", "de", "es", "fr", "it"))


def test_a_language_tag_may_have_a_region() -> None:
    assert (known("de-AT"), known("EN_us"), known("pt-BR"), known(None), known("")) == (
        "de",
        "en",
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("code", "goal", "verb", "about", "place"),
    [
        ("en", "I'd like to write my thesis by the end of May", "write", "my thesis", ""),
        ("en", "Please help me prepare for my driving test next week", "prepare", "my driving test", ""),
        ("en", "learn to play the guitar from scratch", "learn", "the guitar", ""),
        ("en", "Move from Leeds to York by March", "move", "", "from Leeds to York"),
        ("en", "Wedding", "", "Wedding", ""),
        ("en", "do it", "do", "", ""),
        ("de", "Ich möchte meine Masterarbeit bis Mai schreiben", "schreiben", "meine Masterarbeit", ""),
        ("de", "Für die Matheklausur im Februar lernen", "lernen", "die Matheklausur", ""),
        ("de", "In eine kleinere Wohnung ziehen", "ziehen", "", "In eine kleinere Wohnung"),
        ("es", "Quiero aprender a tocar la guitarra", "aprender", "la guitarra", ""),
        ("es", "Viajar a Perú en agosto", "viajar", "", "a Perú"),
        ("fr", "J'aimerais écrire mon mémoire avant juin", "écrire", "mon mémoire", ""),
        ("it", "Vorrei scrivere la tesi entro giugno", "scrivere", "la tesi", ""),
        ("it", "Riparare il rubinetto che perde in cucina", "riparare", "il rubinetto", ""),
    ],
)  # fmt: skip
def test_a_goal_is_taken_apart(code: str, goal: str, verb: str, about: str, place: str) -> None:
    parsed = parse(goal, code)
    assert (parsed.verb, parsed.object, parsed.place) == (verb, about, place)


@pytest.mark.parametrize(
    ("code", "goal", "x", "of_x", "to_x"),
    [
        ("en", "Plan our wedding", "your wedding", "of your wedding", "to your wedding"),
        ("en", "Write an essay", "the essay", "of the essay", "to the essay"),
        ("en", "Tax return 2025", "the tax return 2025", "of the tax return 2025", "to the tax return 2025"),
        ("en", "Learn Spanish", "Spanish", "of Spanish", "to Spanish"),
        ("de", "Ein neues rotes Auto kaufen", "das neue rote Auto", "das neue rote Auto", "das neue rote Auto"),
        ("de", "Meinen Vortrag halten", "deinen Vortrag", "deinen Vortrag", "deinen Vortrag"),
        ("de", "Umzug nach Bonn", "den Umzug nach Bonn", "den Umzug nach Bonn", "den Umzug nach Bonn"),
        ("de", "Spanisch lernen", "Spanisch", "Spanisch", "Spanisch"),
        ("es", "Escribir un artículo", "el artículo", "del artículo", "al artículo"),
        ("es", "Boda de mi hermana", "la boda de mi hermana", "de la boda de mi hermana", "a la boda de mi hermana"),
        ("fr", "Écrire un article", "l'article", "de l'article", "à l'article"),
        ("fr", "Organiser des vacances", "les vacances", "des vacances", "aux vacances"),
        ("fr", "Mariage de Julie", "le mariage de Julie", "du mariage de Julie", "au mariage de Julie"),
        ("it", "Scrivere uno studio", "lo studio", "dello studio", "allo studio"),
        ("it", "Organizzare un'asta", "l'asta", "dell'asta", "all'asta"),
        ("it", "Trasloco a Torino", "il trasloco a Torino", "del trasloco a Torino", "al trasloco a Torino"),
    ],
)  # fmt: skip
def test_what_a_goal_is_about_fits_a_sentence(code: str, goal: str, x: str, of_x: str, to_x: str) -> None:
    slots = wording(
        parse(goal, code), own="it", takes_object=True, takes_place=False, nouns=(), code=code
    ).full
    assert (slots["x"], slots["of_x"], slots["to_x"]) == (x, of_x, to_x)


def test_half_characters_and_controls_are_cleaned_away_and_whole_emoji_stay() -> None:
    assert clean("a\x00b\ud83c\udf33\ud83c c\u202e \n d") == "a b🌳 c d"


def test_a_text_is_cut_between_words() -> None:
    assert cut("one two three", 13) == "one two three"
    assert cut("one two three", 12) == "one two…"
    assert len(cut("x" * 50, 10)) == 10


def test_titles_mean_the_same_though_words_are_turned_around_and_inflected() -> None:
    ignoring = {"the", "of"}
    assert same_meaning("Collect the sources of the thesis", "Collect thesis sources", ignoring=ignoring)
    assert not same_meaning("Collect the sources", "Print the sources", ignoring=ignoring)
    assert same_meaning(
        "Collect the sources", "Print collect sources", ignoring={*ignoring, "print"}, any_verb=True
    )
    assert not same_meaning("Draft part 1", "Draft part 2")
