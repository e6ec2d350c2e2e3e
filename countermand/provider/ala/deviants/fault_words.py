"""Sellers whose faults have the documented elements, and say nothing in them, or too much."""

from __future__ import annotations

from typing import ClassVar

from countermand.provider.ala.markup import Element
from countermand.provider.ala.reply import Headers
from countermand.provider.ala.request import Cancellation
from countermand.provider.ala.seller import RefusalError, Seller
from countermand.provider.family import family
from countermand.provider.http import Response
from countermand.provider.odd_names import SHOWN


class Wording(Seller):
    """Says other words in its faults: None leaves the word as it is."""

    code: ClassVar[str | None] = None
    words: ClassVar[str | None] = None
    details: ClassVar[tuple[str, ...]] = ()

    def fault_content(self, status: int, code: str, message: str) -> tuple[Element, ...]:
        """Change the words of a fault."""
        code = code if self.code is None else self.code
        message = message if self.words is None else self.words
        return (*super().fault_content(status, code, message), *(Element("detail", text) for text in self.details))


wording = family(__name__, Wording)

DEVIANTS = (
    wording("Codeless", "ALA-FLT-04", "empty-faultcode", "Gives an empty faultcode.", code=""),
    wording("Whitewashed", "ALA-FLT-04", "blank-faultcode", "Gives a blank faultcode.", code="  "),
    wording("Wordless", "ALA-FLT-04", "empty-faultmessage", "Gives an empty faultmessage.", words=""),
    wording("Whispering", "ALA-FLT-04", "blank-faultmessage", "Gives a blank faultmessage.", words="\n  "),
    wording("Nullifying", "ALA-FLT-04", "null-faultmessage", "Gives null for the faultmessage.", words="null"),
    wording(
        "Verbose",
        "ALA-FLT-05",
        "two-details-in-fault",
        "Gives two details.",
        details=("The request was refused.", "It was refused altogether."),
        also={"ALA-SCH-01": "departs"},
    ),
    wording(
        "Snakelike",
        "ALA-FLT-09",
        "shows-python-stack-trace",
        "Shows the stack trace of a Python program in its faults.",
        details=(
            (
                'Traceback (most recent call last):\n  File "app.py", line 42, in cancel\n'
                "    order = orders[reference]\nKeyError: None"
            ),
        ),
    ),
    wording(
        "Exceptional",
        "ALA-FLT-09",
        "shows-java-stack-trace",
        "Shows the stack trace of a Java program in its faults.",
        details=(
            (
                "java.lang.NullPointerException: null\n\tat com.example.orders.Cancel.handle(Cancel.java:112)\n"
                "\tat org.springframework.web.servlet.FrameworkServlet.service(FrameworkServlet.java:897)"
            ),
        ),
    ),
    wording(
        "Dotted",
        "ALA-FLT-09",
        "shows-dotnet-stack-trace",
        "Shows the stack trace of a .NET program in its faults.",
        details=(
            (
                "System.NullReferenceException: Object reference not set to an instance of an object.\n"
                "   at Orders.Cancel.Handle(Request request) in C:\\build\\Orders\\Cancel.cs:line 112"
            ),
        ),
    ),
    wording(
        "Pathetic",
        "ALA-FLT-09",
        "shows-unix-path",
        "Shows a path of a Unix file system in its faults.",
        words="Cannot validate against /opt/ala/schemas/cancelOrder-2.30.xsd.",
    ),
    wording(
        "Driven",
        "ALA-FLT-09",
        "shows-windows-path",
        "Shows a path of a Windows file system in its faults.",
        words="Cannot validate against C:\\inetpub\\ala\\schemas\\cancelOrder.xsd.",
    ),
    wording(
        "Boastful",
        "ALA-FLT-09",
        "shows-product-and-version",
        "Shows which product, in which version, it is made of.",
        details=("Apache Tomcat/9.0.31",),
    ),
    wording(
        "Queryable",
        "ALA-FLT-09",
        "shows-sql-statement",
        "Shows the statement its database did not like.",
        details=("ORA-00936: missing expression: SELECT state FROM orders WHERE seller_reference =",),
    ),
    wording(
        "Constrained",
        "ALA-FLT-09",
        "shows-constraint-of-database",
        "Shows which constraint of its database was violated.",
        details=('duplicate key value violates unique constraint "cancellations_pkey"',),
    ),
)


class Debugging(Seller):
    """Shows in a header of its faults where in a program it gave up."""

    breaks = "ALA-FLT-09"
    slug = "shows-line-of-program-in-header"

    def fault(self, status: int, code: str, message: str, headers: Headers = ()) -> Response:
        """Say it as Symfony does."""
        shown = ("X-Debug-Exception-File", "CancelOrder.php:112")
        return super().fault(status, code, message, (*headers, shown))


class _Startled(Seller):
    """Shows its insides where the reference of an order is odd."""

    odd: ClassVar[str]

    def check_complete(self, asked: Cancellation) -> None:
        """Stumble over what was not expected."""
        is_odd, words = SHOWN[self.odd]
        if is_odd(asked["targetSellerOrderReference"]):
            raise RefusalError(500, "Server.Error", words)
        super().check_complete(asked)


startled = family(__name__, _Startled, "odd")
STARTLED = (
    startled(
        "Quotable",
        "ALA-FLT-09",
        "shows-database-error-on-quote",
        "Shows what its database says of a quote in the reference of an order.",
        "quote",
    ),
    startled(
        "Overflowing",
        "ALA-FLT-09",
        "shows-database-error-on-long-reference",
        "Shows what its database says of a very long reference.",
        "long",
    ),
    startled(
        "Monoglot",
        "ALA-FLT-09",
        "shows-error-of-program-on-letters-beyond-ascii",
        "Shows where its program fails on letters beyond ASCII in a reference.",
        "foreign",
    ),
)
