from django.urls import URLPattern, path

from navette.web.sso import cas, cas_checks

app_name = "cas"
urlpatterns: list[URLPattern] = [
    path("login", cas.login_door, name="login"),
    path("logout", cas.logout_door, name="logout"),
    path("validate", cas_checks.validate_1, name="validate"),
    path("serviceValidate", cas_checks.validate_2, name="service_validate"),
    path("proxyValidate", cas_checks.validate_2, name="proxy_validate"),
    path("p3/serviceValidate", cas_checks.validate_3, name="p3_service_validate"),
    path("p3/proxyValidate", cas_checks.validate_3, name="p3_proxy_validate"),
    path("samlValidate", cas_checks.validate_saml, name="saml_validate"),
]
