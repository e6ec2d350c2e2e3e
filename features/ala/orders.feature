Feature: Which orders can be cancelled
  Only an order in flight can be called off, and only by its buyer.

  Background:
    Given a seller who takes cancellations up

  @ALA-ORD-01
  Rule: A cancellation of an order that does not exist is refused
    Scenario: An order nobody has placed
      Given an order that does not exist
      When the buyer cancels the order
      Then the seller refuses the cancellation

    Scenario: A number of nobody's, in the chain of a cancellation
      Given a cancellation the seller has taken up
      When the buyer cancels an order of nobody's with the correlation id of the cancellation
      Then the seller refuses the cancellation

    Scenario: A number of nobody's, with the buyer's reference of an order
      Given an order in flight
      When the buyer cancels an order of nobody's by the buyer's reference of the order
      Then the seller refuses the cancellation

    Scenario Outline: A number that <how> with that of an order
      Given an order in flight
      When the buyer cancels an order whose number <how> with that of the order
      Then the seller refuses the cancellation

      Examples:
        | how    |
        | begins |
        | ends   |

    Scenario Outline: A number that <how> with that of an order, and <what> <where> that
      Given an order in flight
      When the buyer cancels an order whose number <how> with that of the order, <what> <where> that
      Then the seller refuses the cancellation

      Examples:
        | how    | what           | where  |
        | begins | a comment      | behind |
        | ends   | a comment      | before |
        | begins | an instruction | behind |

  @ALA-ORD-02
  Rule: A cancellation of a completed order is refused
    Scenario: An order that is completed
      Given an order that is "completed"
      When the buyer cancels the order
      Then the seller refuses the cancellation

  @ALA-ORD-03
  Rule: A cancellation of a cancelled order is refused
    Scenario: An order that is cancelled
      Given an order that is "cancelled"
      When the buyer cancels the order
      Then the seller refuses the cancellation

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

    Scenario Outline: An order of another buyer, and one of the buyer's, named <where>
      Given an order of another buyer
      When the buyer cancels a completed order of its own, and names this one <where>
      Then the seller refuses the cancellation

      Examples:
        | where                          |
        | before it                      |
        | behind it                      |
        | in another namespace before it |

    Scenario: An order of another buyer, and the buyer's reference of one of its own
      Given an order of another buyer
      When the buyer cancels the order by its reference of a completed order of its own
      Then the seller refuses the cancellation

    Scenario: Another buyer, and an order of the buyer's
      Given an order in flight
      When "another buyer" cancels the order in its own name
      Then the seller does not serve the caller

  @ALA-ORD-05
  Rule: The refusal of another buyer's order tells no more than that of an unknown order
    Scenario: An order of another buyer, and one of nobody
      Given an order of another buyer
      When the buyer cancels the order
      Then the seller tells no more than of an order that does not exist
      And the seller tells nothing of the order that is not the buyer's
