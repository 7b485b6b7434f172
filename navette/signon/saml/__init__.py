"""SAML 2.0 as the identity provider: web browser SSO, by redirect and POST, begun by the vendor or by the portal.

`names` holds the standard's words, `xml` reads what strangers send, `bindings` unwraps it, `signatures` signs and
verifies, `partners` knows a vendor by its metadata, `requests` reads what a vendor asks, `responses` words what it is
answered, `doors` joins them, `way` opens from the portal, `importing` takes a vendor's metadata in, `logout` ends.
"""
