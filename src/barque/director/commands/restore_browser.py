"""The file tree of a restore, as a console browses it and marks files.

Source: console commands, section 7.3.
"""

import grp
import pwd
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from barque.catalog.console_lookups import encoded_status
from barque.director.commands.command import find_named
from barque.director.listing import with_commas
from barque.director.output import ApiMode
from barque.director.parsing import split_words
from barque.director.restore_patterns import matches
from barque.director.restore_tree import Place, Tree
from barque.director.times import sql_time
from barque.errors import FormatError, PromptDeclinedError
from barque.formats.attributes import FileStatus, unpack_status
from barque.wire.framing import Signal

if TYPE_CHECKING:
    from barque.catalog import Catalog
    from barque.director.session import ConsoleSession

_BANNER: Final = (
    "\nYou are now entering file selection mode where you add (mark) and\n"
    "remove (unmark) files to be restored. No files are initially added, unless\n"
    'you used the "all" keyword on the command line.\n'
    'Enter "done" to leave this mode.\n\n'
)


class Browser[P: Place]:
    """One visit of the tree."""

    def __init__(self, session: "ConsoleSession", tree: Tree[P], catalog: "Catalog") -> None:
        self.session = session
        self.tree = tree
        self.catalog = catalog
        self.current = tree.root
        """Where the console is."""
        self.done: bool | None = None
        """True when the restore goes on, False when it is given up."""

    def say(self, text: str) -> None:
        """Send a line."""
        self.session.out.plain(text)

    def run(self) -> bool:
        """Let the console browse; True when the restore goes on."""
        session = self.session
        with _as_text(session):
            self.say(_BANNER)
            session.peer.signal(Signal.START_RTREE)
            self.say(f"cwd is: {self.current.path}\n")
            while self.done is None:
                try:
                    line = session.ask("$ ", sub_prompt=True)
                except PromptDeclinedError:
                    self.done = True
                    break
                self._execute(line)
            session.peer.signal(Signal.END_RTREE)
        return self.done

    def _execute(self, line: str) -> None:
        session = self.session
        if session.api:
            session.peer.signal(Signal.CMD_BEGIN)
        words = split_words(line)
        command = find_named(TREE_COMMANDS, words[0]) if words else None
        if command is not None:
            command.handler(self, words[1:])
        elif words and words[0].startswith("."):
            return
        else:
            session.out.warning(f'Invalid command "{line}". Enter "done" to exit.\n')
        if session.api:
            session.peer.signal(Signal.CMD_OK if command else Signal.CMD_FAILED)

    def listed(self, words: list[str]) -> list[Place]:
        """Return what a listing shows: all of the directory, or what its first argument means."""
        return [n for n in self.current.sorted() if not words or matches(words[0], n.name)]


type _Browser = Browser[Any]
"""A browser of either kind of tree."""


@contextmanager
def _as_text(session: "ConsoleSession") -> Iterator[None]:
    """Send text, also to programs that want JSON: the tree has no other form."""
    mode = session.out.mode
    session.out.mode = ApiMode.RECORDS if mode is ApiMode.JSON else mode
    try:
        yield
    finally:
        session.out.mode = mode


@dataclass(frozen=True, slots=True)
class TreeCommand:
    """A command of the browser."""

    name: str
    handler: Callable[[_Browser, list[str]], None]
    help: str


def _abort(browser: _Browser, _words: list[str]) -> None:
    browser.done = False


def _done(browser: _Browser, _words: list[str]) -> None:
    browser.done = True


def _cd(browser: _Browser, words: list[str]) -> None:
    if len(words) != 1:
        browser.session.out.error("Too few or too many arguments. Try using double quotes.\n")
        return
    node = browser.tree.find(words[0], browser.current)
    if node is None and words[0][1:2] == ":":
        node = browser.tree.find(f"/{words[0]}", browser.current)
    if node is None:
        browser.session.out.warning("Invalid path given.\n")
    else:
        browser.current = node
    _pwd(browser, [])


def _pwd(browser: _Browser, _words: list[str]) -> None:
    path = browser.current.path
    browser.say(path if browser.session.api else f"cwd is: {path}\n")


