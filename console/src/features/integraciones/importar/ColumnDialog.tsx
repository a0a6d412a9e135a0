// How a column is read into its field: what an empty cell means, their words for ours, the order of dates, a part of the cell.
import { Trans, useLingui } from "@lingui/react/macro";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { Button, Checkbox, Dialog, IconButton, Select, TextField } from "~/ui";
import { FieldPicker, fieldLabel } from "./FieldPicker";
import type { DraftColumn, Field, Mapped } from "./queries";
import { ValueField } from "./ValueField";

type Props = { column: DraftColumn; mapped: Mapped; fields: readonly Field[]; taken: ReadonlyMap<string, string>; onClose: () => void; onSave: (next: Partial<Mapped>) => void; onMore: (field: string) => void };
type Pair = { theirs: string; ours: string };

const NUMBERS = /^(duration|radius|latitude|longitude)/;

export function ColumnDialog({ column, mapped, fields, taken, onClose, onSave, onMore }: Props) {
    const { t } = useLingui();
    const field = fields.find((one) => one.field === mapped.field);
    const kind = field?.kind ?? "text";
    const [preset, setPreset] = useState(mapped.default ?? "");
    const [required, setRequired] = useState(mapped.required ?? false);
    const [clears, setClears] = useState(mapped.empty === "clear");
    const [order, setOrder] = useState<string>(mapped.date_order ?? "");
    const [comma, setComma] = useState<string>(mapped.decimal_comma === true ? "comma" : mapped.decimal_comma === false ? "point" : "");
    const [by, setBy] = useState(mapped.split?.by ?? "");
    const [part, setPart] = useState(String(mapped.split?.part ?? 1));
    const [pairs, setPairs] = useState<Pair[]>(() => Object.entries(mapped.values ?? {}).map(([theirs, ours]) => ({ theirs, ours })));
    const save = () =>
        onSave({
            default: preset.trim() || null,
            required,
            empty: clears ? "clear" : "leave",
            date_order: (order || null) as Mapped["date_order"],
            decimal_comma: comma === "" ? null : comma === "comma",
            split: by ? { by, part: Number(part) || 1 } : null,
            values: Object.fromEntries(pairs.filter((pair) => pair.theirs.trim() && pair.ours.trim()).map((pair) => [pair.theirs.trim(), pair.ours.trim()])),
        });
    const word = fieldLabel(fields, mapped.field);
    const change = (place: number, pair: Partial<Pair>) => setPairs(pairs.map((one, index) => (index === place ? { ...one, ...pair } : one)));
    const missing = column.samples.filter((sample) => !pairs.some((pair) => pair.theirs === sample));
    return (
        <Dialog
            title={t`Columna ${column.letter} → ${word}`}
            open
            keep
            onClose={onClose}
            foot={
                <>
                    <Button onPress={onClose}>
                        <Trans>Descartar</Trans>
                    </Button>
                    <Button look="primary" onPress={save}>
                        <Trans>Aplicar</Trans>
                    </Button>
                </>
            }
        >
            {(kind === "date" || kind === "moment") && (
                <Select
                    label={t`Orden de las fechas escritas como texto`}
                    value={order || "auto"}
                    onChange={(value) => setOrder(value === "auto" ? "" : value)}
                    options={[
                        { id: "auto", label: t`Lo que diga la columna` },
                        { id: "day_month_year", label: t`Primero el día: 15/01/2030` },
                        { id: "month_day_year", label: t`Primero el mes: 01/15/2030` },
                        { id: "year_month_day", label: t`Primero el año: 2030/01/15` },
                    ]}
                />
            )}
            {kind === "number" && NUMBERS.test(mapped.field.replace(/^poi\./, "")) && (
                <Select
                    label={t`Decimales de los números escritos como texto`}
                    value={comma || "auto"}
                    onChange={(value) => setComma(value === "auto" ? "" : value)}
                    options={[
                        { id: "auto", label: t`Lo que diga la columna` },
                        { id: "comma", label: t`Coma: 1.250,50` },
                        { id: "point", label: t`Punto: 1,250.50` },
                    ]}
                />
            )}
            {kind !== "date" && kind !== "moment" && kind !== "time" && (
                <fieldset className="pairs">
                    <legend className="lbl">
                        <Trans>Sus palabras y las nuestras</Trans>
                    </legend>
                    {pairs.map((pair, place) => (
                        <div key={place} className="pair">
                            <TextField label={t`En el archivo`} value={pair.theirs} onChange={(theirs) => change(place, { theirs })} />
                            <ValueField label={t`Significa`} field={mapped.field} kind={kind} value={pair.ours} onChange={(ours) => change(place, { ours })} />
                            <IconButton name={t`Quitar «${pair.theirs}»`} icon={X} small onPress={() => setPairs(pairs.filter((_, index) => index !== place))} />
                        </div>
                    ))}
                    <div className="form-acts">
                        <Button small icon={Plus} onPress={() => setPairs([...pairs, { theirs: "", ours: "" }])}>
                            <Trans>Una palabra</Trans>
                        </Button>
                        {missing.length > 0 && (
                            <Button small look="quiet" onPress={() => setPairs([...pairs, ...missing.map((theirs) => ({ theirs, ours: "" }))])}>
                                <Trans>Las de la muestra</Trans>
                            </Button>
                        )}
                    </div>
                </fieldset>
            )}
            <ValueField label={t`Si la celda está vacía`} field={mapped.field} kind={kind} value={preset} onChange={setPreset} optional />
            <Checkbox selected={required} onChange={setRequired} help={t`La fila sin este valor se rechaza.`}>
                <Trans>Toda fila debe tener un valor</Trans>
            </Checkbox>
            <Checkbox selected={clears} onChange={setClears} help={t`Si no, una celda vacía deja el campo como está.`}>
                <Trans>Una celda vacía borra lo que había</Trans>
            </Checkbox>
            <div className="form-pair">
                <TextField label={t`Tomar solo una parte, separada por`} value={by} onChange={setBy} optional placeholder=", " spellCheck="false" help={t`De «-12.05, -77.05», la primera es la latitud.`} />
                <TextField label={t`Parte`} value={part} onChange={setPart} inputMode="numeric" disabled={!by} />
            </div>
            <div className="fld">
                <span className="lbl">
                    <Trans>La misma columna llena también</Trans>
                </span>
                <FieldPicker label={t`Otro campo de la columna ${column.letter}`} fields={fields} value={null} none={t`Ningún otro campo`} taken={taken} onChange={(other) => other && onMore(other)} />
            </div>
        </Dialog>
    );
}
