"""What the portal says of itself to vendors by OpenID Connect (Discovery 1.0)."""

from typing import Any

from navette.signon.oidc.signing import ALGORITHM, issuer

SCOPES = ("openid", "profile", "email")
WAYS_TO_PROVE = ["client_secret_basic", "client_secret_post", "none"]


def metadata(addresses: dict[str, str]) -> dict[str, Any]:
    """Return the discovery document; `addresses` are the endpoints' paths by their names there, /oidc/token."""
    return {
        "issuer": issuer(),
        **{name: issuer() + path for name, path in addresses.items()},
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "token_endpoint_auth_methods_supported": WAYS_TO_PROVE,
        "revocation_endpoint_auth_methods_supported": WAYS_TO_PROVE,
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": ["none", "login"],
        "claims_supported": ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "sid"],
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "authorization_response_iss_parameter_supported": True,
        "ui_locales_supported": ["fr"],
    }
