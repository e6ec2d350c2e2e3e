"""Sellers whose successes do not give the attributes that are always returned."""

from __future__ import annotations

from collections.abc import Mapping

from countermand.provider.opensrs.deviants.base import Retelling, Rewording, Slip, besides, to
from countermand.provider.opensrs.orders import Order
from countermand.provider.opensrs.seller import Seller


class Domainless(Retelling):
    """Gives no domain."""

    breaks = "OSRS-ATT-01"
    slug = "no-domain"
    also = besides(departs="SCH-02")
    retold = to(domain=None)


class Anonymous(Retelling):
    """Gives an empty domain."""

    breaks = "OSRS-ATT-01"
    slug = "empty-domain"
    retold = to(domain="")


class Null(Retelling):
    """Gives null for the domain, whenever it tells one."""

    breaks = "OSRS-ATT-01"
    slug = "null-for-domain"
    retold = to(domain="null")

    def info_attributes(self, order: Order) -> Mapping[str, str]:
        """Give what get_order_info tells, and slip."""
        return {**super().info_attributes(order), "domain": "null"}


class Renamed(Seller):
    """Gives the domain by another key."""

    breaks = "OSRS-ATT-01"
    slug = "domain-by-another-key"
    also = besides(departs="SCH-02")

    def success_attributes(self, order: Order) -> Mapping[str, str]:
        """Give the attributes, one by another key."""
        return {"domain_name": order.domain, "order_id": order.number, "state": order.state}


class Bare(Rewording):
    """Gives no attributes at all."""

    breaks = "OSRS-ATT-01"
    slug = "no-attributes"
    also = besides(fails="ATT-02 ATT-03 STA-01", departs="STA-03 SCH-02", not_applicable="STA-02")
    rewords = Slip.SUCCESSES
    changes = to(attributes=None)


class Hollow(Seller):
    """Gives attributes with nothing in them."""

    breaks = "OSRS-ATT-01"
    slug = "empty-attributes"
    also = besides(fails="ATT-02 ATT-03 STA-01", departs="STA-03 SCH-02", not_applicable="STA-02")

    def success_attributes(self, _order: Order) -> Mapping[str, str]:
        """Give none."""
        return {}


class Flat(Rewording):
    """Gives the attributes as a text."""

    breaks = "OSRS-ATT-01"
    slug = "attributes-as-text"
    also = besides(fails="ATT-02 ATT-03 STA-01", departs="STA-03 SCH-02", not_applicable="STA-02")
    rewords = Slip.SUCCESSES
    changes = to(attributes="see your control panel")


class Orderless(Retelling):
    """Gives no order_id."""

    breaks = "OSRS-ATT-02"
    slug = "no-order-id"
    also = besides(departs="SCH-02")
    retold = to(order_id=None)


class Numb(Retelling):
    """Gives an empty order_id."""

    breaks = "OSRS-ATT-02"
    slug = "empty-order-id"
    retold = to(order_id="")


class Abbreviating(Seller):
    """Gives the order_id by the key id."""

    breaks = "OSRS-ATT-02"
    slug = "order-id-by-the-key-id"
    also = besides(departs="SCH-02")

    def success_attributes(self, order: Order) -> Mapping[str, str]:
        """Give the attributes, one by another key."""
        return {"domain": order.domain, "id": order.number, "state": order.state}


class Stateless(Retelling):
    """Gives no state."""

    breaks = "OSRS-ATT-03"
    slug = "no-state"
    also = besides(fails="STA-01", departs="STA-03 SCH-02", not_applicable="STA-02")
    retold = to(state=None)


class Stateblank(Retelling):
    """Gives an empty state."""

    breaks = "OSRS-ATT-03"
    slug = "empty-state"
    also = besides(fails="STA-01", departs="STA-03", not_applicable="STA-02")
    retold = to(state="")


class Statusquo(Seller):
    """Gives the state by the key status."""

    breaks = "OSRS-ATT-03"
    slug = "state-by-the-key-status"
    also = besides(fails="STA-01", departs="STA-03 SCH-02", not_applicable="STA-02")

    def success_attributes(self, order: Order) -> Mapping[str, str]:
        """Give the attributes, one by another key."""
        return {"domain": order.domain, "order_id": order.number, "status": order.state}


class Misfiling(Seller):
    """Tells the number of another order when asked for one."""

    breaks = "OSRS-ATT-04"
    slug = "order-id-of-another-order-when-asked"

    def info_attributes(self, order: Order) -> Mapping[str, str]:
        """Give what get_order_info tells, and slip."""
        return {**super().info_attributes(order), "order_id": f"{order.number}0"}


class Muddled(Retelling):
    """Gives the order_id of some other order."""

    breaks = "OSRS-ATT-04"
    slug = "order-id-of-another-order"
    retold = to(order_id="578")


class Offbyone(Seller):
    """Gives the order_id one too high."""

    breaks = "OSRS-ATT-04"
    slug = "order-id-one-too-high"

    def success_attributes(self, order: Order) -> Mapping[str, str]:
        """Give the attributes, one miscounted."""
        return {**super().success_attributes(order), "order_id": str(int(order.number) + 1)}


class Prefixing(Seller):
    """Gives the order_id with letters of its own in front."""

    breaks = "OSRS-ATT-04"
    slug = "order-id-with-prefix"

    def success_attributes(self, order: Order) -> Mapping[str, str]:
        """Give the attributes, one adorned."""
        return {**super().success_attributes(order), "order_id": f"SSL-{order.number}"}


class Wandering(Retelling):
    """Tells another domain once an order is cancelled."""

    breaks = "OSRS-ATT-05"
    slug = "another-domain-once-cancelled"
    retold = to(domain="parked.example.net")


class Truncating(Seller):
    """Tells the domain without its first label once an order is cancelled."""

    breaks = "OSRS-ATT-05"
    slug = "domain-truncated-once-cancelled"

    def success_attributes(self, order: Order) -> Mapping[str, str]:
        """Give the attributes, one cut short."""
        return {**super().success_attributes(order), "domain": order.domain.partition(".")[2]}
