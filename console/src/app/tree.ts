// People and groups as lists and trees, without a server or a screen.
import type { Option } from "~/ui/fields";

export const fullName = (employee: { first_name?: string; last_name?: string; number: string }): string => [employee.first_name, employee.last_name].filter(Boolean).join(" ") || employee.number;

/** Groups as they stand below each other, each with its depth; one whose parent is not there stands at the top. */
export function groupTree<G extends { id: string; name: string; parent?: string | null }>(groups: readonly G[]): { group: G; depth: number }[] {
    const compare = new Intl.Collator("es").compare;
    const known = new Set(groups.map(({ id }) => id));
    const below = new Map<string, G[]>();
    for (const group of groups) {
        const parent = group.parent && known.has(group.parent) ? group.parent : "";
        below.set(parent, [...(below.get(parent) ?? []), group]);
    }
    const rows: { group: G; depth: number }[] = [];
    const seen = new Set<string>();
    const walk = (parent: string, depth: number) => {
        for (const group of (below.get(parent) ?? []).sort((a, b) => compare(a.name, b.name))) {
            if (seen.has(group.id)) continue;
            seen.add(group.id);
            rows.push({ group, depth });
            walk(group.id, depth + 1);
        }
    };
    walk("", 0);
    return rows;
}

/** A group and all that stand below it. */
export function withBelow(groups: readonly { id: string; parent?: string | null }[], top: string): Set<string> {
    const inside = new Set([top]);
    for (let grew = true; grew; ) {
        grew = false;
        for (const { id, parent } of groups) {
            if (parent && inside.has(parent) && !inside.has(id)) {
                inside.add(id);
                grew = true;
            }
        }
    }
    return inside;
}

/** "Sabana › Funza" for each group, as a list to choose from. */
export function groupOptions<G extends { id: string; name: string; parent?: string | null }>(groups: readonly G[]): Option[] {
    const byId = new Map(groups.map((group) => [group.id, group]));
    const path = (group: G): string => {
        const above: string[] = [];
        for (let each: G | undefined = group.parent ? byId.get(group.parent) : undefined; each && above.length < 20; each = each.parent ? byId.get(each.parent) : undefined) above.unshift(each.name);
        return above.join(" › ");
    };
    return groupTree(groups).map(({ group }) => ({ id: group.id, label: group.name, detail: path(group) || undefined }));
}

export const employeeOptions = (employees: readonly { id: string; first_name?: string; last_name?: string; number: string }[]): Option[] => employees.map((one) => ({ id: one.id, label: fullName(one), detail: one.number }));
