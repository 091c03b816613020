"""Which URLs and addresses the gateway sends to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axme.gateway.policy.ssrf import Rules, Target, TargetError, check, check_address, parse

STRICT = Rules()
LOCAL = Rules(allow_local=True)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://hooks.example.com/in", Target("https", "hooks.example.com", 443, "/in")),
        ("HTTP://Hooks.Example.com", Target("http", "hooks.example.com", 80, "/")),
        ("https://a-b.example:8443/x/y?z=%20&q=1", Target("https", "a-b.example", 8443, "/x/y?z=%20&q=1")),
        ("https://example.com?x=1", Target("https", "example.com", 443, "/?x=1")),
        ("http://example.com/@127.0.0.1/", Target("http", "example.com", 80, "/@127.0.0.1/")),
        ("http://93.184.216.34/", Target("http", "93.184.216.34", 80, "/")),
        ("http://[2606:2800:220:1:248:1893:25C8:1946]/", Target("http", "2606:2800:220:1:248:1893:25c8:1946", 80, "/")),
        ("http://worker_1/in", Target("http", "worker_1", 80, "/in")),
    ],
)
def test_a_plain_url_is_read_as_it_is_written(url: str, target: Target) -> None:
    assert parse(url) == target
    check(target, STRICT)


def test_the_host_header_names_the_port_where_it_is_not_the_usual_one() -> None:
    assert parse("https://example.com/").authority == "example.com"
    assert parse("https://example.com:8443/").authority == "example.com:8443"
    assert parse("http://[2606:2800::1]:8080/").authority == "[2606:2800::1]:8080"


@pytest.mark.parametrize("port", [1, 21, 22, 25, 53, 81, 3306, 5432, 6379, 9200, 65535])
def test_only_ports_of_web_servers_are_sent_to(port: int) -> None:
    target = parse(f"http://example.com:{port}/")
    with pytest.raises(TargetError, match="port"):
        check(target, STRICT)
    check(target, LOCAL)


def test_a_gateway_that_others_can_reach_sends_over_tls_only() -> None:
    with pytest.raises(TargetError, match="https only"):
        check(parse("http://example.com/"), Rules(https_only=True))
    check(parse("https://example.com/"), Rules(https_only=True))


PUBLIC = ["93.184.216.34", "1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450:4001::1"]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_sent_to(address: str) -> None:
    check_address(address, STRICT)


NEIGHBOURS = [
    "127.0.0.1",
    "127.255.255.254",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "::1",
    "fd00::1",
]
NEVER = [
    "0.0.0.0", "0.1.2.3", "100.64.0.1", "100.127.255.255", "169.254.169.254", "192.0.0.1", "192.0.2.1", "192.88.99.1",
    "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:93.184.216.34", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1",
    "2001::1", "2001:0:7f00:1::", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::",
    "2002:a00:1::", "3fff::1", "5f00::1", "fe80::1", "fe80::1%lo", "fec0::1", "ff02::1", "4000::1",
    "2606:4700::5efe:7f00:1", "2606:4700::200:5efe:7f00:1", "localhost", "", "127.1", "0x7f000001",
]  # fmt: skip


@pytest.mark.parametrize("address", NEIGHBOURS + NEVER)
def test_anything_but_a_public_address_is_refused(address: str) -> None:
    with pytest.raises(TargetError):
        check_address(address, STRICT)


@pytest.mark.parametrize("address", NEIGHBOURS)
def test_neighbours_are_sent_to_where_that_is_switched_on(address: str) -> None:
    check_address(address, LOCAL)


@pytest.mark.parametrize("address", NEVER)
def test_metadata_servers_and_their_like_are_never_sent_to(address: str) -> None:
    with pytest.raises(TargetError):
        check_address(address, LOCAL)


@given(st.text(alphabet="htps:/@\\#?%[]0127.xaé①。\t\r\n\x00 &", max_size=60))
def test_whatever_is_read_has_one_host(text: str) -> None:
    try:
        target = parse(text)
    except TargetError:
        return
    assert text.lower().startswith((f"{target.scheme}://{target.host}", f"{target.scheme}://["))
    assert target.host.isascii()
    assert not set(target.host) & set("@\\#?%/ ")
    assert target.path.startswith("/")
