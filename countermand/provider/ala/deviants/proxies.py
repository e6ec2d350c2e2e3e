"""Sellers that leave it to the proxy before them who is served, and are got round."""

from __future__ import annotations

import base64
import gzip
import re
from dataclasses import replace
from typing import ClassVar
from urllib.parse import unquote

from countermand.provider.ala.deviants import callers
from countermand.provider.ala.seller import PATH, Seller
from countermand.provider.family import family
from countermand.provider.http import Peer, Request, Response


class Believing(Seller):
    """Serves a caller without a certificate who names a buyer's in a header, as the proxy before it would."""

    header: ClassVar[str]

    def serve(self, request: Request) -> Response:
        """Take the header's word for who asks."""
        value = request.headers.get(self.header.lower())
        peer = request.peer or (named(value) if value else None)
        return super().serve(replace(request, peer=peer))


def named(value: str) -> Peer:
    """Read the certificate in a header: PEM in percent-encoding, or DER in Base64."""
    from cryptography import x509  # noqa: PLC0415  costs more than all other deviants at start
    from cryptography.x509.oid import NameOID  # noqa: PLC0415

    written = re.sub(r"-----[^-]*-----|\s", "", re.sub(r'^.*Cert="|"$', "", unquote(value))).strip(":")
    der = base64.b64decode(written)
    name = x509.load_der_x509_certificate(der).subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
    return Peer(str(name), der)


believing = family(__name__, Believing, "header")
Rfc9440 = believing(
    "Rfc9440",
    "ALA-SEC-01",
    "believes-client-cert-header",
    "Serves whoever names a buyer's certificate in the header of RFC 9440.",
    "Client-Cert",
)
Azure = believing(
    "Azure",
    "ALA-SEC-01",
    "believes-x-arr-clientcert-header",
    "Serves whoever names a buyer's certificate in the header of Azure's App Service.",
    "X-ARR-ClientCert",
)
Amazon = believing(
    "Amazon",
    "ALA-SEC-01",
    "believes-x-amzn-mtls-clientcert-header",
    "Serves whoever names a buyer's certificate in the header of AWS's load balancers.",
    "X-Amzn-Mtls-Clientcert",
)
Customary = believing(
    "Customary",
    "ALA-SEC-01",
    "believes-x-ssl-client-cert-header",
    "Serves whoever names a buyer's certificate in the header customary with nginx and HAProxy.",
    "X-SSL-Client-Cert",
)
Envoy = believing(
    "Envoy",
    "ALA-SEC-01",
    "believes-x-forwarded-client-cert-header",
    "Serves whoever names a buyer's certificate in the header of Envoy.",
    "X-Forwarded-Client-Cert",
)


Traefik = believing(
    "Traefik",
    "ALA-SEC-01",
    "believes-x-forwarded-tls-client-cert-header",
    "Serves whoever names a buyer's certificate in the header of Traefik.",
    "X-Forwarded-Tls-Client-Cert",
)
Ingress = believing(
    "Ingress",
    "ALA-SEC-01",
    "believes-ssl-client-cert-header",
    "Serves whoever names a buyer's certificate in the header of Ingress NGINX.",
    "ssl-client-cert",
)
Anyhow = believing(
    "Anyhow",
    "ALA-SEC-01",
    "believes-x-client-cert-header",
    "Serves whoever names a buyer's certificate in a header X-Client-Cert.",
    "X-Client-Cert",
)
Shortnamed = believing(
    "Shortnamed",
    "ALA-SEC-01",
    "believes-x-ssl-cert-header",
    "Serves whoever names a buyer's certificate in a header X-SSL-Cert.",
    "X-SSL-Cert",
)


Google = believing(
    "Google",
    "ALA-SEC-01",
    "believes-x-client-cert-leaf-header",
    "Serves whoever names a buyer's certificate in the header of Google Cloud's load balancers.",
    "X-Client-Cert-Leaf",
)
Cloudflare = believing(
    "Cloudflare",
    "ALA-SEC-01",
    "believes-cf-client-cert-der-base64-header",
    "Serves whoever names a buyer's certificate in the header of Cloudflare.",
    "Cf-Client-Cert-Der-Base64",
)
Longnamed = believing(
    "Longnamed",
    "ALA-SEC-01",
    "believes-x-client-certificate-header",
    "Serves whoever names a buyer's certificate in a header X-Client-Certificate.",
    "X-Client-Certificate",
)
Layered = believing(
    "Layered",
    "ALA-SEC-01",
    "believes-x-tls-client-cert-header",
    "Serves whoever names a buyer's certificate in a header X-TLS-Client-Cert.",
    "X-TLS-Client-Cert",
)


