"""The full screen on which files of a restore are marked."""

from collections.abc import Callable
from typing import Final

from prompt_toolkit.application import Application
from prompt_toolkit.data_structures import Point
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import HSplit, Layout, Window
from prompt_toolkit.layout.controls import FormattedTextControl, UIContent
from prompt_toolkit.layout.dimension import Dimension
from prompt_toolkit.output import Output
from prompt_toolkit.styles import Style
from prompt_toolkit.utils import get_cwidth

from barque.console.screen.restore_tree import MARKED, PARTLY, Node, RestoreTree

STYLE: Final = Style.from_dict(
    {
        "title": "reverse",
        "keys": "reverse",
        "marked": "ansigreen bold",
        "partly": "ansigreen",
        "directory": "ansiblue bold",
        "cursor": "reverse",
        "note": "ansiyellow",
    }
)

KEYS: Final = " ↑↓ move  → open  ← close  Space mark  d done  q back to the prompt  x abort "

DONE: Final = "done"
"""What the Director is told when all is marked."""
ABORT: Final = "abort"
"""What it is told when nothing is to be restored."""
PROMPT: Final = ""
"""The person goes on at the prompt."""


def mark_files(tree: RestoreTree, source: Input | None = None, output: Output | None = None) -> str:
    """Show *tree* until the person has done; returns what the Director is told then."""
    application: Application[str] = Application(
        layout=Layout(_screen(tree)),
        key_bindings=_keys(tree),
        style=STYLE,
        full_screen=True,
        mouse_support=False,
        input=source,
        output=output,
    )
    return application.run()


def _screen(tree: RestoreTree) -> HSplit:
    return HSplit(
        [
            Window(
                FormattedTextControl(lambda: [("class:title", _title(tree))]),
                height=1,
                style="class:title",
            ),
            Window(_RowsControl(tree), height=Dimension(weight=1), always_hide_cursor=True),
            Window(FormattedTextControl(lambda: [("class:note", tree.note)]), height=1),
            Window(FormattedTextControl([("class:keys", KEYS)]), height=1, style="class:keys"),
        ]
    )


def _title(tree: RestoreTree) -> str:
    return f" Files to restore: {tree.estimate}"


class _RowsControl(FormattedTextControl):
    """The rows; only those that are seen are drawn."""

    def __init__(self, tree: RestoreTree) -> None:
        super().__init__(focusable=True, show_cursor=False)
        self._tree = tree

    def create_content(self, width: int, height: int | None) -> UIContent:
        """See :class:`FormattedTextControl`."""
        del height
        rows = self._tree.rows()
        return UIContent(
            get_line=lambda number: _row(rows[number], number == self._tree.cursor, width),
            line_count=len(rows),
            cursor_position=Point(0, min(self._tree.cursor, max(0, len(rows) - 1))),
            show_cursor=False,
        )


def _row(node: Node, has_cursor: bool, width: int) -> StyleAndTextTuples:
    mark = {MARKED: "[x]", PARTLY: "[+]"}.get(node.tag, "[ ]")
    arrow = ("▾ " if node.is_open else "▸ ") if node.is_directory else "  "
    size = "" if node.is_directory else f"{node.size:,}"
    moment = "" if node.time.startswith("1970-01-01 00:00") else node.time[:16]
    about = f"{size:>15}  {moment:16}" if width >= 60 else f"{size:>12}"
    left = f"{mark} {'  ' * node.depth}{arrow}{node.name}{'/' if node.is_directory else ''}"
    room = width - len(about) - 1
    while get_cwidth(left) > room:
        left = left[:-2] + "…"
    text = left + " " * (room - get_cwidth(left)) + about
    kind = "directory" if node.is_directory else ""
    style = {MARKED: "marked", PARTLY: "partly"}.get(node.tag, kind)
    cursor = "class:cursor" if has_cursor else ""
    return [(f"class:{style} {cursor}" if style else cursor, text)]


def _keys(tree: RestoreTree) -> KeyBindings:
    bindings = KeyBindings()

    def on(*keys: str) -> Callable[[Callable[[KeyPressEvent], None]], None]:
        def bind(action: Callable[[KeyPressEvent], None]) -> None:
            for key in keys:
                bindings.add(key)(action)

        return bind

    on("up", "k")(lambda _: tree.move(-1))
    on("down", "j")(lambda _: tree.move(1))
    on("pageup")(lambda event: tree.move(-_page(event)))
    on("pagedown")(lambda event: tree.move(_page(event)))
    on("home")(lambda _: tree.move(-tree.cursor))
    on("end")(lambda _: tree.move(len(tree.rows())))
    on("right", "enter", "l")(lambda _: tree.open())
    on("left", "backspace", "h")(lambda _: tree.close())
    on("space", "m")(lambda _: tree.toggle())
    on("d", "f10")(lambda event: event.app.exit(result=DONE))
    on("q", "escape")(lambda event: event.app.exit(result=PROMPT))
    on("x", "c-c")(lambda event: event.app.exit(result=ABORT))
    return bindings


def _page(event: KeyPressEvent) -> int:
    return max(1, event.app.output.get_size().rows - 4)
