Feature: What is nobody else's business
  Who is turned away is told neither whose an order is nor how it stands.

  @ALA-SEC-05
  Rule: A caller who is turned away is told nothing of the order
    Scenario: What is told to another buyer
      Given an order in flight
      When "another buyer" cancels the order in the buyer's name
      Then the seller tells the caller nothing of the order
      But the seller serves the buyer

    Scenario Outline: What is told to a <stranger>
      Given an order in flight
      When a "<stranger>" cancels the order in the buyer's name
      Then the seller tells the caller nothing of the order
      But the seller serves the buyer

      Examples:
        | stranger                                                    |
        | stranger without a certificate                              |
        | stranger with a self-signed certificate                     |
        | stranger with a self-signed certificate in the buyer's name |
