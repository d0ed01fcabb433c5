# mypy: ignore-errors
"""Saves a directory of an LDAP server, one LDIF file an entry, and puts entries back.

Options: ``uri`` (colons escaped), ``basedn``, ``bind_dn``, ``password``, ``search_filter``.  Needs
the package python-ldap in the plugin's interpreter.
Source: published plugins, section 3.
"""

import calendar
import io
import time

import ldap
import ldap.dn
import ldap.modlist
import ldif
from barque_sdk import Directory, File, FilePlugin, PluginFailure, register

_FOLDER = "@LDAP"
_PAGE = 500


class Ldap(FilePlugin):
    """The entries below a DN."""

    uri: str
    basedn: str
    bind_dn: str = ""
    password: str = ""
    search_filter: str = "(objectClass=*)"

    def _connect(self):
        try:
            server = ldap.initialize(self.uri)
            server.set_option(ldap.OPT_REFERRALS, 0)
            server.simple_bind_s(self.bind_dn, self.password)
        except ldap.LDAPError as error:
            raise PluginFailure("cannot bind to %s: %s" % (self.uri, error)) from None
        return server

    def backup(self, job):
        """Yield a directory and a file for each entry."""
        server = self._connect()
        control = ldap.controls.SimplePagedResultsControl(True, _PAGE, "")
        while True:
            answer = server.search_ext(
                self.basedn, ldap.SCOPE_SUBTREE, self.search_filter, ["*", "+"],
                serverctrls=[control],
            )  # fmt: skip
            _, entries, _, controls = server.result3(answer)
            for dn, attributes in entries:
                if dn is not None:
                    yield from _files(dn, attributes)
            pages = [one for one in controls if one.controlType == control.controlType]
            if not pages or not pages[0].cookie:
                return
            control.cookie = pages[0].cookie

    def restore(self, file, data):
        """Add the entry, or change it to what it was."""
        if file.is_directory:
            return
        records = ldif.LDIFRecordList(io.BytesIO(data.read()))
        records.parse()
        server = self._connect()
        for _, saved in records.all_records:
            dn = _dn_of(file.name)
            _put(server, dn, _with_rdn(dn, saved))


def _files(dn, attributes):
    path = _path_of(dn)
    changed = _time_of(attributes)
    yield Directory(path, mtime=changed)
    plain = {name: values for name, values in attributes.items() if name not in _OPERATIONAL}
    text = io.StringIO()
    ldif.LDIFWriter(text, cols=76).unparse(dn, plain)
    yield File(path + "data.ldif", text.getvalue().encode(), mtime=changed)


_OPERATIONAL = frozenset(
    "structuralObjectClass entryUUID creatorsName createTimestamp entryCSN modifiersName "
    "modifyTimestamp entryDN subschemaSubentry hasSubordinates pwdChangedTime".split()
)


def _path_of(dn):
    parts = ldap.dn.explode_dn(dn)
    return "/".join([_FOLDER, *(part.replace("/", "%2F") for part in reversed(parts))]) + "/"


def _dn_of(path):
    parts = path[path.index(_FOLDER) + len(_FOLDER) :].strip("/").split("/")[:-1]
    return ",".join(part.replace("%2F", "/") for part in reversed(parts))


def _with_rdn(dn, attributes):
    """Let the entry carry what its name says, if it was given another one."""
    changed = dict(attributes)
    for name, value, _ in ldap.dn.str2dn(dn)[0]:
        key = next((one for one in changed if one.lower() == name.lower()), name)
        if value.encode() not in changed.get(key, []):
            changed[key] = [value.encode()]
    return changed


def _put(server, dn, saved):
    try:
        found = server.search_s(dn, ldap.SCOPE_BASE)[0][1]
    except ldap.NO_SUCH_OBJECT:
        server.add_s(dn, ldap.modlist.addModlist(saved))
        return
    changes = ldap.modlist.modifyModlist(found, saved)
    if changes:
        server.modify_s(dn, changes)


def _time_of(attributes):
    for name in ("modifyTimestamp", "createTimestamp"):
        for value in attributes.get(name, []):
            return calendar.timegm(time.strptime(value.decode()[:14], "%Y%m%d%H%M%S"))
    return int(time.time())


register(Ldap, globals())
