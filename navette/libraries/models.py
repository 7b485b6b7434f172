from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from navette.accounts.models import User


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

    class Meta:
        ordering = ["name"]
        constraints = [
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
