Feature: Cancelling an order twice
  A cancellation that was taken up leaves nothing to take up.

  @ALA-CAN-04
  Rule: A second cancellation of the same order is refused, or answered as the first was
    Scenario: The same order once more
      Given a cancellation the seller has taken up
      When the buyer cancels the same order again
      Then the seller refuses the second cancellation or answers as before
