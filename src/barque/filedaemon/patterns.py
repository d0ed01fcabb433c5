"""Wildcards and regular expressions of a FileSet, on names that are bytes.

Source: fnmatch(3) and regex(7), which the original hands its patterns to.
"""

import re
import warnings

from barque.errors import RemoteProtocolError

_CLASSES = {
    b"alnum": rb"0-9A-Za-z",
    b"alpha": rb"A-Za-z",
    b"blank": rb" \t",
    b"cntrl": rb"\x00-\x1f\x7f",
    b"digit": rb"0-9",
    b"graph": rb"\x21-\x7e",
    b"lower": rb"a-z",
    b"print": rb"\x20-\x7e",
    b"punct": rb"!-/:-@\[-`{-~",
    b"space": rb" \t\n\r\f\v",
    b"upper": rb"A-Z",
    b"xdigit": rb"0-9A-Fa-f",
}
_CHARACTER = rb"(?:[\x00-\x7f]|[\xc0-\xff][\x80-\xbf]*|[\x80-\xbf])"
"""One character of UTF-8, or a byte that is none."""


def compile_wild(pattern: bytes, *, ignore_case: bool, pathname: bool) -> re.Pattern[bytes]:
    """Return what matches whole names like the wildcard *pattern*.

    With *pathname*, ``*``, ``?`` and sets do not match a slash.
    """
    anything = rb"[^/]*" if pathname else rb".*"
    one = rb"(?!/)" + _CHARACTER if pathname else _CHARACTER
    out = []
    at = 0
    while at < len(pattern):
        char = pattern[at : at + 1]
        at += 1
        if char == b"*":
            out.append(anything)
        elif char == b"?":
            out.append(one)
        elif char == b"[" and (end := _set_end(pattern, at)):
            out.append((b"(?!/)" if pathname else b"") + _set(pattern[at : end - 1], b"!^"))
            at = end
        elif char == b"\\" and at < len(pattern):
            out.append(re.escape(pattern[at : at + 1]))
            at += 1
        else:
            out.append(re.escape(char))
    return _compile(rb"(?s:" + b"".join(out) + rb")\Z", pattern, ignore_case=ignore_case)


def compile_regex(pattern: bytes, *, ignore_case: bool) -> re.Pattern[bytes]:
    """Return what finds the POSIX extended regular expression *pattern* anywhere in a name."""
    out = []
    at = 0
    while at < len(pattern):
        char = pattern[at : at + 1]
        at += 1
        if char == b"[" and (end := _set_end(pattern, at)):
            out.append(_set(pattern[at : end - 1], b"^"))
            at = end
        elif char == b"\\":
            out.append(char + pattern[at : at + 1])
            at += 1
        else:
            out.append(char)
    return _compile(b"".join(out), pattern, ignore_case=ignore_case)


def _set_end(pattern: bytes, at: int) -> int:
    """Return the offset behind the bracket that closes the set which begins at *at*; 0 if none."""
    at += pattern[at : at + 1] in (b"!", b"^")
    at += pattern[at : at + 1] == b"]"
    while at < len(pattern):
        if pattern[at : at + 2] == b"[:":
            close = pattern.find(b":]", at)
            if close > 0:
                at = close + 2
                continue
        if pattern[at : at + 1] == b"]":
            return at + 1
        at += 1
    return 0


def _set(content: bytes, negations: bytes) -> bytes:
    """Return the set with *content* in the syntax of Python."""
    negated = content[:1] != b"" and content[:1] in negations
    content = content[negated:]
    out = re.sub(
        rb"\[:([a-z]+):\]|([\[\]\\&~|^])",
        lambda found: _CLASSES.get(found[1], b"") if found[1] else b"\\" + found[2],
        content,
    )
    return (b"[^" if negated else b"[") + out + b"]"


def _compile(expression: bytes, pattern: bytes, *, ignore_case: bool) -> re.Pattern[bytes]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return re.compile(expression, re.IGNORECASE if ignore_case else 0)
    except (re.error, OverflowError, RecursionError) as error:
        raise RemoteProtocolError(
            f"{pattern!r} in the FileSet is not a usable pattern: {error}"
        ) from None
