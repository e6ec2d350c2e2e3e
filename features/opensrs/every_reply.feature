Feature: The parameters of every reply
  Every reply to a cancel_order has the standard response parameters.

  Background:
    Given a cancellation of nobody's order that was answered

  @OSRS-RPL-01
  Rule: A reply names the protocol XCP
    Scenario: The protocol of every reply
      When all other scenarios are done
      Then every reply says "XCP" as its "protocol"

  @OSRS-RPL-02
  Rule: A reply's action is REPLY
    Scenario: The action of every reply
      When all other scenarios are done
      Then every reply says "REPLY or CANCEL_ORDER:REPLY" as its "action"

  @OSRS-RPL-03
  Rule: A reply's object is trust_service
    Scenario: The object of every reply
      When all other scenarios are done
      Then every reply says "TRUST_SERVICE" as its "object"

  @OSRS-RPL-04
  Rule: is_success is 0 or 1
    Scenario: is_success in every reply
      When all other scenarios are done
      Then every reply says 0 or 1 as its is_success

  @OSRS-RPL-05
  Rule: response_code is a number
    Scenario: response_code in every reply
      When all other scenarios are done
      Then every reply says a number as its response_code

  @OSRS-RPL-06
  Rule: A reply describes its outcome in response_text
    Scenario: response_text in every reply
      When all other scenarios are done
      Then every reply has a response_text

  @OSRS-RPL-07
  Rule: An unsuccessful reply has a response_code of 300 or above
    Scenario: The code of every failure
      When all other scenarios are done
      Then every failure has a response_code of 300 or above

  @OSRS-RPL-08
  Rule: A successful reply has a response_code from 200 to 299
    Scenario: The code of every success
      When all other scenarios are done
      Then every success has a response_code from 200 to 299

  @OSRS-RPL-09
  Rule: is_success and response_code say the same, whoever is told
    Scenario: is_success and response_code in every reply
      When all other scenarios are done
      Then is_success and response_code say the same in every reply
