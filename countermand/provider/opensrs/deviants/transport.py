"""Sellers that answer what HTTP does not ask of them, label their replies wrongly, or show their insides."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from countermand.provider.family import family
from countermand.provider.http import Request, Response
from countermand.provider.odd_names import SHOWN
from countermand.provider.opensrs.deviants.base import Rewording, Slip, slips, to
from countermand.provider.opensrs.orders import Order, Reseller
from countermand.provider.opensrs.seller import Seller
from countermand.provider.opensrs.trust import DONE, Answer, RefusedError


class Welcoming(Seller):
    """Serves a GET like a POST, and with success where it carries no command."""

    breaks = "OSRS-HTTP-01"
    slug = "serves-get-like-post"

    def handle(self, request: Request) -> Response:
        """Answer one HTTP request, whatever its method."""
        if request.method != "GET" or request.path != self.path:
            return super().handle(request)
        if request.body:
            return super().handle(replace(request, method="POST"))
        return self.response(Answer(success=True, code=200, text=DONE))


class _Methodical(Seller):
    """Serves a request that comes by another method."""

    method: ClassVar[str]

    def handle(self, request: Request) -> Response:
        """Answer one HTTP request, by either of two methods."""
        return super().handle(replace(request, method="POST") if request.method == self.method else request)


class Replacing(_Methodical):
    """Serves a request that comes by PUT."""

    breaks = "OSRS-HTTP-05"
    slug = "serves-put-like-post"
    method = "PUT"


class Patching(_Methodical):
    """Serves a request that comes by PATCH."""

    breaks = "OSRS-HTTP-05"
    slug = "serves-patch-like-post"
    method = "PATCH"


class Deleting(_Methodical):
    """Serves a request that comes by DELETE."""

    breaks = "OSRS-HTTP-05"
    slug = "serves-delete-like-post"
    method = "DELETE"


class Embodied(_Methodical):
    """Serves a request that comes by GET in its body."""

    breaks = "OSRS-HTTP-01"
    slug = "serves-body-of-get"
    method = "GET"


class Overruled(Seller):
    """Serves a GET like a POST where a header says that it is one."""

    breaks = "OSRS-HTTP-01"
    slug = "serves-get-that-headers-make-post"

    def handle(self, request: Request) -> Response:
        """Look at the header first."""
        method = request.headers.get("x-http-method-override", request.method)
        return super().handle(replace(request, method=method) if request.method == "GET" else request)


class Omnipresent(Seller):
    """Serves a request to any path."""

    breaks = "OSRS-HTTP-02"
    slug = "serves-any-path"

    def handle(self, request: Request) -> Response:
        """Answer one HTTP request, wherever it goes."""
        return super().handle(replace(request, path=self.path))


class _Labelling(Seller):
    """A seller that labels its replies otherwise."""

    labels: ClassVar[Slip] = Slip.ALL
    label: ClassVar[str]

    def response(self, answer: Answer, status: int = 200) -> Response:
        """Put an answer on the wire under its label, or under none where that is empty."""
        response = super().response(answer, status)
        if not slips(answer, self.labels):
            return response
        headers = tuple(header for header in response.headers if header[0] != "Content-Type")
        return replace(response, headers=headers + ((("Content-Type", self.label),) if self.label else ()))


class Posing(_Labelling):
    """Labels its replies as HTML."""

    breaks = "OSRS-HTTP-03"
    slug = "labels-replies-as-html"
    label = "text/html"


class Plain(_Labelling):
    """Labels its replies as plain text."""

    breaks = "OSRS-HTTP-03"
    slug = "labels-replies-as-text"
    label = "text/plain; charset=utf-8"


class Fashionable(_Labelling):
    """Labels its replies as JSON."""

    breaks = "OSRS-HTTP-03"
    slug = "labels-replies-as-json"
    label = "application/json"


class Unlabelled(_Labelling):
    """Labels its replies as nothing."""

    breaks = "OSRS-HTTP-03"
    slug = "no-content-type"
    label = ""


class Miscoded(_Labelling):
    """Labels its replies in UTF-8 as UTF-16."""

    breaks = "OSRS-HTTP-03"
    slug = "labels-utf-8-as-utf-16"
    label = "text/xml; charset=utf-16"


class Uneven(_Labelling):
    """Labels as HTML the replies in which it fails."""

    breaks = "OSRS-HTTP-03"
    slug = "labels-failures-as-html"
    labels = Slip.FAILURES
    label = "text/html"


class _Revealing(Rewording):
    """A seller that shows its insides where it fails."""

    rewords = Slip.FAILURES


class Exhibiting(_Revealing):
    """Shows a stack trace of Python where it fails."""

    breaks = "OSRS-HTTP-04"
    slug = "shows-python-stack-trace"
    changes = to(
        response_text='Traceback (most recent call last):\n  File "/srv/trust/orders.py", line 214, in cancel\n'
        "    order = self.orders[number]\nKeyError: 111111"
    )


class Spilling(_Revealing):
    """Shows a stack trace of Java where it fails."""

    breaks = "OSRS-HTTP-04"
    slug = "shows-java-stack-trace"
    changes = to(
        response_text="java.lang.NullPointerException\n"
        "\tat com.example.trust.OrderService.cancel(OrderService.java:214)\n"
        "\tat com.example.trust.Dispatcher.dispatch(Dispatcher.java:61)"
    )


class Debugging(Seller):
    """Shows in a header where in its program it failed."""

    breaks = "OSRS-HTTP-04"
    slug = "shows-line-of-program-in-header"

    def response(self, answer: Answer, status: int = 200) -> Response:
        """Say it as Symfony does."""
        response = super().response(answer, status)
        shown = ("X-Debug-Exception-File", "%2Fsrv%2Ftrust%2FOrder.php:214")
        return replace(response, headers=(*response.headers, shown)) if slips(answer, Slip.FAILURES) else response


class Comparing(Seller):
    """Shows a stack trace where a signature has letters beyond ASCII, which it cannot compare."""

    breaks = "OSRS-HTTP-04"
    slug = "shows-stack-trace-over-odd-signature"

    def handle(self, request: Request) -> Response:
        """Fail over it."""
        if request.headers.get("x-signature", "").isascii():
            return super().handle(request)
        words = (
            'Traceback (most recent call last):\n  File "/srv/trust/app.py", line 21, in signed\n'
            "TypeError: comparing strings with non-ASCII characters is not supported"
        )
        return Response(500, words.encode(), (("Content-Type", "text/plain"),))


class Pathetic(_Revealing):
    """Shows the path of its program where it fails."""

    breaks = "OSRS-HTTP-04"
    slug = "shows-program-path-on-failure"
    changes = to(response_text="Cannot cancel at /usr/local/opensrs/lib/Trust/Order.pm line 214.")


class Confiding(_Revealing):
    """Shows its database's complaint where it fails."""

    breaks = "OSRS-HTTP-04"
    slug = "shows-database-error-on-failure"
    changes = to(response_text="ORA-01403: no data found in SELECT state FROM trust_orders WHERE order_id = :1")


