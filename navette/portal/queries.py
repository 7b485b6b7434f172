from navette.portal.models import Portal, SiteTerms
from navette.portal.profiles import PROFILES


def current_portal() -> Portal:
    """Return the site's settings; before any are saved, those of the default profile, unsaved."""
    return Portal.objects.first() or Portal(
        profile="gironde", contact_email="contact@example.org", contact_phone="", **PROFILES["gironde"]
    )


def site_terms_in_force() -> SiteTerms | None:
    """Return the latest published version of the site's terms."""
    return SiteTerms.objects.order_by("-version").first()
