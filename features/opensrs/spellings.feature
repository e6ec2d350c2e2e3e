Feature: One request, written in many ways
  A request may be written in many ways that mean the same.

  Background:
    Given a seller who takes cancellations up

  @OSRS-XML-01
  Rule: The order of items changes nothing
    Scenario: Items in another order
      When the buyer writes a cancellation with "another order of items"
      Then the seller reads it like any other

  @OSRS-XML-02
  Rule: Either kind of quotes may be used
    Scenario Outline: Attributes in <quotes>
      When the buyer writes a cancellation with "<quotes>"
      Then the seller reads it like any other

      Examples:
        | quotes        |
        | single quotes |
        | double quotes |

  @OSRS-XML-03
  Rule: White space and comments between elements change nothing
    Scenario: Comments and white space
      When the buyer writes a cancellation with "comments and white space"
      Then the seller reads it like any other

  @OSRS-XML-04
  Rule: Text in a CDATA section means the same
    Scenario: Values in CDATA sections
      When the buyer writes a cancellation with "CDATA sections"
      Then the seller reads it like any other

  @OSRS-XML-05
  Rule: UTF-8 is read with and without a declaration, and with a byte order mark
    Scenario Outline: UTF-8 with <marks>
      When the buyer writes a cancellation with "<marks>"
      Then the seller reads it like any other

      Examples:
        | marks                           |
        | no declaration                  |
        | a byte order mark               |
        | letters beyond ASCII            |

  @OSRS-XML-06
  Rule: UTF-16 is read
    Scenario Outline: <bytes>
      When the buyer writes a cancellation with "<bytes>"
      Then the seller reads it like any other

      Examples:
        | bytes                    |
        | UTF-16, low bytes first  |
        | UTF-16, high bytes first |

  @OSRS-XML-07
  Rule: A request need not have a DOCTYPE
    Scenario: No DOCTYPE
      When the buyer writes a cancellation with "no DOCTYPE"
      Then the seller reads it like any other

  @OSRS-XML-15
  Rule: A reference to a character means that character
    Scenario: Values that begin with a reference
      When the buyer writes a cancellation with "references to characters"
      Then the seller reads it like any other
