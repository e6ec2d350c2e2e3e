Feature: Calling off toys
  A buyer who has changed its mind calls the order off.

  @TOY3-CAN-01
  Rule: A complete cancellation is done, or refused
    Scenario: An open order
      Given an order in flight
      When the buyer cancels the order
      Then the seller says whether it has cancelled the order

  @TOY3-REQ-01
  Rule: A cancellation that names no order is refused
    Scenario: No order
      Given a seller who takes cancellations up
      And an order in flight
      When the buyer cancels the order without its "order"
      Then the seller refuses the cancellation

  @TOY3-STK-01
  Rule: A cancellation that was done is thanked for
    Scenario: A sticker
      Given a cancellation the seller has taken up
      When the buyer reads the reply
      Then there is a sticker in it
