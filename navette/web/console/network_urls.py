"""The console's addresses of the network and its people."""

from django.urls import path

from navette.web.console import account, accounts, journal, leaving, libraries, search, team, territories

urlpatterns = [
    path("bibliotheques", libraries.libraries, name="libraries"),
    path("bibliotheques/export.xlsx", libraries.export, name="libraries_export"),
    path("bibliotheques/nouvelle", libraries.create, name="library_new"),
    path("bibliotheques/<int:pk>", libraries.library, name="library"),
    path("bibliotheques/<int:pk>/reunir", leaving.merge, name="library_merge"),
    path("bibliotheques/<int:pk>/sortir", leaving.close, name="library_close"),
    path("bibliotheques/<int:pk>/revenir", leaving.reopen, name="library_reopen"),
    path("territoires", territories.territories, name="territories"),
    path("territoires/nouveau", territories.create, name="territory_new"),
    path("territoires/<int:pk>", territories.territory, name="territory"),
    path("territoires/<int:pk>/supprimer", territories.delete, name="territory_delete"),
    path("comptes", accounts.accounts, name="accounts"),
    path("comptes/nouveau", accounts.invite_librarian, name="account_new"),
    path("comptes/bibliotheque", accounts.open_shared, name="account_shared"),
    path("comptes/<int:pk>", account.account, name="account"),
    path("comptes/<int:pk>/operation", account.operate, name="operate_account"),
    path("comptes/<int:pk>/acces", account.give_place, name="give_place"),
    path("acces/<int:pk>", account.place, name="place"),
    path("equipe", team.team, name="team"),
    path("equipe/nouveau", team.create, name="member_new"),
    path("equipe/<int:pk>", team.member, name="member"),
    path("equipe/<int:pk>/operation", team.operate, name="operate_member"),
    path("journal", journal.journal, name="journal"),
    path("journal/export.xlsx", journal.export, name="journal_export"),
    path("recherche", search.search, name="search"),
]
