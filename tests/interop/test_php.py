"""The PHP client at our Director, in the clear and with certificates."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

PACKAGE = Path(__file__).parents[2] / "clients" / "php"

BEGIN = """
require %r;
use Barque\\Console\\{Console, Tls, Signal, CramMd5};
use Barque\\Console\\{AuthenticationFailed, CommandFailed, ConnectionLost, ProtocolViolation};
error_reporting(E_ALL);
set_error_handler(function ($level, $text, $file, $line) { throw new ErrorException($text); });
""" % str(PACKAGE / "autoload.php")  # noqa: UP031 - the text is full of braces


def php(code: str, *, begin: str = BEGIN) -> str:
    """Run *code* and return what it printed."""
    done = subprocess.run(
        ["php", "-d", "display_errors=stderr", "-r", begin + code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


@pytest.fixture
def talk(site: Any) -> Any:
    """Runs code with a console called $c, encrypted or not."""

    def run(code: str, *, tls: bool = True, name: str = "", password: str = "secret") -> str:
        name = name or ("admin-tls" if tls else "admin-notls")
        how = f"tls: new Tls({str(site.certificate)!r})" if tls else "tls: null"
        return php(
            f"$c = Console::connect({site.address!r}, {password!r}, name: {name!r},"
            f"port: {site.port}, timeout: 20, {how});\n$c->call('autodisplay off');\n{code}\n$c->close();"
        )

    return run


@pytest.mark.parametrize("tls", [True, False])
def test_text_and_json(talk: Any, tls: bool) -> None:
    said = talk(
        'echo $c->cipher(), "|", trim($c->call("whoami")), "|";'
        'echo $c->json("whoami")["whoami"], "|", $c->json("list clients")["clients"][0]["name"];'
        'echo "|", trim($c->call("whoami")), "|", $c->welcome, "|", $c->info;',
        tls=tls,
    ).split("|")
    name = "admin-tls" if tls else "admin-notls"
    assert ("TLSv1" in said[0]) == tls
    assert said[1:5] == [name, name, "bareos-fd", name]
    assert said[5].startswith("1000 OK: bareos-dir Version: ")
    assert said[6].endswith(f"You are logged in as: {name}")


def test_names_with_blanks(talk: Any) -> None:
    assert talk('echo $c->call("whoami");', tls=False, name="admin notls") == "admin notls\n"


def test_the_default_console_needs_tls(talk: Any, site: Any) -> None:
    assert talk('echo $c->call("whoami");', name="*UserAgent*", password=site.password) == "root\n"


def test_streams_signals_and_questions(talk: Any) -> None:
    said = talk(
        "$seen = [];"
        "$c->onSignal(function (Signal $s) use (&$seen) { $seen[] = $s->name; });"
        'foreach ($c->stream("list clients") as $text) { echo "<", strlen($text) > 0, ">"; break; }'
        'echo trim($c->call("whoami"));'
        '$asked = ""; echo $c->call("restore", function ($q) use (&$asked) {'
        ' $asked .= substr($q, -15); return "13"; });'
        'echo "|", $c->call("restore"), "|", $asked, "|";'
        '$c->json("whoami"); echo implode(" ", $seen);',
        name="admin-php",
    )
    first, cancelled, asked, signals = said.split("|")
    assert first.startswith("<1>admin-php")
    assert "Select item:  (1-13): " in first
    assert "Selection aborted" in cancelled
    assert asked == " item:  (1-13): "[-15:]
    assert signals.endswith("CmdOk MainPrompt CmdBegin CmdOk MainPrompt")
    assert "SubPrompt Eod" in signals


def test_what_fails_says_why(talk: Any) -> None:
    said = talk(
        'try { $c->json("show client=nobody"); } catch (CommandFailed $e) {'
        ' echo $e->getMessage(), "|", $e->error["code"], "|"; }'
        'echo $c->json("whoami")["whoami"], "|";'
        'try { $c->call("quit"); } catch (ConnectionLost $e) { echo $e->getMessage(); }'
    )
    reason, code, name, lost = said.split("|")
    assert reason == "show failed: clients resource nobody not found."
    assert (code, name) == ("1", "admin-tls")
    assert lost.endswith("closed the connection")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ('"wrong", name: "admin-notls", port: PORT', "name or password"),
        ('"secret", name: "admin-tls", port: PORT', "hung up"),
        ('"secret", name: "nobody", port: PORT', "hung up"),
        ('"secret", name: "admin-tls", port: PORT, tls: new Tls()', "TLS handshake"),
        ('"wrong", name: "admin-tls", port: PORT, tls: new Tls(CA)', "name or password"),
    ],
)
def test_who_is_not_known_is_not_let_in(site: Any, arguments: str, reason: str) -> None:
    known = arguments.replace("PORT", str(site.port)).replace("CA", repr(str(site.certificate)))
    said = php(
        f"try {{ Console::connect('127.0.0.1', {known}); echo 'in'; }}"
        "catch (AuthenticationFailed $e) { echo $e->getMessage(); }"
    )
    assert reason in said


def test_nobody_listens() -> None:
    said = php(
        "try { Console::connect('127.0.0.1', 'x', port: 9); }"
        "catch (ConnectionLost $e) { echo $e->getMessage(); }"
    )
    assert said.startswith("cannot connect to 127.0.0.1:9: ")
    assert "refused" in said


def test_both_flavours_of_base64() -> None:
    """The vectors of console protocol, section 2.5."""
    key, challenge = "5ebe2294ecd0e0f08eab7690d2a6ee69", "<42.1700000001@admin-tls>"
    said = php(
        f"$key = CramMd5::key('secret'); echo $key, ' ';"
        f"foreach (['', 'c'] as $kind) {{ echo $a = CramMd5::respond('{key}', "
        f"\"auth cram-md5$kind {challenge} ssl=1\\n\"), ' ', "
        f"CramMd5::verify($key, '{challenge}', \"$a\\0\") ? 'ok' : 'no', ' '; }}"
        f"echo CramMd5::verify($key, '{challenge}', 'x') ? 'ok' : 'no', ' ';"
        "echo CramMd5::key('[md5]abc'), ' ', CramMd5::bareosBase64(str_repeat(chr(255), 16)), ' ';"
        "echo CramMd5::bareosBase64(implode('', array_map('chr', range(0, 15))));"
    )
    assert said.split() == [
        key,
        *("mG/6A5+t1zpp36/wNzEeLC", "ok", "mGr6A5qt1zpp3qjwNzEeLg", "ok", "no"),
        *("abc", "/" * 21 + "D", "AAECAwQFBgcICQoLDA0ODD"),
    ]


@pytest.mark.parametrize("as_json", [True, False])
def test_the_console_for_people(site: Any, as_json: bool) -> None:
    options = ["--port", str(site.port), "--name", "admin-tls", "--ca", str(site.certificate)]
    command = ["php", str(PACKAGE / "bin" / "bconsole.php"), *options, "--password", "secret"]
    done = subprocess.run(
        [*command, *(["--json"] if as_json else []), site.address],
        input="autodisplay off\nwhoami\nnonsense\nlist clients\nquit\nlist jobs\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("1000 OK: bareos-dir")
    if as_json:
        whoami, _, rest = done.stdout.partition("nonsense failed: ")
        assert whoami.startswith("{}\n{")
        assert json.loads(whoami.removeprefix("{}")) == {"whoami": "admin-tls"}
        clients = json.loads(rest.partition("\n")[2])
        assert clients["clients"][0]["name"] == "bareos-fd"
    else:
        assert re.match(
            r"(You have messages\.\n)?admin-tls\nnonsense: is an invalid command\.\n", done.stdout
        )
        assert "| bareos-fd |" in done.stdout
        assert "jobfiles" not in done.stdout


def test_the_package_needs_nothing() -> None:
    package = json.loads((PACKAGE / "composer.json").read_text())
    assert package["require"] == {"php": ">=8.2"}
    for path in [*PACKAGE.glob("src/*.php"), *PACKAGE.glob("bin/*.php")]:
        done = subprocess.run(["php", "-l", str(path)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
