"""CAS 1, 2 and 3 as the server: https://apereo.github.io/cas/development/protocol/CAS-Protocol-Specification.html."""
