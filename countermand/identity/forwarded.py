"""What proxies hand on in headers, a client certificate, an address or a path: whoever asks may write them too."""

from __future__ import annotations

import base64
import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

from countermand.identity import strangers
from countermand.model.exchange import UNUSUAL, Request
from countermand.model.target import Target
from countermand.model.verdict import NotApplicable

if TYPE_CHECKING:
    from cryptography import x509

#: How each header spells a certificate: in DER, in PEM or by its subject (RFC 4514), and what comes with it.
HEADERS = {
    "Client-Cert": ":{der}:",  # RFC 9440
    "X-ARR-ClientCert": "{der}",  # Azure App Service
    "X-Amzn-Mtls-Clientcert": "{pem}",  # AWS Application Load Balancer
    "X-SSL-Client-Cert": "{pem}",  # nginx, HAProxy and Apache httpd, by custom
    "X-SSL-Client-S-DN": "{subject}",  # the same, of whom nothing but the subject is handed on
    "X-Forwarded-Client-Cert": 'Hash={sha256};Cert="{pem}"',  # Envoy
    "X-Forwarded-Tls-Client-Cert": "{base64}",  # Traefik
    "ssl-client-cert": "{pem}",  # Ingress NGINX
    "X-Client-Cert": "{pem}",  # by custom, as are those beside it
    "X_SSL_Client_S_DN": "{subject}",  # what CGI and its heirs take for the one with hyphens (RFC 3875, 4.1.18)
    "X-Remote-User": "{name}",  # what a gateway that has seen who asks says, by custom, as are those beside it
}
#: What comes beside these: what the proxy thinks of it, and the same under other names.
BESIDE = {
    "Client-Cert": {"X-Client-Cert-Leaf": ":{der}:"},  # Google Cloud's load balancers, as RFC 9440 has it
    "X-ARR-ClientCert": {"Cf-Client-Cert-Der-Base64": "{der}"},  # Cloudflare
    "X-Amzn-Mtls-Clientcert": {"X-Client-Certificate": "{pem}"},  # by custom
    **{header: {"X-SSL-Client-Verify": "SUCCESS"} for header in ("X-SSL-Client-Cert", "X-SSL-Client-S-DN")},
    "ssl-client-cert": {
        "ssl-client-subject-dn": "{subject}",
        "ssl-client-verify": "SUCCESS",
        "X-TLS-Client-Cert": "{pem}",  # by custom
    },
    "X-Client-Cert": {
        "X-Client-DN": "{subject}",
        "X-SSL-Client-CN": "{name}",
        "X-SSL-Cert": "{pem}",
        "X-Client-Verify": "SUCCESS",
    },
    "X_SSL_Client_S_DN": {"X_SSL_Client_Verify": "SUCCESS"},
    "X-Remote-User": {
        **dict.fromkeys(("Remote-User", "X-Forwarded-User", "X-Authenticated-User"), "{name}"),
        "X-Consumer-Username": "{name}",  # Kong
    },
}
_FORMS = HEADERS | {name: form for beside in BESIDE.values() for name, form in beside.items()}
#: Those that bear it, or its subject, and those that only say what the proxy thinks of it.
NAMES = frozenset(name.lower() for name, form in _FORMS.items() if "{" in form)
VERDICTS = frozenset(map(str.lower, _FORMS)) - NAMES
#: How each header says that a request comes from the machine the seller runs on.
LOCAL = {
    "Forwarded": "for=127.0.0.1",  # RFC 7239
    **dict.fromkeys(("X-Forwarded-For", "X-Real-IP", "X-Client-IP", "True-Client-IP", "X-Remote-IP"), "127.0.0.1"),
    **dict.fromkeys(("X-Cluster-Client-IP", "X-Originating-IP", "X-Remote-Addr"), "127.0.0.1"),
}
BORNE = NAMES.union(VERDICTS, map(str.lower, LOCAL))
#: In which a server that rewrites a path says what it was: IIS, and what reads it from there (Symfony, Zend).
REWRITTEN = ("X-Original-URL", "X-Rewrite-URL")


def headers(name: str, target: Target) -> tuple[tuple[str, str], ...]:
    """Return a header that hands the buyer's certificate on, and what of it comes beside it.

    What says its subject is empty where it has none; what bears it is, where it is known from a record alone.

    Raises NotApplicable where the buyer has none, or the target file sends that header itself.
    """
    buyer = target.identities["buyer"]
    own = set(map(str.lower, target.headers))
    if name.lower() in own:
        raise NotApplicable(f"the target file sends {name} itself, whoever asks")
    if not (buyer.certificate or buyer.pkcs12):
        raise NotApplicable("the buyer of the target file has no certificate")
    forms = {name: HEADERS[name], **BESIDE.get(name, {})}
    borne = {header: form for header, form in forms.items() if header.lower() not in own}
    if target.recorded:
        return tuple((header, "" if header.lower() in NAMES else form) for header, form in borne.items())
    certificate = strangers.public(buyer)
    return tuple((header, _spelt(form, certificate)) for header, form in borne.items())


def local(target: Target) -> tuple[tuple[str, str], ...]:
    """Return headers that say a request comes from the seller's own machine, besides those the target file sends.

    Raises NotApplicable where it sends all of them.
    """
    return besides_own(LOCAL, target)


def rewritten(path: str, target: Target) -> tuple[tuple[str, str], ...]:
    """Return headers that say what the path of a request was, besides those the target file sends.

    Raises NotApplicable where it sends all of them.
    """
    return besides_own(dict.fromkeys(REWRITTEN, path), target)


def besides_own(headers: Mapping[str, str], target: Target) -> tuple[tuple[str, str], ...]:
    """Return headers besides those the target file sends; raises NotApplicable where it sends all of them."""
    own = set(map(str.lower, target.headers))
    besides = tuple((name, value) for name, value in headers.items() if name.lower() not in own)
    if not besides:
        raise NotApplicable(f"the target file sends {', '.join(headers)} itself, whoever asks")
    return besides


def is_borne(request: Request, besides: Collection[str], label: str) -> bool:
    """Say whether a request has such a header, or an unusual one, besides those and the label of the target file."""
    said = [(name.lower(), value) for name, value in request.headers]
    borne = {name for name, value in said if name in BORNE or ((name, value) in UNUSUAL and value != label)}
    return not borne <= set(map(str.lower, besides))


def _spelt(form: str, certificate: x509.Certificate) -> str:
    """Return what a header says of a certificate; nothing where that is its subject, and it has none."""
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415 - 0.1 s that only strangers cost
    from cryptography.x509 import NameOID  # noqa: PLC0415 - the same

    der = base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()
    common = [str(part.value) for part in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    pem = quote(certificate.public_bytes(serialization.Encoding.PEM), safe="")
    # As OpenSSL writes it, and whoever hands it on with OpenSSL.
    whole = certificate.subject.rfc4514_string({NameOID.EMAIL_ADDRESS: "emailAddress"})
    subject, name = (
        re.sub(r"[^ -~]", lambda letter: "".join(f"\\{byte:02X}" for byte in letter[0].encode()), words)
        for words in (whole, (common or [whole])[0])
    )
    facts = {"der": der, "base64": quote(der, safe=""), "pem": pem, "name": name, "subject": subject}
    return form.format(**facts, sha256=certificate.fingerprint(hashes.SHA256()).hex())
