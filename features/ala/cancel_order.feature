Feature: Cancelling an order in flight
  The buyer may call off an order which the seller has not yet finished.
  The seller takes the cancellation up, or rejects it at once.

  @ALA-CAN-01
  Rule: A complete cancellation is taken up as pending, or rejected up front
    Scenario: A complete cancellation
      Given an order in flight
      When the buyer cancels the order
      Then the seller takes the cancellation up or rejects it

    Scenario: Every complete cancellation
      When all other scenarios are done
      Then every complete cancellation is taken up or rejected

    Scenario Outline: A cancellation with <what>
      When the buyer cancels nobody's order with <what>
      Then the seller answers it in its own words, as it does without

      Examples:
        | what                                 |
        | a long reason                        |
        | a reason beyond ASCII                |
        | a time with a fraction and an offset |
        | ids that are no UUIDs                |
        | a header in its envelope             |

  @ALA-CAN-02
  Rule: A cancellation need not name a reseller
    Scenario: The cancellation names no reseller
      Given an order in flight
      When the buyer cancels the order without naming a reseller
      Then the seller does not insist on a reseller

  @ALA-CAN-03
  Rule: A cancellation is not refused because it names its reseller
    Scenario: The cancellation names its reseller
      Given an order in flight
      When the buyer cancels the order and names its reseller
      Then the seller does not refuse it for naming one
