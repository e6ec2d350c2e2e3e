Feature: Signed with the reseller's key, for this request
  A signature is made with the reseller's own key, over the bytes that are sent.

  Background:
    Given an order in flight

  @OSRS-SIG-03
  Rule: A request signed with another key is refused
    Scenario Outline: A signature that was <how>
      When a stranger cancels the order with a signature that is "<how>"
      Then the seller does not serve the caller
      But the seller serves the buyer

      Examples:
        | how                              |
        | made with another key            |
        | made without a key               |
        | made of the body alone           |
        | made with the user's name as key |

    Scenario: A look-up with a signature that was made with another key
      When a stranger looks the order up with a signature that is "made with another key"
      Then the seller does not serve the caller
      But the seller serves the buyer

    Scenario: A look-up that the buyer has signed, once more in the name of the order's owner
      When the buyer looks an order of another buyer up, and then in its owner's name
      Then the seller does not serve the caller

    Scenario: The key of another buyer
      When "another buyer" signs a cancellation in the buyer's name
      Then the seller does not serve the caller
      But the seller serves the buyer

    Scenario Outline: Another buyer who names the buyer, and itself <where>
      When "another buyer" cancels the order in the buyer's name, and in its own <where>
      Then the seller does not serve the caller
      But the seller serves the buyer

      Examples:
        | where                     |
        | before it                 |
        | behind it                 |
        | in a header spelt rightly |

  @OSRS-SIG-04
  Rule: A signature made for another body is refused
    Scenario Outline: Another body: the signature is <how>
      When a stranger cancels the order with a signature that is "<how>"
      Then the seller does not serve the caller
      But the seller serves the buyer

      Examples:
        | how                                              |
        | made for another body                            |
        | made for another order                           |
        | that of an earlier request                       |
        | made without the line behind the body            |
        | made without the NUL byte behind the body        |
        | made without the blank lines before the body     |
        | made without the byte order mark before the body |
        | made without the comment in the body             |
        | made for the body with other line ends           |
        | made for the body in other quotes                |
        | made for the text of the body in UTF-8           |
        | made for the envelope alone                      |
        | made for the data block alone                    |
        | made for an empty body                           |
        | made for the body without blanks between tags    |
        | an HMAC-MD5 of the body                          |
        | made of the user and the key alone               |

    Scenario: A look-up with a signature that was made for another body
      When a stranger looks the order up with a signature that is "made for another body"
      Then the seller does not serve the caller
      But the seller serves the buyer

    Scenario Outline: A look-up whose like was answered, with a signature that was <how>
      When a stranger looks the order up with a signature that is "<how>"
      Then the seller does not serve the caller
      But the seller serves the buyer

      Examples:
        | how                                  |
        | made for the body in other quotes    |
        | made without the comment in the body |
