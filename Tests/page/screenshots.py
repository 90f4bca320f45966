#!/usr/bin/env python3
"""Pictures of every view, for people to look at: wide and narrow, light and dark, in Dutch and English.

    Tests/page/run PATH-OF-AMBIT --screenshots FOLDER [VIEW ...]
"""
import pathlib
import sys

from browser import Browser
from views import paths, prepare
from visitor import enter
from world import World

WIDE, NARROW = (1280, 900), (360, 780)


def pictures(base, views, browser, folder, wanted, storage=None):
    for language in ("nl", "en"):
        for shape, size in (("breed", WIDE), ("smal", NARROW)):
            for scheme in ("light", "dark"):
                page = browser.page(size=size, scheme=scheme, storage=storage)
                for name, path in views.items():
                    if wanted and name not in wanted:
                        continue
                    join = "&" if "?" in path else "?"
                    page.goto(f"{base}{path}{join}language={language}")
                    page.screenshot(path=folder / f"{name}-{shape}-{scheme}-{language}.png", full_page=True)
                page.context.close()


def own_pictures(program, views, browser, folder, wanted):
    """Of pages that let one browser in."""
    first = browser.page()
    pictures(enter(first, program.said["url"]), views, browser, folder, wanted, first.context.storage_state())


def main():
    folder, *wanted = sys.argv[1:]
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    world = World()
    try:
        laptop, names = prepare(world)
        with Browser() as browser:
            own_pictures(world.page(laptop, "--language", "nl"), paths(names), browser, folder, set(wanted))
            own_pictures(world.page(world.folder / "laptop 1"), {"mensen": "/people"}, browser, folder, set(wanted))
            own_pictures(world.page(world.folder / "nieuw"), {"welkom": "/"}, browser, folder, set(wanted))
            world.run("agenda", "open", "assen", "--public", "--data", world.data)
            world.serve()
            project, ambition = names["energietuin"], names["meer-woningen"]
            public = {"openbaar": "", "openbaar-project": f"/{project}", "openbaar-herkomst": f"/proof/{ambition}"}
            pictures(f"{world.url}/agendas/assen", public, browser, folder, set(wanted))
    finally:
        world.end()
    print(f"pictures are in {folder}")


if __name__ == "__main__":
    main()
