"""裏で進む仕事: how far one is, calling it off, and what one has asked for lately."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from registry.jobs.models import Job
from registry.jobs.running import call_off
from registry.organization.requests import StaffRequest
from registry.web.views import command, page

SHOWN = 50


@page
def index(request: StaffRequest) -> HttpResponse:
    """What this person has asked for, the newest first."""
    found = Job.objects.visible_to(request.user).order_by("-pk")[:SHOWN]
    return render(request, "portal/jobs/index.html", {"jobs": found})


@page
def detail(request: StaffRequest, pk: int) -> HttpResponse:
    """One job: in numbers while it runs, its outcome afterwards. Asked for by the page itself, only the part that moves."""
    job = _found(request, pk)
    ahead = Job.objects.open().filter(pk__lt=job.pk).count() if job.is_open else 0
    part = "portal/jobs/part.html" if request.headers.get("HX-Request") else "portal/jobs/detail.html"
    return render(request, part, {"job": job, "ahead": ahead})


@command
def cancel(request: StaffRequest, pk: int) -> HttpResponse:
    """Stop it before it takes effect."""
    job = _found(request, pk)
    call_off(job)
    messages.success(request, f"「{job}」の中止を頼みました。")
    return redirect("portal:job", job.pk)


def _found(request: StaffRequest, pk: int) -> Job:
    return get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
