"""A conforming seller behind Apache httpd is blamed for nothing."""

from __future__ import annotations

from pathlib import Path

from stacks import servers
from stacks.situations import Software, accusations, verdicts

APACHE = Software(
    "Apache httpd",
    servers.apache,
    """
Listen 127.0.0.1:$port
<VirtualHost 127.0.0.1:$port>
  SSLEngine on
  SSLCertificateFile $certificate
  SSLCertificateKeyFile $key
  SSLCACertificateFile $ca
  SSLVerifyDepth 3
  RequestHeader set X-Client-Verified "%{SSL_CLIENT_VERIFY}s"
  RequestHeader set X-Client-Subject "%{SSL_CLIENT_S_DN}s"
  $rules
</VirtualHost>
""",
)
ALA = {
    "a certificate demanded": """
  SSLVerifyClient require
  ProxyPass /cancelOrder https://$inner/cancelOrder
  <Location /cancelOrder>
    <LimitExcept POST>
      Require all denied
    </LimitExcept>
  </Location>
""",
    "a certificate asked for, pages for strangers": """
  SSLVerifyClient optional
  <Location />
    Require expr "%{SSL_CLIENT_VERIFY} == 'SUCCESS'"
  </Location>
  LimitRequestBody 2500
  KeepAlive Off
  ProxyPass / https://$inner/
""",
    "a certificate asked for, strangers sent to a portal": """
  SSLVerifyClient optional
  ErrorDocument 403 https://portal.example/
  <Location />
    Require expr "%{SSL_CLIENT_VERIFY} == 'SUCCESS' && %{REQUEST_METHOD} == 'POST'"
  </Location>
  MaxKeepAliveRequests 3
  ProxyPass /cancelOrder https://$inner/cancelOrder
  Redirect 302 / https://portal.example/docs
""",
    "any certificate let in, JSON for strangers": """
  SSLVerifyClient optional_no_ca
  SSLProtocol TLSv1.2
  KeepAliveTimeout 500ms
  ErrorDocument 401 '{"error":"client certificate required"}'
  RewriteEngine on
  RewriteCond %{SSL:SSL_CLIENT_VERIFY} !=SUCCESS
  RewriteRule ^ - [R=401,L]
  RewriteCond %{REQUEST_METHOD} !=POST
  RewriteRule ^ - [R=405,L]
  ProxyPass / https://$inner/
""",
    "a certificate demanded for the operation, TLS 1.3": """
  SSLProtocol TLSv1.3
  SSLVerifyClient none
  <Location /cancelOrder>
    SSLVerifyClient require
  </Location>
  ProxyPass /cancelOrder https://$inner/cancelOrder
""",
    "a certificate demanded for the operation, TLS 1.2": """
  SSLProtocol TLSv1.2
  SSLVerifyClient none
  <Location /cancelOrder>
    SSLVerifyClient require
  </Location>
  ProxyPass /cancelOrder https://$inner/cancelOrder
""",
}
OPENSRS = {
    "pages, and no name without a signature": """
  <Location />
    Require expr "-n %{HTTP:X-Username} && -n %{HTTP:X-Signature}"
    <LimitExcept POST>
      Require all denied
    </LimitExcept>
  </Location>
  KeepAliveTimeout 500ms
  ProxyPassMatch ^/$ https://$inner/
""",
    "a portal for browsers, short documents only": """
  LimitRequestBody 1500
  RewriteEngine on
  RewriteCond %{REQUEST_METHOD} =GET
  RewriteRule ^ https://portal.example/ [R=302,L]
  RewriteCond %{REQUEST_URI} !=/
  RewriteRule ^ - [R=503,L]
  KeepAlive Off
  ProxyPass / https://$inner/
""",
}


def test_apache_before_an_ala_seller(tmp_path: Path) -> None:
    assert accusations(verdicts(APACHE, "ala", ALA, tmp_path)) == {}


def test_apache_before_an_opensrs_seller(tmp_path: Path) -> None:
    assert accusations(verdicts(APACHE, "opensrs", OPENSRS, tmp_path)) == {}
