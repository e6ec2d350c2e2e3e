Feature: What is no request
  A document that is not a request, or no document at all, is never taken up.

  Background:
    Given a seller who takes cancellations up
    And an order in flight

  @OSRS-XML-08
  Rule: An envelope that is no OPS_envelope is refused
    Scenario: An envelope of another name
      When the buyer sends "a foreign envelope" about the order
      Then the seller refuses the cancellation

    Scenario Outline: No OPS_envelope, but <what>
      When the buyer sends "<what>" about the order
      Then the seller refuses the cancellation

      Examples:
        | what                             |
        | an envelope in another namespace |
        | an envelope within another       |

  @OSRS-XML-09
  Rule: An empty body is refused
    Scenario: An empty body
      When the buyer sends "an empty body" about the order
      Then the seller refuses the cancellation

  @OSRS-XML-10
  Rule: A document that is not well-formed is refused
    Scenario: A document that ends too early
      When the buyer sends "a document that is not well-formed" about the order
      Then the seller refuses the cancellation

    Scenario Outline: More than a document: <what>
      When the buyer sends "<what>" about the order
      Then the seller refuses the cancellation

      Examples:
        | what                                |
        | a document with text behind it      |
        | a document with text before it      |
        | two documents, one behind the other |

    Scenario: An ampersand that begins no reference
      When the buyer sends "a document with a bare ampersand" about the order
      Then the seller refuses the cancellation

  @OSRS-HTTP-01
  Rule: A GET takes nothing up
    Scenario: A GET
      When the buyer asks for the cancellation with GET
      Then nothing is taken up

    Scenario: A GET that bears the cancellation
      When the buyer sends the cancellation by GET
      Then nothing is taken up

    Scenario: A GET that headers make a POST
      When the buyer sends the cancellation by GET that headers make POST
      Then nothing is taken up

  @OSRS-HTTP-02
  Rule: At a path that is not the service's nothing is taken up
    Scenario: A path that is not the service's
      When the buyer cancels the order at "/countermand-no-such-operation"
      Then nothing is taken up

  @OSRS-HTTP-05
  Rule: By another method than POST nothing is taken up
    Scenario Outline: A <method>
      When the buyer sends the cancellation by <method>
      Then nothing is taken up

      Examples:
        | method |
        | PUT    |
        | PATCH  |
        | DELETE |
