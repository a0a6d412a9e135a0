// What every row gets whatever its file says.
import { Trans, useLingui } from "@lingui/react/macro";
import { Pin, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button, Dialog, IconButton } from "~/ui";
import { FieldPicker, fieldLabel } from "./FieldPicker";
import { constantsPatch } from "./model";
import type { Draft, Field } from "./queries";
import type { DraftChange } from "./useDraftChange";
import { ValueField } from "./ValueField";

type Props = { draft: Draft; fields: readonly Field[]; change: DraftChange; taken: ReadonlyMap<string, string>; adding: boolean; onAdding: (adding: boolean) => void };

export function Constants({ draft, fields, change, taken, adding, onAdding }: Props) {
    const { t } = useLingui();
    const entries = Object.entries(draft.constants);
    const set = (after: Record<string, string>) => change.mutate({ constants: constantsPatch(draft.constants, after) });
    const without = (field: string) => Object.fromEntries(entries.filter(([name]) => name !== field));
    return (
        <>
            {entries.length > 0 && (
                <ul className="constants" aria-label={t`Valores fijos`}>
                    {entries.map(([field, value]) => (
                        <li key={field}>
                            <Pin size={14} aria-hidden />
                            <span>
                                {fieldLabel(fields, field)}: <b dir="auto">{value}</b> <small>{t`en todas las filas`}</small>
                            </span>
                            <IconButton name={t`Quitar el valor fijo de ${fieldLabel(fields, field)}`} icon={Trash2} small onPress={() => set(without(field))} />
                        </li>
                    ))}
                </ul>
            )}
            {adding && (
                <NewConstant
                    fields={fields}
                    taken={taken}
                    onClose={() => onAdding(false)}
                    onAdd={(field, value) => {
                        set({ ...without(field), [field]: value });
                        onAdding(false);
                    }}
                />
            )}
        </>
    );
}

function NewConstant({ fields, taken, onClose, onAdd }: { fields: readonly Field[]; taken: ReadonlyMap<string, string>; onClose: () => void; onAdd: (field: string, value: string) => void }) {
    const { t } = useLingui();
    const [field, setField] = useState<string | null>(null);
    const [value, setValue] = useState("");
    const kind = fields.find((one) => one.field === field)?.kind ?? "text";
    const letter = field === null ? undefined : taken.get(field);
    const reason = field === null ? t`Elija el campo.` : letter ? t`Ya lo llena la columna ${letter}.` : value.trim() ? undefined : t`Escriba el valor.`;
    return (
        <Dialog
            title={t`Valor fijo para todas las filas`}
            open
            keep
            onClose={onClose}
            foot={
                <>
                    <Button onPress={onClose}>
                        <Trans>Descartar</Trans>
                    </Button>
                    <Button look="primary" reason={reason} onPress={() => field && onAdd(field, value.trim())}>
                        <Trans>Poner</Trans>
                    </Button>
                </>
            }
        >
            <div className="fld">
                <span className="lbl">
                    <Trans>Campo</Trans>
                </span>
                <FieldPicker
                    label={t`Campo`}
                    fields={fields}
                    value={field}
                    taken={taken}
                    onChange={(next) => {
                        setField(next);
                        setValue("");
                    }}
                />
            </div>
            {field && <ValueField key={field} label={t`Valor`} field={field} kind={kind} value={value} onChange={setValue} />}
        </Dialog>
    );
}
