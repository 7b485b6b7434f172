"""The addresses of moving in and of the worker's jobs."""

from django.urls import path

from navette.web.console import invitations, moving_in, work

urlpatterns = [
    path("reprise", moving_in.overview, name="moving_in"),
    path("reprise/modeles/<slug:kind>.xlsx", moving_in.model, name="moving_in_model"),
    path("reprise/invitations", invitations.invitations, name="invitations"),
    path("reprise/<int:pk>", moving_in.file, name="moving_in_file"),
    path("reprise/<int:pk>/lancer", moving_in.launch, name="moving_in_start"),
    path("reprise/<int:pk>/pour-de-bon", moving_in.for_real, name="moving_in_for_real"),
    path("reprise/<int:pk>/rejets.xlsx", moving_in.rejects, name="moving_in_rejects"),
    path("travaux", work.work, name="work"),
    path("travaux/<int:pk>/arreter", work.stop_job, name="work_stop"),
    path("travaux/<int:pk>/reprendre", work.resume_job, name="work_resume"),
]
