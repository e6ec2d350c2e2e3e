Feature: Signed at all
  The seller serves nobody who does not sign.

  Background:
    Given an order in flight

  @OSRS-SIG-02
  Rule: A request without a signature is refused
    Scenario Outline: No signature: it is <how>
      When a stranger cancels the order with a signature that is "<how>"
      Then the seller does not serve the caller
      But the seller serves the buyer

      Examples:
        | how     |
        | missing |
        | empty   |

    Scenario Outline: No signature of a cancellation that is sent by <method>
      When a stranger sends the cancellation by <method> with a signature that is "missing"
      Then the seller does not serve the caller
      But the seller serves the buyer

      Examples:
        | method                        |
        | POST with credentials made up |
        | POST with a cookie made up    |
        | POST with the label of a form |

    Scenario: No signature, and the cookies that the buyer was given
      When a stranger cancels the order with the cookies of the buyer and a signature that is "missing"
      Then the seller does not serve the caller
      But the seller serves the buyer

    Scenario Outline: A look-up without a signature: it is <how>
      When a stranger looks the order up with a signature that is "<how>"
      Then the seller does not serve the caller
      But the seller serves the buyer

      Examples:
        | how     |
        | missing |
        | empty   |
