"""URLs by which a gateway has been, or could be, talked into calling itself or its neighbours."""

from __future__ import annotations

#: ``{port}`` is where the canary listens, on all addresses of loopback.
HOSTILE = (
    # Plain loopback, private, link-local, shared, reserved.
    "http://127.0.0.1:{port}/", "http://127.0.0.2:{port}/", "http://127.255.255.254:{port}/",
    "http://localhost:{port}/", "http://LOCALHOST:{port}/", "http://localhost.:{port}/", "http://a.localhost:{port}/",
    "http://localhost.localdomain:{port}/", "http://0.0.0.0:{port}/", "http://0:{port}/", "http://[::1]:{port}/",
    "http://[::]:{port}/", "http://10.0.0.1/", "http://172.16.0.1/", "http://192.168.0.1/", "http://169.254.169.254/",
    "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/", "http://198.18.0.1/", "http://192.0.2.1/",
    "http://224.0.0.1/", "http://255.255.255.255/", "http://240.0.0.1/", "http://192.88.99.1/",
    # Other spellings of 127.0.0.1.
    "http://2130706433:{port}/", "http://0x7f000001:{port}/", "http://0177.0.0.1:{port}/", "http://127.1:{port}/",
    "http://127.0.1:{port}/", "http://017700000001:{port}/", "http://0x7f.0.0.1:{port}/", "http://0x7f.1:{port}/",
    "http://127.0.0.1.:{port}/", "http://127.0.0.01:{port}/", "http://0127.0.0.1:{port}/", "http://127.0.0.0x1:{port}/",
    "http://①②⑦.⓪.⓪.①:{port}/", "http://127。0。0。1:{port}/", "http://１２７.0.0.1:{port}/",
    "http://127.0.0.1%00.example.com:{port}/", "http://127%2e0%2e0%2e1:{port}/", "http://%31%32%37.0.0.1:{port}/",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{port}/", "http://locaℓhost:{port}/", "http://local\u00adhost:{port}/",
    # IPv6 that holds IPv4, and zone ids.
    "http://[::ffff:127.0.0.1]:{port}/", "http://[::ffff:7f00:1]:{port}/", "http://[::127.0.0.1]:{port}/",
    "http://[0:0:0:0:0:ffff:127.0.0.1]:{port}/", "http://[64:ff9b::7f00:1]:{port}/", "http://[64:ff9b::127.0.0.1]:{port}/",
    "http://[2002:7f00:1::]:{port}/", "http://[2001:0:7f00:1::]:{port}/", "http://[fe80::1]:{port}/",
    "http://[fe80::1%25lo]:{port}/", "http://[::1%25lo]:{port}/", "http://[fc00::1]:{port}/", "http://[fd12::1]:{port}/",
    "http://[ff02::1]:{port}/", "http://[2001:db8::1]:{port}/", "http://[::1:{port}/", "http://::1:{port}/",
    # Two hosts in one URL.
    "http://good.example\\@127.0.0.1:{port}/", "http://good.example@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}\\@good.example/", "http://127.0.0.1:{port}#@good.example/",
    "http://good.example:80@127.0.0.1:{port}/", "http://user:pass@127.0.0.1:{port}/", "http://@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}\t.example.com/", "http://127.0.0.1:{port} .example.com/", "http:/\\127.0.0.1:{port}/",
    "http:\\\\127.0.0.1:{port}/", "http:///127.0.0.1:{port}/", "http:127.0.0.1:{port}/", "//127.0.0.1:{port}/",
    "http://127.0.0.1:{port}:80/", "http://good.example;127.0.0.1:{port}/", "http://good.example,127.0.0.1:{port}/",
    "http://[127.0.0.1]:{port}/", "http://127.0.0.1:{port}/\r\nHost: good.example\r\n", "http://\r127.0.0.1:{port}/",
    "http://127.0.0.1:{port}/\x00", " http://127.0.0.1:{port}/", "\nhttp://127.0.0.1:{port}/",
    # Other schemes and ports.
    "file:///etc/passwd", "gopher://127.0.0.1:{port}/_x", "ftp://127.0.0.1:{port}/", "dict://127.0.0.1:{port}/",
    "unix:///var/run/docker.sock", "http+unix://%2Fvar%2Frun%2Fdocker.sock/", "data:text/plain,x", "javascript:1",
    "jar:http://127.0.0.1:{port}!/", "ldap://127.0.0.1:{port}/", "https://127.0.0.1:{port}/", "wss://127.0.0.1:{port}/",
    "http://127.0.0.1:0/", "http://127.0.0.1:65536/", "http://127.0.0.1:-1/", "http://127.0.0.1:+{port}/",
    "", "http://", "http://:{port}/", "http://.:{port}/", "127.0.0.1:{port}", "http://[]:{port}/",
    "http://-:{port}/", "http://xn--:{port}/",
)  # fmt: skip
