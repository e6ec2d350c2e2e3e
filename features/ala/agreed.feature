Feature: Whose certificate was agreed
  A certificate that nobody has agreed with the seller opens no door, whatever it says.

  @ALA-SEC-02
  Rule: A caller whose certificate was never agreed is not served
    Scenario Outline: A <stranger>
      Given an order in flight
      When a "<stranger>" cancels the order in the buyer's name
      Then the seller does not serve the caller
      But the seller serves the buyer

      Examples:
        | stranger                                                             |
        | stranger with a self-signed certificate                              |
        | stranger with a certificate of another authority                     |
        | stranger with a self-signed certificate in the buyer's name          |
        | stranger with a certificate in the names of the buyer and its issuer |
        | stranger with a certificate that the buyer's own has issued          |

    Scenario: The unknown buyer of the target file
      Given an order in flight
      When an "unknown buyer" cancels the order in the buyer's name
      Then the seller does not serve the caller
      But the seller serves the buyer

    Scenario Outline: Every <stranger>
      Given a cancellation by a "<stranger>" that was answered
      When all other scenarios are done
      Then no "<stranger>" was served in this run

      Examples:
        | stranger                                                    |
        | stranger with a self-signed certificate                     |
        | stranger with a self-signed certificate in the buyer's name |
