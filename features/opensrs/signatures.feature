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
        | how                           |
        | wrong                         |
        | wrong in its first digit      |
        | wrong in a middle digit       |
        | wrong in its last digit       |
        | too short                     |
        | too long                      |
        | made with a single digest     |
        | of letters that are no digits |
        | of letters beyond ASCII       |
        | of zeros alone                |

    Scenario Outline: A wrong signature, the path written <spelling>
      When a stranger cancels the order at the path written "<spelling>" with a signature that is "wrong"
      Then the seller does not serve the caller
      But the seller serves the buyer

      Examples:
        | spelling                                |
        | with two slashes before it              |
        | with a dot before it                    |
        | with an encoded dot before it           |
        | with a segment and two dots before it   |
        | with two dots and a semicolon before it |
        | with a query                            |
        | with a parameter behind it              |
        | as the whole address                    |

    Scenario: A wrong signature, as if from the seller's own machine
      When a stranger cancels the order as if from the seller's own machine with a signature that is "wrong"
      Then the seller does not serve the caller
      But the seller serves the buyer

    Scenario Outline: A wrong signature of a cancellation that is sent by <method>
      When a stranger sends the cancellation by <method> with a signature that is "wrong"
      Then the seller does not serve the caller
      But the seller serves the buyer

      Examples:
        | method                  |
        | PUT                     |
        | POST in chunks          |
        | POST as another client  |
        | POST in gzip            |
        | POST with another label |

    Scenario Outline: A wrong signature, the request written with <spelling>
      When a stranger writes the cancellation with "<spelling>" and a wrong signature
      Then the seller does not serve the caller
      But the seller serves the buyer

      Examples:
        | spelling                 |
        | UTF-16, low bytes first  |
        | UTF-16, high bytes first |
        | a byte order mark        |
        | CDATA sections           |

    Scenario: A wrong signature of a command in capital letters
      When a stranger cancels the order with "CANCEL_ORDER" as its "action" and a wrong signature
      Then the seller does not serve the caller
      But the seller serves the buyer

    Scenario: A wrong signature where the buyer was just served
      When a stranger cancels the order on the buyer's connection with a wrong signature
      Then the seller does not serve the caller
      But the seller serves the buyer

    Scenario: A wrong signature while the buyer is served
      When a stranger cancels the order while the buyer is served, with a signature that is "wrong"
      Then the seller does not serve the caller
      But the seller serves the buyer

    Scenario: A wrong signature of a cancellation that was answered before
      Given a complete cancellation that was answered
      When a stranger repeats the cancellation with a wrong signature
      Then the seller does not serve the caller
      But the seller serves the buyer

    Scenario: A look-up with a wrong signature
      When a stranger looks the order up with a signature that is "wrong"
      Then the seller does not serve the caller
      But the seller serves the buyer

  @OSRS-SIG-05
  Rule: A signature in upper case is refused
    Scenario: Upper case
      When a stranger cancels the order with a signature that is "in upper case"
      Then the seller does not serve the caller
      But the seller serves the buyer

    Scenario: A look-up with a signature in upper case
      When a stranger looks the order up with a signature that is "in upper case"
      Then the seller does not serve the caller
      But the seller serves the buyer
