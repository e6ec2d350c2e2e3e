Feature: Traces of a message
  A reply can be told from others and belongs to its request, whether it says yes or no.

  @ALA-TRC-01
  Rule: The reply carries the correlation id of the request
    Scenario: The correlation id of a reply
      Given a complete cancellation that was answered
      When the buyer reads the reply
      Then its "correlationId" is that of the request

    Scenario: A correlation id that is no UUID
      When the buyer cancels an order of nobody's by a correlation id that is no UUID
      Then its "correlationId" is that of the request

    Scenario: The correlation ids of replies to several cancellations at the same time
      When the buyer cancels an order of nobody's, and others of nobody's at the same time
      Then its "correlationId" is that of the request

    Scenario: The correlation id of every reply
      Given a cancellation of nobody's order that was answered
      When all other scenarios are done
      Then every reply carries the correlation id of its request

  @ALA-TRC-02
  Rule: The reply's message id is its own
    Scenario: The message id of a reply
      Given a complete cancellation that was answered
      When the buyer reads the reply
      Then its "messageId" is not that of the request
      And no other reply has the same "messageId"

    Scenario: The message id of every reply
      Given a cancellation of nobody's order that was answered
      When all other scenarios are done
      Then every reply has a message id of its own

  @ALA-TRC-03
  Rule: The reply's sentAt is a timestamp
    Scenario: The time of a reply
      Given a complete cancellation that was answered
      When the buyer reads the reply
      Then its "sentAt" is a timestamp

    Scenario: The time of every reply
      Given a cancellation of nobody's order that was answered
      When all other scenarios are done
      Then every reply says when it was sent

  @ALA-TRC-04
  Rule: A reply that names the seller's order names the one asked for
    Scenario: The order of every reply
      Given a cancellation of nobody's order that was answered
      When all other scenarios are done
      Then every reply that names the seller's order names the one asked for

  @ALA-TRC-05
  Rule: A reply that names the buyer names the one who asked
    Scenario: The buyer of every reply
      Given a cancellation of nobody's order that was answered
      When all other scenarios are done
      Then every reply that names the buyer names the one who asked