class _Subjecting(Seller):
    """Serves whoever names the subject of a buyer's certificate in a header, or its common name alone."""

    header: ClassVar[str]

    def serve(self, request: Request) -> Response:
        """Take the header's word for who asks."""
        name = re.search(r"(?:^|,)(?:CN=)?([^,+=]+)", request.headers.get(self.header.lower(), ""))
        peer = request.peer or (Peer(name[1], b"") if name else None)
        return super().serve(replace(request, peer=peer))


subjecting = family(__name__, _Subjecting, "header")
Subjecting = subjecting(
    "Subjecting",
    "ALA-SEC-01",
    "believes-x-ssl-client-s-dn-header",
    "Serves whoever names the subject of a buyer's certificate in the header customary with nginx.",
    "X-SSL-Client-S-DN",
)
Distinguished = subjecting(
    "Distinguished",
    "ALA-SEC-01",
    "believes-ssl-client-subject-dn-header",
    "Serves whoever names the subject of a buyer's certificate in the header of Ingress NGINX.",
    "ssl-client-subject-dn",
)
Titled = subjecting(
    "Titled",
    "ALA-SEC-01",
    "believes-x-client-dn-header",
    "Serves whoever names the subject of a buyer's certificate in a header X-Client-DN.",
    "X-Client-DN",
)
Underlining = subjecting(
    "Underlining",
    "ALA-SEC-01",
    "believes-s-dn-header-with-underscores",
    "Serves whoever names the subject of a buyer's certificate in a header that CGI takes for nginx's.",
    "X_SSL_Client_S_DN",
)
Remote = subjecting(
    "Remote",
    "ALA-SEC-01",
    "believes-x-remote-user-header",
    "Serves whoever names a buyer in a header X-Remote-User.",
    "X-Remote-User",
)
Consuming = subjecting(
    "Consuming",
    "ALA-SEC-01",
    "believes-x-consumer-username-header",
    "Serves whoever names a buyer in the header of Kong.",
    "X-Consumer-Username",
)
Commonplace = subjecting(
    "Commonplace",
    "ALA-SEC-01",
    "believes-x-ssl-client-cn-header",
    "Serves whoever names a buyer in the header in which HAProxy hands the common name on.",
    "X-SSL-Client-CN",
)


class _Overlooking(callers.Open):
    """Asks nobody for a certificate whose request it does not look at, and serves them all the same."""

    also: ClassVar = {}

    def looks_at(self, request: Request) -> bool:  # noqa: ARG002 - each overlooks what it does by something else
        """Say whether the certificate is looked at."""
        return True

    def serve(self, request: Request) -> Response:
        """Look at the certificate of some."""
        if self.looks_at(request):
            Seller.check_caller(self, request.peer)
        return super().serve(request)


class Homely(_Overlooking):
    """Serves a caller without a certificate who says in a header that it asks from the seller's own machine."""

    breaks = "ALA-SEC-01"
    slug = "serves-stranger-as-if-from-own-machine"

    def looks_at(self, request: Request) -> bool:
        """Look at the certificate where no header says that the caller is at home."""
        return request.headers.get("x-forwarded-for") != "127.0.0.1"


class Neighbourly(_Overlooking):
    """Serves a caller without a certificate who says in a cache's header that it is the seller itself."""

    breaks = "ALA-SEC-01"
    slug = "serves-stranger-with-client-ip-of-its-own"

    def looks_at(self, request: Request) -> bool:
        """Look at the certificate where no header says who the client is."""
        return request.headers.get("true-client-ip") != "127.0.0.1"


class Twofold(_Overlooking):
    """Asks nobody for a certificate who names another host, as that host needs none, and serves them all the same."""

    breaks = "ALA-SEC-01"
    slug = "serves-stranger-who-names-another-host"

    def looks_at(self, request: Request) -> bool:
        """Look at the certificate where it is asked by its own name."""
        return request.headers.get("host", "") != "localhost"


