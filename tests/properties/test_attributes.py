"""Attribute records, numbers, ACLs, extended attributes, compression: what is packed can be unpacked."""

from hypothesis import given
from hypothesis import strategies as st

from barque.errors import FormatError
from barque.formats.acl import parse_acl, show_acl
from barque.formats.attributes import AttributeRecord, FileStatus, pack_status, unpack_status
from barque.formats.base64 import decode_integer, encode_integer
from barque.formats.compression import BY_OPTION, decompress_message, decompress_zlib
from barque.formats.lz import decompress_fastlz, decompress_lzo
from barque.formats.xattr import pack_xattrs, unpack_xattrs

NUMBERS = st.integers(-(2**63), 2**63 - 1)
NAMES = st.binary(min_size=1).map(lambda name: name.replace(b"\0", b"\1"))
TEXTS = st.binary().map(lambda text: text.replace(b"\0", b"\1"))


@given(NUMBERS)
def test_integers(number: int) -> None:
    assert decode_integer(encode_integer(number)) == number


@given(st.lists(NUMBERS, min_size=16, max_size=16))
def test_statuses(numbers: list[int]) -> None:
    status = FileStatus(*numbers)
    assert unpack_status(pack_status(status)) == status


@given(
    st.builds(
        AttributeRecord,
        st.integers(-(2**31), 2**31 - 1),
        st.integers(0, 65535),
        NAMES,
        TEXTS,
        TEXTS,
        TEXTS,
        st.integers(0, 65535),
    )
)
def test_records(record: AttributeRecord) -> None:
    assert AttributeRecord.unpack(record.pack()) == record


@given(st.lists(st.tuples(st.binary(), st.binary())))
def test_extended_attributes(attributes: list[tuple[bytes, bytes]]) -> None:
    assert unpack_xattrs(pack_xattrs(attributes)) == attributes


@given(st.sampled_from(sorted(BY_OPTION)), st.binary(max_size=3000))
def test_compression(option: str, content: bytes) -> None:
    assert decompress_message(BY_OPTION[option].pack(content)) == content


def nobody(_kind: str, _number: int) -> str | None:
    return None


def no_number(_kind: str, _name: str) -> int | None:
    return None


@given(st.binary(max_size=400))
def test_arbitrary_bytes_raise_only_the_declared_error(data: bytes) -> None:
    decoders = (
        decode_integer,
        unpack_status,
        AttributeRecord.unpack,
        unpack_xattrs,
        decompress_message,
        decompress_zlib,
        lambda block: decompress_lzo(block, 10_000),
        lambda block: decompress_fastlz(block, 10_000),
        lambda text: parse_acl(text, no_number),
        lambda table: show_acl(table, nobody),
    )
    for decode in decoders:
        try:
            decode(data)
        except FormatError:
            continue


@given(st.sampled_from([b"GZIP", b"LZOX", b"FZFZ", b"FZ4L", b"FZ4H"]), st.binary(max_size=400))
def test_arbitrary_bytes_behind_a_header(magic: bytes, payload: bytes) -> None:
    message = magic + len(payload).to_bytes(4, "big") + b"\0\1\0\1" + payload
    try:
        assert len(decompress_message(message)) <= 1_000_000
    except FormatError:
        return
