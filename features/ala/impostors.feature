Feature: In whose name
  A buyer whom the seller serves speaks for itself, and for nobody else.

  @ALA-SEC-04
  Rule: A buyer may not speak for another buyer
    Scenario: Another buyer in the buyer's name
      Given an order in flight
      When "another buyer" cancels the order in the buyer's name
      Then the seller does not serve the caller
      But the seller serves the buyer

    Scenario: Another buyer who repeats a cancellation
      Given a complete cancellation that was answered
      When "another buyer" repeats the cancellation in the buyer's name
      Then the seller does not serve the caller
      But the seller serves the buyer

    Scenario: Another buyer in the buyer's name, while the buyer is served
      Given an order in flight
      When "another buyer" cancels the order in the buyer's name, while the buyer is served
      Then the seller does not serve the caller
      But the seller serves the buyer

    Scenario Outline: Another buyer who names the buyer, and itself <where>
      Given an order in flight
      When "another buyer" cancels the order in the buyer's name, and in its own <where>
      Then the seller does not serve the caller
      But the seller serves the buyer

      Examples:
        | where                          |
        | before it                      |
        | behind it                      |
        | in another namespace before it |
        | in the envelope's header       |

    Scenario Outline: Another buyer in the buyer's name, written <how>
      Given an order in flight
      When "another buyer" cancels the order in the buyer's name, written <how>
      Then the seller does not serve the caller
      But the seller serves the buyer

      Examples:
        | how                   |
        | with blanks around it |
        | in the other case     |
        | in full width         |

    Scenario Outline: Another buyer in the buyer's name, who sends the cancellation by <method>
      Given an order in flight
      When "another buyer" sends the cancellation in the buyer's name by <method>
      Then the seller does not serve the caller
      But the seller serves the buyer

      Examples:
        | method                    |
        | POST in chunks            |
        | POST in UTF-16            |
        | POST in CDATA sections    |
        | POST with other prefixes  |
        | POST without its envelope |
        | POST labelled as text     |
        | POST with another label   |

    Scenario: Another buyer in the name of nobody
      Given an order in flight
      When "another buyer" cancels the order in the name of nobody
      Then the seller does not serve the caller
      But the seller serves the buyer

    Scenario Outline: Another buyer who names the buyer's certificate in <header>
      Given an order in flight
      When "another buyer" cancels the order, with the buyer's certificate in the header <header>
      Then the seller does not serve the caller
      But the seller serves the buyer

      Examples:
        | header                  |
        | X-SSL-Client-S-DN       |
        | X-Forwarded-Client-Cert |

    Scenario: Every cancellation of another buyer in the buyer's name
      Given a cancellation by "another buyer", if there is one, that was answered
      When all other scenarios are done
      Then no "another buyer" was served in this run
