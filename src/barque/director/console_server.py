"""The Director's port: consoles that log in, and File Daemons that dial in.

Source: console protocol, section 2; daemon protocol, sections 2.4 and 2.7.
"""

import logging
from typing import TYPE_CHECKING, Final

from barque.config.director import Client, Console, User
from barque.director.access import EVERYTHING, AccessRights, Acl
from barque.director.pam import People, SystemPam, person_on
from barque.director.services import ConsoleIdentity, DaemonIdentity
from barque.director.session import ConsoleSession
from barque.errors import AuthenticationError, BarqueError, ProtocolError
from barque.transport.channel import Channel
from barque.transport.listen import receive_hello, turn_away
from barque.transport.proof import Credentials, challenge_then_answer
from barque.transport.tls import TlsSettings, settings_of
from barque.wire.framing import Signal
from barque.wire.hello import (
    DirectorHelloOk,
    DirectorHelloRefused,
    Hello,
    HelloClient,
    HelloConsole,
)
from barque.wire.psk import Identity, ResourceType

if TYPE_CHECKING:
    from barque.director.director import RunningDirector

log = logging.getLogger(__name__)

ROOT: Final = "*UserAgent*"
"""Name of the console without a name."""

SEPARATOR: Final = "\x1e"
"""Between the fields of the frames after the login."""

LONGEST_OK: Final = 99
"""Characters of the text in the 1000 frame."""

IDLE_CHECK: Final = 5.0
"""Second; how often an idle connection of a client is looked at."""


class _PersonRefusedError(AuthenticationError):
    """The console is known, who sits at it is not: the connection ends without a word.

    Source: console protocol, section 2.8.
    """


