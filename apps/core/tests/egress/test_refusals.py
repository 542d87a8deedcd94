"""The one door out: what it refuses before it connects."""

import pytest

from apps.core.egress import EgressFailed, EgressRefused, fetch
from apps.core.tests.egress.server import PUBLIC

HOSTILE = [
    # schemes, ports, userinfo, spelling
    "ftp://one.test/", "file:///etc/passwd", "gopher://one.test/", "//one.test/", "one.test", "", "http:", "http://",
    "http:///x", "http:one.test", "javascript:alert(1)", f"http://{PUBLIC}:22/", f"http://{PUBLIC}:443/",
    f"https://{PUBLIC}:80/", f"http://{PUBLIC}:99999/", f"http://{PUBLIC}:x/", f"http://me@{PUBLIC}/",
    f"http://me:secret@{PUBLIC}/", f"http://@{PUBLIC}/", f"http://{PUBLIC}@127.0.0.1/", f"http://{PUBLIC}\\@127.0.0.1/",
    f"http://{PUBLIC}/a b", f"http://{PUBLIC}/\r\nHost: x", f"http://{PUBLIC}/\x00", f"\thttp://{PUBLIC}/",
    f"http://{PUBLIC}/" + "a" * 8000, f"http://{PUBLIC}/\ud800", "http://" + "a" * 64 + ".test/",
    "http://" + "a." * 130 + "test/", "http://one..test/", "http://.test/", "http://one.test../", "http://one%2etest/",
    "http://127%2e0%2e0%2e1/", "http://one.test%00.example/", "http://one\uff0ftest/", "http://o!ne.test/",
    # loopback and private in every spelling
    "http://127.0.0.1/", "http://127.0.0.1./", "http://localhost/", "http://LOCALHOST./", "http://0/", "http://0.0.0.0/",
    "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0x7f.1/", "http://0177.0.0.1/",
    "http://127.0.0.01/", "http://134744072/", "http://0x/", "http://\u2460\u2461\u2466.0.0.1/",
    "http://127\u30020\u30020\u30021/", "http://\uff11\uff12\uff17.0.0.1/", "http://10.1.2.3/", "http://172.16.0.1/",
    "http://192.168.0.1/", "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/", "http://100.100.100.200/",
    "http://192.0.0.8/", "http://192.0.2.1/", "http://192.88.99.1/", "http://198.18.0.1/", "http://203.0.113.1/",
    "http://224.0.0.1/", "http://239.255.255.250/", "http://240.0.0.1/", "http://255.255.255.255/",
    "http://168.63.129.16/",
    # the same in IPv6
    "http://[::1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:a9fe:a9fe]/",
    "http://[::127.0.0.1]/", "http://[::ffff:0:127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[64:ff9b:1::a00:1]/",
    "http://[2002:7f00:1::]/", "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/", "http://[2001:db8::1]/",
    "http://[2001:20::1]/", "http://[3fff::1]/", "http://[5f00::1]/", "http://[100::1]/", "http://[fc00::1]/",
    "http://[fd00:ec2::254]/", "http://[fe80::1]/", "http://[fe80::1%25lo]/", "http://[fec0::1]/", "http://[ff02::1]/",
    "http://[ff0e::1]/", "http://[v1.x]/", "http://[127.0.0.1]/", "http://[::1/",
    # names that lead there
    "http://private.test/", "https://private.test/", "http://PRIVATE.test./", "http://mapped.test/",
    "http://mixed.test/", "http://b\u00fccher.test/",
]  # fmt: skip


@pytest.mark.parametrize("url", HOSTILE, ids=lambda url: ascii(url)[1:60])
def test_a_hostile_address_is_refused_before_anything_connects(
    url: str, lookups: list[str], connects: list[object]
) -> None:
    with pytest.raises(EgressRefused) as refused:
        fetch(url)
    assert (refused.value.code, refused.value.status) == ("egress.refused", 400)
    assert connects == []
    assert not any(secret in refused.value.message for secret in ("10.0.0", "192.168", "secret"))


@pytest.mark.parametrize(
    ("url", "connected"),
    [
        (f"http://{PUBLIC}/", (PUBLIC, 80)),
        (f"HTTPS://{PUBLIC}:443/x", (PUBLIC, 443)),
        ("http://[2606:4700::1111]:80/", ("2606:4700::1111", 80)),
        (f"http://[::ffff:{PUBLIC}]/", (f"::ffff:{PUBLIC}", 80)),
    ],
)
def test_a_public_address_is_connected_to_on_the_port_of_its_scheme(
    url: str, connected: object, connects: list[object]
) -> None:
    with pytest.raises(EgressFailed):
        fetch(url)
    assert connects == [connected]


def test_a_name_that_does_not_exist_fails(lookups: list[str], connects: list[object]) -> None:
    with pytest.raises(EgressFailed) as failed:
        fetch("http://nowhere.test/")
    assert (failed.value.code, failed.value.status, connects) == ("egress.failed", 502, [])
