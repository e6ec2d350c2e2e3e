Feature: Somebody else's
  Scenario: It is not ours to run
    Given nothing that we know of
