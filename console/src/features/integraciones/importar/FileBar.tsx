// The file and how it is read: what was found out can be changed.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { ChevronDown, FileSpreadsheet, RefreshCw } from "lucide-react";
import { Button as AriaButton } from "react-aria-components";
import { useFormat } from "~/app/format";
import { Menu, type MenuAct } from "~/ui";
import { useMakes } from "./makes";
import type { Draft } from "./queries";
import { ToReceived } from "./ToReceived";
import type { DraftChange } from "./useDraftChange";

/** Rows that can be chosen as the one with the headings; a row further down is found by the server or set by a template. */
const HEADING_ROWS = 20;

export function FileBar({ draft, change, fixed }: { draft: Draft; change?: DraftChange; fixed?: boolean }) {
    const { t } = useLingui();
    const format = useFormat();
    return (
        <div className="import-file">
            <FileSpreadsheet size={16} aria-hidden className="dim" />
            <b className="cut" title={draft.file.name} dir="auto">
                {draft.file.name || t`Archivo sin nombre`}
            </b>
            <span className="dim import-size">{[draft.rows !== undefined && plural(draft.rows, { one: "# fila", other: "# filas" }), format.bytes(draft.file.size_bytes)].filter(Boolean).join(" · ")}</span>
            <span className="grow" />
            {!fixed && change && <Picks draft={draft} change={change} />}
            {!fixed &&
                (draft.received_file ? (
                    <ToReceived file={draft.received_file} small />
                ) : (
                    <Link to="/integraciones/importar" className="btn btn-quiet btn-s">
                        <RefreshCw size={14} aria-hidden />
                        <Trans>Otro archivo</Trans>
                    </Link>
                ))}
        </div>
    );
}

function Picks({ draft, change }: { draft: Draft; change: DraftChange }) {
    const { t } = useLingui();
    const all = useMakes();
    const { reading } = draft;
    if (!reading) return null;
    // Other cells have other headings: the columns are recognised anew, unless a template says what they are.
    const anew = draft.template ? {} : { columns: Object.fromEntries((draft.columns ?? []).filter((one) => one.mapped.length > 0).map((one) => [one.letter, null])) };
    const read = (how: Record<string, unknown>) => change.mutate({ reading: how, ...anew });
    const sheets = (draft.sheets ?? []).map((sheet) => ({ id: sheet.name, label: sheet.name, detail: sheet.hidden ? t`Oculta en el archivo` : undefined }));
    const heading = reading.heading_row.value;
    const rows = [...new Set([0, ...Array.from({ length: HEADING_ROWS }, (_, row) => row + 1), heading])].sort((a, b) => a - b);
    return (
        <>
            <Pick
                label={t`Cada fila es`}
                value={all.find((one) => one.id === draft.makes)?.one ?? draft.makes}
                options={all.map((one) => ({ id: one.id, label: one.one }))}
                onChange={(makes) => makes !== draft.makes && change.mutate({ makes })}
            />
            {sheets.length > 1 && <Pick label={t`Hoja`} value={reading.sheet.value} options={sheets} onChange={(sheet) => read({ sheet, heading_row: null })} />}
            <Pick
                label={t`Títulos`}
                value={heading === 0 ? t`ninguno` : t`fila ${heading}`}
                options={rows.map((row) => ({ id: String(row), label: row === 0 ? t`El archivo no tiene títulos` : t`Fila ${row}` }))}
                onChange={(row) => read({ heading_row: Number(row) })}
            />
            {reading.encoding && <Pick label={t`Codificación`} value={ENCODINGS[reading.encoding.value] ?? reading.encoding.value} guessed={reading.encoding.guessed} options={Object.entries(ENCODINGS).map(([id, label]) => ({ id, label }))} onChange={(encoding) => read({ encoding })} />}
            {reading.delimiter && <Delimiter value={reading.delimiter.value} onChange={(delimiter) => read({ delimiter })} />}
            {reading.hidden_count > 0 && (
                <Pick
                    label={plural(reading.hidden_count, { one: "# fila oculta", other: "# filas ocultas" })}
                    value={reading.hidden_rows === "take" ? t`también` : t`dejar fuera`}
                    options={[
                        { id: "take", label: t`Importarlas también` },
                        { id: "skip", label: t`Dejarlas fuera` },
                    ]}
                    onChange={(hidden_rows) => change.mutate({ reading: { hidden_rows } })}
                />
            )}
        </>
    );
}

const ENCODINGS: Record<string, string> = { "utf-8": "UTF-8", "windows-1252": "Windows 1252", ibm850: "DOS 850", "utf-16le": "UTF-16 LE", "utf-16be": "UTF-16 BE" };

function Delimiter({ value, onChange }: { value: string; onChange: (value: string) => void }) {
    const { t } = useLingui();
    const known = [
        { id: ";", label: t`punto y coma` },
        { id: ",", label: t`coma` },
        { id: "\t", label: t`tabulación` },
        { id: "|", label: t`barra |` },
    ];
    return <Pick label={t`Separador`} value={known.find((one) => one.id === value)?.label ?? `«${value}»`} options={known} onChange={onChange} />;
}

type PickOption = { id: string; label: string; detail?: string };

/** A value that was found, and what it could be instead. */
function Pick({ label, value, options, onChange, guessed }: { label: string; value: string; options: PickOption[]; onChange: (id: string) => void; guessed?: boolean }) {
    const { t } = useLingui();
    const acts: MenuAct[] = options.map(({ id, label: word, detail }) => ({ id, label: detail ? `${word} · ${detail}` : word, run: () => onChange(id) }));
    return (
        <Menu
            label={label}
            acts={acts}
            button={
                <AriaButton className={`pick${guessed ? " is-guessed" : ""}`}>
                    <span>{label}</span>
                    <b>{value}</b>
                    {guessed && <small>{t`(parece)`}</small>}
                    <ChevronDown size={14} aria-hidden />
                </AriaButton>
            }
        />
    );
}
