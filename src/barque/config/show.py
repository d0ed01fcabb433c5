"""Resources as text that can be parsed again, and as JSON.

Source: configuration, section 10.
"""

from collections.abc import Iterable, Iterator, Mapping

from barque.config.addresses import ListenAddress
from barque.config.datatypes import OneResource
from barque.config.directive import Directive, Resource
from barque.config.fileset import FileSet
from barque.config.keywords import ScriptWhen
from barque.config.messages import WITH_RECIPIENTS, WITHOUT_PLACE, Messages, Target, types_text
from barque.config.password import HIDDEN, Password
from barque.config.quote import escaped_everything, quoted
from barque.config.runscript import RunScript
from barque.config.show_fileset import fileset_nodes
from barque.config.shown import Form, Shown
from barque.config.tree import Branch, Json, Leaf, Node, Shape, json_object, text_lines


def show_text(
    resource: Resource,
    *,
    verbose: bool = False,
    hide_passwords: bool = False,
    complete: bool = False,
) -> str:
    """Return *resource* as it stands in a configuration, an empty line behind it.

    *verbose* adds what is not set, in comments. *complete* adds what the reference leaves out,
    such as a default that overrides JobDefs, so that the text means the same resource when it is
    parsed again.
    """
    pieces = show_pieces(
        resource, verbose=verbose, hide_passwords=hide_passwords, complete=complete
    )
    return "".join(pieces)


def show_pieces(
    resource: Resource,
    *,
    verbose: bool = False,
    hide_passwords: bool = False,
    complete: bool = False,
) -> Iterator[str]:
    """Yield the text of :func:`show_text` in the pieces in which consoles are sent it."""
    if resource.internal and not verbose:
        return
    nodes = _nodes(resource, verbose=verbose, hide=hide_passwords, complete=complete)
    start = "# " if resource.internal else ""
    piece = f"{start}{resource.kind} {{\n"
    for line in text_lines(nodes, 1):
        piece += line
        if not line:
            yield piece
            piece = ""
    if piece:
        yield piece
    yield f"{start}}}\n\n"


def show_json(
    resource: Resource, *, verbose: bool = False, hide_passwords: bool = False
) -> dict[str, Json]:
    """Return *resource* as an object of JSON."""
    return json_object(_nodes(resource, verbose=verbose, hide=hide_passwords, complete=False))


def show_all_text(
    tables: Mapping[str, Mapping[str, Resource]],
    *,
    verbose: bool = False,
    hide_passwords: bool = False,
    complete: bool = False,
) -> str:
    """Return all resources as text: by kind, then in the order in which they were read."""
    return "".join(
        show_text(resource, verbose=verbose, hide_passwords=hide_passwords, complete=complete)
        for table in tables.values()
        for resource in table.values()
    )


def show_all_json(
    tables: Mapping[str, Mapping[str, Resource]],
    *,
    verbose: bool = False,
    hide_passwords: bool = False,
) -> dict[str, Json]:
    """Return all resources as JSON: ``{group: {name: resource}}``."""
    found: dict[str, Json] = {}
    for table in tables.values():
        for resource in table.values():
            if resource.internal and not verbose:
                continue
            group = found.setdefault(resource.group.lower(), {})
            assert isinstance(group, dict)
            group[resource.name] = show_json(
                resource, verbose=verbose, hide_passwords=hide_passwords
            )
    return found


def _nodes(resource: Resource, *, verbose: bool, hide: bool, complete: bool) -> list[Node]:
    if isinstance(resource, FileSet):
        return list(fileset_nodes(resource, complete=complete))
    if isinstance(resource, Messages):
        return list(_messages_nodes(resource, verbose=verbose, complete=complete))
    return [
        node
        for row in resource.table
        for node in _directive_nodes(resource, row, verbose=verbose, hide=hide, complete=complete)
    ]


def _directive_nodes(
    resource: Resource, row: Directive, *, verbose: bool, hide: bool, complete: bool
) -> Iterator[Node]:
    """Write one directive: what is set and differs; when *verbose* everything."""
    if row.attribute in resource.present:
        inherited = resource.internal or row.attribute in resource.inherited
    else:
        inherited = resource.internal or not _is_shown_unset(resource, row)
    if inherited and (row.extension or not verbose):
        return
    value = resource.value(row)
    said = complete and not inherited
    if not said and row.datatype.has_default and value == row.datatype.initial(row.default):
        if verbose and not row.deprecated:
            inherited = True
        elif not row.required:
            return
    shown = row.datatype.show(value)
    if shown.form is Form.BLOCKS:
        yield from _block_nodes(row, value, comment=inherited, verbose=verbose)
    elif isinstance(value, Password) and hide and value:
        yield _leaf(row.name, Shown(Form.QUOTED, HIDDEN), inherited)
    elif shown.form is not Form.NOTHING:
        yield _leaf(row.name, shown, inherited)


def _is_shown_unset(resource: Resource, row: Directive) -> bool:
    """Tell whether a reference that nobody gave is shown, as Bareos does until its next reload."""
    return resource.added and isinstance(row.datatype, OneResource)


