Feature: The states of an order
  A reply tells the state of the order, in one of seven words.

  @OSRS-STA-01
  Rule: The state of an order is one of the seven allowed values
    Scenario Outline: An order that was <state>
      Given an order that is "<state>"
      When the buyer cancels the order, which is not its only one
      Then the state it tells is an allowed one
      And the seller tells a state when asked for the order

      Examples:
        | state              |
        | approver-confirmed |
        | awaiting-approval  |
        | in-progress        |
        | pending            |

    Scenario: The state in every success
      Given a cancellation of nobody's order that was answered
      When all other scenarios are done
      Then every success tells an allowed state

  @OSRS-STA-03
  Rule: get_order_info tells the state that the cancellation told
    Scenario: Asking after the cancellation
      Given a cancellation the seller has taken up
      When the buyer reads the reply
      Then get_order_info tells the same state

    Scenario: Asking after every cancellation
      When all other scenarios are done
      Then get_order_info tells of every order the state its cancellation told

  @OSRS-STA-04
  Rule: A cancellation calls no other order off
    Scenario: Other orders beside every cancellation
      Given a cancellation the seller has taken up
      When all other scenarios are done
      Then no order is called off whose cancellation was not asked for

  @OSRS-STA-05
  Rule: A refused cancellation leaves an order that is over in its state
    Scenario Outline: An order that was <state> before
      Given an order that is "<state>"
      When the buyer cancels the order
      Then the order is left in its state if its cancellation is refused

      Examples:
        | state     |
        | cancelled |
        | completed |
        | declined  |

  @OSRS-STA-06
  Rule: An order whose cancellation was refused is not called off later
    Scenario: Every order after its cancellation was refused
      When all other scenarios are done
      And the buyer looks up again what was refused to be cancelled
      Then no order is called off whose cancellation was refused
