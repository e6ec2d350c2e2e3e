Feature: Every answer of a run
  Whatever provoked it, an answer has the form its status asks for.

  @ALA-FLT-01
  Rule: A party the seller knows is told of status 400 in one fault, and every fault with status 400 has a faultcode and a faultmessage
    Scenario: Every reply with status 400
      Given an incomplete cancellation that was answered
      When all other scenarios are done
      Then every fault with status 400 is complete, and whom the seller knows is told that status in one

  @ALA-FLT-02
  Rule: A party the seller knows is told of status 401 in one fault, and every fault with status 401 has a faultcode and a faultmessage
    Scenario: Every reply with status 401
      Given a cancellation by a "stranger without a certificate" that was answered
      When all other scenarios are done
      Then every fault with status 401 is complete, and whom the seller knows is told that status in one

  @ALA-FLT-03
  Rule: A party the seller knows is told of status 403 in one fault, and every fault with status 403 has a faultcode and a faultmessage
    Scenario: Every reply with status 403
      Given a cancellation by "another buyer", if there is one, that was answered
      When all other scenarios are done
      Then every fault with status 403 is complete, and whom the seller knows is told that status in one

  @ALA-FLT-04
  Rule: The faultcode and the faultmessage of a fault are not blank
    Scenario: The words of every fault
      Given an incomplete cancellation that was answered
      When all other scenarios are done
      Then every fault says something

  @ALA-FLT-05
  Rule: A fault has at most one detail
    Scenario: The details of every fault
      Given an incomplete cancellation that was answered
      When all other scenarios are done
      Then no fault has more than one detail

  @ALA-FLT-09
  Rule: A fault shows no stack trace, file path or product internals
    Scenario: What every refusal shows
      Given an incomplete cancellation that was answered
      When all other scenarios are done
      Then no refusal shows internals

    Scenario Outline: What is shown of an order whose number is <what>
      When the buyer cancels an order of nobody's whose number is <what>
      Then the answer shows no internals

      Examples:
        | what         |
        | very long    |
        | beyond ASCII |

  @ALA-FLT-10
  Rule: A stranger who is answered with status 400, 401 or 403 is told so in one fault
    Scenario: Every stranger who is answered so
      Given a cancellation by a "stranger without a certificate" that was answered
      When all other scenarios are done
      Then every stranger who is answered with status 400, 401 or 403 is told so in a fault

  @ALA-HTTP-03
  Rule: A reply to a party the seller knows is labelled as XML and is what its label says
    Scenario: The label of every reply
      Given an incomplete cancellation that was answered
      When all other scenarios are done
      Then every reply to whom it knows is labelled as XML and is what its label says

    Scenario Outline: The label of a reply to markup in <field>
      When the buyer cancels an order of nobody's with markup in its "<field>"
      Then the reply is labelled as XML and is what its label says

      Examples:
        | field                               |
        | targetSellerOrderReference          |
        | orderReferences.buyerOrderReference |
        | message.correlationId               |
        | message.sentAt                      |
        | buyer.buyerIdentifier               |

  @ALA-ENV-01
  Rule: A reply in an envelope is one message in one of SOAP 1.1
    Scenario: The envelope of every reply
      Given an incomplete cancellation that was answered
      When all other scenarios are done
      Then every reply in an envelope is one message in one of SOAP 1.1

  @ALA-SCH-01
  Rule: A fault is valid against the schema drawn from the documented fields
    Scenario: Every fault against the schema
      Given an incomplete cancellation that was answered
      When all other scenarios are done
      Then every fault is valid against "fault.xsd"

  @ALA-SCH-02
  Rule: A reply is valid against the operator's own schema
    Scenario: Every reply against the operator's schema
      Given an incomplete cancellation that was answered
      When all other scenarios are done
      Then every reply is valid against the operator's schema
