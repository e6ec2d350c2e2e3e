Feature: Traces of a message
  A reply can be told from others and belongs to its request.

  Background:
    Given a complete cancellation that was answered

  @ALA-TRC-01
  Rule: The reply carries the correlation id of the request
    Scenario: The correlation id of a reply
      When the buyer reads the reply
      Then its "correlationId" is that of the request

  @ALA-TRC-02
  Rule: The reply's message id is its own
    Scenario: The message id of a reply
      When the buyer reads the reply
      Then its "messageId" is not that of the request
      And no other reply has the same "messageId"

  @ALA-TRC-03
  Rule: The reply's sentAt is a timestamp
    Scenario: The time of a reply
      When the buyer reads the reply
      Then its "sentAt" is a timestamp