class Renamed(_Overlooking):
    """Asks nobody for a certificate who names another host in the handshake, and serves them all the same."""

    breaks = "ALA-SEC-01"
    slug = "serves-stranger-who-names-another-host-in-tls"
    served: ClassVar[str] = "localhost"

    def looks_at(self, request: Request) -> bool:
        """Look at the certificate where the handshake has named it as always."""
        return request.server_name != self.served


class Rewriting(callers.Open):
    """Asks nobody for a certificate who asks elsewhere and names its path in a header, and serves them all the same."""

    breaks = "ALA-SEC-01"
    slug = "serves-stranger-at-path-of-header"
    also: ClassVar = {}

    def serve(self, request: Request) -> Response:
        """Look at the certificate before the path is made that of the header."""
        if (path := request.headers.get("x-original-url")) is None:
            Seller.check_caller(self, request.peer)
        return super().serve(replace(request, path=path or request.path))


class Unmethodical(callers.Open):
    """Asks nobody for a certificate who sends a cancellation by PUT, and serves them all the same."""

    breaks = "ALA-SEC-01"
    slug = "serves-stranger-by-put"
    also: ClassVar = {}

    def serve(self, request: Request) -> Response:
        """Look at the certificate where the method is the usual one."""
        if request.method == "PUT" and request.peer is None:
            return super().serve(replace(request, method="POST"))
        Seller.check_caller(self, request.peer)
        return super().serve(request)


class Piecemeal(_Overlooking):
    """Asks nobody for a certificate who sends a cancellation in chunks, and serves them all the same."""

    breaks = "ALA-SEC-01"
    slug = "serves-stranger-in-chunks"
    also: ClassVar = {"ALA-FLT-07": "departs"}

    def looks_at(self, request: Request) -> bool:
        """Look at the certificate where the length of the body is said beforehand."""
        return "transfer-encoding" not in request.headers


class Illegible(_Overlooking):
    """Asks nobody for a certificate who writes in UTF-16, which it cannot look into, and serves them all the same."""

    breaks = "ALA-SEC-01"
    slug = "serves-stranger-in-utf-16"

    def looks_at(self, request: Request) -> bool:
        """Look at the certificate where the body names the operation, as far as its bytes tell."""
        return b"\0" not in request.body


class Misled(_Overlooking):
    """Asks nobody for a certificate whose SOAPAction names nothing that needs one, and does what the body says."""

    breaks = "ALA-SEC-01"
    slug = "serves-stranger-with-another-soapaction"

    def looks_at(self, request: Request) -> bool:
        """Look at the certificate where the header has no other action."""
        return "urn:" not in request.headers.get("soapaction", "")


class Unlabelled(_Overlooking):
    """Asks nobody for a certificate whose body is labelled as no XML, and reads it as what it is."""

    breaks = "ALA-SEC-01"
    slug = "serves-stranger-with-another-label"

    def looks_at(self, request: Request) -> bool:
        """Look at the certificate where the label says that there is a message."""
        return "xml" in request.headers.get("content-type", "")


class Overridden(callers.Open):
    """Asks nobody for a certificate who sends by another method than a header says, and goes by the header."""

    breaks = "ALA-SEC-01"
    slug = "serves-stranger-by-method-of-header"
    also: ClassVar = {"ALA-HTTP-01": "departs"}

    def serve(self, request: Request) -> Response:
        """Look at the certificate before the method is made that of the header."""
        if request.method == "POST":
            Seller.check_caller(self, request.peer)
        method = request.headers.get("x-http-method-override", request.method)
        return super().serve(replace(request, method=method))


class Acquainted(_Overlooking):
    """Asks for certificates where somebody says that it tests, and lets everybody else in."""

    breaks = "ALA-SEC-01"
    slug = "serves-stranger-who-is-not-the-suite"

    def looks_at(self, request: Request) -> bool:
        """Look at the certificate where it is the suite that asks."""
        return request.headers.get("user-agent", "countermand") == "countermand"


class Unpacking(callers.Open):
    """Asks nobody for a certificate whose body is compressed, in which it sees nothing, and serves them."""

    breaks = "ALA-SEC-01"
    slug = "serves-stranger-in-gzip"
    also: ClassVar = {}

    def serve(self, request: Request) -> Response:
        """Look at the certificate before the body is unpacked."""
        if request.headers.get("content-encoding") != "gzip":
            Seller.check_caller(self, request.peer)
            return super().serve(request)
        return super().serve(replace(request, body=gzip.decompress(request.body)))


