from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from navette.core import clock


class Offer(models.Model):
    """A set of resources offered together; a filter of the public list."""

    name = models.CharField(_("nom"), max_length=120, unique=True)
    slug = models.SlugField(max_length=120, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Category(models.Model):
    """What a resource is about: cinema, press, e-learning..."""

    name = models.CharField(_("nom"), max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name


class Audience(models.TextChoices):
    ALL = "all", _("Tout public")
    ADULTS = "adults", _("Adultes")
    TEENS = "teens", _("Adolescents")
    CHILDREN = "children", _("Enfants")


class Tint(models.TextChoices):
    """The colour of the tile that is drawn where a resource has no logo."""

    BLUE = "blue", _("Bleu")
    BRICK = "brick", _("Brique")
    GREEN = "green", _("Vert")
    PLUM = "plum", _("Prune")
    OCHRE = "ochre", _("Ocre")
    TEAL = "teal", _("Sarcelle")


class DigitalResource(models.Model):
    """A vendor's platform that readers open from the portal. How it opens is `signon`'s affair."""

    name = models.CharField(_("nom"), max_length=120, unique=True)
    slug = models.SlugField(max_length=120, unique=True)
    summary = models.CharField(_("en une phrase"), max_length=200)
    description = models.TextField(_("description"))
    logo = models.ImageField(_("logo"), upload_to="resources/", blank=True)
    tint = models.CharField(max_length=8, choices=Tint.choices, default=Tint.BLUE)
    vendor = models.CharField(_("fournisseur"), max_length=120)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="resources")
    audience = models.CharField(max_length=8, choices=Audience.choices, default=Audience.ALL)
    offers = models.ManyToManyField(Offer, related_name="resources")
    is_open = models.BooleanField(_("ouverte"), default=True)
    seats = models.PositiveIntegerField(_("nombre de places"), null=True, blank=True)  # None: as many as ask (SUB-11)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(seats__isnull=True) | Q(seats__gte=1),
                name="resource_has_seats",
                violation_error_message=_("Le nombre de places est d’au moins 1 ; laissez vide s’il n’est pas limité."),
            ),
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="resource_audience_known"),
        ]

    def __str__(self) -> str:
        return self.name


class ResourceTerms(models.Model):
    """A version of a vendor's terms of use; the latest one is in force."""

    resource = models.ForeignKey(DigitalResource, on_delete=models.CASCADE, related_name="terms")
    version = models.PositiveIntegerField()
    text = models.TextField()
    published_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["resource", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["resource", "version"], name="resource_terms_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.resource}, CGU {self.version}"