class Boastful(_Revealing):
    """Shows the products it is made of where it fails."""

    breaks = "OSRS-HTTP-04"
    slug = "shows-products-on-failure"
    changes = to(response_text="Cannot cancel. Apache/2.2.3 (CentOS) mod_perl/2.0.4 Perl/v5.8.8")


class _Startled(Seller):
    """Shows its insides where the number of an order is odd."""

    odd: ClassVar[str]

    def not_a_number(self, number: str, reseller: Reseller) -> Order:
        """Stumble over what was not expected."""
        is_odd, words = SHOWN[self.odd]
        if is_odd(number):
            raise RefusedError(500, words)
        return super().not_a_number(number, reseller)

    def unknown(self, number: str, reseller: Reseller) -> Order:
        """Stumble over digits too."""
        is_odd, words = SHOWN[self.odd]
        if is_odd(number):
            raise RefusedError(500, words)
        return super().unknown(number, reseller)


startled = family(__name__, _Startled, "odd")
STARTLED = (
    startled(
        "Quotable",
        "OSRS-HTTP-04",
        "shows-database-error-on-quote",
        "Shows what its database says of a quote in the number of an order.",
        "quote",
    ),
    startled(
        "Overflowing",
        "OSRS-HTTP-04",
        "shows-database-error-on-long-number",
        "Shows what its database says of a very long number.",
        "long",
    ),
    startled(
        "Monoglot",
        "OSRS-HTTP-04",
        "shows-error-of-program-on-letters-beyond-ascii",
        "Shows where its program fails on letters beyond ASCII in a number.",
        "foreign",
    ),
)
