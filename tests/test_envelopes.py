"""What the suite sends to a seller of ALA is in an envelope of SOAP 1.1, wherever it does not mean to send another."""

from __future__ import annotations

from pathlib import Path

from lxml import etree
from running import Watched, run, served

from countermand.provider import embedded
from countermand.provider.http import Request, Response

SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
#: Those that ask for the header of an envelope.
ASKED = "ALA-CAN-01 or ALA-SEC-04 or ALA-ORD-04"


class Strict(Watched):
    """Notes the frames of documents as they come."""

    def __init__(self) -> None:
        super().__init__(embedded.SELLERS["ala"]())
        self.wrong: list[str] = []
        self.headed: set[str] = set()

    def altered(self, request: Request, response: Response) -> Response:
        root = etree.fromstring(request.body)
        self.wrong += wrong(root) if etree.QName(root).localname != "cancelOrderRequest" else []  # meant to be in none
        self.headed |= {etree.QName(entry).localname for entry in root.iterfind(f"{SOAP}Header/*")}
        return response


def wrong(root: etree._Element) -> list[str]:
    """Say what of a document's frame SOAP 1.1, 4 does not have: entries of a header are in a namespace (4.2)."""
    names = [str(child.tag) for child in root.iterchildren(etree.Element)]
    framed = root.tag == f"{SOAP}Envelope" and names in ([f"{SOAP}Body"], [f"{SOAP}Header", f"{SOAP}Body"])
    entries = [str(entry.tag) for entry in root.iterfind(f"{SOAP}Header/*")]
    return [entry for entry in entries if not entry.startswith("{")] if framed else [str(root.tag), *names]


def test_an_envelope_with_a_header_is_one_of_soap(tmp_path: Path) -> None:
    seller = Strict()
    with served("ala", tmp_path / "seller", seller) as target:
        run(tmp_path, f"--target={target}", "-m", ASKED)
    assert (seller.wrong, seller.headed) == ([], {"trace", "buyer", "targetSellerOrderReference"})


def test_a_header_in_no_namespace_is_none() -> None:
    envelope = f'<e:Envelope xmlns:e="{SOAP[1:-1]}"><Header/><e:Body/></e:Envelope>'
    assert wrong(etree.fromstring(envelope)) == [f"{SOAP}Envelope", "Header", f"{SOAP}Body"]
    assert wrong(etree.fromstring(envelope.replace("<Header/>", "<e:Header><a/></e:Header>"))) == ["a"]
