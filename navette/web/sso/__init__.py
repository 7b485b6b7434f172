"""The identity provider's public doors: CAS, SAML 2.0, OpenID Connect, and what vendors ask back."""
