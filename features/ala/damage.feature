Feature: What is no cancellation
  A document that is not a cancellation, or no document at all, is never taken up.

  Background:
    Given a seller who takes cancellations up
    And an order in flight

  @ALA-XML-06
  Rule: A document that is another message is refused
    Scenario: Another message
      When the buyer sends "another message" about the order
      Then the seller refuses the cancellation

    Scenario: Another message whose name begins alike
      When the buyer sends "another message whose name begins alike" about the order
      Then the seller refuses the cancellation

  @ALA-XML-07
  Rule: An empty body is refused
    Scenario: An empty body
      When the buyer sends "an empty body" about the order
      Then the seller refuses the cancellation

  @ALA-XML-08
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

  @ALA-XML-09
  Rule: An envelope that is not of SOAP 1.1 is refused
    Scenario: An envelope of another version
      When the buyer sends "a foreign envelope" about the order
      Then the seller refuses the cancellation

    Scenario: An envelope of nobody's
      When the buyer sends "an envelope of nobody's" about the order
      Then the seller refuses the cancellation

  @ALA-HTTP-01
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

  @ALA-HTTP-02
  Rule: At a path that is no operation nothing is taken up
    Scenario: A path that is no operation
      When the buyer cancels the order at "/countermand-no-such-operation"
      Then nothing is taken up

  @ALA-HTTP-04
  Rule: By another method than POST nothing is taken up
    Scenario Outline: A <method>
      When the buyer sends the cancellation by <method>
      Then nothing is taken up

      Examples:
        | method |
        | PUT    |
        | PATCH  |
        | DELETE |
