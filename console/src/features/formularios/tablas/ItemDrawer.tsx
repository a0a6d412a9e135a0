// One item of a look-up table, to read or to change, with what it was before. The first item of a table makes the table.
import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { refusalOf } from "~/api/problem";
import { EditActs, EditForm, useEditing } from "~/app/editing";
import { queries } from "~/app/queries";
import { RemovalAct, useRemoval } from "~/app/removal";
import { useMay } from "~/app/session";
import { Versions } from "~/app/Versions";
import { Drawer, ErrorSummary, KeyValues, Note, say, TextField } from "~/ui";
import type { Item } from "../queries";
import { changeItem, itemQuery, itemVersions, makeItem, oneItem, removeItem } from "../writes";
import { ColumnFields, NewColumn } from "./ColumnFields";
import { columnsIn, columnsOf, fieldOf, type ItemDraft, itemBody, itemDraft, nested, ownCode } from "./tables";
import "../formularios.css";

/** Stands in the address for an item that is being written. */
export const NEW = "nuevo";
const again = () => queries.invalidateQueries({ queryKey: ["definitions"] });

type Props = { id: string; /** Missing where the table is new, too. */ table?: string; columns?: readonly string[]; onClose: () => void; onOpen: (item: Item) => void };

export function ItemDrawer({ id, ...props }: Props) {
    const { t } = useLingui();
    const asked = useQuery({ ...itemQuery(id), enabled: id !== NEW });
    if (id === NEW) return <ItemShown {...props} />;
    if (asked.isError) {
        const { problem } = refusalOf(asked.error);
        return (
            <Drawer title={problem.title} subject={id} onClose={props.onClose}>
                <Note kind="refused">{problem.detail}</Note>
            </Drawer>
        );
    }
    if (!asked.data) return <Drawer title={t`Elemento`} onClose={props.onClose}>{null}</Drawer>;
    return <ItemShown {...props} item={asked.data} />;
}

function ItemShown({ item, table, columns = [], onClose, onOpen }: Omit<Props, "id"> & { item?: Item }) {
    const { t } = useLingui();
    const gone = item?.state === "deleted";
    const mayChange = useMay("manage_definitions") && !gone;
    const editing = useEditing<ItemDraft, Item>({
        place: `catalogue-item:${item?.id ?? `new:${table ?? ""}`}`,
        object: item,
        draftOf: (one) => itemDraft(one, table ?? ""),
        versionOf: (one) => one.version,
        bodyOf: itemBody,
        create: (body, once) => makeItem(nested(body), once),
        change: (changes, version) => changeItem(item?.id ?? "", nested(changes), version),
        again: () => oneItem(item?.id ?? ""),
        saved: async (saved) => {
            await again();
            say(t`«${saved.name}» guardado`);
            if (!item) onOpen(saved);
        },
    });
    const removal = useRemoval({
        remove: () => removeItem(item?.id ?? "", item?.version ?? 0),
        one: () => oneItem(item?.id ?? ""),
        restore: (one) => changeItem(one.id, { state: "enabled" }, one.version),
        again,
        saidGone: (one) => t`«${one.name}» fuera de uso`,
        saidBack: (one) => t`«${one.name}» otra vez en uso`,
        onGone: onClose,
    });
    const { draft, set, errorAt } = editing;
    const own = columnsOf(draft, columns);
    const labels: Record<string, string> = { table: t`Tabla`, name: t`Nombre`, code: t`Código`, category: t`Categoría`, unit: t`Unidad`, values: t`Sus columnas`, state: t`Estado`, ...Object.fromEntries(own.map((column) => [fieldOf(column), column])) };
    return (
        <Drawer
            subject={item?.id}
            title={item?.name ?? (table === undefined ? t`Nueva tabla` : t`Nuevo elemento`)}
            top={item && <span className="id">{ownCode(item)}</span>}
            onClose={onClose}
            head={
                <>
                    {table === undefined && <p>{t`Una tabla empieza con su primer elemento.`}</p>}
                    {gone && <Note kind="wait">{t`Está fuera de uso.`}</Note>}
                </>
            }
            foot={mayChange && <EditActs form="item-form" editing={editing} label={item ? undefined : t`Crear`} onDiscard={item && !editing.changed ? undefined : item ? () => undefined : onClose} />}
        >
            {removal.problem && <ErrorSummary key={removal.submittedAt} title={removal.problem.title} detail={removal.problem.detail} />}
            {mayChange ? (
                <>
                    <EditForm id="item-form" editing={editing} labels={labels}>
                        {table === undefined && <TextField label={labels.table!} name="table" value={draft.table} onChange={(typed) => set({ table: typed })} required error={errorAt("table")} autoFocus help={t`Cómo se llama la tabla, por ejemplo «causas». Los archivos y otros sistemas la nombran así.`} spellCheck="false" />}
                        <TextField label={labels.name!} name="name" value={draft.name} onChange={(name) => set({ name })} required error={errorAt("name")} autoFocus={!item && table !== undefined} />
                        <TextField label={labels.code!} name="code" value={draft.code} onChange={(code) => set({ code })} error={errorAt("code")} optional={!item} help={t`Con el que los archivos y otros sistemas lo nombran.`} spellCheck="false" />
                        <div className="form-pair">
                            <TextField label={labels.category!} name="category" value={draft.category} onChange={(category) => set({ category })} error={errorAt("category")} optional />
                            <TextField label={labels.unit!} name="unit" value={draft.unit} onChange={(unit) => set({ unit })} error={errorAt("unit")} optional />
                        </div>
                        <ColumnFields item={item} columns={own} draft={draft} set={set} errorAt={errorAt} />
                    </EditForm>
                    <NewColumn taken={own} onAdd={(column) => set({ [fieldOf(column)]: "" })} />
                </>
            ) : (
                item && <KeyValues facts={[[labels.code!, ownCode(item)], [labels.category!, item.category], [labels.unit!, item.unit], ...own.map((column): [string, string | undefined] => [column, item.values?.[column]])]} />
            )}
            {item && <Versions topic="definitions" id={item.id} ask={() => itemVersions(item.id)} labels={labels} words={written} />}
            {item && mayChange && <RemovalAct removal={removal} />}
        </Drawer>
    );
}

/** The columns of an old version as people read them. */
function written(_: string, value: unknown): string {
    if (typeof value !== "object" || value === null) return value ? String(value) : "—";
    const values = value as Record<string, string>;
    return columnsIn([{ values }]).map((column) => `${column}: ${values[column]}`).join(" · ") || "—";
}
