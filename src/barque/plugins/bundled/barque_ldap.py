# mypy: ignore-errors
"""Saves the entries of an LDAP server, one LDIF file each, and puts entries back.

Needs the package python-ldap in the plugin's interpreter.
Source: published plugins, section 3.
"""

import calendar
import io
import re
import sys
import time

from barque_sdk import Directory, File, FilePlugin, PluginFailure, register

try:
    import ldap
    import ldap.dn
    import ldap.modlist
    import ldif
except ImportError:
    ldap = None

_FOLDER = "@LDAP"
_PAGE = 500
_RDN = re.compile(r"(?:\\.|[^,\\])+")
"""One part of a DN; commas that a backslash protects belong to it."""
_TIMES = ("createTimestamp", "modifyTimestamp")


class Ldap(FilePlugin):
    """The entries below a DN."""

    uri: str
    """Address of the server, ``ldap\\\\://host``."""
    basedn: str
    """DN whose entry and everything below it is saved."""
    bind_dn: str = ""
    """DN to log in as; without it, anonymously."""
    password: str = ""
    """Password of ``bind_dn``."""
    search_filter: str = "(objectClass=*)"
    """Only entries that match this LDAP filter are saved."""

    def __init__(self):
        self._server = None
        self._early = []

    def _connect(self):
        if ldap is None:
            text = "the package python-ldap is missing in %s: install it, or name another with %s"
            raise PluginFailure(text % (sys.executable, "host_python"))
        if self._server is None:
            try:
                self._server = ldap.initialize(self.uri)
                self._server.set_option(ldap.OPT_REFERRALS, 0)
                self._server.simple_bind_s(self.bind_dn, self.password)
            except (ldap.LDAPError, ValueError) as error:
                raise PluginFailure("cannot bind to %s: %s" % (self.uri, _why(error))) from None
        return self._server

    def backup(self, job):
        """Yield a directory and a file for each entry."""
        server = self._connect()
        try:
            for dn, attributes in _search(server, self.basedn, self.search_filter):
                yield from _files(dn, attributes)
        except ldap.LDAPError as error:
            text = "cannot search %s with %s: %s"
            raise PluginFailure(text % (self.basedn, self.search_filter, _why(error))) from None

    def restore(self, file, data):
        """Add the entry, or change it to what it was."""
        if file.is_directory:
            return
        server = self._connect()
        records = ldif.LDIFRecordList(io.BytesIO(data.read()))
        records.parse()
        for old, saved in records.all_records:
            dn = _dn_of(file.name)
            wanted = saved if dn == old else _renamed(old, dn, saved)
            try:
                _add_or_modify(server, dn, wanted)
            except ldap.NO_SUCH_OBJECT:
                self._early.append((dn, wanted))
            except ldap.LDAPError as error:
                self.job.error("%s was not restored: %s" % (dn, _why(error)))

    def end_restore(self, job):
        """Add the entries that came before those above them."""
        for dn, wanted in sorted(self._early, key=lambda one: len(_RDN.findall(one[0]))):
            try:
                _add_or_modify(self._connect(), dn, wanted)
            except ldap.LDAPError as error:
                job.error("%s was not restored: %s" % (dn, _why(error)))


def _search(server, basedn, wanted):
    """Yield DN and attributes of entries, by pages where the server has them."""
    control = ldap.controls.SimplePagedResultsControl(False, _PAGE, "")
    while True:
        question = server.search_ext(
            basedn, ldap.SCOPE_SUBTREE, wanted, ["*", *_TIMES], serverctrls=[control]
        )
        _, entries, _, controls = server.result3(question)
        yield from (entry for entry in entries if entry[0] is not None)
        pages = [one for one in controls if one.controlType == control.controlType]
        if not pages or not pages[0].cookie:
            return
        control.cookie = pages[0].cookie


def _files(dn, attributes):
    path = _path_of(dn)
    changed = _changed_at(attributes)
    text = io.StringIO()
    plain = {name: values for name, values in attributes.items() if name not in _TIMES}
    ldif.LDIFWriter(text).unparse(dn, plain)
    yield Directory(path, mtime=changed)
    yield File(path + "/data.ldif", text.getvalue().encode(), mtime=changed)


def _changed_at(attributes):
    for name in reversed(_TIMES):
        for value in attributes.get(name, ()):
            return calendar.timegm(time.strptime(value.decode()[:14], "%Y%m%d%H%M%S"))
    return int(time.time())


def _path_of(dn):
    """Return the folder of an entry; a slash in its name is written as LDAP writes any byte."""
    return "/".join([_FOLDER, *reversed(_RDN.findall(dn.replace("/", "\\2F")))])


def _dn_of(path):
    """Return the DN of a file, below whatever folder it is restored to."""
    _, _, below = ("/" + path).partition("/%s/" % _FOLDER)
    return ",".join(reversed(below.split("/")[:-1]))


def _renamed(old, new, saved):
    """Let an entry that gets another name carry that name among its attributes."""
    changed = dict(saved)
    for gone, (name, value, _) in zip(ldap.dn.str2dn(old)[0], ldap.dn.str2dn(new)[0]):
        key = next((one for one in changed if one.lower() == name.lower()), name)
        kept = [
            one for one in changed.get(key, ()) if one not in (gone[1].encode(), value.encode())
        ]
        changed[key] = [value.encode(), *kept]
    return changed


def _add_or_modify(server, dn, saved):
    try:
        found = server.search_s(dn, ldap.SCOPE_BASE)[0][1]
    except ldap.NO_SUCH_OBJECT:
        server.add_s(dn, ldap.modlist.addModlist(saved))
        return
    changes = ldap.modlist.modifyModlist(found, saved)
    if changes:
        server.modify_s(dn, changes)


def _why(error):
    """Return what the server or the library says, in a line."""
    words = error.args[0] if error.args else ""
    if not isinstance(words, dict):
        return str(error)
    return ": ".join(str(words[key]) for key in ("desc", "info") if words.get(key))


register(Ldap, globals())
