from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from navette.core import clock


class ProIdentifier(models.TextChoices):
    """What a professional types to log in, beside an individual account's mail."""

    COMMUNE = "commune", _("Nom de la commune, ou compte individuel")
    INDIVIDUAL = "individual", _("Compte individuel seulement")
    EITHER = "either", _("Compte individuel ou compte de la bibliothèque")
    CARD = "card", _("Numéro de carte de prêt, ou compte individuel")


class DecisionScreen(models.TextChoices):
    ACCEPT_REFUSE = "accept_refuse", _("Accepter ou refuser, avec un message modifiable")
    TABS = "tabs", _("Onglets Informations, Statut et Ressources")


class StartRule(models.TextChoices):
    """The day from which an accepted subscription counts (SUB-03)."""

    CHOSEN = "chosen", _("La date que la bibliothèque fixe, par défaut celle de la demande")
    REGISTRATION = "registration", _("La date de l’inscription")
    DECISION = "decision", _("La date de la décision")


class Duration(models.TextChoices):
    ONE_YEAR = "one_year", _("Un an, jusqu’au même jour de l’année suivante")
    DAYS_365 = "days_365", _("365 jours")


class StatusColours(models.TextChoices):
    NEUTRAL = "neutral", _("Pastilles neutres")
    YELLOW_GREEN = "yellow_green", _("En attente en jaune, validé en vert")
    ORANGE_GREEN = "orange_green", _("En attente en orange, validé en vert")


class Accessibility(models.TextChoices):
    """How far the site meets RGAA 4.1, as its declaration says."""

    NONE = "none", _("non conforme")
    PARTIAL = "partial", _("partiellement conforme")
    FULL = "full", _("totalement conforme")


hex_colour = RegexValidator(r"^#[0-9a-f]{6}\Z", _("Indiquez une couleur sous la forme #1f4e79."))


def _months(default: int, label: Any) -> models.PositiveSmallIntegerField:  # type: ignore[type-arg]
    """Return a setting that says for how many months something is kept."""
    limits = [MinValueValidator(1), MaxValueValidator(120)]
    return models.PositiveSmallIntegerField(label, default=default, validators=limits)


class Portal(models.Model):
    """The one site's settings: what makes this deployment this département's. There is exactly one row."""

    profile = models.CharField(max_length=20)
    name = models.CharField(_("nom du portail"), max_length=80)
    owner = models.CharField(_("collectivité"), max_length=120)
    department_code = models.CharField(_("code du département"), max_length=3)
    contact_email = models.EmailField(_("adresse de contact"))
    contact_phone = models.CharField(_("téléphone"), max_length=30)

    readers_register_themselves = models.BooleanField(default=True)
    librarians_register_readers = models.BooleanField(default=False)
    password_min_length = models.PositiveSmallIntegerField(
        default=12, validators=[MinValueValidator(8), MaxValueValidator(64)]
    )
    pro_identifier = models.CharField(max_length=12, choices=ProIdentifier.choices, default=ProIdentifier.COMMUNE)
    decision_screen = models.CharField(
        max_length=16, choices=DecisionScreen.choices, default=DecisionScreen.ACCEPT_REFUSE
    )
    decides_each_resource = models.BooleanField(default=False)
    decision_days = models.PositiveSmallIntegerField(
        default=4, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    staff_decides_late = models.BooleanField(default=False)
    start_rule = models.CharField(max_length=16, choices=StartRule.choices, default=StartRule.CHOSEN)
    duration = models.CharField(max_length=16, choices=Duration.choices, default=Duration.ONE_YEAR)
    tells_unknown_mail = models.BooleanField(default=False)
    status_colours = models.CharField(max_length=16, choices=StatusColours.choices, default=StatusColours.NEUTRAL)
    subscriber_columns = models.JSONField(default=list)
    parental_age = models.PositiveSmallIntegerField(default=15, validators=[MaxValueValidator(18)])
    extranet = models.BooleanField(default=True)

    # How it looks.
    accent = models.CharField(_("couleur d’accent"), max_length=7, blank=True, validators=[hex_colour])
    logo = models.ImageField(_("logo"), upload_to="portal/", blank=True)
    photo = models.ImageField(_("photo d’accueil"), upload_to="portal/", blank=True)

    # What the legal pages say.
    postal_address = models.CharField(_("adresse postale"), max_length=300, blank=True)
    privacy_email = models.EmailField(_("adresse de la personne déléguée à la protection des données"), blank=True)
    accessibility = models.CharField(max_length=8, choices=Accessibility.choices, default=Accessibility.PARTIAL)
    accessibility_checked_on = models.DateField(_("date de l’évaluation d’accessibilité"), null=True, blank=True)

    # How long personal data are kept (DATA-01).
    keep_requests_months = _months(3, _("demandes refusées ou restées sans réponse"))
    keep_accounts_months = _months(12, _("comptes, après la fin de l’abonnement"))
    keep_openings_months = _months(6, _("ouvertures de ressources, avec la personne"))
    keep_mails_months = _months(3, _("textes des mails envoyés"))
    keep_audit_months = _months(36, _("journal des opérations"))

    class Meta:
        constraints = [
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}__gte": 1, f"{name}__lte": 120}),
                    name=f"portal_{name}",
                    violation_error_message=_("Une durée de conservation va de 1 à 120 mois."),
                )
                for name in (
                    "keep_requests_months",
                    "keep_accounts_months",
                    "keep_openings_months",
                    "keep_mails_months",
                    "keep_audit_months",
                )
            ),
            models.CheckConstraint(condition=Q(pk=1), name="portal_one_row"),
            models.CheckConstraint(
                condition=Q(password_min_length__gte=8, password_min_length__lte=64),
                name="portal_password_length",
                violation_error_message=_("La longueur minimale d’un mot de passe va de 8 à 64 caractères."),
            ),
            models.CheckConstraint(
                condition=Q(decision_days__gte=1, decision_days__lte=60),
                name="portal_decision_days",
                violation_error_message=_("Le délai de décision va de 1 à 60 jours."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save as the one row."""
        self.pk = 1
        super().save(*args, **kwargs)


class SiteTerms(models.Model):
    """A version of the site's general terms of use; the latest published one is in force."""

    version = models.PositiveIntegerField(unique=True)
    text = models.TextField()
    published_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-version"]

    def __str__(self) -> str:
        return f"CGU {self.version}"
