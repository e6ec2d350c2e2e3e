Feature: Who is served
  The seller serves the buyers it has agreed certificates with, and nobody else.

  @ALA-SEC-01
  Rule: A caller without a client certificate is not served
    Scenario: A stranger without a certificate
      Given an order in flight
      When a "stranger without a certificate" cancels the order in the buyer's name
      Then the seller does not serve the caller
      But the seller serves the buyer

    Scenario Outline: A stranger who names the buyer's certificate in <header>
      Given an order in flight
      When a "stranger without a certificate" cancels the order, with the buyer's certificate in the header <header>
      Then the seller does not serve the caller
      But the seller serves the buyer

      Examples:
        | header                      |
        | Client-Cert                 |
        | X-ARR-ClientCert            |
        | X-Amzn-Mtls-Clientcert      |
        | X-SSL-Client-Cert           |
        | X-SSL-Client-S-DN           |
        | X-Forwarded-Client-Cert     |
        | X-Forwarded-Tls-Client-Cert |
        | ssl-client-cert             |
        | X-Client-Cert               |
        | X_SSL_Client_S_DN           |
        | X-Remote-User               |

    Scenario: A stranger who says that it asks from the seller's own machine
      Given an order in flight
      When a "stranger without a certificate" cancels the order in the buyer's name, as if from the seller's own machine
      Then the seller does not serve the caller
      But the seller serves the buyer

    Scenario Outline: A <stranger> asks another host of the same server
      Given another host of the server, where a "<stranger>" is not served
      And an order in flight
      When a "<stranger>" cancels the order in the buyer's name at that host
      Then the seller does not serve the caller
      But the seller serves the buyer

      Examples:
        | stranger                                                               |
        | stranger without a certificate                                         |
        | stranger without a certificate who names no host in the handshake      |
        | stranger without a certificate who names another host in the handshake |

    Scenario: A stranger who asks elsewhere and names the operation's path in headers of proxies
      Given "/", where a "stranger without a certificate" is not served
      And an order in flight
      When a "stranger without a certificate" cancels the order there, with the operation's path in headers of proxies
      Then the seller does not serve the caller
      But the seller serves the buyer

    Scenario Outline: A stranger who writes the path <spelling>
      Given an order in flight
      When a "stranger without a certificate" cancels the order in the buyer's name at the path written "<spelling>"
      Then the seller does not serve the caller
      But the seller serves the buyer

      Examples:
        | spelling                                |
        | with a slash behind it                  |
        | with two slashes before it              |
        | with a dot before it                    |
        | with an encoded dot before it           |
        | with a segment and two dots before it   |
        | with two dots and a semicolon before it |
        | with a letter percent-encoded           |
        | in the other case                       |
        | with a query                            |
        | with a parameter behind it              |
        | with an ending behind it                |
        | with a segment behind it                |
        | as the whole address                    |

    Scenario Outline: A stranger who sends the cancellation by <method>
      Given an order in flight
      When a "stranger without a certificate" sends the cancellation in the buyer's name by <method>
      Then the seller does not serve the caller
      But the seller serves the buyer

      Examples:
        | method                        |
        | PUT                           |
        | POST in chunks                |
        | POST in UTF-16                |
        | POST with another action      |
        | POST with another label       |
        | POST as another client        |
        | POST in gzip                  |
        | PUT that headers make POST    |
        | POST with the buyer's cookies |
        | POST with a cookie made up    |
        | POST with a token made up     |

    Scenario: A stranger who repeats a cancellation
      Given a complete cancellation that was answered
      When a "stranger without a certificate" repeats the cancellation in the buyer's name
      Then the seller does not serve the caller
      But the seller serves the buyer

    Scenario: A stranger who asks while the buyer is served
      Given an order in flight
      When a "stranger without a certificate" cancels the order in the buyer's name, while the buyer is served
      Then the seller does not serve the caller
      But the seller serves the buyer

    Scenario: Every stranger without a certificate
      Given a cancellation by a "stranger without a certificate" that was answered
      When all other scenarios are done
      Then no "stranger without a certificate" was served in this run
