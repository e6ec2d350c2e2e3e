Feature: Fields that say nothing
  A required field that is empty tells the seller no more than one left out.

  Background:
    Given a seller who takes cancellations up
    And an order in flight

  @ALA-REQ-15
  Rule: A required field is not empty or blank
    Scenario Outline: The cancellation has an empty <field>
      When the buyer cancels the order with an empty "<field>"
      Then the seller refuses the cancellation

      Examples:
        | field                                        |
        | message.messageId                            |
        | message.correlationId                        |
        | message.sentAt                               |
        | buyer.buyerIdentifier                        |
        | seller.sellerIdentifier                      |
        | orderReferences.buyerOrderReference          |
        | targetSellerOrderReference                   |
        | cancellationReason.cancellationReasonCode    |
        | cancellationReason.cancellationReasonMessage |

    Scenario Outline: The cancellation has a blank <field>
      When the buyer cancels the order with a blank "<field>"
      Then the seller refuses the cancellation

      Examples:
        | field                                        |
        | message.messageId                            |
        | message.correlationId                        |
        | message.sentAt                               |
        | buyer.buyerIdentifier                        |
        | seller.sellerIdentifier                      |
        | orderReferences.buyerOrderReference          |
        | targetSellerOrderReference                   |
        | cancellationReason.cancellationReasonCode    |
        | cancellationReason.cancellationReasonMessage |

    Scenario: The cancellation has a messageId that is nil
      When the buyer cancels the order with a "message.messageId" that is nil
      Then the seller refuses the cancellation

    Scenario: The cancellation has a sellerIdentifier that is nil
      When the buyer cancels the order with a "seller.sellerIdentifier" that is nil
      Then the seller refuses the cancellation

    Scenario: The cancellation has a messageId that is a comment
      When the buyer cancels the order with nothing but a comment as its "message.messageId"
      Then the seller refuses the cancellation

  @ALA-REQ-16
  Rule: sentAt is a timestamp
    Scenario: The cancellation was sent at no time
      When the buyer cancels the order with "yesterday" as its "message.sentAt"
      Then the seller refuses the cancellation

    Scenario: The cancellation was sent on a day there is not
      When the buyer cancels the order with "2026-02-31T25:61:61Z" as its "message.sentAt"
      Then the seller refuses the cancellation
