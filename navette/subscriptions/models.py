import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from navette.accounts.models import User
from navette.core import clock
from navette.core.text import fold
from navette.libraries.models import Library
from navette.mail.models import OutgoingMail
from navette.portal.models import SiteTerms
from navette.readers.models import Reader
from navette.resources.models import DigitalResource, ResourceTerms
from navette.subscriptions.states import Move, RefusalReason, Status


class Subscription(models.Model):
    """A reader's right to the digital resources, which their library confirms.

    `deadline` is set exactly while the library has something to decide: a request, or the renewal that a reader
    with a valid subscription asks for. `version` grows with each change: what a person decides on is what they saw.
    """

    reader = models.OneToOneField(Reader, on_delete=models.CASCADE, related_name="subscription")
    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="subscriptions")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PENDING)
    version = models.PositiveIntegerField(default=1)
    requested_at = models.DateTimeField(_("date de demande"), default=clock.now)
    deadline = models.DateField(_("à décider avant le"), null=True)
    starts_on = models.DateField(_("date de début d’abonnement"), null=True)
    ends_on = models.DateField(_("expire le"), null=True)
    refusal_reason = models.CharField(max_length=16, choices=RefusalReason.choices, blank=True)

    # What has been told: to the library of this request, to the reader of this end.
    announced_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    notice_days = models.PositiveSmallIntegerField(null=True)
    # When the reader was last told that the account will be erased; told before a renewal, it was about another end.
    erasure_told_on = models.DateField(null=True)
    # The mail that warned the library of this request being late: once sent, staff may come to decide (SUB-05).
    warning = models.ForeignKey(OutgoingMail, on_delete=models.SET_NULL, null=True, related_name="+")
    # The file by which its library registered the reader, which can be undone for a day.
    batch = models.ForeignKey("RegistrationBatch", on_delete=models.SET_NULL, null=True, related_name="subscriptions")

    # Kept by `list_as`, for lists that sort and search 50,000 rows by an index of one table.
    by_last_name = models.CharField(max_length=170)
    by_first_name = models.CharField(max_length=170)
    search_text = models.CharField(max_length=600)

    class Meta:
        indexes = [
            models.Index(fields=["library", "by_last_name", "id"], name="sub_lib_last_name"),
            models.Index(fields=["library", "by_first_name", "id"], name="sub_lib_first_name"),
            # A status holds by its dates too (`status_on`): with them an index alone answers a filter, and counts it.
            models.Index(
                fields=["library", "status", "by_last_name", "id", "ends_on", "deadline"], name="sub_lib_status"
            ),
            models.Index(fields=["library", "status", "ends_on", "deadline"], name="sub_lib_status_ends_on"),
            models.Index(fields=["library", "ends_on", "id"], name="sub_lib_ends_on"),
            models.Index(fields=["library", "requested_at", "id"], name="sub_lib_requested"),
            models.Index(fields=["by_last_name", "id"], name="sub_last_name"),
            models.Index(fields=["by_first_name", "id"], name="sub_first_name"),
            models.Index(fields=["status", "ends_on", "id"], name="sub_status_ends_on"),
            # The staff's list of all libraries sorts by these.
            models.Index(fields=["status", "by_last_name", "id", "ends_on", "deadline"], name="sub_status_last_name"),
            models.Index(fields=["ends_on", "id"], name="sub_ends_on"),
            models.Index(fields=["requested_at", "id"], name="sub_requested"),
            models.Index(fields=["library", "deadline"], condition=Q(deadline__isnull=False), name="sub_waiting"),
            models.Index(fields=["deadline", "id"], condition=Q(deadline__isnull=False), name="sub_deadline"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="sub_status_known"),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.ACTIVE, Status.EXPIRED])
                | Q(starts_on__isnull=False, ends_on__isnull=False),
                name="sub_valid_has_dates",
                violation_error_message=_("Un abonnement validé a une date de début et une date de fin."),
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True, ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="sub_dates_in_order",
                violation_error_message=_("La date de fin vient après la date de début."),
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.PENDING) | Q(deadline__isnull=False),
                name="sub_pending_has_deadline",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.PENDING, Status.ACTIVE]) | Q(deadline__isnull=True),
                name="sub_only_waiting_has_deadline",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.REFUSED) | ~Q(refusal_reason=""),
                name="sub_refused_has_reason",
                violation_error_message=_("Un refus a une raison."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.by_first_name} ({self.status})"

    @property
    def waits(self) -> bool:
        """Say whether the library has something to decide."""
        return self.deadline is not None

    @property
    def is_renewal(self) -> bool:
        """Say whether what waits, or would be asked, is a renewal: there has been a valid subscription."""
        return self.ends_on is not None

    def status_on(self, day: dt.date) -> Status:
        """Return the state that holds on `day`, whether or not the nightly command ran (SUB-03).

        A valid subscription whose end is past is expired; where its renewal is asked for, that request waits.
        """
        if self.status == Status.ACTIVE and self.ends_on is not None and self.ends_on < day:
            return Status.PENDING if self.waits else Status.EXPIRED
        return Status(self.status)

    @property
    def current_status(self) -> Status:
        """Return the state that holds today."""
        return self.status_on(clock.today())

    def list_as(self, reader: Reader) -> None:
        """Take over what lists sort and search by from `reader`."""
        first, last = fold(reader.first_name), fold(reader.last_name)
        self.by_last_name = f"{last} {first}"
        self.by_first_name = f"{first} {last}"
        self.search_text = f"{self.by_first_name} {self.by_last_name} {fold(reader.user.email)}"


