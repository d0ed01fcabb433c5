import json

from barque.catalog.console_queries import Listing
from barque.catalog.store import ResultColumn
from barque.director.listing import print_lines, print_table, print_vertical
from barque.director.output import ApiMode, Output, RowFilter, Verdict, encode_json
from barque.wire.framing import Signal


class Recorder:
    def __init__(self) -> None:
        self.frames: list[str | int] = []

    def send(self, payload: bytes) -> None:
        self.frames.append(payload.decode("utf-8", "surrogateescape"))

    def signal(self, signal: Signal) -> None:
        self.frames.append(int(signal))


def output(mode: ApiMode) -> tuple[Output, Recorder]:
    recorder = Recorder()
    out = Output(recorder)
    out.mode = mode
    return out, recorder


CLIENTS = Listing(
    (
        ResultColumn("clientid", is_number=True),
        ResultColumn("name", is_number=False),
        ResultColumn("fileretention", is_number=True),
    ),
    [("1", "beta-fd", "0"), ("2", None, "5184000")],
)


def test_a_table_in_text() -> None:
    out, recorder = output(ApiMode.TEXT)
    with out.array("clients"):
        print_table(out, CLIENTS, plain_numbers=False)
    out.finish(True)
    assert recorder.frames == [
        "+----------+---------+---------------+\n"
        "| clientid | name    | fileretention |\n"
        "+----------+---------+---------------+\n"
        "|        1 | beta-fd |             0 |\n",
        "|        2 |         |     5,184,000 |\n",
        "+----------+---------+---------------+\n",
    ]


def test_a_table_for_old_programs_is_its_values() -> None:
    out, recorder = output(ApiMode.RECORDS)
    print_table(out, CLIENTS, plain_numbers=False)
    out.finish(True)
    assert recorder.frames == [
        "        1 | beta-fd |             0 |\n",
        "        2 |         |     5,184,000 |\n",
    ]


def test_a_table_in_json() -> None:
    out, recorder = output(ApiMode.JSON)
    with out.array("clients"):
        print_table(out, CLIENTS, plain_numbers=False)
    out.finish(True)
    assert isinstance(recorder.frames[0], str)
    assert json.loads(recorder.frames[0])["result"]["clients"][1] == {
        "clientid": "2",
        "name": "",
        "fileretention": "5184000",
    }


def test_graphical_consoles_get_plain_numbers() -> None:
    out, recorder = output(ApiMode.TEXT)
    print_table(out, CLIENTS, plain_numbers=True)
    out.finish(True)
    assert "| 5184000       |" in str(recorder.frames[1])


def test_a_vertical_list() -> None:
    out, recorder = output(ApiMode.TEXT)
    print_vertical(out, CLIENTS, plain_numbers=False)
    out.finish(True)
    assert recorder.frames[1] == (
        "      clientid: 2\n          name: \n fileretention: 5,184,000\n\n"
    )


def test_lines_hide_columns() -> None:
    out, recorder = output(ApiMode.TEXT)
    columns = (ResultColumn("time", is_number=False), ResultColumn("logtext", is_number=False))
    print_lines(out, Listing(columns, [("now", "a\n")]), hidden={"time"}, end="")
    out.finish(True)
    assert recorder.frames == [" a\n"]


def test_filters_suppress_rows_and_are_counted() -> None:
    out, recorder = output(ApiMode.JSON)
    out.page(5, None)
    out.add_filter(RowFilter(lambda row: Verdict.SHOW if row[1] else Verdict.UNKNOWN, decides=True))
    with out.array("clients"):
        print_table(out, CLIENTS, plain_numbers=False)
    out.finish(True)
    result = json.loads(str(recorder.frames[0]))["result"]
    assert len(result["clients"]) == 1
    assert result["meta"] == {"range": {"limit": 5, "filtered": 1}}


def test_messages_by_mode() -> None:
    sent = {}
    for mode in ApiMode:
        out, recorder = output(mode)
        out.text("before\n")
        out.plain("plain\n")
        out.warning("careful\n")
        out.error("no\n")
        out.finish(False)
        sent[mode] = recorder.frames
    assert sent[ApiMode.TEXT] == ["before\n", "plain\n", "careful\n", "no\n"]
    assert sent[ApiMode.RECORDS] == ["before\n", "plain\n", -20, "careful\n", -21, "no\n"]
    assert sent[ApiMode.JSON][:2] == [-20, -21]
    assert json.loads(str(sent[ApiMode.JSON][2])) == {
        "jsonrpc": "2.0",
        "id": None,
        "error": {
            "code": 1,
            "message": "failed",
            "data": {"result": {}, "messages": {"warning": ["careful\n"], "error": ["no\n"]}},
        },
    }


def test_objects_of_one_name_are_continued_and_nameless_ones_merge() -> None:
    out, recorder = output(ApiMode.JSON)
    for key in ("A", "b"):
        with out.object("Group"), out.object(key, keep_case=True):
            out.pair("Key", key)
    with out.object():
        out.pair("merged", True)
    out.finish(True)
    assert json.loads(str(recorder.frames[0]))["result"] == {
        "group": {"A": {"key": "A"}, "b": {"key": "b"}},
        "merged": True,
    }


def test_nothing_of_an_answer_stays() -> None:
    out, recorder = output(ApiMode.JSON)
    out.error("no\n")
    out.page(1, 2)
    out.finish(True)
    out.finish(True)
    assert json.loads(str(recorder.frames[-1])) == {"jsonrpc": "2.0", "id": None, "result": {}}


def test_compact_json_and_bytes_that_are_no_utf8() -> None:
    assert encode_json({"a": [1, "ä\udcff"]}, compact=True) == '{"a":[1,"ä�"]}'
    assert encode_json({"a": [], "b": {}}, compact=False) == '{\n  "a": [],\n  "b": {}\n}'
