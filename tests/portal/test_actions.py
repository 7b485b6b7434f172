"""The portal's settings, look and terms: who changes them, over what they have seen, and what stays."""

import pytest

from navette.core.errors import Invalid, NotAllowed
from navette.core.models import AuditRow
from navette.core.pictures import Picture
from navette.portal.actions import fingerprint, publish_site_terms, save_look, save_settings
from navette.portal.errors import SettingsOvertaken, SiteTermsOvertaken
from navette.portal.models import Portal, SiteTerms
from tests import factories


@pytest.mark.parametrize("role", ["digital", "territory"])
def test_only_the_administration_changes_settings(portal: Portal, role: str) -> None:
    user = factories.staff(role)
    with pytest.raises(NotAllowed):
        save_settings({"decision_days": 9}, acting_user=user, seen=fingerprint(portal))
    with pytest.raises(NotAllowed):
        save_look(acting_user=user, seen=fingerprint(portal), accent="#1f6547")


def test_whoever_saves_second_is_told_who_was_first(portal: Portal) -> None:
    seen, first, second = fingerprint(portal), factories.staff(), factories.staff()
    save_settings({"decision_days": 9}, acting_user=first, seen=seen)
    with pytest.raises(SettingsOvertaken, match=first.label):
        save_settings({"decision_days": 5}, acting_user=second, seen=seen)
    with pytest.raises(SettingsOvertaken):
        save_look(acting_user=second, seen=seen, accent="")
    assert Portal.objects.get().decision_days == 9


def test_the_log_holds_what_changed_before_and_after(portal: Portal) -> None:
    values = {"decision_days": 9, "name": portal.name}
    save_settings(values, acting_user=factories.staff(), seen=fingerprint(portal))
    assert AuditRow.objects.get(action="portal.save_settings").detail == {"changed": {"decision_days": [4, 9]}}


def test_nothing_changed_writes_nothing(portal: Portal) -> None:
    save_settings({"name": portal.name}, acting_user=factories.staff(), seen=fingerprint(portal))
    assert not AuditRow.objects.filter(action="portal.save_settings").exists()


def test_a_setting_out_of_bounds_is_refused(portal: Portal) -> None:
    with pytest.raises(Invalid) as refusal:
        save_settings({"keep_audit_months": 0}, acting_user=factories.staff(), seen=fingerprint(portal))
    assert refusal.value.field == "keep_audit_months"
    assert Portal.objects.get().keep_audit_months == 36


def test_a_pale_accent_is_refused_whoever_sends_it(portal: Portal) -> None:
    with pytest.raises(Invalid):
        save_look(acting_user=factories.staff(), seen=fingerprint(portal), accent="#ffff00")


def test_a_logo_comes_and_goes(portal: Portal) -> None:
    staff = factories.staff()
    picture = Picture(b"\x89PNG", name="a.png")
    fresh = save_look(acting_user=staff, seen=fingerprint(portal), accent="#1f6547", pictures={"logo": picture})
    assert str(fresh.logo.name).startswith("portal/a")
    gone = save_look(acting_user=staff, seen=fingerprint(fresh), accent="", pictures={"logo": None})
    assert (gone.accent, bool(gone.logo)) == ("", False)


def test_sub_10_a_published_version_never_changes_and_the_next_comes_after_it(portal: Portal) -> None:
    staff = factories.staff("digital")
    with pytest.raises(NotAllowed):
        publish_site_terms(acting_user=factories.staff("territory"), text="Un.", after=0)
    with pytest.raises(Invalid):
        publish_site_terms(acting_user=staff, text="  ", after=0)
    first = publish_site_terms(acting_user=staff, text="Un.", after=0)
    with pytest.raises(SiteTermsOvertaken):
        publish_site_terms(acting_user=staff, text="Autre.", after=0)
    assert publish_site_terms(acting_user=staff, text="Deux.", after=1).version == 2
    assert SiteTerms.objects.get(pk=first.pk).text == "Un."
