"""SAML 2.0 as the identity provider."""
