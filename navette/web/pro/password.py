"""« Modifier mon mot de passe »."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from navette.accounts.actions import change_password, check_own_password
from navette.web.components.passwords import PasswordField, explain_password
from navette.web.components.refusals import refusals_on
from navette.web.pro.access import professional, show, workspace_of


class PasswordForm(forms.Form):
    """The old password, and the new one twice."""

    old = PasswordField(gettext_lazy("Mot de passe actuel"), "current-password")
    new = PasswordField(gettext_lazy("Nouveau mot de passe"), "new-password")
    confirmation = PasswordField(gettext_lazy("Confirmation du nouveau mot de passe"), "new-password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        explain_password(self.fields["new"])

    def clean_confirmation(self) -> str:
        """Refuse two different new passwords."""
        again: str = self.cleaned_data["confirmation"]
        if again != self.cleaned_data.get("new", again):
            raise forms.ValidationError(_("Les deux nouveaux mots de passe sont différents."))
        return again


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@professional
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; the other sessions of the account end, this one stays."""
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _changed(request, form):
        messages.success(request, _("Votre mot de passe est changé. Les autres sessions de ce compte sont fermées."))
        return redirect("pro:dashboard")
    shared = workspace_of(request).user.kind == "library"
    return show(request, "pro/password.html", {"form": form, "shared": shared}, status=400 if form.errors else 200)


def _changed(request: HttpRequest, form: PasswordForm) -> bool:
    user = workspace_of(request).user
    old, new = form.cleaned_data["old"], form.cleaned_data["new"]
    with refusals_on(form):
        check_own_password(user, old)
        change_password(user, acting_user=user, old=old, new=new)
        update_session_auth_hash(request, user)
        return True
    return False
