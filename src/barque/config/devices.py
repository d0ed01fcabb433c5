"""Devices that stand for several.

Source: configuration, section 7 (``Count``).
"""

from barque.config.resolve import Tables
from barque.config.storagedaemon import Autochanger, Device


def multiply_devices(tables: Tables) -> None:
    """Make the devices of every device with a Count, and the autochanger that holds them.

    ``Count = 3`` of device X makes X0000, which is not chosen by itself, to X0003, and the
    autochanger X; the device itself is ``$X``.
    """
    for original in list(tables.of(Device).values()):
        if original.count >= 10000:
            tables.errors.append(
                original.place.error(
                    f'Count directive in device "{original.name}" is {original.count}, but must '
                    "be in range 1 < Count < 10000."
                )
            )
        elif original.count > 1:
            _multiply(tables, original)


def _multiply(tables: Tables, original: Device) -> None:
    devices = tables.tables[Device.kind]
    changers = tables.tables[Autochanger.kind]
    changer = next(
        (item for item in tables.of(Autochanger).values() if original in item.device), None
    )
    members = [] if changer is None else [item for item in changer.device if item is not original]
    if changer is None:
        changer = Autochanger(name=original.name, changer_device="", changer_command="")
        changer.place = original.place
        changer.internal = True
        changers.setdefault(original.name, changer)
    for number in range(original.count + 1):
        name = f"{original.name}{number:04}"
        copy = devices.get(name)
        if copy is None:
            copy = _copy(original, name)
            if number == 0:
                copy.__dict__["auto_select"] = False
            devices[name] = copy
        if isinstance(copy, Device) and copy not in members:
            members.append(copy)
    changer.__dict__["device"] = tuple(members)
    renamed = f"${original.name}"
    tables.tables[Device.kind] = {
        renamed if name == original.name else name: device for name, device in devices.items()
    }
    original.__dict__["name"] = renamed


def _copy(original: Device, name: str) -> Device:
    copy = Device()
    copy.__dict__.update(original.__dict__)
    copy.present = {*original.present}
    copy.inherited = {*original.inherited}
    copy.internal = True
    copy.__dict__["name"] = name
    return copy
