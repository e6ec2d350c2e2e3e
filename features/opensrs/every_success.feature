Feature: The attributes of every success
  A successful reply tells which order it is about, and its state.

  Background:
    Given a cancellation the seller has taken up

  @OSRS-ATT-01
  Rule: A successful reply gives the domain of the order
    Scenario: The domain in every success
      When all other scenarios are done
      Then every success has a "domain"

  @OSRS-ATT-02
  Rule: A successful reply gives the order_id
    Scenario: The order_id in every success
      When all other scenarios are done
      Then every success has an "order_id"

  @OSRS-ATT-03
  Rule: A successful reply gives the state of the order
    Scenario: The state in every success
      When all other scenarios are done
      Then every success has a "state"

  @OSRS-ATT-04
  Rule: The order_id of a successful reply is the one asked for
    Scenario: The order of every success
      When all other scenarios are done
      Then every success is about the order asked for

  @OSRS-ATT-05
  Rule: The domain of an order is the same in every reply
    Scenario: The domain of every order
      When all other scenarios are done
      Then the domain of an order is the same in every success

  @OSRS-STA-02
  Rule: The state after a successful cancellation follows from the state before
    Scenario Outline: After cancelling an order that was <state>
      When all other scenarios are done
      Then every success for an order that was "<state>" tells one of "<after>"

      Examples:
        | state              | after               |
        | approver-confirmed | cancelled, declined |
        | awaiting-approval  | cancelled, declined |
        | cancelled          | cancelled           |
        | completed          | completed           |
        | declined           | declined, cancelled |
        | in-progress        | cancelled, declined |
        | pending            | cancelled, declined |
