Feature: Which status answers what
  The seller says no with status 400, 401 or 403.

  Background:
    Given a seller who takes cancellations up

  @ALA-FLT-06
  Rule: An incomplete cancellation is answered with status 400
    Scenario Outline: The status for a cancellation without <field>
      Given an order in flight
      When the buyer cancels the order without its "<field>"
      Then the seller refuses with status 400

      Examples:
        | field                                        |
        | message                                      |
        | message.messageId                            |
        | message.correlationId                        |
        | message.sentAt                               |
        | buyer                                        |
        | buyer.buyerIdentifier                        |
        | seller                                       |
        | seller.sellerIdentifier                      |
        | orderReferences                              |
        | orderReferences.buyerOrderReference          |
        | targetSellerOrderReference                   |
        | cancellationReason                           |
        | cancellationReason.cancellationReasonCode    |
        | cancellationReason.cancellationReasonMessage |

  @ALA-FLT-07
  Rule: A caller without a client certificate, if answered at all, is answered with status 401
    Scenario: The status for a stranger without a certificate
      Given an order in flight
      When a "stranger without a certificate" cancels the order in the buyer's name
      Then the seller refuses with status 401, unless it closes the door

    Scenario: The status for every stranger without a certificate
      Given a cancellation by a "stranger without a certificate" that was answered
      When all other scenarios are done
      Then every "stranger without a certificate" who is answered is refused with status 401

  @ALA-FLT-08
  Rule: A buyer who speaks for another is answered with status 403
    Scenario: The status for another buyer
      Given an order in flight
      When "another buyer" cancels the order in the buyer's name
      Then the seller refuses with status 403, unless it closes the door