def _dot_pwd(browser: _Browser, _words: list[str]) -> None:
    browser.say(browser.current.path)


def _mark(browser: _Browser, words: list[str]) -> None:
    if not words or not browser.current.has_children:
        browser.say("No files marked.\n")
        return
    count = sum(browser.tree.mark(word, browser.current) for word in words)
    browser.say(f"{_counted(count, 'file', 'files')} newly marked.\n")


def _unmark(browser: _Browser, words: list[str]) -> None:
    count = sum(browser.tree.mark(word, browser.current, marked=False) for word in words)
    browser.say(f"{_counted(count, 'file', 'files')} newly unmarked.\n")


def _counted(count: int, one: str, many: str) -> str:
    if count == 0:
        return f"No {many}"
    return f"1 {one}" if count == 1 else f"{with_commas(str(count))} {many}"


def _mark_directories(browser: _Browser, words: list[str]) -> None:
    if not words or not browser.current.has_children:
        browser.say("No directories marked.\n")
        return
    count = sum(browser.tree.mark_directories(word, browser.current) for word in words)
    browser.say(f"{_counted(count, 'directory', 'directories')} newly marked.\n")


def _unmark_directories(browser: _Browser, words: list[str]) -> None:
    count = sum(
        browser.tree.mark_directories(word, browser.current, marked=False) for word in words
    )
    browser.say(f"{_counted(count, 'directory', 'directories')} newly unmarked.\n")


def _count(browser: _Browser, _words: list[str]) -> None:
    saved, marked = browser.tree.count()
    browser.say(
        f"{with_commas(str(saved))} total files/dirs."
        f" {with_commas(str(marked))} marked to be restored.\n"
    )


def _estimate(browser: _Browser, _words: list[str]) -> None:
    saved, marked, size = browser.tree.estimate()
    browser.say(
        f"{saved} total files; {marked} marked to be restored; {with_commas(str(size))} bytes.\n"
    )


def _find(browser: _Browser, words: list[str]) -> None:
    if not words:
        browser.say("No file specification given.\n")
    for word in words:
        for place in browser.tree.named(word):
            browser.say(f"{place.tag}{place.path}\n")


def _ls(browser: _Browser, words: list[str]) -> None:
    for node in browser.listed(words):
        browser.say(f"{node.tag}{node.shown}\n")


def _dot_ls(browser: _Browser, words: list[str]) -> None:
    for node in browser.listed(words):
        browser.say(f"{node.shown}\n")


def _dot_lsdir(browser: _Browser, words: list[str]) -> None:
    for node in browser.listed(words):
        if node.has_children:
            browser.say(f"{node.shown}\n")


def _dot_lsmark(browser: _Browser, words: list[str]) -> None:
    for node in browser.listed(words):
        if node.marked:
            browser.say(f"{node.shown}\n")


def _lsmark(browser: _Browser, words: list[str]) -> None:
    stack = [(node, 0) for node in browser.current.sorted()[::-1]]
    while stack:
        node, depth = stack.pop()
        if not node.tag or (words and not matches(words[0], node.name)):
            continue
        browser.say(f"{'  ' * min(depth, 100)}{node.tag}{node.shown}\n")
        stack.extend((child, depth + 1) for child in node.sorted()[::-1])


def _dir(browser: _Browser, words: list[str]) -> None:
    _long(browser, words, _line)


def _dot_dir(browser: _Browser, words: list[str]) -> None:
    _long(browser, words, _dot_line)


def _long(browser: _Browser, words: list[str], line: Callable[[Place, FileStatus], str]) -> None:
    if not browser.current.has_children:
        browser.say(f"Node {browser.current.name} has no children.\n")
        return
    for node in browser.listed(words):
        browser.say(f"{line(node, _status(browser.catalog, node))}\n")


def _status(catalog: "Catalog", node: Place) -> FileStatus:
    """Return what the catalog knows of *node*; nothing but zeros when it was not saved."""
    path = node.path.removesuffix("/") if node.is_file else node.path
    directory, slash, name = path.rpartition("/")
    found = encoded_status(catalog.store, node.job_id, directory + slash, name)
    try:
        return unpack_status(found.encode("ascii", "replace")) if found else _NOTHING
    except FormatError:
        return _NOTHING


