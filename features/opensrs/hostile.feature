Feature: Documents that mean harm
  A DOCTYPE is normal here; entity declarations are not: they are neither expanded nor fetched.

  Background:
    Given a seller who takes cancellations up
    And an order in flight

  @OSRS-XML-11
  Rule: A declared entity is refused unexpanded
    Scenario: A declared entity
      When the buyer sends "a declared entity" about the order
      Then the seller refuses the cancellation unexpanded

  @OSRS-XML-12
  Rule: An external entity is refused and not fetched
    Scenario: An external entity that names a file
      When the buyer sends "an external entity" about the order
      Then the seller refuses the cancellation unexpanded

    Scenario: An external entity that names a listener
      When the buyer sends an external entity about the order that names a listener
      Then the seller refuses the cancellation and nobody calls the listener

  @OSRS-XML-13
  Rule: An entity bomb is refused unexpanded
    Scenario: An entity bomb
      When the buyer sends "an entity bomb" about the order
      Then the seller refuses the cancellation unexpanded
