from django.urls import path

from navette.web.pro import bulk, dashboard, decision, library, password, subscriber, subscribers

app_name = "pro"
urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("aide", dashboard.guide, name="help"),
    path("abonnes", subscribers.subscribers, name="subscribers"),
    path("abonnes/actions", bulk.bulk, name="bulk"),
    path("abonnes/export.xlsx", subscribers.export, name="export"),
    path("abonnes/<int:pk>", subscriber.subscriber, name="subscriber"),
    path("abonnes/<int:pk>/decision", decision.decide, name="decide"),
    path("abonnes/<int:pk>/renouveler", subscriber.renew_now, name="renew"),
    path("abonnes/<int:pk>/arreter", subscriber.end_now, name="end"),
    path("bibliotheque", library.library, name="library"),
    path("mot-de-passe", password.password, name="password"),
]
