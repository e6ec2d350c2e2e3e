Feature: The envelope of every reply
  Whatever is asked, the reply is an OPS message.

  Background:
    Given a cancellation of nobody's order that was answered

  @OSRS-ENV-01
  Rule: A reply is well-formed XML from its first byte
    Scenario: Every reply from its first byte
      When all other scenarios are done
      Then every reply is well-formed from its first byte

    Scenario: A reply about an order with markup in its number
      When the buyer cancels an order of nobody's with markup in its "attributes.order_id"
      Then the reply is well-formed from its first byte

    Scenario Outline: A reply about a command with markup in its <field>
      When the buyer cancels an order of nobody's with markup in its "<field>"
      Then the reply is well-formed from its first byte

      Examples:
        | field  |
        | action |
        | object |

  @OSRS-ENV-02
  Rule: A reply is an OPS_envelope with a body, a data_block and a dt_assoc
    Scenario: The envelope of every reply
      When all other scenarios are done
      Then every reply is an OPS_envelope

    Scenario Outline: A reply to a cancellation with <more>
      When the buyer cancels an order of nobody's with <more> in the request
      Then the reply is an OPS_envelope as that to a plain one is

      Examples:
        | more              |
        | an item more      |
        | an attribute more |
        | any form accepted |

  @OSRS-ENV-03
  Rule: A reply's header has a version
    Scenario: The header of every reply
      When all other scenarios are done
      Then every reply has a version in its header

  @OSRS-HTTP-03
  Rule: A reply to a party the seller knows is labelled as XML and is what its label says
    Scenario: The label of every reply
      When all other scenarios are done
      Then every reply to whom it knows is labelled as XML and is what its label says

  @OSRS-HTTP-04
  Rule: A refusal shows no stack trace, file path or product internals
    Scenario: What every refusal shows
      When all other scenarios are done
      Then no refusal shows internals

    Scenario Outline: What is shown of an order whose number is <what>
      When the buyer cancels an order of nobody's whose number is <what>
      Then the answer shows no internals

      Examples:
        | what         |
        | very long    |
        | beyond ASCII |

  @OSRS-CMD-04
  Rule: A failure is said inside a reply with HTTP status 200
    Scenario: The status of a failure
      Given a seller who takes cancellations up
      And an order in flight
      When the buyer cancels the order without its "attributes.order_id"
      Then the seller refuses with status 200

    Scenario: The status of every failure
      When all other scenarios are done
      Then every failure is said with status 200

  @OSRS-CMD-05
  Rule: A success is said inside a reply with HTTP status 200
    Scenario: The status of every success
      When all other scenarios are done
      Then every success is said with status 200

  @OSRS-SCH-01
  Rule: A reply is valid against ops.dtd
    Scenario: Every reply against the DTD
      When all other scenarios are done
      Then every reply is valid against "ops.dtd"

  @OSRS-SCH-02
  Rule: A reply is valid against the schema drawn from the documented parameters
    Scenario: Every reply against the schema
      When all other scenarios are done
      Then every reply is valid against "reply.xsd"

  @OSRS-SCH-03
  Rule: A reply is valid against the operator's own schema
    Scenario: Every reply against the operator's schema
      When all other scenarios are done
      Then every reply is valid against the operator's schema
