// Computes in the visitor's browser that values stand in the signed log: C2SP tlog-proof, RFC 9162, RFC 8032.
"use strict";

(() => {
    const place = document.getElementById("proofs");
    if (!place) return;
    const words = place.dataset;
    const dutch = document.documentElement.lang === "nl";

    // What was found to be wrong: `broken` is the log's, `other` is the value's.
    class Fault extends Error {
        constructor(kind) {
            super(kind);
            this.kind = kind;
        }
    }

    const need = (holds, kind = "broken") => { if (!holds) throw new Fault(kind); };
    const utf8 = (text) => new TextEncoder().encode(text);

    function joined(...parts) {
        const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
        let at = 0;
        for (const part of parts) { all.set(part, at); at += part.length; }
        return all;
    }

    function decoded(base64) {
        try {
            return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        } catch {
            throw new Fault("broken");
        }
    }

    const same = (one, other) => one.length === other.length && one.every((byte, index) => byte === other[index]);
    const hash = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
    const nodeOf = (left, right) => hash([1], left, right);

    // The log's key: `<name>+<key id>+<base64 of 1 and the key>`.
    async function logKey(text) {
        const [, name, id, base64] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text) ?? [];
        need(name !== undefined);
        const bytes = decoded(base64);
        need(bytes.length === 33 && bytes[0] === 1);
        const known = (await hash(utf8(name + "\n"), bytes)).slice(0, 4);
        need([...known].map((byte) => byte.toString(16).padStart(2, "0")).join("") === id);
        const key = await crypto.subtle.importKey("raw", bytes.slice(1), { name: "Ed25519" }, false, ["verify"]);
        return { name, id: known, key };
    }

    // The checkpoint of a note that the log's key has signed.
    async function checkpoint(note, log) {
        const end = note.lastIndexOf("\n\n");
        need(end > 0 && note.endsWith("\n"));
        const text = note.slice(0, end + 1);
        const own = note.slice(end + 2, -1).split("\n")
            .map((line) => /^\u2014 (\S+) (\S+)$/.exec(line))
            .filter((parts) => parts && parts[1] === log.name)
            .map((parts) => decoded(parts[2]))
            .filter((bytes) => same(bytes.slice(0, 4), log.id));
        need(own.length > 0);
        for (const bytes of own) need(await crypto.subtle.verify({ name: "Ed25519" }, log.key, bytes.slice(4), utf8(text)));
        const [origin, size, root] = text.split("\n");
        need(origin === log.name && /^(0|[1-9]\d{0,15})$/.test(size));
        return { size: BigInt(size), root: decoded(root) };
    }

    // RFC 9162, section 2.1.3.2.
    async function leads(leaf, index, beside, tree) {
        if (index >= tree.size) return false;
        let [node, last, found] = [index, tree.size - 1n, leaf];
        for (const other of beside) {
            if (last === 0n) return false;
            if ((node & 1n) === 1n || node === last) {
                found = await nodeOf(other, found);
                while ((node & 1n) === 0n && node !== 0n) { node >>= 1n; last >>= 1n; }
            } else {
                found = await nodeOf(found, other);
            }
            node >>= 1n;
            last >>= 1n;
        }
        return last === 0n && same(found, tree.root);
    }

    // The entry that the evidence shows to be in the log, at this position.
    async function entryOf(evidence, position, log) {
        const end = evidence.indexOf("\n\n");
        const [header, extra, index, ...hashes] = evidence.slice(0, Math.max(end, 0)).split("\n");
        need(header === "c2sp.org/tlog-proof@v1" && extra?.startsWith("extra ") && index === `index ${position}`);
        const entry = decoded(extra.slice("extra ".length));
        const tree = await checkpoint(evidence.slice(end + 2), log);
        need(await leads(await hash([0], entry), BigInt(position), hashes.map(decoded), tree));
        return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(entry));
    }

    const valueAt = (data, path) => path.split("/").slice(1)
        .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"))
        .reduce((value, name) => (value !== null && typeof value === "object" && Object.hasOwn(value, name) ? value[name] : undefined), data);

    // The number that a text begins with, as the page's language writes numbers.
    function numberIn(text) {
        const digits = /-?[\d.,]+(?:e[+-]?\d+)?/.exec(text)?.[0] ?? "";
        const [group, point] = dutch ? [".", ","] : [",", "."];
        return digits === "" ? NaN : Number(digits.replaceAll(group, "").replace(point, "."));
    }

    function day(text) {
        const [year, month, date] = text.split("-");
        return dutch ? `${date}-${month}-${year}` : text;
    }

    // Whether what the page shows is what the entry has.
    function shows(item, value) {
        const shown = item.querySelector("[data-shown]").textContent;
        switch (item.dataset.form) {
        case "number": return numberIn(shown) === value;
        case "cents": return Math.round(numberIn(shown.replace("€", "").trim()) * 100) === value;
        case "day": return shown === day(value);
        case "text": {
            const text = String(value).replaceAll("\r\n", "\n").replaceAll("\r", "\n");
            return shown === text || shown.endsWith("…") && shown.length > 100 && text.startsWith(shown.slice(0, -1));
        }
        default: return item.dataset.json === JSON.stringify(value);
        }
    }

    function say(state, kind, text) {
        state.textContent = text;
        state.classList.toggle("is-holds", kind === "holds");
        state.classList.toggle("is-broken", kind === "broken");
    }

    // The number that the entry has, once everything about it holds; undefined otherwise.
    async function check(item) {
        const state = item.querySelector(".proof-state");
        say(state, "busy", words.busy);
        try {
            const { subject, path, position, evidence } = item.dataset;
            const answer = await fetch(evidence, { credentials: "omit" }).catch(() => undefined);
            if (!answer?.ok) {
                say(state, "away", words.away);
                return undefined;
            }
            const entry = await entryOf(await answer.text(), position, await logKey(words.key));
            const value = entry.subject === subject ? valueAt(entry.data, path) : undefined;
            need(value !== undefined && shows(item, value), "other");
            say(state, "holds", words.holds);
            return value;
        } catch (fault) {
            say(state, "broken", fault instanceof Fault && fault.kind === "other" ? words.other : words.broken);
            return undefined;
        }
    }

    // A sum is right when each of its entries is, and they come to what is shown.
    async function checkSum(section) {
        const state = section.querySelector("[data-sum-state]");
        say(state, "busy", words.busy);
        const values = [];
        for (const item of section.querySelectorAll("[data-evidence]")) values.push(await check(item));
        if (values.includes(undefined)) return say(state, "broken", words.sumUnknown);
        const found = section.dataset.sum === "sum" ? values.reduce((sum, value) => sum + value, 0) : values[0] ?? 0;
        const shown = numberIn(section.querySelector("[data-total]").textContent);
        if (Math.abs(shown - found) <= 0.005 * (1 + Math.abs(found) * 1e-9)) return say(state, "holds", words.sumHolds);
        const total = String(Math.round(found * 100) / 100).replace(".", dutch ? "," : ".");
        return say(state, "broken", words.sumOther.replace("{total}", total));
    }

    function button(text, about, act) {
        const made = document.createElement("button");
        made.type = "button";
        made.textContent = text;
        if (about) {
            const unseen = document.createElement("span");
            unseen.className = "unseen";
            unseen.textContent = `: ${about}`;
            made.append(unseen);
        }
        made.addEventListener("click", async () => {
            made.disabled = true;
            try { await act(); } finally { made.disabled = false; }
        });
        return made;
    }

    async function begin() {
        try {
            if (!window.isSecureContext || !crypto.subtle) throw new Error("not a secure context");
            await logKey(words.key);
        } catch {
            place.textContent = words.cannot;
            return;
        }
        const items = [...document.querySelectorAll("[data-evidence]")];
        const sums = [...document.querySelectorAll("[data-sum]")];
        for (const item of items) {
            const shown = item.querySelector("[data-shown]").textContent;
            item.querySelector(".proof-tools").prepend(button(words.check, shown.slice(0, 80), () => check(item)), " ");
        }
        for (const sum of sums) {
            const name = sum.querySelector("h2").textContent;
            sum.querySelector("[data-sum-state]").before(button(words.check, name, () => checkSum(sum)));
        }
        const all = button(words.everything, "", async () => {
            for (const sum of sums) await checkSum(sum);
            for (const item of items) if (!item.closest("[data-sum]")) await check(item);
        });
        all.classList.add("main-button");
        place.append(all);
    }

    begin();
})();
