Feature: Asked by the reseller
  The seller serves the resellers it has given a user name, and nobody else.

  Background:
    Given an order in flight

  @OSRS-SIG-06
  Rule: A request of an unknown user is refused
    Scenario: A user nobody knows
      When an "unknown user" cancels the order in the buyer's name
      Then the seller does not serve the caller
      But the seller serves the buyer

    Scenario Outline: A user nobody knows, whose signature is <how>
      When an "unknown user" cancels the order with a signature that is "<how>"
      Then the seller does not serve the caller
      But the seller serves the buyer

      Examples:
        | how                         |
        | made without a key          |
        | made with the key undefined |
        | made with the key null      |
        | made with the key None      |

    Scenario Outline: A user nobody knows, whose name is the buyer's with <what> behind it
      When a "user whose name is the buyer's with <what> behind it" cancels the order in the buyer's name
      Then the seller does not serve the caller
      But the seller serves the buyer

      Examples:
        | what             |
        | letters          |
        | a dot and a name |

    Scenario: A look-up by a user nobody knows
      When an "unknown user" looks the order up in the buyer's name
      Then the seller does not serve the caller
      But the seller serves the buyer

  @OSRS-SIG-07
  Rule: A request without a user is refused
    Scenario: No user at all
      When "nobody" cancels the order in the buyer's name
      Then the seller does not serve the caller
      But the seller serves the buyer

    Scenario: No user at all, and no key
      When "nobody" cancels the order with a signature that is "made without a key"
      Then the seller does not serve the caller
      But the seller serves the buyer

    Scenario: A look-up without a user
      When "nobody" looks the order up in the buyer's name
      Then the seller does not serve the caller
      But the seller serves the buyer
