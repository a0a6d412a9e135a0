// The customer's own columns of an item, and the way to another one.
import { Trans, useLingui } from "@lingui/react/macro";
import { Plus } from "lucide-react";
import { useState } from "react";
import { Button, TextArea, TextField } from "~/ui";
import type { Item } from "../queries";
import { fieldOf, type ItemDraft } from "./tables";

type Props = { item?: Item; columns: readonly string[]; draft: ItemDraft; set: (change: Partial<ItemDraft>) => void; errorAt: (field: string) => string | undefined };

export function ColumnFields({ item, columns, draft, set, errorAt }: Props) {
    if (columns.length === 0) return null;
    return (
        <fieldset>
            <legend>
                <Trans>Sus columnas</Trans>
            </legend>
            {columns.map((column) => {
                const field = fieldOf(column);
                // What came with line ends keeps them.
                const Field = item?.values?.[column]?.includes("\n") ? TextArea : TextField;
                return <Field key={column} label={column} name={field} value={draft[field] ?? ""} onChange={(text) => set({ [field]: text })} error={errorAt(field)} optional />;
            })}
        </fieldset>
    );
}

/** A form of its own: Enter adds the column, and does not save the item. */
export function NewColumn({ taken, onAdd }: { taken: readonly string[]; onAdd: (column: string) => void }) {
    const { t } = useLingui();
    const [typed, setTyped] = useState("");
    const column = typed.trim();
    const reason = column === "" ? t`Escriba cómo se llama.` : taken.includes(column) ? t`Ya está.` : undefined;
    return (
        <details className="more-fields">
            <summary>
                <Trans>Agregar una columna</Trans>
            </summary>
            <form
                className="form"
                onSubmit={(event) => {
                    event.preventDefault();
                    if (reason) return;
                    onAdd(column);
                    setTyped("");
                    // One goes on in the new field.
                    requestAnimationFrame(() => document.getElementsByName(fieldOf(column))[0]?.focus());
                }}
            >
                <TextField label={t`Nombre de la columna`} value={typed} onChange={setTyped} />
                <div className="form-acts">
                    <Button type="submit" small icon={Plus} reason={reason}>
                        <Trans>Agregar</Trans>
                    </Button>
                </div>
            </form>
        </details>
    );
}