class BatchState(models.TextChoices):
    DRAFT = "draft", _("À vérifier")
    APPLIED = "applied", _("Inscriptions faites")
    UNDONE = "undone", _("Annulé")


class RegistrationBatch(models.Model):
    """Readers that a library registers by a spreadsheet: read, previewed, then all at once or not at all.

    `headers` and `rows` (lists of texts) are the file as read; `columns` maps our fields to its columns. Both are
    emptied once the batch can no longer be undone: the people are in their own tables.
    """

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="batches")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    filename = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=BatchState.choices, default=BatchState.DRAFT)
    headers = models.JSONField(default=list)
    rows = models.JSONField(default=list)
    columns = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=clock.now)
    applied_at = models.DateTimeField(null=True)
    registered = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["library", "-created_at"], name="batch_of_library")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=BatchState.values), name="batch_state_known"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(applied_at__isnull=False), name="batch_applied_has_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.filename} ({self.state})"


class GrantState(models.TextChoices):
    REQUESTED = "requested", _("Demandé")
    WAITING = "waiting", _("En liste d’attente")
    GRANTED = "granted", _("Validé")
    REFUSED = "refused", _("Refusé")
    REMOVED = "removed", _("Supprimé")


class ResourceGrant(models.Model):
    """A subscription's access to one resource, from the asking on."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="grants")
    resource = models.ForeignKey(DigitalResource, on_delete=models.CASCADE, related_name="grants")
    state = models.CharField(max_length=10, choices=GrantState.choices, default=GrantState.REQUESTED)
    changed_at = models.DateTimeField(default=clock.now)
    waits_since = models.DateTimeField(null=True)  # its place in the queue for a seat (SUB-11)

    class Meta:
        indexes = [
            models.Index(fields=["resource", "state", "waits_since", "id"], name="grant_queue"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(waits_since__isnull=False), name="grant_waiting_has_place"
            ),
            models.UniqueConstraint(fields=["subscription", "resource"], name="grant_once"),
            models.CheckConstraint(condition=Q(state__in=GrantState.values), name="grant_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.resource} ({self.state})"


class SubscriptionEvent(models.Model):
    """Something that happened to a subscription: who, when, from, to, why, and what was written (SUB-09)."""

    # An erased subscription leaves its events, without a person: `pseudonym` holds together those of one (DATA-02).
    subscription = models.ForeignKey(Subscription, on_delete=models.SET_NULL, null=True, related_name="events")
    pseudonym = models.CharField(max_length=40, blank=True)
    library = models.ForeignKey(Library, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    actor = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    actor_label = models.CharField(max_length=200)
    move = models.CharField(max_length=16, choices=Move.choices)
    from_status = models.CharField(max_length=12, choices=Status.choices, blank=True)
    to_status = models.CharField(max_length=12, choices=Status.choices)
    reason = models.CharField(max_length=200, blank=True)
    message = models.TextField(blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["subscription", "-at", "-id"], name="event_of_subscription")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.move}"


class TermsAcceptance(models.Model):
    """A reader's acceptance of one version of terms: the site's or one resource's (SUB-10)."""

    reader = models.ForeignKey(Reader, on_delete=models.CASCADE, related_name="acceptances")
    site_terms = models.ForeignKey(SiteTerms, on_delete=models.PROTECT, null=True, related_name="+")
    resource_terms = models.ForeignKey(ResourceTerms, on_delete=models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(site_terms__isnull=False, resource_terms__isnull=True)
                | Q(site_terms__isnull=True, resource_terms__isnull=False),
                name="acceptance_of_one_text",
            ),
            models.UniqueConstraint(fields=["reader", "site_terms"], name="acceptance_site_once"),
            models.UniqueConstraint(fields=["reader", "resource_terms"], name="acceptance_resource_once"),
        ]

    def __str__(self) -> str:
        return f"{self.reader}: {self.site_terms or self.resource_terms}"


class Measure(models.TextChoices):
    """What is counted of subscriptions that no longer stand for anybody (DATA-02)."""

    REGISTERED = "registered", _("inscriptions")
    ACTIVE = "active", _("abonnements valides dans le mois")
    GRANTED = "granted", _("accès à une ressource dans le mois")


class Tally(models.Model):
    """A figure that survives erased subscriptions: how many, in a month, of a library, an age band or a resource.

    A row crosses library and age band, or stands for a resource alone.
    """

    month = models.DateField()  # its first day
    measure = models.CharField(max_length=10, choices=Measure.choices)
    library = models.ForeignKey(Library, on_delete=models.PROTECT, null=True, related_name="+")
    age_band = models.CharField(max_length=8, blank=True)
    resource = models.ForeignKey(DigitalResource, on_delete=models.PROTECT, null=True, related_name="+")
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "measure", "library", "age_band"],
                condition=Q(resource__isnull=True),
                name="tally_of_library_once",
            ),
            models.UniqueConstraint(
                fields=["month", "measure", "resource"],
                condition=Q(library__isnull=True),
                name="tally_of_resource_once",
            ),
            models.CheckConstraint(
                condition=Q(library__isnull=True, resource__isnull=False)
                | Q(library__isnull=False, resource__isnull=True),
                name="tally_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.measure}: {self.count}"
