import json

from barque.config import director
from barque.config.schema import schema


def test_the_schema_holds_every_directive_and_alias() -> None:
    found = json.loads(json.dumps(schema("bareos-dir", "1.0", director.RESOURCES)))
    assert found["format-version"] == 2
    assert found["component"] == "bareos-dir"
    client = found["resource"]["bareos-dir"]["Client"]
    assert client["Port"] == {
        "datatype": "PINT32",
        "equals": True,
        "default_value": "9102",
        "description": "TCP port.",
    }
    assert client["FdPort"]["alias"] is True
    assert client["Address"]["required"] is True
    assert client["Passive"]["versions"] == "13.2.0-"
    assert client["AutoPrune"]["deprecated"] is True
    assert client["AutoPrune"]["versions"] == "-23.0.0"
    assert client["TlsCipherList"]["platform_specific"] is True
    assert found["resource"]["bareos-dir"]["FileSet"]["Include"]["equals"] is False
