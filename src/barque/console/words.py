"""Words of a command line, as the console's own commands are cut.

Source: console protocol, section 3.3.
"""

from typing import Final

MAXIMUM_WORDS: Final = 30


def words_of(line: str) -> list[str]:
    """Return the words of *line*: cut at blanks, quotes and backslashes taken away."""
    words: list[str] = []
    word = ""
    quoted = False
    letters = iter(line.strip())
    for letter in letters:
        if letter == "\\":
            word += next(letters, "")
        elif letter == '"':
            quoted = not quoted
        elif letter.isspace() and not quoted:
            if word:
                words.append(word)
            word = ""
        else:
            word += letter
    if word:
        words.append(word)
    return words[:MAXIMUM_WORDS]


def keywords_of(line: str) -> list[str]:
    """Return what stands before the equals sign of each word."""
    return [word.partition("=")[0] for word in words_of(line)]
