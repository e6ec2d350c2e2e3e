Feature: The order a cancellation names, and why
  Without a required field a cancellation is never taken up: any refusal will do.

  Background:
    Given a seller who takes cancellations up
    And an order in flight

  @ALA-REQ-07
  Rule: A cancellation names the seller's reference of the order
    Scenario: The cancellation lacks its targetSellerOrderReference
      When the buyer cancels the order without its "targetSellerOrderReference"
      Then the seller refuses the cancellation

  @ALA-REQ-08
  Rule: A cancellation carries its reason
    Scenario: The cancellation lacks its cancellationReason
      When the buyer cancels the order without its "cancellationReason"
      Then the seller refuses the cancellation

    Scenario Outline: The cancellation lacks its cancellationReason, and is sent by <method>
      When the buyer sends the cancellation without its "cancellationReason" by <method>
      Then the seller refuses the cancellation

      Examples:
        | method                    |
        | POST in chunks            |
        | POST in UTF-16            |
        | POST without its envelope |
        | POST labelled as text     |
        | POST with another label   |

    Scenario: The fields of its cancellationReason stand by themselves
      When the buyer cancels the order with the fields of its "cancellationReason" by themselves
      Then the seller refuses the cancellation

  @ALA-REQ-09
  Rule: A cancellation gives the code of its reason
    Scenario: The cancellation lacks its cancellationReason.cancellationReasonCode
      When the buyer cancels the order without its "cancellationReason.cancellationReasonCode"
      Then the seller refuses the cancellation

  @ALA-REQ-10
  Rule: A cancellation gives its reason in words
    Scenario: The cancellation lacks its cancellationReason.cancellationReasonMessage
      When the buyer cancels the order without its "cancellationReason.cancellationReasonMessage"
      Then the seller refuses the cancellation

  @ALA-REQ-13
  Rule: A cancellation carries the buyer's references of the order
    Scenario: The cancellation lacks its orderReferences
      When the buyer cancels the order without its "orderReferences"
      Then the seller refuses the cancellation

    Scenario: The fields of its orderReferences stand by themselves
      When the buyer cancels the order with the fields of its "orderReferences" by themselves
      Then the seller refuses the cancellation

  @ALA-REQ-14
  Rule: A cancellation names the buyer's reference of the order
    Scenario: The cancellation lacks its orderReferences.buyerOrderReference
      When the buyer cancels the order without its "orderReferences.buyerOrderReference"
      Then the seller refuses the cancellation
