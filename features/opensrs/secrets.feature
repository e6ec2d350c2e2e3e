Feature: What is nobody else's business
  A refusal tells neither how it could have been got round, nor whose the order is and how it stands.

  @OSRS-SIG-08
  Rule: No reply shows a key, or a signature that its caller has not sent
    Scenario: What every reply shows
      Given a cancellation with a wrong signature that was answered
      When all other scenarios are done
      Then no reply shows a key, or a signature its caller has not sent

  @OSRS-SIG-09
  Rule: A caller who is turned away is told nothing of the order
    Scenario Outline: What is told of the order where the signature is <how>
      Given an order in flight
      When a stranger cancels the order with a signature that is "<how>"
      Then the seller tells the caller nothing of the order
      But the seller serves the buyer

      Examples:
        | how     |
        | wrong   |
        | missing |

    Scenario: What is told of an order that was cancelled before
      Given an order that the buyer has cancelled
      When a stranger cancels the order with a signature that is "wrong"
      Then the seller tells the caller nothing of the order
      But the seller serves the buyer

    Scenario: What is told of the order to a stranger who looks it up
      Given an order in flight
      When a stranger looks the order up with a signature that is "wrong"
      Then the seller tells the caller nothing of the order
      But the seller serves the buyer

    Scenario: What is told of the order to a user nobody knows
      Given an order in flight
      When an "unknown user" cancels the order in the buyer's name
      Then the seller tells the caller nothing of the order
      But the seller serves the buyer
