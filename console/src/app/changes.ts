// What an edit sends: the members that differ from what it was made from; and what two people did to one object.
export type Body = Record<string, unknown>;

const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

const isBody = (value: unknown): value is Body => typeof value === "object" && value !== null && !Array.isArray(value);

/** A JSON Merge Patch from one body to the other, objects within objects too; what is gone is null. */
export function changesBetween(from: Body, to: Body): Body {
    const names = new Set([...Object.keys(from), ...Object.keys(to)]);
    const change = (before: unknown, after: unknown) => (isBody(before) && isBody(after) ? changesBetween(before, after) : (after ?? null));
    return Object.fromEntries([...names].filter((name) => !same(from[name], to[name])).map((name) => [name, change(from[name], to[name])]));
}

export type Difference = { field: string; mine: unknown; theirs: unknown };

/** What both changed, to different values. */
export function clashes(start: Body, mine: Body, theirs: Body): Difference[] {
    const ours = changesBetween(start, mine);
    return Object.keys(changesBetween(start, theirs))
        .filter((field) => field in ours && !same(mine[field], theirs[field]))
        .map((field) => ({ field, mine: mine[field], theirs: theirs[field] }));
}

/** Theirs, with what was changed here over it. */
export function merged<D extends object>(start: D, mine: D, theirs: D): D {
    const own = (Object.keys(mine) as (keyof D)[]).filter((name) => !same(mine[name], start[name]));
    return { ...theirs, ...Object.fromEntries(own.map((name) => [name, mine[name]])) };
}
