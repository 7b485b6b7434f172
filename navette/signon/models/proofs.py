"""Proofs that a vendor gets of a reader: tickets good once, the sessions they open, and the keys that sign them."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from navette.core import clock
from navette.core.fields import EncryptedTextField
from navette.readers.models import Reader
from navette.signon.models.access import VendorAccess


class TicketKind(models.TextChoices):
    """What a ticket is good for; a ticket of one kind never passes for another."""

    CAS = "cas", _("ticket de service CAS")
    CALLBACK = "callback", _("jeton sur lequel le fournisseur interroge le portail")
    CODE = "code", _("code OpenID Connect")
    ACCESS = "access", _("jeton d’accès OpenID Connect")
    REFRESH = "refresh", _("jeton de renouvellement OpenID Connect")
    SAML = "saml", _("demande SAML à laquelle il a été répondu")


class Ticket(models.Model):
    """A proof that a reader is at the portal's door, kept by its hash: good once, for one address, for a short time.

    A ticket without reader is a trial of the staff; `trial` then says what the trial's reader is like. `facts` holds
    what its protocol wants back (nonce, PKCE challenge, scopes); tickets that come of one another share `family`.
    """

    digest = models.CharField(max_length=64, unique=True)  # SHA-256 in hexadecimal
    kind = models.CharField(max_length=8, choices=TicketKind.choices)
    access = models.ForeignKey(VendorAccess, on_delete=models.CASCADE, related_name="tickets")
    reader = models.ForeignKey(Reader, on_delete=models.CASCADE, null=True, related_name="+")
    trial = models.CharField(max_length=12, blank=True)
    service = models.TextField()
    fresh_login = models.BooleanField(default=False)  # the password was just asked for (CAS renew)
    session = models.CharField(max_length=64, blank=True)  # `sessions.mark_of` the session that asked
    facts = models.JSONField(default=dict)
    family = models.UUIDField(default=uuid.uuid4, db_index=True)
    issued_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=TicketKind.values), name="ticket_kind_known"),
            models.CheckConstraint(
                condition=Q(reader__isnull=False, trial="") | Q(reader__isnull=True) & ~Q(trial=""),
                name="ticket_of_reader_or_trial",
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="ticket_expiry"),
            models.Index(fields=["session"], condition=~Q(session=""), name="ticket_session"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class VendorSession(models.Model):
    """A session opened at a vendor from a session here: single logout tells the vendor when the latter ends."""

    access = models.ForeignKey(VendorAccess, on_delete=models.CASCADE, related_name="sessions")
    session = models.CharField(max_length=64)  # `sessions.mark_of` the session here
    service = models.TextField()
    index = models.CharField(max_length=256)  # CAS: the ticket, spent; SAML: the SessionIndex
    name_id = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(fields=["session"], name="vendor_session_mark"),
            models.Index(fields=["started_at"], name="vendor_session_age"),
        ]

    def __str__(self) -> str:
        return f"{self.access} {self.started_at}"


class LogoutNotice(models.Model):
    """What a vendor is to be told after a logout; the worker sends it once, and the vendor's errors change nothing."""

    url = models.TextField()
    body = models.TextField()
    queued_at = models.DateTimeField(default=clock.now)
    claimed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["queued_at"], condition=Q(claimed_at__isnull=True), name="logout_waiting")]

    def __str__(self) -> str:
        return f"{self.url} {self.queued_at}"


class KeyUse(models.TextChoices):
    """Which protocol a key signs for."""

    SAML = "saml", _("SAML 2.0")
    OIDC = "oidc", _("OpenID Connect")


class KeyState(models.TextChoices):
    """Where a key stands in its life: shown ahead, signing, still shown, withdrawn."""

    NEXT = "next", _("publiée, prête à servir")
    CURRENT = "current", _("en service")
    PREVIOUS = "previous", _("remplacée, encore publiée")
    WITHDRAWN = "withdrawn", _("retirée")


class SigningKey(models.Model):
    """A private key of the portal, encrypted at rest, with the certificate or public key that is published."""

    use = models.CharField(max_length=4, choices=KeyUse.choices)
    state = models.CharField(max_length=9, choices=KeyState.choices, default=KeyState.NEXT)
    kid = models.CharField(max_length=64, unique=True)
    private_key = EncryptedTextField()  # PEM, PKCS 8; emptied when withdrawn
    certificate = models.TextField()  # PEM, X.509, self-signed
    made_at = models.DateTimeField(default=clock.now)
    current_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(use__in=KeyUse.values), name="signing_key_use_known"),
            models.CheckConstraint(condition=Q(state__in=KeyState.values), name="signing_key_state_known"),
            models.UniqueConstraint(
                fields=["use", "state"], condition=Q(state__in=["next", "current"]), name="signing_key_one_of_each"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.use} {self.kid}"
