"""OpenID Connect as the provider."""
