Feature: One document, written in many ways
  XML may be written in many ways that mean the same.

  Background:
    Given a seller who takes cancellations up

  @ALA-XML-01
  Rule: Namespace prefixes may be chosen freely
    Scenario: Prefixes of the buyer's own
      When the buyer writes a cancellation with "other prefixes"
      Then the seller reads it like any other

  @ALA-XML-02
  Rule: Text in a CDATA section means the same
    Scenario: Values in CDATA sections
      When the buyer writes a cancellation with "CDATA sections"
      Then the seller reads it like any other

  @ALA-XML-03
  Rule: Comments and white space between elements change nothing
    Scenario: Comments and white space
      When the buyer writes a cancellation with "comments and white space"
      Then the seller reads it like any other

  @ALA-XML-04
  Rule: UTF-8 is read with and without a declaration, and with a byte order mark
    Scenario Outline: UTF-8 with <marks>
      When the buyer writes a cancellation with "<marks>"
      Then the seller reads it like any other

      Examples:
        | marks                |
        | no declaration       |
        | a byte order mark    |
        | letters beyond ASCII |

  @ALA-XML-05
  Rule: UTF-16 is read
    Scenario Outline: <bytes>
      When the buyer writes a cancellation with "<bytes>"
      Then the seller reads it like any other

      Examples:
        | bytes                    |
        | UTF-16, low bytes first  |
        | UTF-16, high bytes first |

  @ALA-XML-14
  Rule: A reference to a character means that character
    Scenario: Values that begin with a reference
      When the buyer writes a cancellation with "references to characters"
      Then the seller reads it like any other
