from django.urls import URLPattern

app_name = "pro"
urlpatterns: list[URLPattern] = []
