from typing import Any

from django.db import models

from navette.core import clock
from navette.core.actors import Actor


class AuditRow(models.Model):
    """One action that changed something: who did what to which object, when. Written by the action itself.

    The actor and the object are kept as values, not as foreign keys: the row outlives both.
    """

    at = models.DateTimeField(default=clock.now, db_index=True)
    actor_id = models.BigIntegerField(null=True, db_index=True)
    actor_label = models.CharField(max_length=200)
    action = models.CharField(max_length=80)
    object_type = models.CharField(max_length=80)
    object_id = models.BigIntegerField(null=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="audit_object"),
            models.Index(fields=["action", "-at"], name="audit_action"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_label}: {self.action} {self.object_type} {self.object_id}"


def audit_row(acting_user: Actor, action: str, target: models.Model, **detail: Any) -> AuditRow:
    """Return the unsaved audit row of `action` on `target`; `detail` must fit JSON and hold no secret."""
    return AuditRow(
        actor_id=acting_user.pk,
        actor_label=acting_user.label[:200],
        action=action,
        object_type=target._meta.label,
        object_id=target.pk,
        detail=detail,
    )


def audit(acting_user: Actor, action: str, target: models.Model, **detail: Any) -> None:
    """Write the audit row of `action` on `target`, in the caller's transaction."""
    audit_row(acting_user, action, target, **detail).save(force_insert=True)
