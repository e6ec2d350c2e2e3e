Feature: For how long a buyer is served
  A certificate that was agreed is good until it expires.

  @ALA-SEC-03
  Rule: A caller whose certificate has expired is not served
    Scenario: The buyer's certificate of yesterday
      Given an order in flight
      When an "expired buyer" cancels the order in the buyer's name
      Then the seller does not serve the caller
      But the seller serves the buyer
