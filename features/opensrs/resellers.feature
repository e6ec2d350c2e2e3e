Feature: Orders of other resellers
  A reseller cancels its own orders, and is told of no others.

  Background:
    Given a seller who takes cancellations up

  @OSRS-REQ-05
  Rule: A cancel_order for another reseller's order is refused
    Scenario: An order of another buyer
      Given an order of another buyer
      And what its owner is told of it
      When the buyer cancels the order
      Then the seller refuses the cancellation
      And its owner is not told that it was called off

    Scenario Outline: An order of another buyer, by its number <written>
      Given an order of another buyer
      And what its owner is told of it
      When the buyer cancels the order by its number <written>
      Then the seller refuses the cancellation
      And its owner is not told that it was called off

      Examples:
        | written                   |
        | with zeros before it      |
        | with blanks around it     |
        | in full width             |
        | in Arabic digits          |
        | with a plus before it     |
        | with a fraction behind it |
        | with a comment before it  |
        | in hexadecimal            |
        | with an address beside it |
        | with its domain beside it |
        | with its owner beside it  |

    Scenario Outline: An order of another buyer, and one of the buyer's, named <where>
      Given an order of another buyer
      And what its owner is told of it
      When the buyer cancels an order of its own that is over, and names this one <where>
      Then its owner is not told that it was called off

      Examples:
        | where                                   |
        | before it                               |
        | behind it                               |
        | in another list of attributes behind it |
        | in another block of items behind it     |

    Scenario: Another buyer, and an order of the buyer's
      Given an order in flight
      When "another buyer" cancels the order in its own name
      Then the seller does not serve the caller

    Scenario: Another buyer, and an order of the buyer's, while the buyer is served
      Given an order in flight
      When "another buyer" cancels the order in its own name, while the buyer is served
      Then the seller does not serve the caller

    Scenario: Another buyer, and an order that the buyer has cancelled
      Given an order that the buyer has cancelled
      When "another buyer" cancels the order in its own name
      Then the seller does not serve the caller

  @OSRS-REQ-06
  Rule: The refusal of another reseller's order tells none of its attributes
    Scenario: What is told of an order of another buyer
      Given an order of another buyer
      When the buyer cancels the order
      Then the seller tells none of its attributes
      And the seller tells nothing of the order that is not the buyer's

    Scenario: What another buyer is told of an order that the buyer has cancelled
      Given an order that the buyer has cancelled
      When "another buyer" cancels the order in its own name
      Then the seller tells none of its attributes
      And the seller tells nothing of the order that is not the buyer's

  @OSRS-REQ-07
  Rule: get_order_info tells a reseller nothing of another reseller's order
    Scenario: A look-up of an order of another buyer
      Given an order of another buyer
      When the buyer looks the order up
      Then the seller does not tell of the order

    Scenario Outline: A look-up of an order of another buyer, by its number <written>
      Given an order of another buyer
      When the buyer looks the order up by its number <written>
      Then the seller does not tell of the order

      Examples:
        | written               |
        | with zeros before it  |
        | with blanks around it |
        | with a plus before it |
        | in hexadecimal        |

    Scenario: Another buyer looks an order up that the buyer has cancelled
      Given an order that the buyer has cancelled
      When "another buyer" looks the order up in its own name
      Then the seller does not tell of the order

    Scenario: Another buyer looks an order up that is completed
      Given an order that is "completed", if there is one
      When "another buyer" looks the order up in its own name
      Then the seller does not tell of the order
