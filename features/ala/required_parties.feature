Feature: The parties a cancellation names
  Without a required field a cancellation is never taken up: any refusal will do.

  Background:
    Given a seller who takes cancellations up
    And an order in flight

  @ALA-REQ-05
  Rule: A cancellation carries its buyer
    Scenario: The cancellation lacks its buyer
      When the buyer cancels the order without its "buyer"
      Then the seller refuses the cancellation

    Scenario: The fields of its buyer stand by themselves
      When the buyer cancels the order with the fields of its "buyer" by themselves
      Then the seller refuses the cancellation

  @ALA-REQ-06
  Rule: A cancellation identifies its buyer
    Scenario: The cancellation lacks its buyer.buyerIdentifier
      When the buyer cancels the order without its "buyer.buyerIdentifier"
      Then the seller refuses the cancellation

  @ALA-REQ-11
  Rule: A cancellation carries its seller
    Scenario: The cancellation lacks its seller
      When the buyer cancels the order without its "seller"
      Then the seller refuses the cancellation

    Scenario: The fields of its seller stand by themselves
      When the buyer cancels the order with the fields of its "seller" by themselves
      Then the seller refuses the cancellation

  @ALA-REQ-12
  Rule: A cancellation identifies its seller
    Scenario: The cancellation lacks its seller.sellerIdentifier
      When the buyer cancels the order without its "seller.sellerIdentifier"
      Then the seller refuses the cancellation
