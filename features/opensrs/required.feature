Feature: The order a cancellation names
  A cancel_order is for one order, which it names by its number.

  Background:
    Given a seller who takes cancellations up

  @OSRS-REQ-01
  Rule: A cancel_order names its order_id
    Scenario: The cancellation lacks its order_id
      Given an order in flight
      When the buyer cancels the order without its "attributes.order_id"
      Then the seller refuses the cancellation

    Scenario: The cancellation has no attributes
      Given an order in flight
      When the buyer cancels the order without its "attributes"
      Then the seller refuses the cancellation

    Scenario Outline: The number stands elsewhere, as <name>
      Given an order in flight
      When the buyer cancels the order, whose number stands as its "<name>"
      Then the seller refuses the cancellation

      Examples:
        | name          |
        | order_id      |
        | attributes.id |

  @OSRS-REQ-02
  Rule: The order_id of a cancel_order is not empty
    Scenario Outline: The order_id is <what>
      Given an order in flight
      When the buyer cancels the order with <what> "attributes.order_id"
      Then the seller refuses the cancellation

      Examples:
        | what     |
        | an empty |
        | a blank  |

  @OSRS-REQ-03
  Rule: The order_id of a cancel_order is a number
    Scenario: The order_id is a word
      Given an order in flight
      When the buyer cancels the order with "five-seven-eight" as its "attributes.order_id"
      Then the seller refuses the cancellation

    Scenario Outline: The order_id is a number with <what> behind it
      Given an order in flight
      When the buyer cancels the order with <what> behind its number
      Then the seller refuses the cancellation

      Examples:
        | what             |
        | letters          |
        | a fraction       |
        | a power          |
        | a quotation mark |

    Scenario Outline: The order_id is a number <written>
      Given an order in flight
      When the buyer cancels the order by its number <written>
      Then the seller refuses the cancellation

      Examples:
        | written                     |
        | with an underscore in it    |
        | with a minus before it      |
        | in quotation marks          |
        | in a list that has it twice |
        | that was escaped twice      |

    Scenario: The order_id is an array that holds a number
      Given an order in flight
      When the buyer cancels the order, whose number stands as its "attributes.order_id.0"
      Then the seller refuses the cancellation

  @OSRS-REQ-04
  Rule: A cancel_order for an order that does not exist is refused
    Scenario: An order nobody has placed
      Given an order that does not exist
      When the buyer cancels the order
      Then the seller refuses the cancellation

    Scenario Outline: A number that <how> with that of an order
      Given an order in flight
      When the buyer cancels an order whose number <how> with that of the order
      Then the seller refuses the cancellation

      Examples:
        | how    |
        | begins |
        | ends   |

    Scenario: The number of an order with 2^64 added
      Given an order in flight
      When the buyer cancels the order by its number with 2^64 added
      Then the seller refuses the cancellation

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
