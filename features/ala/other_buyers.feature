Feature: Orders of other buyers
  A buyer cancels its own orders, and is told of no others.

  Background:
    Given a seller who takes cancellations up

  @ALA-ORD-04
  Rule: A cancellation of another buyer's order is refused
    Scenario: An order of another buyer
      Given an order of another buyer
      When the buyer cancels the order
      Then the seller refuses the cancellation

    Scenario Outline: An order of another buyer, by its number <written>
      Given an order of another buyer
      When the buyer cancels the order by its number <written>
      Then the seller refuses the cancellation

      Examples:
        | written                  |
        | with blanks around it    |
        | with a comment before it |
        | in the other case        |
        | in full width            |

    Scenario Outline: An order of another buyer, of which the cancellation is sent by <method>
      Given an order of another buyer
      When the buyer sends the cancellation by <method>
      Then the seller refuses the cancellation

      Examples:
        | method                    |
        | POST in chunks            |
        | POST in UTF-16            |
        | POST in CDATA sections    |
        | POST with other prefixes  |
        | POST without its envelope |
        | POST labelled as text     |
        | POST with another label   |

    Scenario Outline: An order of another buyer, and one of the buyer's, named <where>
      Given an order of another buyer
      When the buyer cancels a completed order of its own, and names this one <where>
      Then the seller refuses the cancellation

      Examples:
        | where                          |
        | before it                      |
        | behind it                      |
        | in another namespace before it |
        | in the envelope's header       |

    Scenario: An order of another buyer, and the buyer's reference of one of its own
      Given an order of another buyer
      When the buyer cancels the order by its reference of a completed order of its own
      Then the seller refuses the cancellation

    Scenario: Another buyer, and an order of the buyer's
      Given an order in flight
      When "another buyer" cancels the order in its own name
      Then the seller does not serve the caller

    Scenario: Another buyer, and an order of the buyer's that is completed
      Given an order that is "completed", if there is one
      When "another buyer" cancels the order in its own name
      Then the seller does not serve the caller

    Scenario: Another buyer, and an order that the buyer has cancelled
      Given an order that the buyer has cancelled
      When "another buyer" cancels the order in its own name
      Then the seller does not serve the caller

  @ALA-ORD-05
  Rule: The refusal of another buyer's order tells no more than that of an unknown order
    Scenario: An order of another buyer, and one of nobody
      Given an order of another buyer
      When the buyer cancels the order
      Then the seller tells no more than of an order that does not exist
      And the seller tells nothing of the order that is not the buyer's

    Scenario: What another buyer is told of an order that the buyer has cancelled
      Given an order that the buyer has cancelled
      When "another buyer" cancels the order in its own name
      Then the seller tells no more than of an order that does not exist
