import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from navette.core import clock


class MailState(models.TextChoices):
    QUEUED = "queued", _("En attente d’envoi")
    SENDING = "sending", _("En cours d’envoi")
    SENT = "sent", _("Envoyé")
    FAILED = "failed", _("Refusé par le serveur du destinataire")
    UNCERTAIN = "uncertain", _("Incertain : peut-être envoyé")


def new_message_id() -> str:
    """Return a Message-ID that stays the same over every attempt, so that a receiver can tell a repeat."""
    return f"<{uuid.uuid4().hex}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].rstrip('>')}>"


class OutgoingMail(models.Model):
    """A mail to send, written in the transaction of the action that causes it, sent by the worker."""

    key = models.CharField(max_length=120, unique=True, null=True)
    kind = models.CharField(max_length=40)
    message_id = models.CharField(max_length=120, unique=True, default=new_message_id)
    to_email = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    button_label = models.CharField(max_length=80, blank=True)
    button_url = models.CharField(max_length=500, blank=True)
    signed_by = models.CharField(max_length=120, blank=True)

    state = models.CharField(max_length=10, choices=MailState.choices, default=MailState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    next_attempt_at = models.DateTimeField(default=clock.now)
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    emptied_at = models.DateTimeField(null=True)  # when the text and the address were taken out (DATA-01)
    # Whose personal data the text holds: an account's, or several readers' of a library. Numbers, since mails know
    # neither; by them an erased person's mails are found.
    about_account = models.BigIntegerField(null=True)
    about_library = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["to_email", "-created_at"], name="mail_to"),
            models.Index(fields=["created_at"], condition=Q(emptied_at__isnull=True), name="mail_full"),
            models.Index(
                fields=["about_account"],
                condition=Q(emptied_at__isnull=True, about_account__isnull=False),
                name="mail_about_account",
            ),
            models.Index(
                fields=["about_library"],
                condition=Q(emptied_at__isnull=True, about_library__isnull=False),
                name="mail_about_library",
            ),
            models.Index(fields=["next_attempt_at", "id"], condition=Q(state="queued"), name="mail_queue"),
            models.Index(fields=["claimed_at"], condition=Q(state="sending"), name="mail_sending"),
            models.Index(fields=["state", "-created_at"], name="mail_by_state"),
            models.Index(fields=["kind", "-created_at"], name="mail_by_kind"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MailState.values), name="mail_state_known"),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(claimed_at__isnull=False), name="mail_sending_is_claimed"
            ),
            models.CheckConstraint(condition=~Q(state="sent") | Q(sent_at__isnull=False), name="mail_sent_has_time"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} ({self.state})"


class MailText(models.Model):
    """A text that staff have changed: it replaces the default one of its kind (see `texts.py`)."""

    kind = models.CharField(max_length=40, unique=True)
    subject = models.CharField(max_length=200)
    body = models.TextField()

    def __str__(self) -> str:
        return self.kind
