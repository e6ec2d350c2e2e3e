"""Sellers whose faults have the documented elements, and say nothing in them, or too much."""

from __future__ import annotations

from typing import ClassVar

from countermand.provider.ala.markup import Element
from countermand.provider.ala.reply import Headers
from countermand.provider.ala.seller import Seller
from countermand.provider.http import Response


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


class Codeless(Wording):
    """Gives an empty faultcode."""

    breaks = "ALA-FLT-04"
    slug = "empty-faultcode"
    code = ""


class Whitewashed(Wording):
    """Gives a blank faultcode."""

    breaks = "ALA-FLT-04"
    slug = "blank-faultcode"
    code = "  "


class Wordless(Wording):
    """Gives an empty faultmessage."""

    breaks = "ALA-FLT-04"
    slug = "empty-faultmessage"
    words = ""


class Whispering(Wording):
    """Gives a blank faultmessage."""

    breaks = "ALA-FLT-04"
    slug = "blank-faultmessage"
    words = "\n  "


class Verbose(Wording):
    """Gives two details."""

    breaks = "ALA-FLT-05"
    slug = "two-details-in-fault"
    also: ClassVar = {"ALA-SCH-01": "departs"}
    details = ("The request was refused.", "It was refused altogether.")


class Snakelike(Wording):
    """Shows the stack trace of a Python program in its faults."""

    breaks = "ALA-FLT-09"
    slug = "shows-python-stack-trace"
    details = (
        (
            'Traceback (most recent call last):\n  File "app.py", line 42, in cancel\n'
            "    order = orders[reference]\nKeyError: None"
        ),
    )


class Exceptional(Wording):
    """Shows the stack trace of a Java program in its faults."""

    breaks = "ALA-FLT-09"
    slug = "shows-java-stack-trace"
    details = (
        (
            "java.lang.NullPointerException: null\n\tat com.example.orders.Cancel.handle(Cancel.java:112)\n"
            "\tat org.springframework.web.servlet.FrameworkServlet.service(FrameworkServlet.java:897)"
        ),
    )


class Dotted(Wording):
    """Shows the stack trace of a .NET program in its faults."""

    breaks = "ALA-FLT-09"
    slug = "shows-dotnet-stack-trace"
    details = (
        (
            "System.NullReferenceException: Object reference not set to an instance of an object.\n"
            "   at Orders.Cancel.Handle(Request request) in C:\\build\\Orders\\Cancel.cs:line 112"
        ),
    )


class Pathetic(Wording):
    """Shows a path of a Unix file system in its faults."""

    breaks = "ALA-FLT-09"
    slug = "shows-unix-path"
    words = "Cannot validate against /opt/ala/schemas/cancelOrder-2.30.xsd."


class Driven(Wording):
    """Shows a path of a Windows file system in its faults."""

    breaks = "ALA-FLT-09"
    slug = "shows-windows-path"
    words = "Cannot validate against C:\\inetpub\\ala\\schemas\\cancelOrder.xsd."


class Boastful(Wording):
    """Shows which product, in which version, it is made of."""

    breaks = "ALA-FLT-09"
    slug = "shows-product-and-version"
    details = ("Apache Tomcat/9.0.31",)


class Queryable(Wording):
    """Shows the statement its database did not like."""

    breaks = "ALA-FLT-09"
    slug = "shows-sql-statement"
    details = ("ORA-00936: missing expression: SELECT state FROM orders WHERE seller_reference =",)


class Debugging(Seller):
    """Shows in a header of its faults where in a program it gave up."""

    breaks = "ALA-FLT-09"
    slug = "shows-line-of-program-in-header"

    def fault(self, status: int, code: str, message: str, headers: Headers = ()) -> Response:
        """Say it as Symfony does."""
        shown = ("X-Debug-Exception-File", "CancelOrder.php:112")
        return super().fault(status, code, message, (*headers, shown))
