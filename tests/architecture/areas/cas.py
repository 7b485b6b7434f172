"""CAS: the doors for browsers, and the checks of vendors' servers, which anybody may ask."""

from tests.architecture.areas import Area

TABLE = """
cas:login               GET    in   go   go   go   go   go   go   go   go   go   go   go
cas:login               POST   405  405  405  405  405  405  405  405  405  405  405  405
cas:logout              GET    go   go   go   go   go   go   go   go   go   go   go   go
cas:logout              POST   405  405  405  405  405  405  405  405  405  405  405  405
cas:validate            GET    200  200  200  200  200  200  200  200  200  200  200  200
cas:validate            POST   405  405  405  405  405  405  405  405  405  405  405  405
cas:service_validate    GET    200  200  200  200  200  200  200  200  200  200  200  200
cas:service_validate    POST   405  405  405  405  405  405  405  405  405  405  405  405
cas:proxy_validate      GET    200  200  200  200  200  200  200  200  200  200  200  200
cas:proxy_validate      POST   405  405  405  405  405  405  405  405  405  405  405  405
cas:p3_service_validate GET    200  200  200  200  200  200  200  200  200  200  200  200
cas:p3_service_validate POST   405  405  405  405  405  405  405  405  405  405  405  405
cas:p3_proxy_validate   GET    200  200  200  200  200  200  200  200  200  200  200  200
cas:p3_proxy_validate   POST   405  405  405  405  405  405  405  405  405  405  405  405
cas:saml_validate       GET    405  405  405  405  405  405  405  405  405  405  405  405
cas:saml_validate       POST   200  200  200  200  200  200  200  200  200  200  200  200
"""
ANSWER = "an answer about one ticket"

AREA = Area(
    table=TABLE,
    alone={
        "cas:login": "a redirect",
        "cas:logout": "a redirect",
        "cas:validate": ANSWER,
        "cas:service_validate": ANSWER,
        "cas:proxy_validate": ANSWER,
        "cas:p3_service_validate": ANSWER,
        "cas:p3_proxy_validate": ANSWER,
    },
    post_only=frozenset({"cas:saml_validate"}),
    called=frozenset({"cas:saml_validate"}),
)
