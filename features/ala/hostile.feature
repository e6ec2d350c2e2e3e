Feature: Documents that mean harm
  A seller reads no entity declarations: it neither expands them nor fetches what they name.

  Background:
    Given a seller who takes cancellations up
    And an order in flight

  @ALA-XML-10
  Rule: A declared entity is refused unexpanded
    Scenario: A declared entity
      When the buyer sends "a declared entity" about the order
      Then the seller refuses the cancellation unexpanded

  @ALA-XML-11
  Rule: An external entity is refused and not fetched
    Scenario: An external entity that names a file
      When the buyer sends "an external entity" about the order
      Then the seller refuses the cancellation unexpanded

    Scenario: An external entity that names a listener
      When the buyer sends an external entity about the order that names a listener
      Then the seller refuses the cancellation and nobody calls the listener

  @ALA-XML-12
  Rule: An entity bomb is refused unexpanded
    Scenario: An entity bomb
      When the buyer sends "an entity bomb" about the order
      Then the seller refuses the cancellation unexpanded