class ConsoleServer:
    """Receives whoever connects to the Director."""

    def __init__(
        self, director: "RunningDirector", *, pause: float = 5.0, people: People | None = None
    ) -> None:
        """*pause* in seconds follows a failed login; *people* are PAM's where nothing is said."""
        self._director = director
        self._pause = pause
        self._people = people or SystemPam()

    def serve(self, channel: Channel) -> None:
        """Serve one connection to its end."""
        config = self._director.config
        settings = settings_of(config.director)
        try:
            hello = receive_hello(channel, self._key_of, settings)
            if isinstance(hello, HelloConsole):
                self._console(channel, hello)
            elif isinstance(hello, HelloClient):
                self._client(channel, hello)
            else:
                self._director.note_security(f"{channel.peer} is no console but {hello}")
        except AuthenticationError as error:
            self._director.note_security(f"{channel.peer}: {error}")
            refused = isinstance(error, _PersonRefusedError)
            turn_away(channel, pause=self._pause, goodbye=None if refused else Signal.TERMINATE)

    def _key_of(self, identity: Identity) -> bytes | None:
        config = self._director.config
        match identity.type:
            case ResourceType.CONSOLE:
                console = self._console_resource(identity.name)
                return console.password.md5_hex.encode() if console else None
            case ResourceType.CLIENT:
                client = config.clients.get(identity.name)
                return client.password.md5_hex.encode() if client else None
            case _:
                return None

    def _console_resource(self, name: str) -> Console | None:
        config = self._director.config
        return config.root_console if name == ROOT else config.consoles.get(name)

    def _console(self, channel: Channel, hello: HelloConsole) -> None:
        resource = self._console_resource(hello.name)
        if resource is None:
            raise AuthenticationError(f'there is no console "{hello.name}"')
        config = self._director.config
        settings = settings_of(config.director if hello.name == ROOT else resource)
        self._check_clear_text(channel, hello, settings)
        credentials = self._credentials(resource.password.md5_hex, settings)
        try:
            challenge_then_answer(channel, credentials)
        except BarqueError:
            if not hello.tls_first:
                channel.send(DirectorHelloRefused())
            raise
        if resource.use_pam_authentication:
            identity = self._person(channel, hello)
        else:
            identity = identity_of(resource, hello.name)
        self._check_room(channel, hello)
        self._welcome(channel, hello, identity)
        with self._director.console_connected():
            ConsoleSession(self._director, channel, identity).run()

    def _check_room(self, channel: Channel, hello: HelloConsole) -> None:
        """Turn named consoles away when too many are connected; the root console always gets in."""
        limit = self._director.config.director.maximum_console_connections
        if hello.name != ROOT and len(self._director.connected_consoles()) >= limit:
            raise ProtocolError(
                f"{channel.peer}: console {hello.name} was turned away, because Maximum Console "
                f"Connections of the Director is {limit}"
            )

    def _person(self, channel: Channel, hello: HelloConsole) -> ConsoleIdentity:
        """Return who logs in on a console that belongs to nobody."""
        if not hello.tls_first:
            channel.send(DirectorHelloOk(self._greeting))
            raise _PersonRefusedError(f"{channel.peer} is too old a console for PAM")
        try:
            name = person_on(channel, self._people)
        except AuthenticationError as error:
            raise _PersonRefusedError(str(error)) from error
        user = self._director.config.users.get(name)
        if user is None:
            raise _PersonRefusedError(f'PAM knows "{name}", but there is no User resource of it')
        return identity_of(user, name)

    @property
    def _greeting(self) -> str:
        return greeting_of(self._director.config.director.name, self._director.identity)

    @staticmethod
    def _check_clear_text(channel: Channel, hello: Hello, settings: TlsSettings) -> None:
        if channel.tls or settings.policy == 0:
            return
        tls_first = isinstance(hello, HelloConsole) and hello.tls_first
        if tls_first or settings.policy == 2:
            raise AuthenticationError(
                f"{channel.peer} came in clear text, and the configuration requires TLS"
            )

    def _credentials(self, password: str, settings: TlsSettings) -> Credentials:
        own = Identity(ResourceType.DIRECTOR, self._director.config.director.name)
        return Credentials(own, password.encode(), settings)

    def _welcome(self, channel: Channel, hello: HelloConsole, identity: ConsoleIdentity) -> None:
        greeting = self._greeting
        if not hello.tls_first:
            cipher = channel.tls or "None"
            channel.send(DirectorHelloOk(f"{greeting} --  Encryption: {cipher}"))
            return
        channel.send(f"1000{SEPARATOR}{f'OK: {greeting}'[:LONGEST_OK]}".encode())
        who = (
            f"You are logged in as: {identity.name}"
            if identity.name
            else "You are connected using the default console"
        )
        services = self._director.identity.binary_info
        channel.send(f"1002{SEPARATOR}{services}\n{who}".encode())

    def _client(self, channel: Channel, hello: HelloClient) -> None:
        """Keep a File Daemon's own connection until a job uses it, or it goes away."""
        client = self._director.config.clients.get(hello.name)
        if client is None or not client.connection_from_client_to_director:
            channel.send(DirectorHelloRefused())
            raise AuthenticationError(f'client "{hello.name}" may not connect to the Director')
        settings = settings_of(client)
        self._check_clear_text(channel, hello, settings)
        credentials = self._credentials(client.password.md5_hex, settings)
        challenge_then_answer(channel, credentials)
        channel.send(DirectorHelloOk(self._greeting))
        channel.flush()
        self._lend(channel, client, hello.protocol or 0)

    def _lend(self, channel: Channel, client: Client, protocol: int) -> None:
        pool = self._director.clients
        waiting = pool.offer(client.name, channel, protocol)
        self._director.client_connected(client.name)
        while not waiting.done.wait(IDLE_CHECK):
            if channel.is_closed_by_peer():
                pool.withdraw(waiting)
                return


def identity_of(resource: Console | User, name: str) -> ConsoleIdentity:
    """Return who a console is and what it may do; the root console may do everything."""
    if name == ROOT:
        return ConsoleIdentity("", EVERYTHING)
    lists = {
        kind: [
            *getattr(resource, kind.value),
            *(entry for profile in resource.profile for entry in getattr(profile, kind.value)),
        ]
        for kind in Acl
    }
    return ConsoleIdentity(name, AccessRights(lists))


def greeting_of(name: str, identity: DaemonIdentity) -> str:
    """Return ``<name> Version: <version> (<date>)``."""
    return f"{name} Version: {identity.version} ({identity.date})"
