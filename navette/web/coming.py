"""The parts of the site that are not built yet: their pages say so, what they will show, and whom to ask meanwhile."""

from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Coming:
    """A part to come: its title, what one will do there, how one does it today, and what is here already."""

    title: Promise
    icon: str
    promises: tuple[Promise, ...]
    meanwhile: Promise
    links: tuple[tuple[str, Promise], ...] = field(default=())


ASK = _("Vos prêts continuent comme aujourd’hui : pour les connaître, les prolonger ou réserver, appelez ou écrivez.")
PRO: dict[str, Coming] = {
    "loans": Coming(
        _("Prêts en cours"),
        "book",
        (
            _("chaque document que le département vous prête : titre, auteur, code-barres, dates de prêt et de retour"),
            _("les retours à préparer pour la prochaine navette"),
            _("l’export des notices pour votre logiciel de bibliothèque"),
        ),
        ASK,
    ),
    "holds": Coming(
        _("Mes réservations"),
        "clock",
        (
            _("vos réservations, avec leur rang et leur état"),
            _("ce qui arrive par la prochaine navette"),
            _("la suppression d’une réservation devenue inutile"),
        ),
        ASK,
    ),
    "returns": Coming(
        _("Retours"),
        "van",
        (_("ce que la navette a rapporté, et à quelle date"), _("ce qui manque encore")),
        ASK,
    ),
    "history": Coming(
        _("Mon historique des prêts"),
        "history",
        (_("les documents que votre bibliothèque a déjà empruntés, par année"), _("de quoi redemander un titre")),
        ASK,
    ),
    "lists": Coming(
        _("Mes listes"),
        "list",
        (
            _("des documents rangés en listes : une fête, une classe, un club de lecture"),
            _("des listes à partager, à imprimer, à exporter"),
        ),
        _("Une bibliographie à préparer ? L’équipe départementale vous aide."),
    ),
    "articles": Coming(
        _("Mes articles"),
        "pencil",
        (
            _("tout ce que votre bibliothèque écrit pour le portail, au même endroit"),
            _("ses événements, avec leur date"),
        ),
        _("Vos coups de cœur s’écrivent dès maintenant. Pour annoncer un événement, écrivez à l’équipe."),
        (("pro:picks", _("Mes coups de cœur")), ("pro:page", _("Ma fiche bibliothèque"))),
    ),
    "events": Coming(
        _("Mes événements"),
        "calendar",
        (
            _("vos rendez-vous : heure du conte, club de lecture, exposition, atelier"),
            _("leur place dans l’agenda du réseau et sur la page de votre bibliothèque"),
        ),
        _("En attendant, dites vos rendez-vous dans la présentation de votre fiche, ou écrivez à l’équipe."),
        (("pro:page", _("Ma fiche bibliothèque")),),
    ),
    "media": Coming(
        _("Mes médias"),
        "screen",
        (_("les images et les documents de vos articles"), _("de quoi les réutiliser d’un article à l’autre")),
        _("La photo de votre bibliothèque se change dès maintenant sur sa fiche."),
        (("pro:page", _("Ma fiche bibliothèque")),),
    ),
}
SITE: dict[str, Coming] = {
    "kits": Coming(
        _("Outils d'animation"),
        "van",
        (
            _("les expositions, kamishibaïs, jeux, tablettes et tapis de lecture que le département prête"),
            _("leur description, leur contenu, leur fiche technique et leurs photos"),
            _("leur calendrier, et la pré-réservation en ligne"),
        ),
        _("Pour réserver un outil d’animation, appelez ou écrivez à l’équipe départementale."),
    ),
    "trainings": Coming(
        _("Formations"),
        "calendar",
        (
            _("le catalogue des formations et les prochaines sessions"),
            _("l’inscription en deux clics, et la liste de vos inscriptions"),
            _("l’attestation à télécharger"),
        ),
        _("Pour vous inscrire à une formation, appelez ou écrivez à l’équipe départementale."),
    ),
}
