// What is pleasant, and not needed: pages work without it.
"use strict";

(() => {
    // The unit stands beside the number as soon as it is known which indicator is meant.
    document.addEventListener("input", (event) => {
        const chosen = [...(event.target.list?.options ?? [])].find((option) => option.value === event.target.value);
        if (chosen?.dataset.unit === undefined) return;
        for (const place of event.target.form.querySelectorAll("[data-unit]:not(option)")) place.textContent = chosen.dataset.unit;
    });

    // Of a list that is too long to stand in the page, what fits what was typed so far.
    document.addEventListener("input", async (event) => {
        const { list, value } = event.target;
        if (!list?.dataset.source) return;
        try {
            const answer = await fetch(`${list.dataset.source}?q=${encodeURIComponent(value)}`, { credentials: "same-origin" });
            if (!answer.ok || event.target.value !== value) return;
            list.replaceChildren(...new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes);
        } catch {
            // The program was ended: the button beside the field says so.
        }
    });

    // What would be recorded stands below the fields as soon as it is known.
    const preview = document.querySelector("form [data-check]");
    if (preview) {
        const form = preview.closest("form");
        let turn = 0;
        const check = async (mine) => {
            let text = "";
            try {
                const body = new URLSearchParams(new FormData(form));
                const answer = await fetch(preview.dataset.check, { method: "POST", credentials: "same-origin", body });
                if (answer.ok) text = await answer.text();
            } catch {
                // The program was ended: what stood there may not be so any more.
            }
            if (mine !== turn) return;
            preview.replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
            preview.removeAttribute("aria-busy");
        };
        form.addEventListener("input", () => {
            const mine = ++turn;
            preview.setAttribute("aria-busy", "true");
            setTimeout(() => { if (mine === turn) check(mine); }, 250);
        });
        if (preview.childElementCount === 0) check(turn);
    }

    // A laptop's pages stand below a secret path, which only pages of the same port can read here. Whoever is in already, and
    // opens the printed address once more, is led back.
    const base = new URL(document.currentScript.src).pathname.slice(0, -"/assets/page.js".length);
    const isSecret = (path) => /^\/[0-9a-f]{32}$/.test(path);
    (async () => {
        try {
            if (isSecret(base)) localStorage.setItem("ambit-base", base);
            const known = localStorage.getItem("ambit-base");
            // What somebody typed below a path that has ended stands on this page, and stays.
            const isBare = location.pathname === "/" || isSecret(location.pathname);
            if (base !== "" || !isBare || !isSecret(known)) return;
            const answer = await fetch(`${known}/live`, { credentials: "same-origin", cache: "no-store" });
            if (answer.ok) location.replace(known);
        } catch {
            // Nothing is kept here, or the program was ended: the page says what to do.
        }
    })();

    const live = document.body.dataset.live;
    if (!live) return;

    // Shows what changed within a second, unless somebody is typing.
    // The marks under which the standing and the rest were read.
    let standing = document.body.dataset.mark;
    let known = standing;
    const isFree = () => document.querySelector("main form[data-typed], main :focus") === null;
    document.addEventListener("input", (event) => {
        const form = event.target.closest("main form");
        if (form) form.dataset.typed = "";
    });

    async function look() {
        if (document.hidden) return;
        try {
            const answer = await fetch(live, { credentials: "same-origin", cache: "no-store" });
            if (!answer.ok) return;
            const mark = await answer.text();
            if (mark !== standing || (mark !== known && isFree())) await refresh(mark);
        } catch {
            // The program was ended: the page stays as it is.
        }
    }

    async function refresh(mark) {
        const answer = await fetch(location.href, { credentials: "same-origin", cache: "no-store" });
        if (!answer.ok) {
            // An answer to a form has no address of its own.
            known = standing = mark;
            return;
        }
        if (answer.redirected) {
            // What was waited for has come.
            location.replace(answer.url);
            return;
        }
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        standing = page.body.dataset.mark;
        replace("#standing", page);
        if (!isFree()) return;
        known = standing;
        replace("main", page);
    }

    function replace(selector, page) {
        const [old, fresh] = [document.querySelector(selector), page.querySelector(selector)];
        if (!old || !fresh || old.innerHTML === fresh.innerHTML) return;
        const open = [...old.querySelectorAll("details")].map((part) => part.open);
        old.replaceChildren(...fresh.childNodes);
        old.querySelectorAll("details").forEach((part, index) => { part.open = open[index] ?? part.open; });
    }

    setInterval(look, 700);
    look();
})();
