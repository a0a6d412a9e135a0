/** Lower case without accents: how people search. */
export const folded = (text: string): string =>
    text
        .normalize("NFD")
        .replace(/\p{Diacritic}/gu, "")
        .toLowerCase();

/** `Solo mirar` → `solo-mirar`: a code for what has only a name. */
export const codeOf = (name: string): string =>
    folded(name)
        .replace(/[^a-z0-9]+/g, "-")
        .replace(/^-|-$/g, "");

/** Lines of a text, without those that are empty: how lists of networks and the like are typed. */
export const linesOf = (text: string): string[] =>
    text
        .split(/[\n,;]+/)
        .map((line) => line.trim())
        .filter(Boolean);
