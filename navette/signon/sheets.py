"""The ways to a vendor as staff choose and set them: what each is in one sentence, and what it asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from navette.signon.models import KEYED, AddressUse, Attribute, ClockFormat, DateFormat, VendorAccess, WayName

Text = str | Promise
LINK_NAMES = {
    Attribute.MAIL: "email",
    Attribute.LAST_NAME: "nom",
    Attribute.FIRST_NAME: "prenom",
    Attribute.FULL_NAME: "nom_complet",
    Attribute.BIRTH_DATE: "dnaiss",
    Attribute.BIRTH_YEAR: "annee_naissance",
    Attribute.AGE_BAND: "tranche_age",
    Attribute.LIBRARY: "bibliotheque",
    Attribute.COMMUNE: "commune",
    Attribute.TERRITORY: "secteur",
}
CAS_NAMES = LINK_NAMES | {
    Attribute.MAIL: "mail",
    Attribute.LAST_NAME: "sn",
    Attribute.FIRST_NAME: "givenName",
    Attribute.FULL_NAME: "displayName",
    Attribute.BIRTH_DATE: "dateOfBirth",
}
SAML_NAMES = CAS_NAMES | {
    Attribute.MAIL: "urn:oid:0.9.2342.19200300.100.1.3",
    Attribute.LAST_NAME: "urn:oid:2.5.4.4",
    Attribute.FIRST_NAME: "urn:oid:2.5.4.42",
    Attribute.FULL_NAME: "urn:oid:2.16.840.1.113730.3.1.241",
    Attribute.BIRTH_DATE: "urn:oid:1.3.6.1.4.1.25178.1.2.3",
}
OIDC_NAMES = LINK_NAMES | {
    Attribute.MAIL: "email",
    Attribute.LAST_NAME: "family_name",
    Attribute.FIRST_NAME: "given_name",
    Attribute.FULL_NAME: "name",
    Attribute.BIRTH_DATE: "birthdate",
}


@dataclass(frozen=True)
class Sheet:
    """What a way asks staff for: `clocks` and `establishment` where it has them, `addresses` that it registers.

    `names` are those that vendors of this way usually want for what they are told; empty where nothing can be told.
    `by_address` says that what is told stands in the address, where histories and logs keep it (DATA-03).
    """

    sentence: Text
    address_help: Text
    clocks: tuple[ClockFormat, ...] = ()
    establishment: Text = ""
    addresses: tuple[AddressUse, ...] = ()
    names: Mapping[Attribute, str] = field(default_factory=dict)
    by_address: bool = False


ARRIVES = _("Où les lecteurs arrivent chez le fournisseur, avec https://.")
STARTS = _("La page du fournisseur qui propose de se connecter par le portail, avec https://.")
EVERY_CLOCK = tuple(ClockFormat)
SHEETS: dict[WayName, Sheet] = {
    WayName.PLAIN: Sheet(
        _("Un lien ordinaire : le fournisseur ne demande rien et ne reçoit rien. Pour les sites libres d’accès."),
        _("La page où mène le lien."),
    ),
    WayName.SIGNED: Sheet(
        _("Un lien valable une minute et une seule fois, signé avec une clé partagée. Le plus sûr des liens."),
        ARRIVES,
    ),
    WayName.HASHED: Sheet(
        _("Un lien avec l’identifiant du lecteur et son empreinte, calculée avec une clé partagée. Souvent la vidéo."),
        ARRIVES,
        clocks=EVERY_CLOCK,
        establishment=_("Le « sso_id » que le fournisseur a donné au portail."),
        names=LINK_NAMES,
        by_address=True,
    ),
    WayName.FIELDS: Sheet(
        _("Un lien où chaque renseignement a sa propre empreinte, bonne pour la journée. Souvent l’autoformation."),
        ARRIVES,
        establishment=_("Le nom du portail chez le fournisseur, s’il en a donné un."),
        names=LINK_NAMES,
        by_address=True,
    ),
    WayName.CALLBACK: Sheet(
        _("Le lecteur part avec un jeton ; le fournisseur demande ensuite au portail si son accès est valable."),
        ARRIVES,
        clocks=EVERY_CLOCK,
        establishment=_("Le « bibid » que le fournisseur a donné au portail."),
        names=LINK_NAMES,
    ),
    WayName.POSTED: Sheet(
        _("Le portail prévient le fournisseur par un envoi signé, puis le lecteur arrive chez lui."),
        _("L’adresse qui reçoit l’envoi signé, avec https://."),
        names=LINK_NAMES,
    ),
    WayName.REFERER: Sheet(
        _("Le fournisseur reconnaît le portail à la page d’où vient le lecteur ; il ne sait pas qui est le lecteur."),
        _("La page où mène le lien."),
    ),
    WayName.CAS: Sheet(
        _("Le fournisseur envoie le lecteur au portail, qui le lui renvoie avec un ticket à usage unique."),
        STARTS,
        addresses=(AddressUse.CAS_SERVICE,),
        names=CAS_NAMES,
    ),
    WayName.SAML: Sheet(
        _("Le portail signe une attestation que le fournisseur vérifie. Demandez-lui ses métadonnées."),
        STARTS,
        addresses=(AddressUse.SAML_ACS, AddressUse.SAML_LOGOUT),
        names=SAML_NAMES,
    ),
    WayName.OIDC: Sheet(
        _("Le fournisseur vient chercher la confirmation avec un identifiant et un secret que vous lui donnez."),
        STARTS,
        addresses=(AddressUse.OIDC_REDIRECT, AddressUse.OIDC_LOGOUT),
        names=OIDC_NAMES,
    ),
}
STANDARD = (WayName.CAS, WayName.SAML, WayName.OIDC)
REPLAYED = (WayName.HASHED,)  # the token of a callback is good for one question only, dated or not


def needs_key(way: str) -> bool:
    """Say whether a way shares a key with the vendor."""
    return way in KEYED


def usual_names(way: str) -> Mapping[Attribute, tuple[str, DateFormat]]:
    """Return what vendors of a way usually call each attribute, and how they want a date written."""
    usual = DateFormat.ISO if way in STANDARD else DateFormat.FRENCH
    return {attribute: (name, usual) for attribute, name in SHEETS[WayName(way)].names.items()}


def is_replayed(access: VendorAccess) -> bool:
    """Say whether whoever has seen one link of `access` can open the resource by it for ever."""
    return access.way in REPLAYED and access.clock == ClockFormat.NONE
