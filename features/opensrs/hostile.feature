Feature: Documents that mean harm
  A DOCTYPE is normal here; entity declarations are not: they are neither expanded nor fetched, and had better be refused.

  Background:
    Given a seller who takes cancellations up
    And an order in flight

  @OSRS-XML-11
  Rule: A declared entity is not expanded
    Scenario: What is shown of a declared entity
      When the buyer sends "a declared entity" about the order
      Then the reply shows no entity expanded

    Scenario Outline: An order that only an entity names, in <charset>
      When the buyer sends "an order that only an entity names" about the order, in <charset>
      Then the seller does not find the order

      Examples:
        | charset |
        | UTF-8   |
        | UTF-16  |

  @OSRS-XML-12
  Rule: An external entity is not fetched
    Scenario Outline: What names a listener: <entity>
      When the buyer sends "<entity>" about the order that names a listener
      Then nobody calls the listener

      Examples:
        | entity                       |
        | an external entity           |
        | an external parameter entity |
        | an external subset           |

  @OSRS-XML-13
  Rule: An entity bomb is not expanded
    Scenario: What is shown of an entity bomb
      When the buyer sends "an entity bomb" about the order
      Then the reply shows no entity expanded

    Scenario: An order that only entities within entities name
      When the buyer sends "an order that only entities within entities name" about the order
      Then the seller does not find the order

  @OSRS-XML-14
  Rule: A request that declares entities is refused
    Scenario Outline: The cancellation has <entity>
      When the buyer sends "<entity>" about the order
      Then the seller refuses the cancellation

      Examples:
        | entity             |
        | a declared entity  |
        | an external entity |
        | an entity bomb     |