class Bypassed(callers.Open):
    """Asks nobody for a certificate where its path is written otherwise, and serves them all the same."""

    written: ClassVar[str]

    def serve(self, request: Request) -> Response:
        """Look at the certificate before the path is made the usual one."""
        if not request.target.startswith(self.written):
            Seller.check_caller(self, request.peer)
            return super().serve(request)
        return super().serve(replace(request, path=PATH))


bypassed = family(__name__, Bypassed, "written", also={})
Slashed = bypassed(
    "Slashed",
    "ALA-SEC-01",
    "serves-stranger-at-path-with-slash-behind",
    "Serves a caller without a certificate who writes a slash behind the path.",
    f"{PATH}/",
)
Doubled = bypassed(
    "Doubled",
    "ALA-SEC-01",
    "serves-stranger-at-path-with-two-slashes",
    "Serves a caller without a certificate who begins the path with two slashes.",
    f"/{PATH}",
)
Pointing = bypassed(
    "Pointing",
    "ALA-SEC-01",
    "serves-stranger-at-path-with-dot",
    "Serves a caller without a certificate who begins the path with a dot.",
    f"/.{PATH}",
)
Stippled = bypassed(
    "Stippled",
    "ALA-SEC-01",
    "serves-stranger-at-path-with-encoded-dot",
    "Serves a caller without a certificate who begins the path with an encoded dot.",
    f"/%2e{PATH}",
)
Decoding = bypassed(
    "Decoding",
    "ALA-SEC-01",
    "serves-stranger-at-percent-encoded-path",
    "Serves a caller without a certificate who percent-encodes a letter of the path.",
    "/%63ancelOrder",
)
Caseless = bypassed(
    "Caseless",
    "ALA-SEC-01",
    "serves-stranger-at-path-in-other-case",
    "Serves a caller without a certificate who writes the path in the other case.",
    PATH.swapcase(),
)
Queried = bypassed(
    "Queried",
    "ALA-SEC-01",
    "serves-stranger-at-path-with-query",
    "Serves a caller without a certificate who writes a query behind the path.",
    f"{PATH}?countermand=1",
)
Parametrized = bypassed(
    "Parametrized",
    "ALA-SEC-01",
    "serves-stranger-at-path-with-parameter",
    "Serves a caller without a certificate who writes a parameter behind the path.",
    f"{PATH};countermand=1",
)
Suffixed = bypassed(
    "Suffixed",
    "ALA-SEC-01",
    "serves-stranger-at-path-with-ending",
    "Serves a caller without a certificate who writes an ending behind the path, as files have one.",
    f"{PATH}.",
)
Descending = bypassed(
    "Descending",
    "ALA-SEC-01",
    "serves-stranger-below-path",
    "Serves a caller without a certificate who asks below the path.",
    f"{PATH}/c",
)
Absolute = bypassed(
    "Absolute",
    "ALA-SEC-01",
    "serves-stranger-at-whole-address",
    "Serves a caller without a certificate who writes the whole address into the request line.",
    "https://",
)
Climbing = bypassed(
    "Climbing",
    "ALA-SEC-01",
    "serves-stranger-at-path-with-two-dots",
    "Serves a caller without a certificate who begins the path elsewhere, and goes up from there.",
    f"/countermand/..{PATH}",
)
Climber = bypassed(
    "Climber",
    "ALA-SEC-01",
    "serves-stranger-at-path-with-dots-and-semicolon",
    "Serves a caller without a certificate who goes up in the path by dots with a parameter.",
    f"/countermand/..;{PATH}",
)


class _Recognizing(callers.Open):
    """Asks nobody for a certificate who bears something that is given to whom it has let in, whatever that says."""

    by: ClassVar[str]

    def serve(self, request: Request) -> Response:
        """Look at the certificate where there is no such header."""
        if self.by not in request.headers:
            Seller.check_caller(self, request.peer)
        return super().serve(request)


recognizing = family(__name__, _Recognizing, "by", also={})
Bearing = recognizing(
    "Bearing",
    "ALA-SEC-01",
    "serves-stranger-with-any-token",
    "Serves a caller without a certificate who bears a token, of anybody's making.",
    "authorization",
)
Snacking = recognizing(
    "Snacking",
    "ALA-SEC-01",
    "serves-stranger-with-any-cookie",
    "Serves a caller without a certificate who bears a cookie, of anybody's making.",
    "cookie",
)
