Feature: The message's own fields
  Without a required field a cancellation is never taken up: any refusal will do.

  Background:
    Given a seller who takes cancellations up
    And an order in flight

  @ALA-REQ-01
  Rule: A cancellation carries its message meta-data
    Scenario: The cancellation lacks its message
      When the buyer cancels the order without its "message"
      Then the seller refuses the cancellation

    Scenario: The fields of its message stand by themselves
      When the buyer cancels the order with the fields of its "message" by themselves
      Then the seller refuses the cancellation

  @ALA-REQ-02
  Rule: A cancellation identifies its message
    Scenario: The cancellation lacks its message.messageId
      When the buyer cancels the order without its "message.messageId"
      Then the seller refuses the cancellation

  @ALA-REQ-03
  Rule: A cancellation carries a correlation id
    Scenario: The cancellation lacks its message.correlationId
      When the buyer cancels the order without its "message.correlationId"
      Then the seller refuses the cancellation

  @ALA-REQ-04
  Rule: A cancellation says when it was sent
    Scenario: The cancellation lacks its message.sentAt
      When the buyer cancels the order without its "message.sentAt"
      Then the seller refuses the cancellation
