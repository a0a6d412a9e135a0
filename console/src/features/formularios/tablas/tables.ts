// Look-up tables as their items make them, without a screen: a table is there as long as an item names it.
import { codeOf, folded } from "~/app/words";
import type { Item } from "../queries";

/** The table of the items that name no other. */
export const CATALOGUE = "catalogue";

export type LookUp = { code: string; items: number; columns: string[] };

/** The code that a row has in its table: `7` of `cities:7`. */
export const ownCode = ({ table, code }: Pick<Item, "table" | "code">): string => (table !== CATALOGUE && code.startsWith(`${table}:`) ? code.slice(table.length + 1) : code);

/** The code in the account of a row with its own code in its table. */
export const codeIn = (table: string, own: string): string => (table === CATALOGUE ? own : `${table}:${own}`);

const sorted = (words: Iterable<string>) => [...new Set(words)].sort((a, b) => folded(a).localeCompare(folded(b)));

/** The customer's own columns that these items have. */
export const columnsIn = (items: readonly Pick<Item, "values">[]): string[] => sorted(items.flatMap((item) => Object.keys(item.values ?? {})));

/** The tables that these items are of: the catalogue, then the customer's own. */
export function tablesIn(items: readonly Item[]): LookUp[] {
    const rows = new Map<string, Item[]>();
    for (const item of items) {
        const its = rows.get(item.table);
        if (its) its.push(item);
        else rows.set(item.table, [item]);
    }
    const own = sorted(rows.keys()).filter((code) => code !== CATALOGUE);
    return [...(rows.has(CATALOGUE) ? [CATALOGUE] : []), ...own].map((code) => {
        const its = rows.get(code) ?? [];
        return { code, items: its.length, columns: columnsIn(its) };
    });
}

/** The field of a form and of a refusal that holds a column: a part of a JSON Pointer, so that `m/s` stays one name. */
export type ColumnField = `values.${string}`;
export const fieldOf = (column: string): ColumnField => `values.${column.replaceAll("~", "~0").replaceAll("/", "~1")}`;
const columnOf = (field: string) => field.slice("values.".length).replaceAll("~1", "/").replaceAll("~0", "~");
const isColumn = (field: string): field is ColumnField => field.startsWith("values.");

/** An item as its form holds it; each column is a member of its own, so that two people can change two of them. */
export type ItemDraft = { table: string; code: string; name: string; category: string; unit: string; [column: ColumnField]: string };

export const itemDraft = (item: Item | undefined, table: string): ItemDraft => ({
    table: item?.table ?? table,
    code: item ? ownCode(item) : "",
    name: item?.name ?? "",
    category: item?.category ?? "",
    unit: item?.unit ?? "",
    ...Object.fromEntries(Object.entries(item?.values ?? {}).map(([column, text]) => [fieldOf(column), text])),
});

/** What the form of an item shows: the columns of its table and those that it has itself. */
export const columnsOf = (draft: ItemDraft, known: readonly string[]): string[] => sorted([...known, ...Object.keys(draft).filter(isColumn).map(columnOf)]);

/** What an item would be, still with a member for each column that has a text. */
export function itemBody({ table: typed, code, name, category, unit, ...columns }: ItemDraft): Record<string, unknown> {
    const table = typed.trim();
    const filled = Object.entries(columns).filter(([, text]) => text.trim() !== "");
    return { table, code: codeIn(table, code.trim() || codeOf(name)), name: name.trim(), category: category.trim(), unit: unit.trim(), ...Object.fromEntries(filled) };
}

/** The same as the server takes it: the columns in `values`. */
export function nested(body: Record<string, unknown>): Record<string, unknown> {
    const all = Object.entries(body);
    const values = Object.fromEntries(all.filter(([field]) => isColumn(field)).map(([field, text]) => [columnOf(field), text]));
    return { ...Object.fromEntries(all.filter(([field]) => !isColumn(field))), ...(Object.keys(values).length > 0 && { values }) };
}
