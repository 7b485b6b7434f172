from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from navette.accounts.models import User
from navette.core import clock


class Territory(models.Model):
    """A part of the département, looked after by one member of the staff."""

    name = models.CharField(_("nom"), max_length=80, unique=True)
    officer = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="territories",
        verbose_name=_("référent(e)"),
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class MailRhythm(models.TextChoices):
    """How a library is told of requests (SUB-05)."""

    EACH = "each", _("Un mail par demande")
    DAILY = "daily", _("Un mail par jour")


class Library(models.Model):
    """A public library of the network, named after its commune."""

    name = models.CharField(_("nom"), max_length=120, unique=True)
    slug = models.SlugField(max_length=120, unique=True)
    insee_code = models.CharField(
        _("code INSEE"), max_length=5, validators=[RegexValidator(r"^(\d{2}|2[AB])\d{3}\Z")], db_index=True
    )
    commune = models.CharField(_("commune"), max_length=120)
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="libraries")
    email = models.EmailField(_("adresse mail"))
    phone = models.CharField(_("téléphone"), max_length=30, blank=True)
    street = models.CharField(_("adresse"), max_length=200, blank=True)
    postcode = models.CharField(_("code postal"), max_length=5, validators=[RegexValidator(r"^\d{5}\Z")])
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    contact_name = models.CharField(_("contact"), max_length=120, blank=True)
    is_open = models.BooleanField(_("ouverte aux inscriptions"), default=True)
    mail_rhythm = models.CharField(max_length=6, choices=MailRhythm.choices, default=MailRhythm.EACH)

    # Its public page, which the library writes itself.
    presentation = models.TextField(_("présentation"), max_length=3_000, blank=True)
    hours_note = models.CharField(_("à savoir sur les horaires"), max_length=200, blank=True)
    website = models.URLField(_("site web"), blank=True)
    photo = models.ImageField(_("photo"), upload_to="libraries/", blank=True)

    # A library that has left the network stays, for the history; its subscribers may have gone to another.
    closed_at = models.DateTimeField(_("sortie du réseau"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="absorbed", verbose_name=_("réunie à")
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(is_open=False),
                name="library_closed_is_not_open",
                violation_error_message=_("Une bibliothèque sortie du réseau n’est pas ouverte aux inscriptions."),
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(closed_at__isnull=False),
                name="library_merged_is_closed",
            ),
            models.CheckConstraint(condition=Q(mail_rhythm__in=MailRhythm.values), name="library_mail_rhythm"),
        ]

    def __str__(self) -> str:
        return self.name


class Weekday(models.IntegerChoices):
    MONDAY = 1, _("Lundi")
    TUESDAY = 2, _("Mardi")
    WEDNESDAY = 3, _("Mercredi")
    THURSDAY = 4, _("Jeudi")
    FRIDAY = 5, _("Vendredi")
    SATURDAY = 6, _("Samedi")
    SUNDAY = 7, _("Dimanche")


class OpeningHours(models.Model):
    """A span in which a library is open, on a weekday (1 is Monday, as in ISO 8601)."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices)
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")),
                name="opening_hours_in_order",
                violation_error_message=_("L’heure de fermeture vient après l’heure d’ouverture."),
            ),
            models.CheckConstraint(condition=Q(weekday__gte=1, weekday__lte=7), name="opening_hours_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}-{self.closes:%H:%M}"


class Profile(models.TextChoices):
    """What a person may do for a library."""

    MANAGER = "manager", _("Gestionnaire")
    VIEWER = "viewer", _("Consulter")


class Membership(models.Model):
    """An account's place in a library: its shared account or a librarian's own one."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="memberships")
    profile = models.CharField(max_length=8, choices=Profile.choices, default=Profile.MANAGER)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "library"],
                name="membership_once",
                violation_error_message=_("Cette personne a déjà un accès à cette bibliothèque."),
            ),
            models.CheckConstraint(condition=Q(profile__in=Profile.values), name="membership_profile_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} / {self.library} ({self.profile})"


class Theme(models.TextChoices):
    """What a question is about; those from `SUBSCRIBERS` on are offered to professionals."""

    RESOURCES = "resources", _("Les ressources numériques")
    ACCOUNT = "account", _("Mon compte et mes données")
    LIBRARIES = "libraries", _("Les bibliothèques du réseau")
    SITE = "site", _("Le fonctionnement du site")
    SUBSCRIBERS = "subscribers", _("Mes abonnés aux ressources numériques")
    ACCESS = "access", _("Mes identifiants")
    EXTRANET = "extranet", _("Les prêts, les réservations et la navette")
    ACTIVITIES = "activities", _("Les outils d’animation et les formations")
    OTHER = "other", _("Autre question")


class MessageState(models.TextChoices):
    NEW = "new", _("À traiter")
    ANSWERED = "answered", _("Répondu")
    CLOSED = "closed", _("Classé sans réponse")


class ContactMessage(models.Model):
    """A question asked through a contact form; answered by mail."""

    theme = models.CharField(_("votre question concerne"), max_length=12, choices=Theme.choices)
    is_professional = models.BooleanField(default=False)
    name = models.CharField(_("nom"), max_length=120)
    email = models.EmailField(_("adresse mail"))
    library = models.ForeignKey(Library, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    body = models.TextField(_("message"), max_length=5_000)
    state = models.CharField(max_length=8, choices=MessageState.choices, default=MessageState.NEW)
    received_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-received_at", "-id"]
        indexes = [models.Index(fields=["state", "-received_at", "-id"], name="contact_by_state")]
        constraints = [
            models.CheckConstraint(condition=Q(theme__in=Theme.values), name="contact_theme_known"),
            models.CheckConstraint(condition=Q(state__in=MessageState.values), name="contact_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_theme_display()} ({self.received_at:%Y-%m-%d})"


class ContactAnswer(models.Model):
    """What the staff answered to a question, as it was mailed."""

    message = models.ForeignKey(ContactMessage, on_delete=models.CASCADE, related_name="answers")
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    author_label = models.CharField(max_length=200)
    body = models.TextField(max_length=10_000)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.author_label} {self.at:%Y-%m-%d}"
