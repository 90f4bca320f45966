"""An agenda with something in every view, and where each view is."""




def prepare(world):
    """Makes the agenda; a laptop on which there is something in every view, and what the examples call things."""
    first = world.laptop("laptop 1", person="Jansje Voorbeeld")
    names = world.fill(first)
    second = world.laptop("laptop 2", "editor", person="Bert Voorbeeld")
    project, ambition = names["energietuin"], names["meer-woningen"]
    world.record(first, "milestone.planned", f"project={project}", "title=Aansluiting op het net", "due=2026-10-01")
    world.record(first, "project.advanced", project, "phase=realisation", "reason=De aannemer is begonnen")
    world.record(second, "project.completed", project, "phase=completed", "reason=Opgeleverd")
    places = {project: ("52.9936", "6.5642"), names["warmtenet"]: ("53.0010", "6.5230")}
    for place, (latitude, longitude) in places.items():
        world.record(first, "project.revised", place, f"location.latitude={latitude}", f"location.longitude={longitude}", "location.name=Assen")
    world.run("sync", "-C", second)
    world.run("sync", "-C", first)
    world.run("sync", "-C", second)
    world.run("member", "list", "-C", first, check=False)
    theme = world.record(second, "theme.opened", "title=Voorbeeldthema")
    world.record(second, "project.started", "title=Voorbeeldproject", f"theme={theme}")
    member = world.run("status", "-C", second, "--json")["member"]
    world.record(first, "member.granted", member, "role=recorder")
    world.run("sync", "-C", first)
    world.run("sync", "-C", second, check=False)
    world.stop_server()
    world.record(second, "measurement.recorded", f"ambition={ambition}", f"indicator={names['woningen']}", "value=25", "on=2026-11-20")
    world.record(second, "note.added", f"about={project}", "text=Bewoners zijn enthousiast over de tuin, en vragen naar het vervolg.")
    return second, names


def paths(names):
    """Each view by a name, and its address."""
    return {
        "overzicht": "/",
        "thema": f"/{names['groen']}",
        "ambitie": f"/{names['meer-woningen']}",
        "project": f"/{names['energietuin']}",
        "projecten": "/all/project",
        "metingen": "/all/measurement",
        "zoeken": "/find?q=woningen",
        "niets-gevonden": "/find?q=bestaatniet",
        "vastleggen": "/record",
        "meting": f"/record/measurement.recorded?ambition={names['meer-woningen']}",
        "notitie": "/record/note.added",
        "kiezen": "/record/note.added?about=woning&find=about",
        "beginnen": "/record/project.started",
        "herzien": f"/record/project.revised?subject={names['energietuin']}",
        "verbinden": f"/record/project.linked?subject={names['energietuin']}",
        "organisatie": f"/{names['gemeente-assen']}",
        "geschiedenis": "/history",
        "vergelijken": "/compare?from=50&to=300",
        "vergelijken-fout": "/compare?from=31-02-2026",
        "herkomst": f"/proof/{names['energietuin']}?check=all",
        "herkomst-som": f"/proof/{names['meer-woningen']}",
        "versturen": "/sync",
        "meenemen": "/take",
        "conflicten": "/conflicts",
        "geweigerd": "/refused",
        "vroeger": "/?at=300",
        "vroeger-project": "/all/project?at=300",
        "toegankelijkheid": "/accessibility",
        "hulp": "/help",
        "hulp-veldwerk": "/help/field-work",
        "hulp-geweigerd": "/help/refused-events",
        "niet-gevonden": "/project/bestaat-niet",
    }
