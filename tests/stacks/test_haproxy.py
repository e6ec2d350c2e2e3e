"""A conforming seller behind HAProxy is blamed for nothing."""

from __future__ import annotations

from pathlib import Path

from stacks import servers
from stacks.situations import Software, accusations, verdicts

HAPROXY = Software(
    "HAProxy",
    servers.haproxy,
    """
frontend situation$n
  bind 127.0.0.1:$port ssl crt $both ca-file $ca $rules
  http-request set-header X-Client-Verified %[ssl_c_verify]
  http-request set-header X-Client-Subject CN=%[ssl_c_s_dn(CN)]
  default_backend seller$n
backend seller$n
  server seller $inner ssl verify none
""",
)
ANY = "verify optional crt-ignore-err all ca-ignore-err all"
KNOWN = "{ ssl_c_used } { ssl_c_verify 0 }"
ALA = {
    "a certificate demanded, pages for the rest": """verify required
  acl known path /cancelOrder
  http-request deny deny_status 405 if known !METH_POST
  http-request deny deny_status 404 unless known
""",
    "any certificate let in, pages for strangers": f"""{ANY}
  timeout http-keep-alive 500ms
  http-request deny deny_status 403 unless {KNOWN}
""",
    "any certificate let in, JSON for strangers, TLS 1.2 only": f"""{ANY} ssl-max-ver TLSv1.2
  http-request return status 401 content-type application/json string '{{"error":"unauthorized"}}' unless {KNOWN}
  http-request return status 200 content-type text/html string '<!DOCTYPE html><p>Welcome<br>' unless METH_POST
""",
    "any certificate let in, strangers sent to a portal": f"""{ANY} ssl-min-ver TLSv1.3
  option httpclose
  http-request redirect location https://portal.example/ code 303 unless {KNOWN}
  http-request redirect location https://portal.example/ code 301 unless METH_POST
  http-request redirect location https://portal.example/ code 308 unless {{ path /cancelOrder }}
""",
    "the connection closed on strangers and entities": f"""{ANY}
  option http-buffer-request
  http-request reject unless {KNOWN}
  http-request deny deny_status 403 if {{ req.body -m sub <!ENTITY }}
""",
    "not so fast": f"""{ANY}
  stick-table type ip size 1k expire 10s store http_req_rate(1s)
  http-request track-sc0 src
  http-request return status 429 hdr Retry-After 1 if {{ sc_http_req_rate(0) gt 60 }}
  http-request deny deny_status 503 unless {KNOWN}
""",
}
OPENSRS = {
    "pages, and no entities": """
  option http-buffer-request
  http-request deny deny_status 401 unless { req.hdr(X-Username) -m found }
  http-request deny deny_status 403 unless { req.hdr(X-Signature) -m found }
  http-request deny deny_status 405 unless METH_POST
  http-request deny deny_status 404 unless { path / }
  http-request deny deny_status 403 if { req.body -m sub <!ENTITY }
""",
    "not so fast, and a portal for browsers": """
  timeout http-keep-alive 500ms
  stick-table type ip size 1k expire 10s store http_req_rate(1s)
  http-request track-sc0 src
  http-request return status 429 hdr Retry-After 1 if { sc_http_req_rate(0) gt 60 }
  http-request redirect location https://portal.example/ code 302 unless METH_POST
""",
}


def test_haproxy_before_an_ala_seller(tmp_path: Path) -> None:
    assert accusations(verdicts(HAPROXY, "ala", ALA, tmp_path)) == {}


def test_haproxy_before_an_opensrs_seller(tmp_path: Path) -> None:
    assert accusations(verdicts(HAPROXY, "opensrs", OPENSRS, tmp_path)) == {}
