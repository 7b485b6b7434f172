"""What vendors' servers ask of CAS: is this ticket good, and whose is it? Every answer is of status 200, as CAS has it.

No cookie is read and no session is written: whoever holds the ticket and knows its service may ask, once.
"""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from navette.signon.cas import answers, saml1
from navette.signon.cas.validation import Asked, validate

NOT_SET = frozenset({"", "false", "0", "no"})


@never_cache
@require_GET
def validate_1(request: HttpRequest) -> HttpResponse:
    """Answer CAS 1: yes and the identifier, or no."""
    result = validate(_asked(request.GET))
    return HttpResponse(answers.in_two_lines(result), content_type="text/plain; charset=utf-8")


@never_cache
@require_GET
def validate_2(request: HttpRequest) -> HttpResponse:
    """Answer CAS 2: the identifier alone."""
    return _answer(request, attributes=False)


@never_cache
@require_GET
def validate_3(request: HttpRequest) -> HttpResponse:
    """Answer CAS 3: the identifier, and what this vendor is told of the reader."""
    return _answer(request, attributes=True)


@csrf_exempt  # a vendor's server posts, with no session to protect
@never_cache
@require_POST
def validate_saml(request: HttpRequest) -> HttpResponse:
    """Answer in SAML 1.1 over SOAP; the service is TARGET in the address, the ticket stands in the envelope."""
    asked = saml1.read(request.body)
    service = single(request.GET, "TARGET")
    result = validate(Asked(service, asked.ticket, renew=is_set(request.GET, "renew")))
    return HttpResponse(saml1.answer(result, asked, service), content_type="text/xml; charset=utf-8")


def _answer(request: HttpRequest, *, attributes: bool) -> HttpResponse:
    result = validate(_asked(request.GET))
    if request.GET.get("format", "").upper() == "JSON":
        return HttpResponse(answers.in_json(result, attributes=attributes), content_type="application/json")
    return HttpResponse(answers.in_xml(result, attributes=attributes), content_type="application/xml; charset=utf-8")


def _asked(query: QueryDict) -> Asked:
    return Asked(single(query, "service"), single(query, "ticket"), renew=is_set(query, "renew"))


def single(query: QueryDict, name: str) -> str:
    """Return the value of `name`, an empty text where it is missing or stands there more than once."""
    values = query.getlist(name)
    return values[0] if len(values) == 1 else ""


def is_set(query: QueryDict, name: str) -> bool:
    """Say whether `name` is set to anything but a word for no."""
    return any(value.strip().lower() not in NOT_SET for value in query.getlist(name))
