Feature: Cancelling a certificate order
  The reseller may call off an order of an SSL certificate.

  @OSRS-CAN-01
  Rule: A complete cancel_order for an order in flight is answered with success or failure
    Scenario: A complete cancellation
      Given an order in flight
      When the buyer cancels the order, which is not its only one
      Then the seller says whether it has cancelled the order

    Scenario: Every complete cancellation
      When all other scenarios are done
      Then every complete cancellation is answered with success or failure
