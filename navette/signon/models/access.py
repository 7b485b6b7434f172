"""How each resource opens: its way, the vendor's addresses, and what the vendor is told of a reader."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from navette.core.fields import EncryptedTextField
from navette.resources.models import DigitalResource


class WayName(models.TextChoices):
    """How a reader is signed on at a vendor; `opening.WAYS` holds what does it."""

    PLAIN = "plain", _("Lien simple")
    SIGNED = "signed", _("Lien signé (HMAC-SHA-256)")
    HASHED = "hashed", _("Lien avec empreinte (SHA-256)")
    FIELDS = "fields", _("Lien avec une empreinte par champ")
    CALLBACK = "callback", _("Jeton, puis question du fournisseur")
    POSTED = "posted", _("Envoi signé (HMAC)")
    REFERER = "referer", _("Page de provenance (Referer)")
    CAS = "cas", _("CAS")
    SAML = "saml", _("SAML 2.0")
    OIDC = "oidc", _("OpenID Connect")


class ClockFormat(models.TextChoices):
    """How an old recipe writes the moment or the day that it puts into its hash."""

    NONE = "none", _("aucune date : le lien peut être rejoué")
    UNIX = "unix", _("secondes depuis 1970")
    DAY = "day", _("jour, AAAA-MM-JJ")
    MINUTE = "minute", _("minute, AAAAMMJJhhmm")


# What a way needs a key shared with the vendor for; the others have none, or keys of another kind.
KEYED = (WayName.SIGNED, WayName.HASHED, WayName.FIELDS, WayName.CALLBACK, WayName.POSTED)


class VendorAccess(models.Model):
    """How one resource opens: its way, the vendor's address and, where the recipe asks for one, the shared key.

    `establishment` is the portal's name at the vendor where a recipe asks for it (bibid, sso_id); `entity_id` and
    `metadata` are those of a SAML service provider; `client_id` names the OpenID Connect client.
    """

    resource = models.OneToOneField(DigitalResource, on_delete=models.CASCADE, related_name="access")
    way = models.CharField(max_length=10, choices=WayName.choices, default=WayName.PLAIN)
    address = models.URLField(_("adresse de la plateforme"), max_length=500)
    key = EncryptedTextField(_("clé partagée"), blank=True)
    clock = models.CharField(_("date dans l’empreinte"), max_length=8, choices=ClockFormat, default=ClockFormat.NONE)
    establishment = models.CharField(_("identifiant du portail chez le fournisseur"), max_length=120, blank=True)
    entity_id = models.CharField(_("identifiant SAML (entityID)"), max_length=500, blank=True)
    metadata = models.TextField(_("métadonnées SAML"), blank=True)
    client_id = models.CharField(_("identifiant OpenID Connect (client_id)"), max_length=100, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(way__in=WayName.values), name="vendor_access_way_known"),
            models.CheckConstraint(condition=Q(clock__in=ClockFormat.values), name="vendor_access_clock_known"),
            models.CheckConstraint(
                condition=~Q(way__in=[way.value for way in KEYED]) | ~Q(key=""),
                name="vendor_access_has_key",
                violation_error_message=_("Cette façon d’ouvrir demande une clé partagée avec le fournisseur."),
            ),
            models.UniqueConstraint(
                fields=["entity_id"],
                condition=~Q(entity_id=""),
                name="vendor_access_entity_once",
                violation_error_message=_("Un autre fournisseur a déjà cet identifiant SAML."),
            ),
            models.UniqueConstraint(fields=["client_id"], condition=~Q(client_id=""), name="vendor_access_client_once"),
        ]

    def __str__(self) -> str:
        return f"{self.resource} ({self.way})"


class AddressUse(models.TextChoices):
    """What a registered address of a vendor is for."""

    CAS_SERVICE = "service", _("Service CAS")
    SAML_ACS = "acs", _("Réception des assertions SAML (ACS)")
    SAML_LOGOUT = "slo", _("Déconnexion SAML")
    OIDC_REDIRECT = "redirect", _("Retour OpenID Connect (redirect_uri)")
    OIDC_LOGOUT = "logout", _("Retour après déconnexion OpenID Connect")


class VendorAddress(models.Model):
    """An address of a vendor that readers and their proofs may be sent to: no other is ever used (SSO-04)."""

    access = models.ForeignKey(VendorAccess, on_delete=models.CASCADE, related_name="addresses")
    use = models.CharField(max_length=10, choices=AddressUse.choices)
    url = models.URLField(_("adresse"), max_length=500)
    binding = models.CharField(max_length=10, blank=True)  # SAML: "post" or "redirect"
    position = models.PositiveSmallIntegerField(default=0)  # SAML: the index; the lowest is the default

    class Meta:
        ordering = ["use", "position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(use__in=AddressUse.values), name="vendor_address_use_known"),
            models.UniqueConstraint(
                fields=["access", "use", "url", "binding"],
                name="vendor_address_once",
                violation_error_message=_("Cette adresse est déjà enregistrée."),
            ),
        ]
        indexes = [models.Index(fields=["use", "url"], name="vendor_address_by_url")]

    def __str__(self) -> str:
        return self.url


class Attribute(models.TextChoices):
    """What a vendor can be told of a reader beside the opaque identifier, which goes with every opening."""

    MAIL = "mail", _("Adresse mail")
    LAST_NAME = "last_name", _("Nom")
    FIRST_NAME = "first_name", _("Prénom")
    FULL_NAME = "full_name", _("Prénom et nom")
    BIRTH_DATE = "birth_date", _("Date de naissance")
    BIRTH_YEAR = "birth_year", _("Année de naissance")
    AGE_BAND = "age_band", _("Tranche d’âge")
    LIBRARY = "library", _("Bibliothèque")
    COMMUNE = "commune", _("Commune de la bibliothèque")
    TERRITORY = "territory", _("Secteur de la bibliothèque")


class DateFormat(models.TextChoices):
    """How a vendor wants a birth date written."""

    ISO = "iso", _("AAAA-MM-JJ")
    FRENCH = "french", _("JJ/MM/AAAA")
    DIGITS = "digits", _("JJMMAAAA")
    COMPACT = "compact", _("AAAAMMJJ")


class ReleasedAttribute(models.Model):
    """One attribute that a vendor is told, under the name that the vendor wants (SSO-03)."""

    access = models.ForeignKey(VendorAccess, on_delete=models.CASCADE, related_name="released")
    attribute = models.CharField(max_length=12, choices=Attribute.choices)
    name = models.CharField(_("nom chez le fournisseur"), max_length=200)
    date_format = models.CharField(max_length=8, choices=DateFormat.choices, default=DateFormat.ISO)

    class Meta:
        ordering = ["access", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(attribute__in=Attribute.values), name="released_attribute_known"),
            models.CheckConstraint(condition=Q(date_format__in=DateFormat.values), name="released_format_known"),
            models.CheckConstraint(condition=~Q(name=""), name="released_has_name"),
            models.UniqueConstraint(fields=["access", "attribute"], name="released_attribute_once"),
            models.UniqueConstraint(
                fields=["access", "name"],
                name="released_name_once",
                violation_error_message=_("Deux renseignements portent le même nom."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.attribute})"
