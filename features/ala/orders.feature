Feature: Which orders can be cancelled
  Only an order in flight can be called off.

  Background:
    Given a seller who takes cancellations up

  @ALA-ORD-01
  Rule: A cancellation of an order that does not exist is refused
    Scenario: An order nobody has placed
      Given an order that does not exist
      When the buyer cancels the order
      Then the seller refuses the cancellation

    Scenario: An order nobody has placed, asked for once more
      Given an order that does not exist
      When the buyer cancels the order, and asks for it once more
      Then the seller refuses the cancellation

    Scenario Outline: A number of nobody's, <what>
      When the buyer names an order of nobody's by a number, <what>
      Then the seller refuses the cancellation

      Examples:
        | what                  |
        | very long             |
        | beyond ASCII          |
        | with a quotation mark |
        | of zeros alone        |

    Scenario: A number of nobody's, in the chain of a cancellation
      Given a cancellation the seller has taken up
      When the buyer cancels an order of nobody's with the correlation id of the cancellation
      Then the seller refuses the cancellation

    Scenario: A number of nobody's, with the buyer's reference of a cancellation
      Given a cancellation the seller has taken up
      When the buyer cancels an order of nobody's with the buyer's reference of the cancellation
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
        | how    | what            | where  |
        | begins | a comment       | behind |
        | ends   | a comment       | before |
        | begins | an instruction  | behind |
        | begins | a CDATA section | behind |

  @ALA-ORD-02
  Rule: A cancellation of a completed order is refused
    Scenario: An order that is completed
      Given an order that is "completed"
      When the buyer cancels the order
      Then the seller refuses the cancellation

    Scenario: An order that is completed, asked for once more
      Given an order that is "completed"
      When the buyer cancels the order, and asks for it once more
      Then the seller refuses the cancellation

    Scenario: An order that is completed, with the buyer's reference of a cancellation
      Given a cancellation the seller has taken up
      When the buyer cancels a completed order with the buyer's reference of the cancellation
      Then the seller refuses the cancellation

    Scenario: An order that is completed, with the buyer's reference of one in flight
      Given an order in flight
      When the buyer cancels a completed order with the buyer's reference of the order
      Then the seller refuses the cancellation

  @ALA-ORD-03
  Rule: A cancellation of a cancelled order is refused
    Scenario: An order that is cancelled
      Given an order that is "cancelled"
      When the buyer cancels the order
      Then the seller refuses the cancellation

    Scenario: An order that is cancelled, asked for once more
      Given an order that is "cancelled"
      When the buyer cancels the order, and asks for it once more
      Then the seller refuses the cancellation
