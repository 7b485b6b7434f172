"""What libraries write, and the pages that the département writes for them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from navette.accounts.models import User
from navette.core import clock
from navette.libraries.models import Library
from navette.resources.models import DigitalResource


class Page(models.Model):
    """A page of text that the département writes. `body` is CommonMark without HTML."""

    class Readers(models.TextChoices):
        EVERYBODY = "everybody", _("Tout le monde")
        PROFESSIONALS = "professionals", _("Les bibliothèques")

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(_("titre"), max_length=120)
    lead = models.CharField(_("en une phrase"), max_length=300, blank=True)
    body = models.TextField(_("texte"), max_length=50_000)
    readers = models.CharField(max_length=14, choices=Readers.choices, default=Readers.PROFESSIONALS)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(condition=Q(readers__in=["everybody", "professionals"]), name="page_readers_known")
        ]

    def __str__(self) -> str:
        return self.title


class PickState(models.TextChoices):
    DRAFT = "draft", _("Brouillon")
    PROPOSED = "proposed", _("Proposé à la publication")
    PUBLISHED = "published", _("Publié")
    DECLINED = "declined", _("À reprendre")


class WorkKind(models.TextChoices):
    BOOK = "book", _("Livre")
    COMIC = "comic", _("Bande dessinée")
    FILM = "film", _("Film")
    MUSIC = "music", _("Musique")
    GAME = "game", _("Jeu")
    DIGITAL = "digital", _("Ressource numérique")


class Pick(models.Model):
    """A work that a library recommends, with its review (coup de cœur)."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="picks")
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(_("type"), max_length=8, choices=WorkKind.choices, default=WorkKind.BOOK)
    title = models.CharField(_("titre"), max_length=200)
    creator = models.CharField(_("auteur ou autrice"), max_length=200, blank=True)
    isbn = models.CharField(_("ISBN ou code-barres"), max_length=17, blank=True)
    resource = models.ForeignKey(
        DigitalResource, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("ressource numérique")
    )
    review = models.TextField(_("critique"), max_length=4_000)
    state = models.CharField(max_length=10, choices=PickState.choices, default=PickState.DRAFT)
    staff_note = models.CharField(_("mot de l’équipe départementale"), max_length=500, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["library", "-created_at", "-id"], name="pick_of_library"),
            models.Index(fields=["state", "-published_at", "-id"], name="pick_published"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PickState.values), name="pick_state_known"),
            models.CheckConstraint(condition=Q(kind__in=WorkKind.values), name="pick_kind_known"),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False), name="pick_published_has_time"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class SuggestionState(models.TextChoices):
    RECEIVED = "received", _("Reçue")
    STUDIED = "studied", _("À l’étude")
    BOUGHT = "bought", _("Achetée")
    DECLINED = "declined", _("Non retenue")


class PurchaseSuggestion(models.Model):
    """A work that a library asks the département to buy, and the answer (suggestion d'achat)."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="suggestions")
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(_("type"), max_length=8, choices=WorkKind.choices, default=WorkKind.BOOK)
    title = models.CharField(_("titre"), max_length=200)
    creator = models.CharField(_("auteur ou autrice"), max_length=200, blank=True)
    publisher = models.CharField(_("éditeur"), max_length=120, blank=True)
    isbn = models.CharField(_("ISBN ou code-barres"), max_length=17, blank=True)
    comment = models.TextField(_("pourquoi cet achat"), max_length=1_000, blank=True)
    state = models.CharField(max_length=10, choices=SuggestionState.choices, default=SuggestionState.RECEIVED)
    answer = models.TextField(_("réponse"), max_length=1_000, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["library", "-created_at", "-id"], name="suggestion_of_library"),
            models.Index(fields=["state", "-created_at", "-id"], name="suggestion_by_state"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=SuggestionState.values), name="suggestion_state_known"),
            models.CheckConstraint(condition=Q(kind__in=WorkKind.values), name="suggestion_kind_known"),
            models.CheckConstraint(
                condition=Q(state="received") | Q(answered_at__isnull=False), name="suggestion_answered_has_time"
            ),
        ]

    def __str__(self) -> str:
        return self.title
