"""Who may do what: the answer of every route to every role (AUTH-06).

    200 the page         in  sent to log in        403 not for this account     405 not by this method
    go  sent elsewhere   (an action done, or where to go instead)               404 not there for this person

The objects asked for belong to the library of `viewer` and `manager`, in the territory of `territory`; `other`
manages another library. A POST carries a form filled in well where that changes the answer (`world.posts`), and
nothing otherwise.
"""

from tests.architecture.areas import areas

ROLES = tuple(
    "anonymous pending active refused expired viewer manager other administrator digital territory no_role".split()  # noqa: SIM905
)
TABLE = """
#                              anonymous
#                              |    readers: pending, active, refused, expired
#                              |    |                   libraries: viewer, manager, other
#                              |    |                   |              staff: administrator, digital, territory, no role
site:home               GET    200  200  200  200  200  200  200  200  200  200  200  200
site:home               POST   405  405  405  405  405  405  405  405  405  405  405  405
site:resources          GET    200  200  200  200  200  200  200  200  200  200  200  200
site:resources          POST   405  405  405  405  405  405  405  405  405  405  405  405
site:resource           GET    200  200  200  200  200  200  200  200  200  200  200  200
site:resource           POST   405  405  405  405  405  405  405  405  405  405  405  405
site:resource_terms     GET    200  200  200  200  200  200  200  200  200  200  200  200
site:resource_terms     POST   405  405  405  405  405  405  405  405  405  405  405  405
site:open_resource      GET    in   403  go   403  403  403  403  403  403  403  403  403
site:open_resource      POST   405  405  405  405  405  405  405  405  405  405  405  405
site:help               GET    200  200  200  200  200  200  200  200  200  200  200  200
site:help               POST   405  405  405  405  405  405  405  405  405  405  405  405
site:libraries          GET    200  200  200  200  200  200  200  200  200  200  200  200
site:libraries          POST   405  405  405  405  405  405  405  405  405  405  405  405
site:legal              GET    200  200  200  200  200  200  200  200  200  200  200  200
site:legal              POST   405  405  405  405  405  405  405  405  405  405  405  405
site:health             GET    200  200  200  200  200  200  200  200  200  200  200  200
site:health             POST   405  405  405  405  405  405  405  405  405  405  405  405
site:media              GET    200  200  200  200  200  200  200  200  200  200  200  200
site:media              POST   405  405  405  405  405  405  405  405  405  405  405  405
site:login              GET    200  go   go   go   go   go   go   go   go   go   go   go
site:login              POST   200  go   go   go   go   go   go   go   go   go   go   go
site:logout             GET    405  405  405  405  405  405  405  405  405  405  405  405
site:logout             POST   go   go   go   go   go   go   go   go   go   go   go   go
site:password_forgotten GET    200  200  200  200  200  200  200  200  200  200  200  200
site:password_forgotten POST   200  200  200  200  200  200  200  200  200  200  200  200
site:password_choose    GET    200  200  200  200  200  200  200  200  200  200  200  200
site:password_choose    POST   200  200  200  200  200  200  200  200  200  200  200  200
site:confirm_email      GET    200  200  200  200  200  200  200  200  200  200  200  200
site:confirm_email      POST   in   go   go   go   go   go   go   go   go   go   go   go
site:register           GET    200  go   go   go   go   go   go   go   go   go   go   go
site:register           POST   200  go   go   go   go   go   go   go   go   go   go   go
site:register_terms     GET    go   go   go   go   go   go   go   go   go   go   go   go
site:register_terms     POST   go   go   go   go   go   go   go   go   go   go   go   go
site:registered         GET    go   go   go   go   go   go   go   go   go   go   go   go
site:registered         POST   405  405  405  405  405  405  405  405  405  405  405  405
site:account            GET    in   200  200  200  200  403  403  403  403  403  403  403
site:account            POST   405  405  405  405  405  405  405  405  405  405  405  405
site:account_edit       GET    in   200  200  200  200  403  403  403  403  403  403  403
site:account_edit       POST   in   200  200  200  200  403  403  403  403  403  403  403
site:resend_confirmation GET   405  405  405  405  405  405  405  405  405  405  405  405
site:resend_confirmation POST  in   go   go   go   go   403  403  403  403  403  403  403
site:ask_renewal        GET    405  405  405  405  405  405  405  405  405  405  405  405
site:ask_renewal        POST   in   go   go   go   go   403  403  403  403  403  403  403
site:ask_again          GET    405  405  405  405  405  405  405  405  405  405  405  405
site:ask_again          POST   in   go   go   go   go   403  403  403  403  403  403  403

pro:dashboard           GET    in   403  403  403  403  200  200  200  200  200  200  403
pro:dashboard           POST   405  405  405  405  405  405  405  405  405  405  405  405
pro:help                GET    in   403  403  403  403  200  200  200  200  200  200  403
pro:help                POST   405  405  405  405  405  405  405  405  405  405  405  405
pro:subscribers         GET    in   403  403  403  403  200  200  200  200  200  200  403
pro:subscribers         POST   405  405  405  405  405  405  405  405  405  405  405  405
pro:bulk                GET    405  405  405  405  405  405  405  405  405  405  405  405
pro:bulk                POST   in   403  403  403  403  403  go   404  403  403  403  403
pro:export              GET    in   403  403  403  403  200  200  200  200  200  200  403
pro:export              POST   405  405  405  405  405  405  405  405  405  405  405  405
pro:subscriber          GET    in   403  403  403  403  200  200  404  200  200  200  403
pro:subscriber          POST   in   403  403  403  403  403  go   404  go   go   403  403
pro:decide              GET    in   403  403  403  403  200  200  404  200  200  200  403
pro:decide              POST   in   403  403  403  403  403  go   404  403  403  403  403
pro:renew               GET    405  405  405  405  405  405  405  405  405  405  405  405
pro:renew               POST   in   403  403  403  403  403  go   404  403  403  403  403
pro:end                 GET    in   403  403  403  403  403  200  404  403  403  403  403
pro:end                 POST   in   403  403  403  403  403  go   404  403  403  403  403
pro:library             GET    in   403  403  403  403  200  200  200  403  403  403  403
pro:library             POST   in   403  403  403  403  403  go   404  403  403  403  403
pro:password            GET    in   403  403  403  403  200  200  200  200  200  200  403
pro:password            POST   in   403  403  403  403  400  400  400  400  400  400  403

console:dashboard       GET    in   403  403  403  403  403  403  403  200  200  200  403
console:dashboard       POST   405  405  405  405  405  405  405  405  405  405  405  405
console:late            GET    in   403  403  403  403  403  403  403  200  200  200  403
console:late            POST   405  405  405  405  405  405  405  405  405  405  405  405
console:remind          GET    405  405  405  405  405  405  405  405  405  405  405  405
console:remind          POST   in   403  403  403  403  403  403  403  go   go   go   403
console:mails           GET    in   403  403  403  403  403  403  403  200  200  403  403
console:mails           POST   405  405  405  405  405  405  405  405  405  405  405  405
console:settle          GET    405  405  405  405  405  405  405  405  405  405  405  405
console:settle          POST   in   403  403  403  403  403  403  403  go   go   403  403
"""

Row = tuple[str, str, dict[str, str]]


def rows() -> list[Row]:
    """Return the table's rows: route, method, and the answer expected for each role."""
    whole = "\n".join([TABLE, *(area.table for area in areas())])
    lines = [line.split() for line in whole.splitlines() if line and not line.startswith("#")]
    return [(route, method, dict(zip(ROLES, cells, strict=True))) for route, method, *cells in lines]
