Feature: Signed by the reseller
  The seller serves requests that their reseller has signed, and no others.

  Background:
    Given an order in flight

  @OSRS-SIG-01
  Rule: A request with a wrong signature is refused
    Scenario Outline: A signature that is <how>
      When a stranger cancels the order with a signature that is "<how>"
      Then the seller does not serve the caller
      But the seller serves the buyer

      Examples:
        | how                       |
        | wrong                     |
        | wrong in its first digit  |
        | wrong in a middle digit   |
        | wrong in its last digit   |
        | too short                 |
        | too long                  |
        | made with a single digest |

    Scenario Outline: A wrong signature, the path written <spelling>
      When a stranger cancels the order at the path written "<spelling>" with a signature that is "wrong"
      Then the seller does not serve the caller
      But the seller serves the buyer

      Examples:
        | spelling                   |
        | with two slashes before it |
        | with a query               |

    Scenario: A look-up with a wrong signature
      When a stranger looks the order up with a signature that is "wrong"
      Then the seller does not serve the caller
      But the seller serves the buyer

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

  @OSRS-SIG-03
  Rule: A request signed with another key is refused
    Scenario Outline: A signature that was <how>
      When a stranger cancels the order with a signature that is "<how>"
      Then the seller does not serve the caller
      But the seller serves the buyer

      Examples:
        | how                   |
        | made with another key |
        | made without a key    |

    Scenario: The key of another buyer
      When "another buyer" signs a cancellation in the buyer's name
      Then the seller does not serve the caller
      But the seller serves the buyer

  @OSRS-SIG-04
  Rule: A signature made for another body is refused
    Scenario Outline: Another body: the signature is <how>
      When a stranger cancels the order with a signature that is "<how>"
      Then the seller does not serve the caller
      But the seller serves the buyer

      Examples:
        | how                        |
        | made for another body      |
        | made for another order     |
        | that of an earlier request |

  @OSRS-SIG-05
  Rule: A signature in upper case is refused
    Scenario: Upper case
      When a stranger cancels the order with a signature that is "in upper case"
      Then the seller does not serve the caller
      But the seller serves the buyer

  @OSRS-SIG-06
  Rule: A request of an unknown user is refused
    Scenario: A user nobody knows
      When an "unknown user" cancels the order in the buyer's name
      Then the seller does not serve the caller
      But the seller serves the buyer

    Scenario: A user nobody knows, whose key is no key
      When an "unknown user" cancels the order with a signature that is "made without a key"
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
