"""Does a title start with a verb, and can it be made to?

Word lists never hold every verb, so there are three answers. A title whose first word is neither a
known verb nor known to be none is left as it is; the plan says so.
"""

import re
from collections.abc import Collection
from enum import Enum
from typing import Final

from ai.lexicon import Lexicon
from ai.texts import straight, tokens

_WORD: Final = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*", re.UNICODE)


class Opening(Enum):
    """What a title starts with."""

    VERB = "verb"
    OTHER = "other"
    UNKNOWN = "unknown"


def opening(title: str, lexicon: Lexicon, *, nouns: Collection[str] = ()) -> Opening:
    """Return what a title starts with.

    Args:
        title: One line.
        lexicon: Its language.
        nouns: Words known to be nouns here, in lower case, such as those of the goal's object.
    """
    title = straight(title)
    words = [word.casefold() for word in _WORD.findall(title)]
    if not words or _has_lead_in(title, lexicon) or _gerund_as_verb(title, lexicon) is not None:
        return Opening.OTHER
    first, following = _after_clitics(words, lexicon)
    if first in lexicon.nouns and _genitive_as_verb(title, lexicon) is not None:
        return Opening.OTHER  # "Review of the draft", though "review" is a verb too
    if _is_verb(first, lexicon):
        return Opening.VERB
    if first[0].isdigit() or any(first in known for known in _not_verbs(lexicon)) or first in nouns:
        return Opening.OTHER
    if lexicon.imperatives and following == "sie" and first in lexicon.imperatives:
        return Opening.VERB  # "Prüfen Sie …"
    if following in lexicon.determiners:
        return Opening.VERB  # a noun is not followed by an article
    if first in lexicon.nouns or first.endswith(lexicon.noun_endings) or _turned(title, lexicon) is not None:
        return Opening.OTHER
    return Opening.UNKNOWN


def repaired(title: str, lexicon: Lexicon) -> str | None:
    """Return the title with its verb in front, where it has one elsewhere; None where it has none."""
    title = straight(title)
    lead_in = lexicon.lead_ins.match(title)
    bare = title[lead_in.end() :] if lead_in else title
    if bare != title and bare and opening(bare, lexicon) is Opening.VERB:
        return capitalised(bare)
    turned = _turned(bare, lexicon) if bare else None
    return capitalised(turned) if turned and opening(turned, lexicon) is Opening.VERB else None


def capitalised(text: str) -> str:
    """Return a text with its first letter in upper case and the rest as it is."""
    return text[:1].upper() + text[1:]


def imperative(infinitive: str, lexicon: Lexicon) -> tuple[str, str] | None:
    """Return a German verb's imperative and the prefix that goes to the end; None for what is no verb.

    Verbs that are not listed are taken to be regular.
    """
    listed = lexicon.imperatives.get(infinitive)
    if listed is not None:
        form, _, prefix = listed.partition("|")
        return form, prefix
    for prefix in lexicon.separable:
        rest = infinitive.removeprefix(prefix).removeprefix("zu")
        if infinitive.startswith(prefix) and rest in lexicon.imperatives:
            return lexicon.imperatives[rest].partition("|")[0], prefix
    if infinitive.endswith("ieren"):
        return infinitive[:-1], ""
    return None


def _has_lead_in(title: str, lexicon: Lexicon) -> bool:
    """Whether a title begins with what says nothing: "Bitte lies …", but not "Bitte jemanden …"."""
    lead_in = lexicon.lead_ins.match(title)
    if lead_in is None:
        return False
    is_verb = title.split(" ", 1)[0].casefold() in lexicon.verbs
    return not is_verb or opening(title[lead_in.end() :], lexicon) is Opening.VERB


def _not_verbs(lexicon: Lexicon) -> tuple[frozenset[str], ...]:
    return lexicon.stopwords, lexicon.words, lexicon.not_verbs


def _after_clitics(words: list[str], lexicon: Lexicon) -> tuple[str, str]:
    """Return the first word that counts and the one after it: past French ne pas, se and s'."""
    if lexicon.code == "fr":
        if words[:2] == ["ne", "pas"] and len(words) > 2:
            words = words[2:]
        if words[0] in {"se", "me"} and len(words) > 1:
            words = words[1:]
        elif words[0][:2] in {"s'", "m'"}:
            words = [words[0][2:], *words[1:]]
    elif lexicon.code == "it" and words[0] == "non" and len(words) > 1:
        words = words[1:]
    return words[0], words[1] if len(words) > 1 else ""


def _is_verb(word: str, lexicon: Lexicon) -> bool:
    if word in lexicon.verbs:
        return True
    if word in lexicon.stopwords or word in lexicon.not_verbs:
        return False
    if lexicon.code == "de":
        return word.endswith("iere") and len(word) > len("iere") + 1
    return (
        len(word) > 3 and word.endswith(lexicon.infinitive_endings) if lexicon.infinitive_endings else False
    )


def _turned(title: str, lexicon: Lexicon) -> str | None:
    if lexicon.code == "de":
        return _infinitive_first(title, lexicon)
    return (
        _genitive_as_verb(title, lexicon)
        or _compound_as_verb(title, lexicon)
        or _gerund_as_verb(title, lexicon)
    )


def _infinitive_first(title: str, lexicon: Lexicon) -> str | None:
    """Turn "Quellen sammeln" into "Sammle Quellen", and "Termin festlegen" into "Lege Termin fest"."""
    head, _, last = title.rpartition(" ")
    # Nouns have a capital in German: a lower-case word at the end is the verb.
    if not head or not last.islower():
        return None
    forms = imperative(last, lexicon)
    if forms is None:
        return None
    form, prefix = forms
    return f"{form} {head} {prefix}".strip()


def _genitive_as_verb(title: str, lexicon: Lexicon) -> str | None:
    """Turn "Review of the draft" into "Review the draft", and "Stesura della bozza" into "Stendere la bozza"."""
    first, _, rest = title.partition(" ")
    verb = lexicon.nouns.get(first.casefold())
    for joint, article in lexicon.genitives.items() if verb else ():
        tail = rest[len(joint) :]
        if rest.casefold().startswith(joint) and tail and (tail[0] == " " or joint.endswith("'")):
            glue = "" if article.endswith("'") else " "
            return " ".join(f"{verb} {article}{glue}{tail.strip()}".split())
    return None


def _compound_as_verb(title: str, lexicon: Lexicon) -> str | None:
    """Turn "Venue booking" into "Book venue" (in English)."""
    head, _, last = title.rpartition(" ")
    verb = lexicon.nouns.get(last.casefold())
    modifiers = tokens(head)
    if lexicon.code != "en" or not verb or not modifiers or lexicon.stopwords.intersection(modifiers):
        return None
    is_name = modifiers[0] not in lexicon.words
    return f"{verb} {head if is_name else head[:1].lower() + head[1:]}"


def _gerund_as_verb(title: str, lexicon: Lexicon) -> str | None:
    """Turn "Writing the introduction" into "Write the introduction", but leave "Swimming lessons"."""
    first, _, rest = title.partition(" ")
    stem = first.casefold().removesuffix("ing")
    following = rest.partition(" ")[0].casefold()
    if lexicon.code != "en" or stem == first.casefold() or len(stem) < 2:
        return None
    if following not in lexicon.determiners and following not in lexicon.stopwords:
        return None
    for verb in (stem, f"{stem}e", stem[:-1] if stem[-1] == stem[-2] else ""):
        if verb in lexicon.verbs:
            return f"{verb} {rest}"
    return None