_NOTHING: Final = FileStatus(*[0] * 13)


def _line(node: Place, status: FileStatus) -> str:
    when = max(status.modified, status.changed)
    owner = f"{status.user_id} ({user_name(status.user_id):.8})"
    group = f"{status.group_id} ({group_name(status.group_id):.8})"
    return (
        f"{stat.filemode(status.mode)}  {status.links:2} {owner} {group}"
        f"  {status.size!s:>12.12}  {_time(when)} {node.tag or ' '} {node.path}"
    )


def _dot_line(node: Place, status: FileStatus) -> str:
    owner = f"{status.user_id}({user_name(status.user_id)})"
    group = f"{status.group_id}({group_name(status.group_id)})"
    return (
        f"{stat.filemode(status.mode)},{status.links},{owner},{group},{status.size},"
        f"{_time(status.modified)},{node.tag or ' '},{node.path}"
    )


def _time(seconds: int) -> str:
    try:
        return sql_time(seconds)
    except (ValueError, OverflowError, OSError):
        return str(seconds)


def user_name(number: int) -> str:
    """Return the name of a user on this host, or the number as text."""
    try:
        return pwd.getpwuid(number).pw_name
    except (KeyError, OverflowError):
        return str(number)


def group_name(number: int) -> str:
    """Return the name of a group on this host, or the number as text."""
    try:
        return grp.getgrgid(number).gr_name
    except (KeyError, OverflowError):
        return str(number)


def _help(browser: _Browser, _words: list[str]) -> None:
    browser.say("  Command    Description\n  =======    ===========\n")
    for command in TREE_COMMANDS:
        if not command.name.startswith("."):
            browser.say(f"  {command.name:<10} {command.help}\n")
    browser.say("\n")


def _dot_help(browser: _Browser, _words: list[str]) -> None:
    for command in TREE_COMMANDS:
        if not command.name.startswith("."):
            browser.say(f"{command.name}\n")


TREE_COMMANDS: Final = (
    TreeCommand("abort", _abort, "give the restore up"),
    TreeCommand("add", _mark, "mark files, and directories with all below; patterns allowed"),
    TreeCommand("cd", _cd, "go to a directory"),
    TreeCommand("count", _count, "count what is marked"),
    TreeCommand("delete", _unmark, "unmark files, and directories with all below"),
    TreeCommand("dir", _dir, "list the directory with attributes; patterns allowed"),
    TreeCommand(".dir", _dot_dir, "list the directory with attributes, for programs"),
    TreeCommand("done", _done, "go on with the restore"),
    TreeCommand("estimate", _estimate, "sum up what is marked"),
    TreeCommand("exit", _done, "go on with the restore"),
    TreeCommand("find", _find, "find files by name; patterns allowed"),
    TreeCommand("help", _help, "list these commands"),
    TreeCommand("ls", _ls, "list the directory; patterns allowed"),
    TreeCommand(".ls", _dot_ls, "list the directory, for programs"),
    TreeCommand(".lsdir", _dot_lsdir, "list directories, for programs"),
    TreeCommand("lsmark", _lsmark, "list what is marked here and below"),
    TreeCommand(".lsmark", _dot_lsmark, "list what is marked here, for programs"),
    TreeCommand("mark", _mark, "mark files, and directories with all below; patterns allowed"),
    TreeCommand("markdir", _mark_directories, "mark directories without what is in them"),
    TreeCommand("pwd", _pwd, "show the directory"),
    TreeCommand(".pwd", _dot_pwd, "show the directory, for programs"),
    TreeCommand("unmark", _unmark, "unmark files, and directories with all below"),
    TreeCommand("unmarkdir", _unmark_directories, "unmark directories, not what is in them"),
    TreeCommand("quit", _abort, "give the restore up"),
    TreeCommand(".help", _dot_help, "list these commands, for programs"),
    TreeCommand("?", _help, "list these commands"),
)
"""Every command of the browser, in the order in which abbreviations are looked up."""