def _leaf(key: str, shown: Shown, comment: bool) -> Leaf:
    value = shown.value
    if isinstance(value, tuple):
        return Leaf(key, tuple(_list_lines(shown.form, value, comment)), [*value], comment)
    if value is None:
        unset = "" if comment else '""'
        return Leaf(key, (unset,), "", comment)
    if shown.form is Form.BOOLEAN:
        return Leaf(key, ("Yes" if value else "No",), bool(value), comment)
    if shown.form is Form.NUMBER:
        return Leaf(key, (str(value),), value, comment)
    text = str(value)
    if shown.form is Form.ESCAPED:
        return _command_leaf(key, text, comment)
    return Leaf(key, (quoted(text) if shown.form is Form.QUOTED else text,), text, comment)


def _command_leaf(key: str, text: str, comment: bool) -> Leaf:
    """Write a command or file; Bareos leaves its escapes in JSON, where programs know them."""
    escaped = escaped_everything(text)
    return Leaf(key, (f'"{escaped}"',), escaped, comment)


def _list_lines(form: Form, values: tuple[str, ...], comment: bool) -> Iterable[str]:
    if form is Form.ROW:
        return (", ".join(quoted(value) for value in values),)
    if not values:
        return ("",) if comment else ()
    if form is Form.PLAIN_LINES:
        return (value.replace('"', '\\"') for value in values)
    return (quoted(value) for value in values)


def _block_nodes(row: Directive, value: object, *, comment: bool, verbose: bool) -> Iterator[Node]:
    assert isinstance(value, tuple)
    if row.attribute == "run_script":
        yield from _script_nodes(value, comment=comment, verbose=verbose)
    else:
        yield _addresses_node(row.name, value, comment)


def _addresses_node(key: str, addresses: tuple[ListenAddress, ...], comment: bool) -> Branch:
    blocks = [
        Branch(
            address.family,
            f"{address.family} = {{",
            (
                Leaf("addr", (address.host,), address.host, comment),
                Leaf("port", (str(address.port),), address.port, comment),
            ),
            comment,
        )
        for address in addresses
    ]
    return Branch(key, f"{key} = {{", blocks, comment, Shape.LIST)


def _script_nodes(
    scripts: tuple[RunScript, ...], *, comment: bool, verbose: bool
) -> Iterator[Node]:
    for script in scripts:
        if script.from_jobdefs and not verbose:
            continue
        commented = comment or script.from_jobdefs
        if script.short:
            command = _command_leaf(script.short, script.command, commented)
            yield Branch("runscript", "", (command,), commented, Shape.ITEM)
        else:
            nodes = tuple(_script_block(script, commented, verbose))
            yield Branch("runscript", "RunScript {", nodes, commented, Shape.ITEM)


def _script_block(script: RunScript, comment: bool, verbose: bool) -> Iterator[Leaf]:
    key = "Console" if script.console else "Command"
    yield _command_leaf(key, script.command, comment)
    when = script.when.value
    if script.when is not ScriptWhen.NEVER:
        yield Leaf("RunsWhen", (quoted(when),), when, comment)
    elif verbose:
        yield Leaf("RunsWhen", (quoted(when),), when, comment=True)
    settings = [
        ("FailJobOnError", script.fail_on_error, True),
        ("RunsOnSuccess", script.on_success, True),
        ("RunsOnFailure", script.on_failure, False),
    ]
    if not script.console:
        settings.append(("RunsOnClient", script.on_client, True))
    for key, value, default in settings:
        if value != default or verbose:
            yes = "Yes" if value else "No"
            yield Leaf(key, (yes,), value, comment or value == default)
    if script.on_client and script.target != "%c":
        yield Leaf("Target", (quoted(script.target),), script.target, comment)


def _messages_nodes(resource: Messages, *, verbose: bool, complete: bool) -> Iterator[Node]:
    yield Leaf("Name", (quoted(resource.name),), resource.name)
    if complete and resource.description:
        yield Leaf("Description", (quoted(resource.description),), resource.description)
    for key, text in (
        ("MailCommand", resource.mail_command),
        ("OperatorCommand", resource.operator_command),
        ("TimestampFormat", resource.timestamp_format),
    ):
        if text:
            yield _command_leaf(key, text, comment=False)
    for destination in resource.destinations:
        target = destination.target
        what = types_text(destination.types, verbose=verbose)
        with_place = target not in WITHOUT_PLACE and (complete or target is not Target.SYSLOG)
        where = destination.where
        if complete and not what:
            what = "all,!all"
        if with_place and where:
            place = _place(target, where) if complete else where
            children: tuple[Leaf, ...] = (Leaf("where", (), where), Leaf("what", (), what))
            line = f"{target.value} = {place} = {what}"
        else:
            children = (Leaf("what", (), what),)
            line = f"{target.value} = {what}"
        yield from _destination_nodes(target.value, line, children)


def _place(target: Target, where: str) -> str:
    """Quote a place; recipients one by one."""
    if target in WITH_RECIPIENTS:
        return ",".join(quoted(part) for part in where.split(" "))
    return quoted(where)


def _destination_nodes(key: str, line: str, children: tuple[Leaf, ...]) -> Iterator[Node]:
    yield Leaf(key, (line.removeprefix(f"{key} = "),), json_object(children))
