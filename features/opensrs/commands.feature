Feature: Commands the service does not have
  What is no command of the service is answered with a failure.

  Background:
    Given a seller who takes cancellations up
    And an order in flight

  @OSRS-CMD-01
  Rule: An unknown action is refused
    Scenario Outline: An action nobody knows: <action>
      When the buyer cancels the order with "<action>" as its "action"
      Then the seller refuses the cancellation

      Examples:
        | action            |
        | countermand_order |
        | cancel_orders     |
        | uncancel_order    |

    Scenario: The action is missing
      When the buyer cancels the order without its "action"
      Then the seller refuses the cancellation

  @OSRS-CMD-02
  Rule: An unknown object is refused
    Scenario Outline: An object nobody knows: <object>
      When the buyer cancels the order with "<object>" as its "object"
      Then the seller refuses the cancellation

      Examples:
        | object              |
        | countermand_service |
        | domain              |
        | trust_service_quote |

    Scenario: The object is missing
      When the buyer cancels the order without its "object"
      Then the seller refuses the cancellation

  @OSRS-CMD-03
  Rule: A request without a protocol is refused
    Scenario: The protocol is missing
      When the buyer cancels the order without its "protocol"
      Then the seller refuses the cancellation
