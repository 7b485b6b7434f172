"""Navette's addresses, and /bare."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from navette.config.urls import urlpatterns as navettes
from navette.subscriptions.models import Subscription

ROWS = 25


def page(request: HttpRequest) -> HttpResponse:
    """Show ROWS rows of one table, as a first Django page would."""
    return render(request, "bare.html", {"rows": Subscription.objects.order_by("pk")[:ROWS]})


urlpatterns = [path("bare", page), *navettes]
