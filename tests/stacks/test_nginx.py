"""A conforming seller behind nginx is blamed for nothing."""

from __future__ import annotations

from pathlib import Path

from stacks import servers
from stacks.situations import Software, accusations, verdicts

NGINX = Software(
    "nginx",
    servers.nginx,
    """
  server {
    listen 127.0.0.1:$port ssl;
    ssl_certificate $certificate;
    ssl_certificate_key $key;
    ssl_client_certificate $ca;
    proxy_set_header X-Client-Verified $ssl_client_verify;
    proxy_set_header X-Client-Subject $ssl_client_s_dn;
    $rules
  }
""",
)
ALA = {
    "a certificate demanded": """
    ssl_verify_client on;
    location = /cancelOrder { limit_except POST { deny all; } proxy_pass https://$inner; }
""",
    "a certificate demanded, with pages of its own in JSON": """
    ssl_verify_client on;
    error_page 400 495 496 497 =401 @stranger;
    location @stranger { default_type application/json; return 401 '{"error":"client certificate required"}'; }
    location = /cancelOrder { if ($request_method != POST) { return 405; } proxy_pass https://$inner; }
    location / { default_type application/json; return 404 '{"message":"no Route matched with those values"}'; }
""",
    "a certificate asked for, TLS 1.3 only, the door closed": """
    ssl_verify_client optional;
    ssl_protocols TLSv1.3;
    if ($ssl_client_verify != SUCCESS) { return 444; }
    location / { proxy_pass https://$inner; }
""",
    "a certificate asked for, TLS 1.2 only, strangers sent to a portal": """
    ssl_verify_client optional;
    ssl_protocols TLSv1.2;
    keepalive_timeout 0;
    error_page 400 495 = @portal;
    location @portal { return 302 https://portal.example/; }
    if ($ssl_client_verify != SUCCESS) { return 302 https://portal.example/; }
    location = /cancelOrder { if ($request_method != POST) { return 303 https://portal.example/docs; } \
proxy_pass https://$inner; }
    location / { return 301 https://portal.example/; }
""",
    "any certificate let in, a sign-in page with status 200": """
    ssl_verify_client optional_no_ca;
    default_type text/html;
    if ($ssl_client_verify != SUCCESS) { return 200 '<!DOCTYPE html><title>Sign in</title>\
<form><input name=user><br></form>'; }
    location = /cancelOrder {
      if ($request_method = GET) { return 200 '<!DOCTYPE html><title>API</title><p>Welcome<br>'; }
      proxy_pass https://$inner;
    }
""",
    "short documents only, connections closed when idle": """
    ssl_verify_client optional;
    keepalive_timeout 500ms;
    keepalive_requests 7;
    client_max_body_size 2500;
    proxy_intercept_errors on;
    error_page 404 405 502 /unknown;
    location = /unknown { internal; default_type text/html; return 404 '<html><body>Nothing here<br></body></html>'; }
    location / { proxy_pass https://$inner; }
""",
    "not so fast": """
    ssl_verify_client optional;
    limit_req zone=slow$n nodelay burst=20;
    limit_req_status 429;
    location / { proxy_pass https://$inner; }
  }
  limit_req_zone $binary_remote_addr zone=slow$n:1m rate=60r/s;
  server { listen unix:closed$n;
""",
}
OPENSRS = {
    "a page for whoever names no user": """
    if ($http_x_username = "") { return 401; }
    if ($http_x_signature = "") { return 403; }
    location = / { limit_except POST { deny all; } proxy_pass https://$inner; }
""",
    "JSON for every other path, few requests on a connection": """
    keepalive_requests 3;
    client_max_body_size 1500;
    location = / { if ($request_method != POST) { return 301 https://portal.example/; } proxy_pass https://$inner; }
    location / { default_type application/json; return 404 '{"message":"no Route matched with those values"}'; }
""",
}
SWALLOWING = {
    "a page in the place of the seller's faults": """
    ssl_verify_client optional;
    proxy_intercept_errors on;
    error_page 400 401 403 /no;
    location = /no { internal; return 200 "No"; }
    location / { proxy_pass https://$inner; }
""",
}


def test_nginx_before_an_ala_seller(tmp_path: Path) -> None:
    assert accusations(verdicts(NGINX, "ala", ALA, tmp_path)) == {}


def test_nginx_before_an_opensrs_seller(tmp_path: Path) -> None:
    assert accusations(verdicts(NGINX, "opensrs", OPENSRS, tmp_path)) == {}


def test_nginx_that_swallows_what_a_known_buyer_is_told_is_found(tmp_path: Path) -> None:
    (told,) = accusations(verdicts(NGINX, "ala", SWALLOWING, tmp_path)).values()
    assert "ALA-FLT-01" in told
