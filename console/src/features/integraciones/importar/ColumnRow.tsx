// One column of the file: its heading and three values as written, what it fills, why, and what is asked about it.
import { plural } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { CircleX, SlidersHorizontal, X } from "lucide-react";
import { useState } from "react";
import { useFormat } from "~/app/format";
import { IconButton } from "~/ui";
import { ColumnDialog } from "./ColumnDialog";
import { FieldPicker, fieldLabel } from "./FieldPicker";
import { grouped, sureness, withField } from "./model";
import { QuestionAsked } from "./QuestionAsked";
import type { Draft, DraftColumn, Field, Mapped, Preview } from "./queries";
import type { DraftChange } from "./useDraftChange";

type Props = { column: DraftColumn; draft: Draft; fields: readonly Field[]; taken: ReadonlyMap<string, string>; change: DraftChange; faults: Preview["faults"] };

export function ColumnRow({ column, draft, fields, taken, change, faults }: Props) {
    const { t } = useLingui();
    const [settings, setSettings] = useState<number | null>(null);
    const put = (place: number, next: Partial<Mapped> | null) => change.mutate({ columns: { [column.letter]: withField(column, place, next) } });
    const question = draft.questions?.find((one) => one.column === column.letter);
    const heading = column.heading || t`(sin título)`;
    const [wrong] = grouped(faults);
    const classes = ["map-row", question && "is-asked", !question && wrong && "is-wrong", column.mapped.length === 0 && "is-out"].filter(Boolean).join(" ");
    const places = column.mapped.length > 0 ? column.mapped.map((_, place) => place) : [0];
    return (
        <li className={classes} aria-label={t`Columna ${column.letter}: ${heading}`}>
            <span className="col" aria-hidden>
                {column.letter}
            </span>
            <div className="theirs">
                <b dir="auto">{heading}</b>
                <ol>
                    {column.samples.map((sample) => (
                        <li key={sample} className="cut" title={sample} dir="auto">
                            {sample}
                        </li>
                    ))}
                    {column.samples.length === 0 && <li className="dim">{t`vacía`}</li>}
                </ol>
            </div>
            <div className="ours">
                <div className="stack-s">
                    {places.map((place) => {
                        const one = column.mapped[place];
                        return (
                            <div key={place} className="row">
                                <FieldPicker
                                    label={t`Campo de la columna ${column.letter}`}
                                    fields={fields}
                                    value={one?.field ?? null}
                                    taken={taken}
                                    none={t`No importar`}
                                    error={!!wrong}
                                    onChange={(field) => (field === (one?.field ?? null) ? undefined : put(place, field === null ? null : { field }))}
                                />
                                {one && <IconButton name={t`Cómo se lee la columna ${column.letter}: ${fieldLabel(fields, one.field)}`} icon={SlidersHorizontal} small onPress={() => setSettings(place)} />}
                                {column.mapped.length > 1 && one && <IconButton name={t`Quitar ${fieldLabel(fields, one.field)}`} icon={X} small onPress={() => put(place, null)} />}
                            </div>
                        );
                    })}
                    {column.mapped.map((one) => (
                        <Read key={one.field} mapped={one} />
                    ))}
                </div>
                <Why column={column} draft={draft} fields={fields} />
                {question && <QuestionAsked question={question} onAnswer={(answer) => change.mutate({ answers: { [question.id]: answer } })} pending={change.isPending} />}
                {wrong && (
                    <p className="err">
                        <CircleX size={14} aria-hidden />
                        <span>
                            <b>{wrong.cell}</b>: {wrong.message} {faults.length > 1 && plural(faults.length - 1, { one: "Y # celda más.", other: "Y # celdas más." })}
                        </span>
                    </p>
                )}
            </div>
            {settings !== null && column.mapped[settings] && (
                <ColumnDialog
                    column={column}
                    mapped={column.mapped[settings]}
                    fields={fields}
                    taken={taken}
                    onClose={() => setSettings(null)}
                    onSave={(next) => {
                        put(settings, next);
                        setSettings(null);
                    }}
                    onMore={(field) => {
                        put(column.mapped.length, { field });
                        setSettings(null);
                    }}
                />
            )}
        </li>
    );
}

function Why({ column, draft, fields }: { column: DraftColumn; draft: Draft; fields: readonly Field[] }) {
    const { t } = useLingui();
    const { level, kind } = sureness(column, draft);
    const format = useFormat();
    const looks: Record<string, string> = { number: t`Parecen números.`, date: t`Parecen fechas.`, time: t`Parecen horas.`, moment: t`Parecen fechas con hora.`, boolean: t`Parecen sí o no.` };
    const proposed = column.proposal ? fieldLabel(fields, column.proposal.field) : "";
    const words: Record<typeof kind, [string, string]> = {
        template: [t`Segura`, t`Lo dice la planilla.`],
        proposal: [level === 3 ? t`Segura` : t`Probable`, column.proposal?.message ?? ""],
        chosen: [t`Elegida`, column.proposal ? t`Por su título podría ser «${proposed}».` : (looks[column.looks] ?? "")],
        open: [t`Por decidir`, t`Sus valores se pueden leer de dos maneras.`],
        nothing: [t`No se importa`, column.proposal ? t`Por su título podría ser «${proposed}».` : (looks[column.looks] ?? "")],
        blank: [t`Vacía`, t`No tiene ningún valor.`],
    };
    const [word, why] = words[kind];
    const filled = column.filled > 0 && draft.rows !== undefined && column.filled < draft.rows ? t`${format.number(column.filled)} de ${format.number(draft.rows)} filas tienen valor.` : "";
    return (
        <div className="sureness">
            <span className={`sure sure-${level}`}>
                <span className="marks" aria-hidden>
                    {[1, 2, 3].map((mark) => (
                        <i key={mark} className={mark <= level ? "is-full" : undefined} />
                    ))}
                </span>
                {word}
            </span>
            <span className="why">{[why, filled].filter(Boolean).join(" ")}</span>
        </div>
    );
}

/** What was decided about how the column is read. */
function Read({ mapped }: { mapped: Mapped }) {
    const { t } = useLingui();
    const orders: Record<string, string> = { day_month_year: t`Primero el día: 15/01/2030.`, month_day_year: t`Primero el mes: 01/15/2030.`, year_month_day: t`Primero el año: 2030/01/15.` };
    const said = [
        mapped.date_order && orders[mapped.date_order],
        mapped.decimal_comma === true && t`Coma decimal: 1.250,50.`,
        mapped.decimal_comma === false && t`Punto decimal: 1,250.50.`,
        mapped.split && t`Parte ${mapped.split.part}, separada por «${mapped.split.by}».`,
        mapped.default && t`Sin valor: «${mapped.default}».`,
        mapped.required && t`Toda fila debe tenerla.`,
        mapped.empty === "clear" && t`Vacía borra lo que había.`,
    ].filter(Boolean);
    const values = Object.entries(mapped.values ?? {});
    if (said.length === 0 && values.length === 0) return null;
    return (
        <p className="read">
            {said.join(" ")}
            {values.slice(0, 6).map(([theirs, ours]) => (
                <span key={theirs}>
                    {theirs} → <b>{ours}</b>
                </span>
            ))}
            {values.length > 6 && <span>{t`y ${values.length - 6} más`}</span>}
        </p>
    );
}

